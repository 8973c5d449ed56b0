//! The words that redwire knows: for colours, for the name of a found token, and for suggestions.

mod reserved;
pub mod warehouse;

pub use reserved::{is_reserved_on_warehouse, written};
pub use warehouse::is_warehouse_keyword;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::grammar;

/// Words of a SELECT, in upper case; SQLite knows more.
pub static QUERY_KEYWORDS: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("query.txt").lines().collect());

/// Returns true for a word of a SELECT, in any letter case.
pub fn is_query_keyword(word: &str) -> bool {
    QUERY_KEYWORDS.contains(word.to_ascii_uppercase().as_str())
}

/// Keywords of redwire's statements and of a SELECT, and the names of options, in upper case.
static KNOWN: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| grammar::words().chain(QUERY_KEYWORDS.iter().copied()).collect());

/// The keyword or option that the word is, in upper case; None for any other word, which may be a
/// secret.
pub fn known(word: &str) -> Option<&'static str> {
    KNOWN.get(word.to_ascii_uppercase().as_str()).copied()
}

/// The Jaro-Winkler similarity from which on a word is suggested.
const LIKENESS: f64 = 0.86;

/// The most similar candidate.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let upper = word.to_uppercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&upper, &candidate.to_uppercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_words_are_those_of_the_statements() {
        for word in ["create", "RENAME", "USER_NAME", "Never", "minutes", "PROMPT", "ORDER"] {
            assert_eq!(known(word), Some(word.to_ascii_uppercase().as_str()));
        }
        assert_eq!(known("hunter2"), None);
    }

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let options = ["MAX_CONCURRENT_CONNECTIONS", "PASSWORD", "COMMENT"];
        assert_eq!(nearest("PASWORD", options), Some("PASSWORD"));
        assert_eq!(nearest("max_connections", options), Some("MAX_CONCURRENT_CONNECTIONS"));
        assert_eq!(nearest("max_conc", options), Some("MAX_CONCURRENT_CONNECTIONS"));
        assert_eq!(nearest("hunter2", options), None);
    }
}
