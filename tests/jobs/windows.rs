//! Windows of INSERT and MERGE.

use super::Stage;

/// Rows at each half hour from midnight to four, so that each boundary has one.
const SOURCE: &str = "CREATE TABLE s.source AS SELECT n AS id, timestamp '2026-01-01' + n * interval '30 min' AS at, n * 10 AS amount \
     FROM generate_series(0, 8) n";

/// Runs from midnight to three.
const HOURS: &str = "RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' END_AT = TIMESTAMP '2026-01-01 03:00'";

#[test]
fn each_window_is_loaded_once_whatever_way_its_bounds_are_written() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    for (number, condition) in [
        "o.at >= run_start_time() AND o.at < run_end_time()",
        "o.at BETWEEN run_start_time() AND run_end_time()",
        "o.at > run_start_time() AND o.at <= run_end_time()",
    ]
    .into_iter()
    .enumerate()
    {
        stage.on_server(&format!("CREATE TABLE s.t{number} (id int, at timestamp)"));
        stage.done(&format!(
            "CREATE JOB j{number} {HOURS} AS INSERT INTO w.s.t{number} SELECT o.id, o.at FROM w.s.source o WHERE {condition};"
        ));
        let run = format!("RUN JOB j{number};");
        let rows = stage.done(&run).out;
        let rows: Vec<String> = rows
            .lines()
            .skip(1)
            .map(|row| row.rsplit_once(',').unwrap().0.to_owned())
            .collect();
        assert_eq!(
            rows,
            [(0, 1), (1, 2), (2, 3)].map(|(start, end)| format!(
                "j{number},2026-01-01 0{start}:00:00,2026-01-01 0{end}:00:00,2,2,"
            )),
            "{condition}"
        );
        assert_eq!(stage.done(&run).out.lines().count(), 1, "nothing is due");
        let loaded = format!("SELECT string_agg(id::text, ' ' ORDER BY id) FROM s.t{number}");
        assert_eq!(stage.on_server(&loaded), "SET\n0 1 2 3 4 5", "{condition}");
    }
}

#[test]
fn a_query_without_bounds_runs_once_for_all_that_is_due() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.t (id int)"));
    stage.done(&format!(
        "CREATE JOB j {HOURS} AS INSERT INTO w.s.t SELECT o.id FROM w.s.source o;"
    ));
    let rows = stage.done("RUN JOB j;").out;
    assert!(rows.contains("j,2026-01-01 00:00:00,2026-01-01 03:00:00,9,9,,"), "{rows}");
    assert_eq!(rows.lines().count(), 2, "{rows}");
}

#[test]
fn up_to_makes_one_window_of_what_is_missing() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.t (id int)"));
    stage.done(&format!(
        "CREATE JOB j {HOURS} AS INSERT INTO w.s.t SELECT o.id FROM w.s.source o WHERE o.at BETWEEN run_start_time() AND run_end_time();"
    ));
    let rows = stage.done("RUN JOB j UP TO TIMESTAMP '2026-01-01 02:00'; RUN JOB j").out;
    assert!(rows.contains("j,2026-01-01 00:00:00,2026-01-01 02:00:00,4,4,,"), "{rows}");
    assert!(rows.contains("j,2026-01-01 02:00:00,2026-01-01 03:00:00,2,2,,"), "{rows}");
}

