//! The table that a job writes.

use nom::Parser;
use nom::combinator::opt;

use super::sources::LAKE;
use crate::name::TableName;
use crate::sql::connection::kind;
use crate::sql::error::{JobError, SqlErrorKind};
use crate::sql::lexical::{Parsed, fail_at, word_length};
use crate::sql::name::{Spanned, expect_name};

/// ```ebnf
/// target = [ kind ], table name ;
/// ```
pub(super) fn target<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Spanned<TableName>> {
    let (rest, kind) = opt(kind).parse(input)?;
    // A connection may have the name of a kind.
    let rest = match kind {
        Some(_) if !rest.starts_with('.') => rest,
        Some(_) | None => input,
    };
    let length = word_length(rest);
    let is_another_kind = kind.is_none() && length > 0 && {
        let behind = rest[length..].trim_start();
        word_length(behind) > 0 || behind.starts_with('"')
    };
    if is_another_kind && OTHERS.iter().any(|other| rest[..length].eq_ignore_ascii_case(other)) {
        return fail_at(rest, length, SqlErrorKind::UnknownConnectionKind);
    }
    let begin = rest;
    let (rest, target) = expect_name::<TableName>(source, begin)?;
    if target.value.connection.as_str() == LAKE {
        return fail_at(begin, target.span.len(), JobError::LakeTable);
    }
    Ok((rest, target))
}

/// The other targets of Upsolver (Upsolver documentation, "Job targets").
const OTHERS: [&str; 6] = ["ELASTICSEARCH", "POSTGRES", "S3", "SNOWFLAKE", "TABULAR", "CLICKHOUSE"];
