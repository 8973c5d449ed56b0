//! The table that a job writes.

use nom::Parser;
use nom::combinator::opt;

use super::failure;
use super::sources::check_target;
use crate::name::TableName;
use crate::sql::error::SqlErrorKind;
use crate::sql::lexical::{Parsed, fail_at, keyword, word_length};
use crate::sql::name::{Spanned, expect_name};

/// ```ebnf
/// target = [ "REDSHIFT" ], table name ;
/// ```
pub(super) fn target<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Spanned<TableName>> {
    let (rest, redshift) = opt(keyword("REDSHIFT")).parse(input)?;
    // A connection may be called redshift.
    let rest = match redshift {
        Some(()) if !rest.starts_with('.') => rest,
        Some(()) | None => input,
    };
    let length = word_length(rest);
    let is_another_kind = redshift.is_none() && length > 0 && {
        let behind = rest[length..].trim_start();
        word_length(behind) > 0 || behind.starts_with('"')
    };
    if is_another_kind && KINDS.iter().any(|kind| rest[..length].eq_ignore_ascii_case(kind)) {
        return fail_at(rest, length, SqlErrorKind::UnknownConnectionKind { known: &["REDSHIFT"] });
    }
    let (rest, target) = expect_name::<TableName>(source, rest)?;
    check_target(&target.value.connection, target.span.clone())
        .map_err(|error| failure(source, error))?;
    Ok((rest, target))
}

/// The other targets of Upsolver (Upsolver documentation, "Job targets").
const KINDS: [&str; 6] = ["ELASTICSEARCH", "POSTGRES", "S3", "SNOWFLAKE", "TABULAR", "CLICKHOUSE"];