#[test]
fn a_merge_replaces_deletes_and_inserts() {
    let Some(stage) = Stage::new() else { return };
    for (number, insert) in ["MAP_COLUMNS_BY_NAME EXCEPT gone", "(id, v) VALUES (n.id, upper(n.v))"]
        .into_iter()
        .enumerate()
    {
        stage.on_server(&format!(
            "CREATE TABLE s.t{number} AS SELECT n AS id, 'old' || n AS v, n AS kept FROM generate_series(1, 4) n; \
             CREATE TABLE s.n{number} AS SELECT * FROM (VALUES (2, 'new2', false), (3, 'new3', true), (5, 'new5', true)) r(id, v, gone)"
        ));
        stage.done(&format!(
            "CREATE JOB m{number} AS MERGE INTO w.s.t{number} AS t USING (SELECT o.id, o.v, o.gone FROM w.s.n{number} o) AS n \
             ON t.id = n.id WHEN MATCHED AND n.gone THEN DELETE WHEN MATCHED THEN REPLACE \
             WHEN NOT MATCHED THEN INSERT {insert};"
        ));
        let rows = stage.done(&format!("RUN JOB m{number};")).out;
        assert!(rows.contains(",3,2,2,"), "{rows}");
        let now = format!(
            "SELECT string_agg(id || v || coalesce(kept, 0), ' ' ORDER BY id) FROM s.t{number}"
        );
        let expected = ["1old11 2new20 4old44 5new50", "1old11 2NEW20 4old44 5NEW50"][number];
        assert_eq!(stage.on_server(&now), format!("SET\n{expected}"));
    }
}

#[test]
fn redshifts_own_merge_reads_its_table_once() {
    let Some(stage) = Stage::new() else { return };
    for (number, (source, row)) in [("w.s.n0 AS n", "n"), ("w.s.n1", "n1"), ("w.s.n2", "w.s.n2")]
        .into_iter()
        .enumerate()
    {
        stage.on_server(&format!(
            "CREATE TABLE s.t{number} AS SELECT n AS id, 'old' || n AS v FROM generate_series(1, 2) n; \
             CREATE TABLE s.n{number} AS SELECT * FROM (VALUES (2, 'new2'), (3, 'new3')) r(id, v)"
        ));
        stage.done(&format!(
            "CREATE JOB m{number} AS MERGE INTO w.s.t{number} USING {source} ON t{number}.id = {row}.id \
             WHEN MATCHED THEN UPDATE SET v = {row}.v WHEN NOT MATCHED THEN INSERT VALUES ({row}.id, {row}.v);"
        ));
        stage.done(&format!("RUN JOB m{number};"));
        let now = format!("SELECT string_agg(id || v, ' ' ORDER BY id) FROM s.t{number}");
        assert_eq!(stage.on_server(&now), "SET\n1old1 2new2 3new3");
    }
}

#[test]
fn a_missing_target_and_missing_columns_are_made_where_the_job_may() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(
        "CREATE JOB by_query AS INSERT INTO w.s.a SELECT o.id AS n, o.at FROM w.s.source o;
         CREATE TABLE w.s.b (n BIGINT, at TIMESTAMP, note VARCHAR(5));
         CREATE JOB by_catalog AS INSERT INTO w.s.b SELECT o.id, o.at FROM w.s.source o;
         CREATE JOB wider ADD_MISSING_COLUMNS = TRUE AS INSERT INTO w.s.a MAP_COLUMNS_BY_NAME SELECT o.id AS n, o.amount, 'x' AS note FROM w.s.source o;
         CREATE JOB listed AS INSERT INTO w.s.c (number, moment) SELECT o.id, o.at FROM w.s.source o;
         CREATE JOB excepted AS INSERT INTO w.s.d MAP_COLUMNS_BY_NAME EXCEPT amount SELECT o.id, o.amount FROM w.s.source o;
         CREATE JOB merged AS MERGE INTO w.s.e AS t USING (SELECT o.id, o.at FROM w.s.source o) AS n ON t.number = n.id
             WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (number, moment) VALUES (n.id, at);
         CREATE TABLE w.s.f (id BIGINT, at TIMESTAMP);
         CREATE JOB redshifts AS MERGE INTO w.s.f USING w.s.source AS n ON f.id = n.id
             WHEN MATCHED THEN UPDATE SET at = n.at WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.at);
         RUN JOB by_query, by_catalog, wider, listed, excepted, merged, redshifts",
    );
    let columns = |table| {
        stage.on_server(&format!(
            "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) \
             FROM pg_attribute WHERE attrelid = 's.{table}'::regclass AND attnum > 0"
        ))
    };
    assert_eq!(
        columns("a"),
        "SET\nn integer, at timestamp without time zone, amount integer, note text"
    );
    assert_eq!(
        columns("b"),
        "SET\nn bigint, at timestamp without time zone, note character varying(5)"
    );
    let named = "SET\nnumber integer, moment timestamp without time zone";
    assert_eq!((columns("c"), columns("e")), (named.to_owned(), named.to_owned()));
    assert_eq!(columns("d"), "SET\nid integer");
    assert_eq!(columns("f"), "SET\nid bigint, at timestamp without time zone");
    assert_eq!(stage.on_server("SELECT count(*), count(amount) FROM s.a"), "SET\n18|9");
}

