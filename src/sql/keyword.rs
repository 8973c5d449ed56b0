//! The words that redwire knows: for colours, for naming what was found, and for guessing what was
//! meant.

mod reserved;
pub mod warehouse;

pub use reserved::{is_reserved_on_warehouse, written};

use super::option::{CONNECTION_OPTIONS, JOB_OPTIONS, TABLE_OPTIONS, find_option};

/// Words of redwire's statements, in upper case and sorted.
pub const KEYWORDS: &[&str] = &[
    "ALL",
    "ALTER",
    "AND",
    "AS",
    "AUTO",
    "BEGIN",
    "BEGINNING",
    "CASCADE",
    "CATALOG",
    "COMMIT",
    "COMPOUND",
    "CONNECTION",
    "CONNECTIONS",
    "CREATE",
    "DAY",
    "DAYS",
    "DELETE",
    "DESCRIBE",
    "DISTKEY",
    "DISTSTYLE",
    "DROP",
    "ENCODE",
    "ENV",
    "EVEN",
    "EXCEPT",
    "EXISTS",
    "EXPORT",
    "FALSE",
    "FILE",
    "FROM",
    "GROUP",
    "HOUR",
    "HOURS",
    "IF",
    "IMPORT",
    "IN",
    "INSERT",
    "INTERLEAVED",
    "INTO",
    "JOB",
    "JOBS",
    "KEY",
    "LIKE",
    "LIMIT",
    "MAP_COLUMNS_BY_NAME",
    "MATCHED",
    "MERGE",
    "MINUTE",
    "MINUTES",
    "NEVER",
    "NOT",
    "NOW",
    "NULL",
    "OF",
    "ON",
    "OR",
    "ORDER",
    "PRIMARY",
    "PROMPT",
    "REDSHIFT",
    "RENAME",
    "REPLACE",
    "RESET",
    "RESTRICT",
    "ROLLBACK",
    "SELECT",
    "SESSIONS",
    "SET",
    "SHOW",
    "SORTKEY",
    "SYNC",
    "TABLE",
    "TABLES",
    "TEST",
    "THEN",
    "TIMESTAMP",
    "TO",
    "TRANSACTION",
    "TRUE",
    "USAGES",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WITH",
    "WORK",
];

/// Words of a SELECT, in upper case and sorted; SQLite knows more.
pub const QUERY_KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CROSS",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "EXCEPT",
    "EXISTS",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "IN",
    "INNER",
    "INTERSECT",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "OVER",
    "PARTITION",
    "RECURSIVE",
    "RIGHT",
    "SELECT",
    "THEN",
    "UNION",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WITH",
];

/// Words of the statements that go to a warehouse, in upper case and sorted (Amazon Redshift
/// Database Developer Guide, "SQL commands"): those that hardly ever are a name.
const WAREHOUSE_KEYWORDS: &[&str] = &[
    "ABORT",
    "ALL",
    "ALTER",
    "ANALYZE",
    "AND",
    "AS",
    "ASC",
    "BACKUP",
    "BEGIN",
    "BETWEEN",
    "BY",
    "CALL",
    "CANCEL",
    "CASCADE",
    "CASE",
    "CAST",
    "CLOSE",
    "CLUSTER",
    "COLUMN",
    "COMMENT",
    "COMMIT",
    "COMPOUND",
    "CONSTRAINT",
    "COPY",
    "CREATE",
    "CROSS",
    "CURSOR",
    "DATABASE",
    "DATASHARE",
    "DEALLOCATE",
    "DECLARE",
    "DEFAULT",
    "DELETE",
    "DESC",
    "DISTINCT",
    "DISTKEY",
    "DISTSTYLE",
    "DROP",
    "ELSE",
    "ENCODE",
    "END",
    "EXCEPT",
    "EXECUTE",
    "EXISTS",
    "EXPLAIN",
    "EXTERNAL",
    "FALSE",
    "FETCH",
    "FOREIGN",
    "FROM",
    "FULL",
    "FUNCTION",
    "GRANT",
    "GROUP",
    "HAVING",
    "IDENTITY",
    "IF",
    "ILIKE",
    "IN",
    "INNER",
    "INSERT",
    "INTERLEAVED",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "KEY",
    "LANGUAGE",
    "LEFT",
    "LIBRARY",
    "LIKE",
    "LIMIT",
    "LOCK",
    "MATCHED",
    "MATERIALIZED",
    "MERGE",
    "MINUS",
    "MODEL",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "OVER",
    "OWNER",
    "PARTITION",
    "PASSWORD",
    "PREPARE",
    "PRIMARY",
    "PRIVILEGES",
    "PROCEDURE",
    "PUBLIC",
    "QUALIFY",
    "RECURSIVE",
    "REFERENCES",
    "REFRESH",
    "RENAME",
    "REPLACE",
    "RESET",
    "RESTRICT",
    "RETURNS",
    "REVOKE",
    "RIGHT",
    "ROLE",
    "ROLLBACK",
    "SCHEMA",
    "SELECT",
    "SET",
    "SHOW",
    "SIMILAR",
    "SORTKEY",
    "START",
    "TABLE",
    "TEMP",
    "TEMPORARY",
    "THEN",
    "TO",
    "TOP",
    "TRANSACTION",
    "TRUE",
    "TRUNCATE",
    "UNION",
    "UNIQUE",
    "UNLOAD",
    "UPDATE",
    "USER",
    "USING",
    "VACUUM",
    "VALUES",
    "VIEW",
    "WHEN",
    "WHERE",
    "WITH",
];

/// Whether a warehouse's statements have the word for themselves, in any letter case.
pub fn is_warehouse_keyword(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    WAREHOUSE_KEYWORDS.binary_search(&upper.as_str()).is_ok()
}

/// Whether a SELECT has the word for itself, in any letter case.
pub fn is_query_keyword(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    QUERY_KEYWORDS.binary_search(&upper.as_str()).is_ok()
}

/// The keyword or option that the word is, in upper case; None for any other word, which may be a
/// secret.
pub fn known(word: &str) -> Option<&'static str> {
    let option = || {
        let tables = [CONNECTION_OPTIONS, TABLE_OPTIONS, JOB_OPTIONS];
        tables.iter().find_map(|options| find_option(options, word))
    };
    keyword(word).or_else(|| option().map(|option| option.name))
}

/// The keyword that the word is, in upper case.
pub fn keyword(word: &str) -> Option<&'static str> {
    let upper = word.to_ascii_uppercase();
    KEYWORDS.binary_search(&upper.as_str()).ok().map(|index| KEYWORDS[index])
}

/// How alike two words must be, of 1, for one to be taken for the other (Jaro-Winkler similarity).
const LIKENESS: f64 = 0.86;

/// The candidate that was probably meant.
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
    fn the_keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
        assert!(QUERY_KEYWORDS.is_sorted());
        assert!(WAREHOUSE_KEYWORDS.is_sorted());
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
