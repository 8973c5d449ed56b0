//! Runs that fail: what was wrong, at its place, with a hint; and nothing is written.

use super::Stage;

#[test]
fn a_run_that_cannot_be_says_why() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(
        "CREATE TABLE s.source AS SELECT 1 AS a, NULL::int AS b; CREATE TABLE s.t (a int, b int NOT NULL); \
         CREATE VIEW s.v AS SELECT 1 AS a; CREATE TABLE s.one (a int); CREATE TABLE s.k (a int, b int); \
         CREATE TABLE s.short (a int, b varchar(2)); \
         CREATE TABLE s.numbered (always int GENERATED ALWAYS AS IDENTITY, a int)",
    );
    let insert = "AS INSERT INTO w.s.t SELECT o.a, o.a FROM w.s.source o";
    for (sqlstate, create, words) in [
        (
            "42703",
            "AS INSERT INTO w.s.t SELECT o.a,\n o.nothing FROM w.s.source o",
            "at job j:4:2",
        ),
        (
            "42P01",
            "CREATE_TABLE_IF_MISSING = FALSE AS INSERT INTO w.s.x SELECT o.a FROM w.s.source o",
            "CREATE TABLE s.x (a integer)",
        ),
        (
            "42703",
            "AS INSERT INTO w.s.one MAP_COLUMNS_BY_NAME SELECT o.a, o.b FROM w.s.source o",
            "ALTER TABLE s.one ADD COLUMN b integer",
        ),
        (
            "42601",
            "AS INSERT INTO w.s.one SELECT o.a, o.b FROM w.s.source o",
            "INSERT has more expressions than target columns",
        ),
        (
            "42601",
            "AS INSERT INTO w.s.t (a, b) SELECT o.a FROM w.s.source o",
            "INSERT has more target columns than expressions",
        ),
        (
            "23502",
            "AS INSERT INTO w.s.t SELECT o.a FROM w.s.source o",
            "null value in column \"b\"",
        ),
        (
            "42809",
            "AS INSERT INTO w.s.v SELECT o.a FROM w.s.source o",
            "\"s.v\" is not a table",
        ),
        (
            "23502",
            "AS INSERT INTO w.s.t SELECT o.a, o.b FROM w.s.source o",
            "violates not-null constraint",
        ),
        (
            "23502",
            "AS MERGE INTO w.s.k AS t USING (SELECT o.b AS a, 1 AS b FROM w.s.source o) AS n ON t.a = n.a \
             WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME",
            "a key of the MERGE is NULL",
        ),
        (
            "21000",
            "AS MERGE INTO w.s.k AS t USING (SELECT o.a, p.v AS b FROM w.s.source o CROSS JOIN (SELECT 1 AS v UNION ALL SELECT 2) p) AS n \
             ON t.a = n.a WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME",
            "keys that are there twice: (1)",
        ),
        (
            "22001",
            "AS INSERT INTO w.s.short SELECT o.a, 'ab' || repeat('c', o.a) FROM w.s.source o",
            "cause: the longest value of column \"b\" has 3 characters",
        ),
        (
            "22001",
            "AS MERGE INTO w.s.short AS t USING (SELECT o.a, 'abc' AS v FROM w.s.source o) AS n \
             ON t.a = n.a WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (a, b) VALUES (n.a, n.v)",
            "cause: the longest value of column \"b\" has 3 characters",
        ),
        (
            "428C9",
            "AS INSERT INTO w.s.numbered MAP_COLUMNS_BY_NAME SELECT o.a AS always FROM w.s.source o",
            "cannot insert a non-DEFAULT value into column \"always\"",
        ),
        (
            "42P10",
            "AS MERGE INTO w.s.nothing AS t USING (SELECT o.a AS k, o.a FROM w.s.source o) AS n \
             ON t.key = n.k WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME",
            "for MERGE, key column \"key\" must appear in the column list of INSERT",
        ),
        ("22023", insert, "is in the future"),
        ("22023", insert, "at stdin:1:27"),
    ] {
        stage.done(&format!("CREATE JOB j {create};"));
        let up_to = if sqlstate == "22023" {
            " UP TO TIMESTAMP '9999-01-01'"
        } else {
            ""
        };
        let run = stage.failed(sqlstate, &format!("RUN JOB j{up_to};"));
        assert!(run.err.contains(words), "{create}:\n{}", run.err);
        stage.done("DROP JOB j;");
    }
    assert_eq!(
        stage.on_server("SELECT (SELECT count(*) FROM s.t) + (SELECT count(*) FROM s.k) + (SELECT count(*) FROM s.one)"),
        "SET\n0"
    );
}

