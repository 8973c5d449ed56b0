//! The words of a warehouse's SQL, for completion (Amazon Redshift Database Developer Guide, "SQL
//! commands").

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::QUERY_KEYWORDS;
use super::reserved::is_reserved_on_warehouse;

/// The first words of statements, sorted.
pub static OPENINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("openings.txt").lines().collect());

/// The functions that take parentheses, sorted: those of Amazon Redshift Database Developer Guide,
/// "SQL functions reference" with the synonyms that its pages name, and "Aggregation extensions".
pub static FUNCTIONS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("functions.txt").lines().collect());

/// Keywords that begin an expression, in upper case and sorted.
pub const EXPRESSION_WORDS: &[&str] = &[
    "ALL",
    "CASE",
    "CAST",
    "CURRENT_AWS_ACCOUNT",
    "CURRENT_DATE",
    "CURRENT_NAMESPACE",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "CURRENT_USER_ID",
    "DISTINCT",
    "EXISTS",
    "FALSE",
    "INTERVAL",
    "NOT",
    "NULL",
    "SELECT",
    "SYSDATE",
    "TOP",
    "TRUE",
];

/// The words that follow a word in any statement.
pub const FOLLOWERS: &[(&str, &[&str])] = &[
    ("CROSS", &["JOIN"]),
    ("FULL", &["OUTER", "JOIN"]),
    ("GROUP", &["BY"]),
    ("INNER", &["JOIN"]),
    ("IS", &["NULL", "NOT"]),
    ("LEFT", &["JOIN", "OUTER"]),
    ("NATURAL", &["JOIN"]),
    ("NULLS", &["FIRST", "LAST"]),
    ("ORDER", &["BY"]),
    ("OUTER", &["JOIN"]),
    ("PARTITION", &["BY"]),
    ("RIGHT", &["JOIN", "OUTER"]),
    ("SIMILAR", &["TO"]),
];

/// Keywords inside statements, in upper case: those of a SELECT and others.
pub static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let others = include_str!("warehouse.txt").lines();
    QUERY_KEYWORDS.iter().copied().chain(others).collect()
});

/// Returns true for a keyword inside statements, in any letter case.
pub fn is_word(word: &str) -> bool {
    WORDS.contains(word.to_ascii_uppercase().as_str()) || is_reserved_on_warehouse(word)
}

/// Returns true if a statement of a warehouse begins with the words of the text.
pub fn has_opening(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().map(str::to_ascii_uppercase).collect();
    let begins = |opening: &&&str| {
        let mut opening = opening.split(' ');
        words.iter().all(|word| opening.next() == Some(word.as_str()))
    };
    !words.is_empty() && OPENINGS.iter().any(|opening| begins(&opening))
}

/// Returns true for a word of the statements, in any letter case.
pub fn is_warehouse_keyword(word: &str) -> bool {
    static OPENING_WORDS: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| OPENINGS.iter().flat_map(|opening| opening.split(' ')).collect());
    let upper = word.to_ascii_uppercase();
    OPENING_WORDS.contains(upper.as_str()) || WORDS.contains(upper.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        assert!(EXPRESSION_WORDS.is_sorted() && OPENINGS.is_sorted() && FUNCTIONS.is_sorted());
        assert!(FOLLOWERS.is_sorted_by_key(|(word, _)| *word));
    }
}
