//! Statements that Redshift refuses, with its words.

use super::{ask, go_on, start};

/// Statements that a rule refuses if the table `t` exists: the statement, and the first line of
/// psql's message.
pub const REFUSALS: &[(&str, &str)] = &[
    (
        "COPY t (a, b) FROM STDIN",
        r#"42601: syntax error at or near "STDIN" in context "b) FROM STDIN", at line 1, column 20"#,
    ),
    (
        "COPY (SELECT 1) TO STDOUT",
        r#"42601: syntax error at or near "(" in context "COPY (", at line 1, column 6"#,
    ),
    (
        "COPY t TO STDOUT",
        r#"42601: syntax error at or near "STDOUT" in context "COPY t TO STDOUT", at line 1, column 11"#,
    ),
    (
        "INSERT INTO t VALUES (1, 2) ON CONFLICT DO NOTHING",
        r#"42601: syntax error at or near "ON" in context ", 2) ON", at line 1, column 29"#,
    ),
    (
        "INSERT INTO t\nVALUES (1, 2)\nRETURNING a",
        r#"42601: syntax error at or near "RETURNING" in context ", 2)
RETURNING", at line 3, column 1"#,
    ),
    (
        "ALTER TABLE t ADD COLUMN c int, ADD COLUMN d int",
        r#"42601: syntax error at or near "," in context "COLUMN c int,", at line 1, column 31"#,
    ),
    (
        "ALTER TABLE t DROP COLUMN a, DROP COLUMN b",
        r#"42601: syntax error at or near "," in context "DROP COLUMN a,", at line 1, column 28"#,
    ),
    (
        "CREATE TABLE u (id SERIAL PRIMARY KEY, b int)",
        r#"0A000: Column "u.id" has unsupported type "serial"."#,
    ),
    (
        "CREATE TABLE u (a int, b int[])",
        r#"0A000: Column "u.b" has unsupported type "int[]"."#,
    ),
    (
        "ALTER TABLE t ADD COLUMN c jsonb",
        r#"0A000: Column "t.c" has unsupported type "jsonb"."#,
    ),
    (
        "CREATE INDEX i ON t (a)",
        r#"0A000: SQL command "CREATE INDEX i ON t (a)" not supported on Redshift tables."#,
    ),
    ("UNLISTEN *", r#"0A000: SQL command "UNLISTEN *" not supported"#),
    ("LISTEN x", r#"0A000: SQL command "LISTEN x" not supported"#),
    (
        "DISCARD ALL",
        r#"42601: syntax error at or near "DISCARD" in context "DISCARD", at line 1, column 1"#,
    ),
    ("DEALLOCATE ALL", r#"26000: prepared statement "all" does not exist"#),
    (
        "SHOW standard_conforming_strings",
        r#"42704: unrecognized configuration parameter "standard_conforming_strings""#,
    ),
    (
        "SET standard_conforming_strings TO on",
        r#"42704: unrecognized configuration parameter "standard_conforming_strings""#,
    ),
    (
        "SHOW server_version_num",
        r#"42704: unrecognized configuration parameter "server_version_num""#,
    ),
    (
        "SET extra_float_digits = 3",
        r#"22023: 3 is outside the valid range for parameter "extra_float_digits" (-15 .. 2)"#,
    ),
    ("SELECT * FROM pg_range", r#"42P01: relation "pg_range" does not exist"#),
    ("SELECT 'int'::regtype", r#"42704: type "regtype" does not exist"#),
    (
        "SELECT pg_advisory_lock(1)",
        "42883: function pg_advisory_lock(integer) does not exist",
    ),
    (
        "LOCK TABLE t IN EXCLUSIVE MODE",
        r#"42601: syntax error at or near "IN" in context "LOCK TABLE t IN", at line 1, column 14"#,
    ),
    (
        "LOCK t NOWAIT",
        r#"42601: syntax error at or near "NOWAIT" in context "LOCK t NOWAIT", at line 1, column 8"#,
    ),
    (
        "CREATE TEMP TABLE u (a int) ON COMMIT DROP",
        r#"42601: syntax error at or near "ON" in context "a int) ON", at line 1, column 29"#,
    ),
    (
        "DELETE FROM t AS x USING t y WHERE x.a = y.a",
        r#"42601: syntax error at or near "AS" in context "DELETE FROM t AS", at line 1, column 15"#,
    ),
    (
        "DELETE FROM public.t x WHERE x.a = 1",
        r#"42601: syntax error at or near "x" in context "public.t x", at line 1, column 22"#,
    ),
    (
        "MERGE INTO t USING t s ON t.a = s.a WHEN MATCHED THEN DELETE",
        "0A000: MERGE statement with a single WHEN clause is not enabled.",
    ),
    ("MERGE INTO t USING t s ON t.a = s.a", "42601: syntax error at end of input"),
    (
        "MERGE INTO t x USING t s ON x.a = s.a \
         WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
        r#"42601: syntax error at or near "x" in context "MERGE INTO t x", at line 1, column 14"#,
    ),
    (
        "MERGE INTO t USING (SELECT a FROM t) s ON t.a = s.a \
         WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
        "0A000: Source view/subquery in Merge statement cannot reference target table.",
    ),
    (
        "MERGE INTO t USING public.t s ON t.a = s.a \
         WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
        "0A000: Source and target of Merge statement cannot be the same table.",
    ),
    (
        "MERGE INTO t USING t s ON t.a = s.a \
         WHEN MATCHED AND t.b = 1 THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
        r#"42601: syntax error at or near "AND" in context "a WHEN MATCHED AND", at line 1, column 50"#,
    ),
    (
        "WITH x AS (SELECT 1) MERGE INTO t USING t s ON t.a = s.a \
         WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
        r#"42601: syntax error at or near "MERGE" in context "SELECT 1) MERGE", at line 1, column 22"#,
    ),
    ("SELECT 1 FROM", "42601: syntax error at end of input"),
    (
        "SELECT a FROM t WHERE WHERE",
        r#"42601: syntax error at or near "WHERE" in context "FROM t WHERE WHERE", at line 1, column 23"#,
    ),
];

#[test]
fn the_standin_refuses_with_redshifts_words() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int, b int)"]).expect("a table");
    for (sql, expected) in REFUSALS {
        let said = ask(&standin, &[sql]).expect_err(sql);
        assert!(is_refused_with(&said, expected), "{sql}: {said}");
    }
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("0"));
}

#[test]
fn a_refusal_fails_the_transaction_and_nothing_more() {
    let Some(standin) = start() else {
        return;
    };
    let said = go_on(
        &standin,
        &[
            "BEGIN",
            "CREATE TABLE t (a int)",
            "DISCARD ALL",
            "SELECT 1",
            "ROLLBACK",
            "SELECT 2",
        ],
    );
    assert!(said.contains("25P02: current transaction is aborted"), "{said}");
    assert!(said.ends_with("ROLLBACK\n2\n"), "{said}");
}

#[test]
fn an_error_of_a_compute_node_is_xx000() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a varchar(3) NOT NULL)"]).expect("a table");
    let said = ask(&standin, &["INSERT INTO t SELECT 'long' WHERE true"]).expect_err("too long");
    assert!(
        said.starts_with("ERROR:  XX000: Value too long for character type\nDETAIL:"),
        "{said}"
    );
    let lines = "  code:      8001\n  context:   Value too long for type character varying(3)\n";
    assert!(said.contains(lines), "{said}");
    let said = ask(&standin, &["INSERT INTO t SELECT NULL"]).expect_err("it is NOT NULL");
    assert!(
        said.starts_with("ERROR:  XX000: Cannot insert a NULL value into column a\n"),
        "{said}"
    );
}

/// True if psql's message, with VERBOSITY at verbose, begins with this error.
pub fn is_refused_with(said: &str, expected: &str) -> bool {
    let first = said.split("\nLINE ").next().unwrap_or_default();
    let first = first.split("\nHINT").next().unwrap_or_default().trim_end();
    first == format!("ERROR:  {expected}")
}