#[test]
fn literals_and_columns_without_a_name_go_where_an_insert_would_put_them() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!(
        "{SOURCE}; CREATE TABLE s.t (a int, b int, c timestamp, d int, e text)"
    ));
    stage.done(
        "CREATE JOB j AS INSERT INTO w.s.t SELECT o.id, o.id, '2026-01-01', NULL, 'x' FROM w.s.source o;
         CREATE JOB k AS INSERT INTO w.s.t (e, b) SELECT o.id || '', '1' FROM w.s.source o; RUN JOB j, k",
    );
    assert_eq!(
        stage.on_server("SELECT count(a), sum(b), count(c), count(d), count(e) FROM s.t"),
        "SET\n9|45|9|0|18"
    );
}

#[test]
fn windows_are_staged_in_sessions_of_their_own_and_written_in_order() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server("CREATE TABLE s.source (id int)");
    for (limit, sessions) in [("4", 4), ("2", 2)] {
        stage.on_server("CREATE TABLE s.t (number serial, at timestamp, session int)");
        stage.done(&format!(
            "ALTER REDSHIFT CONNECTION w SET MAX_CONCURRENT_CONNECTIONS = {limit}; \
             CREATE JOB j{limit} RUN_PARALLELISM = 4 RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' END_AT = TIMESTAMP '2026-01-01 08:00' \
             AS INSERT INTO w.s.t (at, session) SELECT run_start_time(), pg_backend_pid();"
        ));
        let rows = stage.done(&format!("RUN JOB j{limit};")).out;
        assert_eq!(rows.lines().count(), 9, "{rows}");
        let order = "SELECT count(DISTINCT session), count(*), string_agg(at::text, ',' ORDER BY number) = string_agg(at::text, ',' ORDER BY at) FROM s.t";
        assert_eq!(stage.on_server(order), format!("SET\n{sessions}|8|t"));
        stage.on_server("DROP TABLE s.t");
    }
}

#[test]
fn columns_with_a_value_of_their_own_are_left_to_the_server() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!(
        "{SOURCE}; CREATE TABLE s.t (number int GENERATED ALWAYS AS IDENTITY, \
         other bigint GENERATED BY DEFAULT AS IDENTITY, double int GENERATED ALWAYS AS (id * 2) STORED, \
         id int, note varchar(3))"
    ));
    stage.done(
        "CREATE JOB j AS INSERT INTO w.s.t (id, note) SELECT o.id, 'abc   ' FROM w.s.source o; RUN JOB j;",
    );
    assert_eq!(
        stage.on_server("SELECT max(number), max(other), max(double), max(note) FROM s.t"),
        "SET\n9|9|16|abc"
    );
}

#[test]
fn a_query_may_read_the_target() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.t AS SELECT 2 AS id"));
    stage.done(
        "CREATE JOB j AS INSERT INTO w.s.t SELECT o.id FROM w.s.source o \
         WHERE NOT EXISTS (SELECT 1 FROM w.s.t AS t WHERE t.id = o.id);
         CREATE JOB m AS MERGE INTO w.s.t AS t USING (SELECT x.id + 9 AS id FROM w.s.t AS x) AS n \
         ON t.id = n.id WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME;",
    );
    assert!(stage.done("RUN JOB j;").out.contains(",8,8,"));
    assert!(stage.done("RUN JOB j;").out.contains(",0,0,"));
    assert!(stage.done("RUN JOB m;").out.contains(",9,9,"));
    assert_eq!(stage.on_server("SELECT count(*), count(DISTINCT id) FROM s.t"), "SET\n18|18");
}
