//! The words of a warehouse's SQL, for completion (Amazon Redshift Database Developer Guide, "SQL
//! commands").

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::QUERY_KEYWORDS;
use super::reserved::is_reserved_on_warehouse;

/// The first words of statements, sorted.
pub const OPENINGS: &[&str] = &[
    "ABORT",
    "ALTER DATABASE",
    "ALTER DEFAULT PRIVILEGES",
    "ALTER EXTERNAL SCHEMA",
    "ALTER GROUP",
    "ALTER MATERIALIZED VIEW",
    "ALTER PROCEDURE",
    "ALTER ROLE",
    "ALTER SCHEMA",
    "ALTER TABLE",
    "ALTER USER",
    "ANALYZE COMPRESSION",
    "BEGIN",
    "CALL",
    "CANCEL",
    "CLOSE",
    "COMMENT ON COLUMN",
    "COMMENT ON DATABASE",
    "COMMENT ON TABLE",
    "COMMENT ON VIEW",
    "COMMIT",
    "COPY",
    "CREATE DATABASE",
    "CREATE EXTERNAL FUNCTION",
    "CREATE EXTERNAL SCHEMA IF NOT EXISTS",
    "CREATE EXTERNAL TABLE",
    "CREATE FUNCTION",
    "CREATE GROUP",
    "CREATE LIBRARY",
    "CREATE MATERIALIZED VIEW",
    "CREATE MODEL",
    "CREATE OR REPLACE FUNCTION",
    "CREATE OR REPLACE LIBRARY",
    "CREATE OR REPLACE PROCEDURE",
    "CREATE OR REPLACE VIEW",
    "CREATE PROCEDURE",
    "CREATE ROLE",
    "CREATE SCHEMA IF NOT EXISTS",
    "CREATE TABLE IF NOT EXISTS",
    "CREATE TEMP TABLE IF NOT EXISTS",
    "CREATE TEMPORARY TABLE IF NOT EXISTS",
    "CREATE USER",
    "CREATE VIEW",
    "DEALLOCATE",
    "DECLARE",
    "DELETE FROM",
    "DROP DATABASE",
    "DROP FUNCTION",
    "DROP GROUP",
    "DROP LIBRARY",
    "DROP MATERIALIZED VIEW IF EXISTS",
    "DROP MODEL",
    "DROP PROCEDURE",
    "DROP ROLE",
    "DROP SCHEMA IF EXISTS",
    "DROP TABLE IF EXISTS",
    "DROP USER IF EXISTS",
    "DROP VIEW IF EXISTS",
    "END",
    "EXECUTE",
    "EXPLAIN VERBOSE",
    "FETCH",
    "GRANT",
    "INSERT INTO",
    "LOCK TABLE",
    "MERGE INTO",
    "PREPARE",
    "REFRESH MATERIALIZED VIEW",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SELECT",
    "SET QUERY_GROUP TO",
    "SET SEARCH_PATH TO",
    "SET SESSION AUTHORIZATION",
    "SET STATEMENT_TIMEOUT TO",
    "SHOW COLUMNS FROM TABLE",
    "SHOW DATABASES",
    "SHOW EXTERNAL TABLE",
    "SHOW MODEL",
    "SHOW PROCEDURE",
    "SHOW SCHEMAS FROM DATABASE",
    "SHOW SEARCH_PATH",
    "SHOW TABLE",
    "SHOW TABLES FROM SCHEMA",
    "SHOW VIEW",
    "START TRANSACTION",
    "TRUNCATE TABLE",
    "UNLOAD",
    "UPDATE",
    "VACUUM DELETE ONLY",
    "VACUUM FULL",
    "VACUUM RECLUSTER",
    "VACUUM REINDEX",
    "VACUUM SORT ONLY",
    "WITH",
];

/// Keywords inside statements, beside those of a SELECT: in upper case and sorted.
const OTHER_WORDS: &[&str] = &[
    "ADD",
    "ALTER",
    "ANY",
    "APPEND",
    "AUTHORIZATION",
    "AUTO",
    "CASCADE",
    "CLUSTER",
    "COLUMN",
    "COMPOUND",
    "CONSTRAINT",
    "CSV",
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "CURSOR",
    "DATASHARE",
    "DEFAULT",
    "DELETE",
    "DELIMITER",
    "DISTKEY",
    "DISTSTYLE",
    "DROP",
    "ENCODE",
    "ESCAPE",
    "FALSE",
    "FIRST",
    "FOR",
    "FOREIGN",
    "FORMAT",
    "GZIP",
    "IAM_ROLE",
    "IDENTITY",
    "IF",
    "IGNOREHEADER",
    "ILIKE",
    "INSERT",
    "INTERLEAVED",
    "INTERVAL",
    "INTO",
    "JSON",
    "KEY",
    "LANGUAGE",
    "LAST",
    "MANIFEST",
    "MATCHED",
    "MERGE",
    "MINUS",
    "NATURAL",
    "NULLS",
    "ONLY",
    "OWNER",
    "PARALLEL",
    "PARQUET",
    "PASSWORD",
    "PIVOT",
    "PRIMARY",
    "PRIVILEGES",
    "PUBLIC",
    "QUALIFY",
    "REFERENCES",
    "REGION",
    "RENAME",
    "REPLACE",
    "RESTRICT",
    "RETURNS",
    "ROWS",
    "ROW_NUMBER",
    "SCHEMA",
    "SESSION",
    "SET",
    "SIMILAR",
    "SOME",
    "SORTKEY",
    "SYSDATE",
    "TABLE",
    "TO",
    "TOP",
    "TRANSACTION",
    "TRUE",
    "UNIQUE",
    "UNPIVOT",
    "UPDATE",
    "USAGE",
    "VIEW",
];

/// Keywords that begin an expression, in upper case and sorted.
pub const EXPRESSION_WORDS: &[&str] = &[
    "ALL",
    "CASE",
    "CAST",
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "DISTINCT",
    "EXISTS",
    "FALSE",
    "INTERVAL",
    "NOT",
    "NULL",
    "ROW_NUMBER",
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

/// Keywords inside statements, in upper case and sorted.
pub static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut words = [QUERY_KEYWORDS, OTHER_WORDS].concat();
    words.sort_unstable();
    words
});

/// Returns true for a keyword inside statements, in any letter case.
pub fn is_word(word: &str) -> bool {
    WORDS.binary_search(&word.to_ascii_uppercase().as_str()).is_ok()
        || is_reserved_on_warehouse(word)
}

/// Returns true for a word of the statements, in any letter case.
pub fn is_warehouse_keyword(word: &str) -> bool {
    static OPENING_WORDS: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| OPENINGS.iter().flat_map(|opening| opening.split(' ')).collect());
    let upper = word.to_ascii_uppercase();
    OPENING_WORDS.contains(upper.as_str()) || WORDS.binary_search(&upper.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        assert!(OTHER_WORDS.is_sorted() && EXPRESSION_WORDS.is_sorted() && OPENINGS.is_sorted());
        assert!(FOLLOWERS.is_sorted_by_key(|(word, _)| *word));
    }
}
