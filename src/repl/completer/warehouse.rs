//! Completion inside the query of a job: tables and keywords.

use super::clause::wants_table;
use super::name::{NamePart, existing};
use super::{Candidate, Completion, Names, begins, in_case_of};
use crate::sql::grammar::NameOf;
use crate::sql::keyword::QUERY_KEYWORDS;
use crate::sql::splitter::Dialect;
use crate::sql::token::code_tokens;

/// `before` is the statement up to the cursor; the typed word begins at `start`.
pub(super) fn complete(before: &str, start: usize, names: &mut dyn Names) -> Completion {
    let typed = &before[start..];
    let part = NamePart::read(before, start);
    let candidates = if is_table(&before[..part.start]) {
        existing(NameOf::Table, before, start, names)
    } else if part.parents.is_empty() && !typed.is_empty() {
        words(before, typed)
    } else {
        Vec::new()
    };
    Completion { start, candidates }
}

fn is_table(before: &str) -> bool {
    wants_table(before, &code_tokens(before, Dialect::Catalog))
}

fn words(before: &str, typed: &str) -> Vec<Candidate> {
    let words = QUERY_KEYWORDS.iter().filter(|word| begins(word, typed));
    words
        .map(|word| {
            let word = in_case_of(before, typed, word);
            Candidate::new(format!("{word} "), word)
        })
        .collect()
}
