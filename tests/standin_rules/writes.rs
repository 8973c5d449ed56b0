//! Statements that make and change rows: temporary tables, DELETE, MERGE, and the time.

use super::{ask, go_on, start};

#[test]
fn a_temporary_table_is_made_from_a_query_or_a_table() {
    let Some(standin) = start() else {
        return;
    };
    ask(
        &standin,
        &["CREATE TABLE t (a int, b varchar) SORTKEY (a)", "INSERT INTO t VALUES (1, 'x')"],
    )
    .expect("a table");
    let said = ask(
        &standin,
        &[
            "CREATE TEMP TABLE s DISTSTYLE KEY DISTKEY (a) COMPOUND SORTKEY (a, b) \
             AS SELECT * FROM t",
            "CREATE LOCAL TEMPORARY TABLE n (c, d) DISTKEY (c) SORTKEY (d) AS SELECT * FROM t",
            "CREATE TEMP TABLE l (LIKE t)",
            "INSERT INTO l SELECT c, d FROM n UNION ALL SELECT * FROM s",
            "SELECT count(*) FROM l",
        ],
    );
    assert_eq!(said.as_deref(), Ok("SELECT\nSELECT\nCREATE TABLE\nINSERT 0 2\n2"));
    let gone = ask(&standin, &["SELECT * FROM s"]).expect_err("the session is over");
    assert!(gone.contains("42P01: relation \"s\" does not exist"), "{gone}");
}

#[test]
fn a_temporary_table_stands_before_another_of_its_name() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    let said = ask(
        &standin,
        &[
            "CREATE TEMP TABLE t AS SELECT 1 AS a",
            "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM public.t)",
            "DROP TABLE t",
            "SELECT count(*) FROM t",
        ],
    );
    assert_eq!(said.as_deref(), Ok("SELECT\n1|0\nDROP TABLE\n0"));
    ask(&standin, &["CREATE TEMP TABLE public.u (a int)"]).expect_err("it has a schema of its own");
}

#[test]
fn rows_are_deleted_by_those_of_another_table() {
    let Some(standin) = start() else {
        return;
    };
    let said = ask(
        &standin,
        &[
            "CREATE TABLE t (a int)",
            "INSERT INTO t VALUES (1), (2), (3)",
            "CREATE TEMP TABLE s AS SELECT 1 AS a UNION ALL SELECT 2",
            "DELETE FROM t USING s WHERE t.a = s.a AND s.a = 1",
            "DELETE FROM t USING s AS o WHERE t.a = o.a AND EXISTS (SELECT 1 FROM s WHERE a = 2)",
            "DELETE t",
        ],
    )
    .expect("rows are deleted");
    assert!(said.ends_with("DELETE 1\nDELETE 1\nDELETE 1"), "{said}");
}

#[test]
fn getdate_is_of_the_statement_and_sysdate_of_the_transaction() {
    let Some(standin) = start() else {
        return;
    };
    let types = "SELECT pg_typeof(getdate())::text, pg_typeof(sysdate)::text, \
         getdate() = date_trunc('second', getdate())";
    let said = ask(&standin, &[types]);
    let expected = "timestamp without time zone|timestamp without time zone|t";
    assert_eq!(said.as_deref(), Ok(expected));
    let moves = "SELECT getdate() >= date_trunc('second', sysdate), sysdate = SYSDATE, \
         statement_timestamp() > now()";
    let said = ask(&standin, &["BEGIN", "SELECT 1", moves, "COMMIT"]);
    assert_eq!(said.as_deref(), Ok("BEGIN\n1\nt|t|t\nCOMMIT"));
    let zone = "SELECT abs(extract(epoch FROM getdate() - \
         (statement_timestamp() AT TIME ZONE 'Asia/Tokyo'))) < 2";
    let said = ask(&standin, &["SET timezone = 'Asia/Tokyo'", zone, "SET timezone TO 'UTC'", zone]);
    assert_eq!(said.as_deref(), Ok("SET\nt\nSET\nf"));
    assert_eq!(ask(&standin, &["SELECT 1 AS sysdate"]).as_deref(), Ok("1"));
}