#[test]
fn a_target_that_cannot_be_made_is_told_with_the_types_that_are_known() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(
        "CREATE TABLE s.source AS SELECT 1 AS a, NULL::int AS b; CREATE TABLE s.one (a int)",
    );
    for (sqlstate, create, words) in [
        (
            "42P01",
            "CREATE_TABLE_IF_MISSING = FALSE AS INSERT INTO w.s.x (k, l) SELECT o.a, o.b FROM w.s.source o",
            "CREATE TABLE s.x (k integer, l integer)",
        ),
        (
            "42P01",
            "AS MERGE INTO w.s.x AS t USING (SELECT o.a FROM w.s.source o) AS n ON t.a = n.a \
             WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (a, b) VALUES (n.a, n.a + 1)",
            "hint: create it in the warehouse: the MERGE does not tell the types of its columns",
        ),
        (
            "42P01",
            "AS MERGE INTO w.s.x USING w.s.source AS n ON x.a = n.a \
             WHEN MATCHED THEN UPDATE SET b = n.b WHEN NOT MATCHED THEN INSERT VALUES (n.a, n.b)",
            "hint: create it in the warehouse: the MERGE does not tell the types of its columns",
        ),
        (
            "42703",
            "ADD_MISSING_COLUMNS = TRUE AS MERGE INTO w.s.one AS t USING (SELECT o.a FROM w.s.source o) AS n \
             ON t.a = n.a WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (a, k) VALUES (n.a, n.a + 1)",
            "ALTER TABLE s.one ADD COLUMN k <type>",
        ),
        (
            "42703",
            "AS MERGE INTO w.s.one AS t USING (SELECT o.a FROM w.s.source o) AS n \
             ON t.a = n.a WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (a, k) VALUES (n.a, N.A)",
            "ALTER TABLE s.one ADD COLUMN k integer",
        ),
    ] {
        stage.done(&format!("CREATE JOB j {create};"));
        let run = stage.failed(sqlstate, "RUN JOB j;");
        assert!(run.err.contains(words), "{create}:\n{}", run.err);
        stage.done("DROP JOB j;");
    }
    assert_eq!(stage.on_server("SELECT to_regclass('s.x') IS NULL"), "SET\nt");
}

#[test]
fn a_job_runs_outside_of_transactions_and_by_its_name() {
    let Some(stage) = Stage::new() else { return };
    stage.failed("42704", "RUN JOB nothing;");
    stage.done("CREATE JOB j AS INSERT INTO w.s.t SELECT 1 AS a;");
    stage.failed("25001", "BEGIN; RUN JOB j; ROLLBACK");
}

#[test]
fn a_read_only_connection_is_refused_before_its_query_runs() {
    let Some(stage) = Stage::new() else { return };
    let url = stage.database.url("127.0.0.1", "?sslmode=disable&readOnly=true");
    stage.done(&format!(
        "ALTER REDSHIFT CONNECTION w SET CONNECTION_STRING = '{url}'; CREATE JOB j AS INSERT INTO w.s.t SELECT 1 AS a;"
    ));
    stage.failed("25006", "RUN JOB j;");
}

#[test]
fn a_user_who_may_not_make_the_ledger_is_told_the_grant() {
    let Some(stage) = Stage::new() else { return };
    stage.database.administer("CREATE SCHEMA other; CREATE TABLE other.t (a int)");
    stage
        .database
        .administer("GRANT USAGE ON SCHEMA other TO PUBLIC; GRANT INSERT ON other.t TO PUBLIC");
    stage.done("CREATE JOB j AS INSERT INTO w.other.t SELECT 1 AS a;");
    let run = stage.failed("42501", "RUN JOB j;");
    assert!(run.err.contains("GRANT CREATE ON SCHEMA other TO trusted_user"), "{}", run.err);
}

#[test]
fn a_merge_that_does_not_insert_its_key_is_not_kept() {
    let Some(stage) = Stage::new() else { return };
    for insert in ["(b) VALUES (n.b)", "MAP_COLUMNS_BY_NAME EXCEPT a"] {
        let refused = stage.failed(
            "42P10",
            &format!(
                "CREATE JOB j AS MERGE INTO w.s.t AS t USING (SELECT 1 AS a, 2 AS b) AS n \
                 ON t.a = n.a WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT {insert};"
            ),
        );
        assert!(refused.err.contains("key column \"a\""), "{}", refused.err);
    }
}
