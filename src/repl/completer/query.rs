//! Completion inside a SELECT over the catalog: tables, columns and keywords.

use super::{Candidate, Completion, begins, in_case_of, last_token};
use crate::name::{Identifier, continues_bare_name};
use crate::sql::grammar::CATALOG_TABLES;
use crate::sql::keyword::QUERY_KEYWORDS;
use crate::sql::token::tokens;

/// `before` is the statement up to the cursor.
pub(super) fn complete(before: &str) -> Completion {
    if tokens(before).last().is_some_and(|token| !token.closed) {
        return Completion::default();
    }
    let start = before
        .rfind(|c| !continues_bare_name(c) && c != '.')
        .map_or(0, |index| index + before[index..].chars().next().map_or(1, char::len_utf8));
    let typed = &before[start..];
    let words = last_token(&before[..start]);
    let is_table =
        words.is_some_and(|word| ["FROM", "JOIN"].iter().any(|table| word.is_word(before, table)));
    let candidates = if is_table {
        tables(typed).collect()
    } else {
        columns_and_words(before, typed)
    };
    Completion { start, candidates }
}

fn tables(typed: &str) -> impl Iterator<Item = Candidate> {
    CATALOG_TABLES
        .iter()
        .filter(move |table| begins(table.name, typed))
        .map(|table| Candidate::new(table.name, table.name))
}

fn columns_and_words(before: &str, typed: &str) -> Vec<Candidate> {
    let cut = typed.rfind('.').map_or(0, |index| index + 1);
    let (qualifier, beginning) = typed.split_at(cut);
    let mut columns: Vec<&str> =
        CATALOG_TABLES.iter().flat_map(|table| table.columns).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    let mut candidates: Vec<Candidate> = columns
        .into_iter()
        .filter(|column| begins(column, beginning))
        .map(|column| Candidate::new(format!("{qualifier}{}", Identifier(column)), column))
        .collect();
    if typed.is_empty() {
        return candidates;
    }
    candidates.extend(tables(typed));
    let words = QUERY_KEYWORDS.iter().filter(|word| begins(word, typed));
    candidates.extend(words.map(|word| {
        let word = in_case_of(before, typed, word);
        Candidate::new(format!("{word} "), word)
    }));
    candidates
}
