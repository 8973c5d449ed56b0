//! The ON clause of a MERGE.

use super::{Aliases, MergeKey};
use crate::name::Name;
use crate::sql::error::MergeError;
use crate::sql::lexical::{Parsed, expect, fail, fail_at, keyword, not_here, symbol};
use crate::sql::name::expect_name;

/// `conditions`. Parentheses make no difference between conditions joined by AND,
/// so they are counted and left out.
pub(super) fn conditions<'a>(
    source: &'a str,
    aliases: &Aliases,
    input: &'a str,
) -> Parsed<'a, Vec<MergeKey>> {
    let mut keys = Vec::new();
    let mut open = 0_usize;
    let mut rest = input;
    loop {
        while let Ok((after, ())) = symbol('(', "(")(rest) {
            (rest, open) = (after, open + 1);
        }
        let (after, condition) = condition(source, aliases, rest)?;
        keys.push(condition);
        rest = after;
        while open > 0
            && let Ok((after, ())) = symbol(')', ")")(rest)
        {
            (rest, open) = (after, open - 1);
        }
        match keyword("AND")(rest) {
            Ok((after, ())) => rest = after,
            Err(_) if open > 0 => return not_here(rest, "AND or )"),
            Err(_) => return Ok((rest, keys)),
        }
    }
}

/// `column = column`, in either order.
fn condition<'a>(source: &'a str, aliases: &Aliases, input: &'a str) -> Parsed<'a, MergeKey> {
    let (rest, (first_of_target, first)) = column(source, aliases, input)?;
    let (rest, ()) = expect("=", symbol('=', "="))(rest)?;
    let second_place = rest;
    let (rest, (second_of_target, second)) = column(source, aliases, rest)?;
    let (target, query) = match (first_of_target, second_of_target) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        _ => {
            let kind = MergeError::SameSide {
                target: aliases.target.shown(),
                source_alias: aliases.query.shown(),
            };
            return fail(second_place, kind);
        }
    };
    Ok((rest, MergeKey { target, query }))
}

/// A column, and true if it is the target's.
fn column<'a>(source: &'a str, aliases: &Aliases, input: &'a str) -> Parsed<'a, (bool, Name)> {
    let (rest, qualifier) = expect_name::<Name>(source, input)?;
    let (rest, ()) =
        expect("a point: a column in ON is written alias.column", symbol('.', "."))(rest)?;
    let (rest, column) = expect_name::<Name>(source, rest)?;
    let is_of_target = qualifier.value == aliases.target;
    if is_of_target || qualifier.value == aliases.query {
        return Ok((rest, (is_of_target, column.value)));
    }
    let kind = MergeError::UnknownAlias {
        qualifier: qualifier.value.shown(),
        known: format!("{}.column or {}", aliases.target.shown(), aliases.query.shown()),
    };
    fail_at(input, qualifier.span.len(), kind)
}