#[test]
fn a_merge_updates_or_deletes_and_inserts() {
    let Some(standin) = start() else {
        return;
    };
    // As in AWS's documentation.
    let tables = [
        "CREATE TABLE target (id INT, name CHAR(10))",
        "CREATE TABLE source (id INT, name CHAR(10))",
        "INSERT INTO target VALUES (101, 'Bob'), (102, 'John'), (103, 'Susan')",
        "INSERT INTO source VALUES (102, 'Tony'), (103, 'Alice'), (104, 'Bill')",
    ];
    ask(&standin, &tables).expect("tables");
    let rows = "SELECT string_agg(id || trim(name), ' ' ORDER BY id) FROM target";
    let update = "MERGE INTO target USING source ON target.id = source.id
        WHEN MATCHED THEN UPDATE SET id = source.id, name = CASE WHEN true THEN source.name END
        WHEN NOT MATCHED THEN INSERT VALUES (source.id, source.name)";
    let said = ask(&standin, &["\\set QUIET on", update, rows]);
    assert_eq!(said.as_deref(), Ok("101Bob 102Tony 103Alice 104Bill"));
    let delete = "MERGE INTO target USING source s ON target.id = s.id
        WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.name)";
    let more = "INSERT INTO source VALUES (105, 'David')";
    let said = ask(&standin, &["\\set QUIET on", more, delete, rows]);
    assert_eq!(said.as_deref(), Ok("101Bob 105David"));
    let twice = "INSERT INTO source VALUES (101, 'Tony'), (101, 'Alice')";
    let said = go_on(&standin, &[twice, delete]);
    let expected = "INSERT 0 2\nERROR:  XX000: Found multiple matches to update the same tuple.\n";
    assert_eq!(said, expected);
}

#[test]
fn a_merge_may_remove_duplicates() {
    let Some(standin) = start() else {
        return;
    };
    // As in AWS's documentation.
    let said = ask(
        &standin,
        &[
            "\\set QUIET on",
            "CREATE TABLE \"Target\" (id int, name varchar)",
            "CREATE TABLE source (id int, name varchar)",
            "INSERT INTO target VALUES (30, 'Tony'), (30, 'Daisy'), (11, 'Alice'), (23, 'Bill'), \
             (23, 'Nikki')",
            "INSERT INTO source VALUES (23, 'David'), (22, 'Clarence')",
            "MERGE INTO public.\"Target\" USING source s ON target.id = s.id REMOVE DUPLICATES",
            "SELECT string_agg(id || name, ' ' ORDER BY id, name) FROM target",
        ],
    );
    assert_eq!(said.as_deref(), Ok("11Alice 22Clarence 23David 30Daisy 30Tony"));
    let merge = "MERGE INTO target USING \
         (SELECT s.id, 'Max' AS name FROM source s JOIN source o ON s.id = o.id) q \
         ON target.id = q.id WHEN MATCHED THEN UPDATE SET name = q.name \
         WHEN NOT MATCHED THEN INSERT VALUES (q.id, q.name)";
    let count = "SELECT count(*) FROM target WHERE name = 'Max'";
    let said = ask(&standin, &["\\set QUIET on", merge, count]);
    assert_eq!(said.as_deref(), Ok("2"));
}

#[test]
fn nobody_writes_to_a_view() {
    let Some(standin) = start() else {
        return;
    };
    let tables = [
        "CREATE TABLE t (a int)",
        "INSERT INTO t VALUES (1)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 0",
    ];
    ask(&standin, &tables).expect("a view");
    for (statement, does) in [
        ("INSERT INTO v VALUES (2)", "insert into"),
        ("UPDATE v SET a = 3", "update"),
        ("DELETE FROM v", "delete from"),
    ] {
        let said = ask(&standin, &[statement]).expect_err(statement);
        assert!(said.starts_with(&format!("ERROR:  0A000: cannot {does} a view\n")), "{said}");
    }
    ask(&standin, &["DROP VIEW v", "DROP TABLE t"]).expect("they go");
}
