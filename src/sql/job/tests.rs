//! CREATE and ALTER of jobs: what is read, what is printed, what is refused.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::sql::{Statement, parse};
use crate::sqlstate::SqlState;

/// The parsed job; what it prints is parsed again and must be the same.
fn job(text: &str) -> CreateJob {
    let job = match parse(text) {
        Ok(Statement::CreateJob(job)) => job,
        other => panic!("{text}: {other:?}"),
    };
    let printed = job.to_string();
    match parse(&printed) {
        Ok(Statement::CreateJob(again)) => {
            assert_eq!(again.to_string(), printed);
            assert_eq!(again.body.text, job.body.text);
            let places = |body: &JobBody| {
                let all = std::iter::once(&body.target).chain(&body.sources);
                all.map(|found| (found.name.clone(), found.inside.clone())).collect::<Vec<_>>()
            };
            assert_eq!(places(&again.body), places(&job.body), "{printed}");
        }
        other => panic!("{printed}: {other:?}"),
    }
    for found in std::iter::once(&job.body.target).chain(&job.body.sources) {
        for place in [&job.body.text[found.inside.clone()], &text[found.span.clone()]] {
            let place = place.replace(['"', ' '], "").to_ascii_lowercase();
            let name = found.name.sql().replace(['"', ' '], "");
            assert!(place == name || place.contains("/*"), "{place} is not {name}");
        }
    }
    job
}

#[test]
fn a_moment_that_lacks_its_word_gets_it_in_the_hint() {
    for (written, meant) in [
        ("'2026-01-01 06:00:00'", "TIMESTAMP '2026-01-01 06:00:00'"),
        ("'2026-01-01'", "TIMESTAMP '2026-01-01'"),
        ("'yesterday'", "NOW"),
    ] {
        let options = format!("RUN_INTERVAL = 1 HOUR START_FROM = {written}");
        let query = "INSERT INTO sales.public.t SELECT 1 AS a";
        let error = parse(&format!("CREATE JOB j {options} AS {query}")).unwrap_err();
        assert_eq!(error.hint(), Some(format!("write START_FROM = {meant}")), "{written}");
    }
}

/// The sources of a job with this query, as they print.
fn sources(query: &str) -> Vec<String> {
    let job = job(&format!("CREATE JOB j AS INSERT INTO sales.public.target {query}"));
    job.body.sources.iter().map(|source| source.name.sql()).collect()
}

/// The sources of an unchecked query.
fn unchecked(query: &str) -> Vec<String> {
    let job = job(&format!(
        "CREATE JOB j SKIP_ALL_VALIDATIONS = TRUE AS INSERT INTO sales.public.target {query}"
    ));
    job.body.sources.iter().map(|source| source.name.sql()).collect()
}

/// The SQLSTATE, place and message of the error of a statement.
fn refused(text: &str) -> (&'static str, String, String) {
    match parse(text) {
        Ok(statement) => panic!("taken: {statement}"),
        Err(error) => {
            assert!(error.hint().is_some());
            let message = error.to_string();
            assert!(!message.contains("Line:"), "{message}");
            (
                error.sqlstate().code().parse::<SqlState>().unwrap().code(),
                text[error.span.clone()].to_owned(),
                message,
            )
        }
    }
}

/// The same for the query of a job, in both ways of taking it.
fn refused_query(query: &str) -> (&'static str, String) {
    let (state, at, _) =
        refused(&format!("CREATE JOB j AS INSERT INTO sales.public.target {query}"));
    (state, at)
}

fn refused_unchecked(query: &str) -> (&'static str, String) {
    let (state, at, _) = refused(&format!(
        "CREATE JOB j SKIP_ALL_VALIDATIONS = TRUE AS INSERT INTO sales.public.target {query}"
    ));
    (state, at)
}

#[test]
fn an_insert_has_one_form() {
    let job = job(
        "create sync job if not exists \"Load Orders\" run_interval = 5 minutes, comment='x' START_FROM = NOW -- c\n \
         insert into REDSHIFT Sales . public.\"Orders\" (Id, \"Total\") /* c */ SELECT o.id, /* kept */ o.total\n  FROM sales.raw.o -- end",
    );
    assert_eq!(
        job.to_string(),
        "CREATE SYNC JOB IF NOT EXISTS \"load orders\"\n    RUN_INTERVAL = 5 MINUTES\n    COMMENT = 'x'\n    START_FROM = NOW\n\
         AS INSERT INTO sales.public.orders (id, total)\nSELECT o.id, /* kept */ o.total\n  FROM sales.raw.o"
    );
}

#[test]
fn columns_are_found_by_name_or_listed() {
    for (written, printed) in [
        ("MAP_COLUMNS_BY_NAME SELECT 1 AS a", " MAP_COLUMNS_BY_NAME\nSELECT 1 AS a"),
        (
            "map_columns_by_name except A, \"b c\" SELECT 1 AS a",
            " MAP_COLUMNS_BY_NAME EXCEPT a, \"b c\"\nSELECT 1 AS a",
        ),
        ("(a) (SELECT 1)", " (a)\n(SELECT 1)"),
        ("((SELECT 1) UNION SELECT 2)", "\n((SELECT 1) UNION SELECT 2)"),
        (
            "( WITH x AS (SELECT 1) SELECT * FROM x)",
            "\n( WITH x AS (SELECT 1) SELECT * FROM x)",
        ),
    ] {
        let job = job(&format!("CREATE JOB j AS INSERT INTO sales.public.t {written}"));
        assert_eq!(job.body.text, format!("INSERT INTO sales.public.t{printed}"));
    }
    let refused = |columns: &str| {
        let (state, at, _) =
            refused(&format!("CREATE JOB j AS INSERT INTO sales.public.t {columns} SELECT 1"));
        (state, at)
    };
    assert_eq!(refused("(a, b, A)"), ("42701", "A".to_owned()));
    assert_eq!(refused("MAP_COLUMNS_BY_NAME EXCEPT a, \"A\""), ("42701", "\"A\"".to_owned()));
    assert_eq!(refused("(a, )"), ("42601", ")".to_owned()));
    assert_eq!(refused("()"), ("42601", ")".to_owned()));
    assert_eq!(refused("(a b)"), ("42601", "b".to_owned()));
}

#[test]
fn a_connection_may_be_called_redshift() {
    let job = job("CREATE JOB j AS INSERT INTO redshift.public.t SELECT * FROM redshift.a.b");
    assert_eq!(job.body.target.name.sql(), "redshift.public.t");
}

#[test]
fn a_merge_has_one_form() {
    let job = job(
        "CREATE SYNC JOB m RUN_INTERVAL = 1 MINUTE AS MERGE INTO REDSHIFT sales.public.orders t \
         USING ( -- c\n SELECT k, 'x' AS b FROM sales.raw.o -- c\n) AS S ON (s.k = T.k AND (t.\"J\" = s.j)) \
         WHEN MATCHED AND /* c */ t.gone AND CASE WHEN s.x THEN true ELSE false END /* c */ THEN DELETE \
         WHEN MATCHED THEN REPLACE when not matched then insert map_columns_by_name except s.b, c",
    );
    assert_eq!(
        job.body.text,
        "MERGE INTO sales.public.orders AS t\nUSING (\nSELECT k, 'x' AS b FROM sales.raw.o\n) AS s\nON t.k = s.k AND t.j = s.j\n\
         WHEN MATCHED AND t.gone AND CASE WHEN s.x THEN true ELSE false END THEN DELETE\nWHEN MATCHED THEN REPLACE\n\
         WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME EXCEPT b, c"
    );
    assert_eq!(job.body.kind, JobKind::Merge);
}

#[test]
fn a_merge_without_an_alias_keeps_the_name_that_its_columns_use() {
    let job = job(
        "CREATE JOB m AS MERGE INTO sales.public.orders USING (SELECT 1 AS k) s ON orders.k = s.k \
         WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (k, n) VALUES (s.k, coalesce(s.n, (SELECT max(n) FROM sales.a.b)))",
    );
    assert_eq!(
        job.body.text,
        "MERGE INTO sales.public.orders AS orders\nUSING (\nSELECT 1 AS k\n) AS s\nON orders.k = s.k\nWHEN MATCHED THEN REPLACE\n\
         WHEN NOT MATCHED THEN INSERT (k, n) VALUES (s.k, coalesce(s.n, (SELECT max(n) FROM sales.a.b)))"
    );
    assert_eq!(job.body.sources[0].name.sql(), "sales.a.b");
}

#[test]
fn the_rows_of_a_merge_may_be_a_table() {
    for (using, printed) in [
        ("sales.raw.\"O\" s", "SELECT * FROM sales.raw.\"O\"\n) AS s"),
        ("sales.raw.s", "SELECT * FROM sales.raw.s\n) AS s"),
        ("sales.db.raw.o AS s", "SELECT * FROM sales.db.raw.o\n) AS s"),
    ] {
        let job = job(&format!(
            "CREATE JOB m AS MERGE INTO sales.public.t AS t USING {using} ON t.k = s.k \
             WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME"
        ));
        assert!(job.body.text.contains(printed), "{}", job.body.text);
        assert_eq!(job.body.sources.len(), 1);
    }
}

/// A MERGE of Redshift; its sources.
fn redshift_merge(rest: &str) -> Vec<String> {
    let job = job(&format!("CREATE JOB m AS MERGE INTO sales.public.t {rest}"));
    assert_eq!(job.body.kind, JobKind::Merge);
    let using = rest.find("USING").unwrap();
    assert!(job.body.text.ends_with(&rest[using..]), "{}", job.body.text);
    job.body.sources.iter().map(|source| source.name.sql()).collect()
}

#[test]
fn a_merge_of_redshift_is_kept_as_it_was_written() {
    for rest in [
        "USING sales.raw.s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a, b = s.b + 1, c = f(s.c, 1) \
         WHEN NOT MATCHED THEN INSERT (id, a) VALUES (s.id, s.a)",
        "USING sales.raw.s AS x ON t.id = x.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.id, x.a)",
        "USING sales.raw.s x on (t.id = x.id and t.k = x.k) when matched then delete",
        "USING sales.raw.s ON t.id = s.id REMOVE DUPLICATES",
        "USING sales.raw.s ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (s.id, /* c */ s.a)",
        "t USING sales.raw.s s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = CASE WHEN s.a ISNULL THEN t.a ELSE s.a END",
        "AS t USING sales.raw.\"S\" ON t.id = s.id AND extract(mon FROM s.d) = 1 WHEN MATCHED THEN UPDATE SET a = 1",
    ] {
        assert_eq!(redshift_merge(rest), ["sales.raw.s"], "{rest}");
    }
    assert_eq!(
        redshift_merge(
            "USING sales.db.raw.s ON t.id = s.id \
             WHEN MATCHED THEN UPDATE SET a = (SELECT max(x) FROM sales.a.b), b = s.items.c \
             WHEN NOT MATCHED THEN INSERT VALUES (s.id, (SELECT 1 FROM s.items i, sales.a.c))"
        ),
        ["sales.db.raw.s", "sales.a.b", "sales.a.c"]
    );
}

#[test]
fn a_merge_of_redshift_that_is_wrong_says_where() {
    for (rest, state, at) in [
        ("USING sales.raw.s ON t.id = s.id", "42601", ""),
        ("USING sales.raw.s WHEN MATCHED THEN DELETE", "42601", "WHEN"),
        ("USING sales.raw.s ON t.id = WHEN MATCHED THEN DELETE", "42601", "MATCHED"),
        (
            "USING sales.raw.s ON t.id = s.id WHEN MATCHED THEN INSERT VALUES (1)",
            "42601",
            "INSERT",
        ),
        (
            "USING sales.raw.s ON t.id = s.id WHEN NOT MATCHED THEN DELETE",
            "42601",
            "DELETE",
        ),
        (
            "USING sales.raw.s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN MATCHED THEN DELETE",
            "42601",
            "WHEN",
        ),
        (
            "USING sales.raw.s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = ",
            "42601",
            "",
        ),
        (
            "USING sales.raw.s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a 1",
            "42601",
            "1",
        ),
        (
            "USING other.raw.s ON t.id = s.id WHEN MATCHED THEN DELETE",
            "0A000",
            "other.raw.s",
        ),
        ("USING raw.s ON t.id = s.id WHEN MATCHED THEN DELETE", "42P01", "raw.s"),
        (
            "USING sales.raw.s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = (SELECT 1 FROM x)",
            "42P01",
            "x",
        ),
    ] {
        let (found_state, found_at, message) =
            refused(&format!("CREATE JOB m AS MERGE INTO sales.public.t {rest}"));
        assert_eq!((found_state, found_at.as_str()), (state, at), "{rest}: {message}");
    }
}

#[test]
fn a_table_of_another_database_has_four_parts() {
    for (query, expected) in [
        ("SELECT a FROM sales.awsdatacatalog.db.t", &["sales.awsdatacatalog.db.t"][..]),
        (
            "SELECT t.a, sales.d.s.t.b FROM sales.\"D\".s.t JOIN SALES.S.t u ON t.a = u.a",
            &["sales.d.s.t", "sales.d.s.t", "sales.s.t"],
        ),
        (
            "SELECT * FROM sales.d.s.t t, t.items i WHERE t.x IN (SELECT x FROM sales.e.s.t)",
            &["sales.d.s.t", "sales.e.s.t"],
        ),
        ("SELECT sales.a.b.c, sales.a.b.c.d FROM sales.a.b", &["sales.a.b"; 3]),
        ("SELECT sales.d.s.t.* FROM sales.d.s.t", &["sales.d.s.t"; 2]),
    ] {
        assert_eq!(sources(query), expected, "{query}");
        assert_eq!(unchecked(query), expected, "{query}");
    }
}

/// The statements of a file of real queries that were refused: each is taken, or says what to write.
#[test]
fn real_queries_that_were_refused_are_taken() {
    let statements = include_str!("../../../tests/cases/jobs.sql")
        .lines()
        .filter(|line| line.starts_with("CREATE JOB"));
    let refused: Vec<String> = statements
        .filter_map(|statement| parse(statement.trim_end_matches(';')).err())
        .map(|error| format!("{error}: {}", error.hint().unwrap_or_default()))
        .collect();
    let [backslash, database] = refused.as_slice() else {
        panic!("{refused:#?}");
    };
    assert!(backslash.contains("write '' for a quote"), "{backslash}");
    assert!(database.contains("rs.database.schema.table"), "{database}");
}

fn refused_merge(from: &str, to: &str) -> (&'static str, String, String) {
    let text = "CREATE JOB m AS MERGE INTO sales.public.orders AS t USING (SELECT k FROM sales.raw.o) AS s ON t.k = s.k \
                WHEN MATCHED AND t.gone THEN DELETE WHEN MATCHED THEN REPLACE \
                WHEN NOT MATCHED THEN INSERT (k, n) VALUES (s.k, 1)";
    job(text);
    assert!(text.contains(from), "{from}");
    refused(&text.replacen(from, to, 1))
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of cases")]
fn a_merge_that_is_wrong_says_where_and_why() {
    let insert = "WHEN NOT MATCHED THEN INSERT (k, n) VALUES (s.k, 1)";
    for (from, to, state, at, message) in [
        ("t.k = s.k", "k = s.k", "42601", "=", "expected a point"),
        ("t.k = s.k", "t.k = t.j", "42601", "t", "each condition of ON compares"),
        ("t.k = s.k", "t.k = x.k", "42601", "x", "x is not an alias"),
        ("t.k = s.k", "(t.k = s.k", "42601", "(", "unterminated parenthesis"),
        (
            "t.k = s.k",
            "t.k = s.k OR t.j = s.j",
            "42601",
            "OR",
            "WHEN MATCHED THEN REPLACE is missing",
        ),
        ("t.k = s.k", "(t.k = s.k OR t.j = s.j)", "42601", "OR", "expected AND or )"),
        ("t.k = s.k", "()", "42601", ")", "expected a name"),
        ("AS s ON", "ON", "42601", "ON", "expected an alias of the query"),
        (
            "AS s ON",
            "AS t ON",
            "42601",
            "t",
            "the target and the query have the same alias",
        ),
        (
            "(SELECT k FROM sales.raw.o)",
            "'sales.raw.o'",
            "42601",
            "'sales.raw.o'",
            "expected a query in parentheses, or a table",
        ),
        (
            "THEN REPLACE",
            "THEN UPDATE SET k = 1",
            "0A000",
            "UPDATE",
            "it replaces whole rows",
        ),
        ("THEN REPLACE", "THEN DELETE", "42601", "DELETE", "expected REPLACE"),
        (
            "WHEN MATCHED THEN REPLACE ",
            "",
            "42601",
            "",
            "WHEN MATCHED THEN REPLACE is missing",
        ),
        (insert, "", "42601", "", "WHEN NOT MATCHED THEN INSERT is missing"),
        (insert, "WHEN MATCHED THEN REPLACE", "42601", "WHEN", "specified more than once"),
        (
            "WHEN MATCHED THEN REPLACE",
            "WHEN MATCHED THEN REPLACE WHEN MATCHED AND t.x THEN DELETE",
            "42601",
            "WHEN",
            "specified more than once",
        ),
        (
            "(s.k, 1)",
            "(s.k)",
            "42601",
            ")",
            "INSERT has more target columns than expressions",
        ),
        ("(s.k, 1)", "(s.k, 1, 2 + 3)", "42601", "2 + 3", "INSERT has more"),
        ("(s.k, 1)", "(s.k, )", "42601", ")", "expected an expression"),
        (
            "(s.k, 1)",
            "(s.k, 1 +)",
            "42601",
            ")",
            "expected an expression that Redshift would take",
        ),
        ("(k, n)", "(k, K)", "42701", "K", "column \"k\" specified more than once"),
        ("AND t.gone", "AND", "42601", "THEN", "expected an expression"),
        ("AND t.gone THEN", "AND t.gone", "42601", "REPLACE", "expected DELETE"),
        ("VALUES (s.k, 1)", "", "42601", "", "expected VALUES"),
    ] {
        let (found_state, found_at, found_message) = refused_merge(from, to);
        assert_eq!((found_state, found_at.as_str()), (state, at), "{to}: {found_message}");
        assert!(found_message.contains(message), "{to}: {found_message}");
    }
    let late = "CREATE JOB m AS MERGE INTO sales.public.o AS t USING (SELECT 1 AS k) AS s ON t.k = s.k \
                WHEN MATCHED THEN REPLACE WHEN MATCHED AND t.x THEN DELETE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME";
    let (state, at, message) = refused(late);
    assert_eq!((state, at.as_str()), ("42601", "WHEN"));
    assert!(message.contains("THEN DELETE is misplaced"), "{message}");
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of cases")]
fn every_table_is_a_source_wherever_it_stands() {
    for (query, expected) in [
        ("SELECT 1", &[][..]),
        ("SELECT * FROM sales.a.b", &["sales.a.b"]),
        (
            "SELECT * FROM SALES.\"A\".B b, sales.a.\"c d\"",
            &["sales.a.b", "sales.a.\"c d\""],
        ),
        (
            "SELECT * FROM sales.a.b UNION ALL SELECT * FROM sales.a.c EXCEPT SELECT * FROM sales.a.d",
            &["sales.a.b", "sales.a.c", "sales.a.d"],
        ),
        (
            "(SELECT * FROM sales.a.b) UNION (SELECT * FROM sales.a.c)",
            &["sales.a.b", "sales.a.c"],
        ),
        (
            "SELECT * FROM ((SELECT * FROM sales.a.b) UNION SELECT * FROM sales.a.c) x, sales.a.d",
            &["sales.a.b", "sales.a.c", "sales.a.d"],
        ),
        (
            "SELECT * FROM (sales.a.b x JOIN sales.a.c y ON x.i = y.i), sales.a.d",
            &["sales.a.b", "sales.a.c", "sales.a.d"],
        ),
        (
            "SELECT * FROM ((SELECT 1 AS i) x JOIN sales.a.c y ON x.i = y.i)",
            &["sales.a.c"],
        ),
        (
            "SELECT * FROM sales.a.b JOIN sales.a.c USING (i) LEFT JOIN sales.a.d ON true, sales.a.e",
            &["sales.a.b", "sales.a.c", "sales.a.d", "sales.a.e"],
        ),
        (
            "SELECT * FROM sales.a.b NATURAL JOIN sales.a.c CROSS JOIN sales.a.d FULL OUTER JOIN sales.a.e ON true",
            &["sales.a.b", "sales.a.c", "sales.a.d", "sales.a.e"],
        ),
        (
            "SELECT (SELECT max(x) FROM sales.a.b) FROM sales.a.c WHERE x IN (SELECT x FROM sales.a.d) AND EXISTS (SELECT 1 FROM sales.a.e) GROUP BY y HAVING y > ALL (SELECT y FROM sales.a.f) ORDER BY (SELECT 1 FROM sales.a.g) LIMIT 10",
            &["sales.a.b", "sales.a.c", "sales.a.d", "sales.a.e", "sales.a.f", "sales.a.g"],
        ),
        (
            "SELECT * FROM sales.a.b x JOIN sales.a.c y ON x.i = (SELECT max(i) FROM sales.a.d) , sales.a.e",
            &["sales.a.b", "sales.a.c", "sales.a.d", "sales.a.e"],
        ),
        (
            "WITH x AS (SELECT * FROM sales.a.b), y AS (SELECT * FROM x, sales.a.c) SELECT * FROM x, y, sales.a.d",
            &["sales.a.b", "sales.a.c", "sales.a.d"],
        ),
        (
            "WITH RECURSIVE x(n) AS (SELECT n FROM sales.a.b UNION ALL SELECT n + 1 FROM x) SELECT * FROM x",
            &["sales.a.b"],
        ),
        (
            "WITH x AS (SELECT 1) SELECT * FROM (SELECT * FROM (WITH y AS (SELECT * FROM x) SELECT * FROM y) z) w",
            &[],
        ),
        ("SELECT * FROM sales.a.orders o, o.items i, i.subs.more s", &["sales.a.orders"]),
        ("SELECT * FROM sales.a.orders o, o.items.subs", &["sales.a.orders"]),
        (
            "SELECT * FROM sales.a.orders AS o, o.items[0].subs AS s AT n, s.x",
            &["sales.a.orders"],
        ),
        ("SELECT * FROM sales.a.orders, orders.items.subs", &["sales.a.orders"]),
        (
            "SELECT (SELECT count(*) FROM o.items.subs) FROM sales.a.orders o",
            &["sales.a.orders"],
        ),
        (
            "SELECT * FROM sales.a.orders o WHERE EXISTS (SELECT 1 FROM o.items.subs s WHERE s.x = 1)",
            &["sales.a.orders"],
        ),
        (
            "SELECT * FROM sales.a.orders o, LATERAL (SELECT * FROM o.items.subs) s",
            &["sales.a.orders"],
        ),
        ("SELECT * FROM sales.a.orders o, UNPIVOT o.items AS v AT k", &["sales.a.orders"]),
        (
            "SELECT * FROM (SELECT a, b FROM sales.a.b) PIVOT (sum(a) FOR b IN ('x', 'y')) p, sales.a.c",
            &["sales.a.b", "sales.a.c"],
        ),
        (
            "SELECT * FROM sales.a.b UNPIVOT (n FOR c IN (red, green)) AS u, sales.a.c",
            &["sales.a.b", "sales.a.c"],
        ),
        ("SELECT * FROM generate_series(1, 10) g, sales.a.b", &["sales.a.b"]),
        (
            "SELECT extract(day FROM o.a.b), trim(both ' ' FROM o.c.d), substring(o.e FROM 1 FOR 2) FROM sales.a.o o",
            &["sales.a.o"],
        ),
        (
            "SELECT * FROM sales.a.o o WHERE o.a IS DISTINCT FROM o.b.c AND o.d IS NOT DISTINCT FROM o.e.f",
            &["sales.a.o"],
        ),
        (
            "SELECT a, sum(b) OVER (PARTITION BY c ORDER BY d) FROM sales.a.b QUALIFY row_number() OVER (ORDER BY a) = 1",
            &["sales.a.b"],
        ),
        (
            "SELECT CASE WHEN a THEN (SELECT 1 FROM sales.a.c) END, 'FROM x.y.z', \"from\" FROM sales.a.b -- , sales.x.y",
            &["sales.a.c", "sales.a.b"],
        ),
        ("SELECT * FROM sales /* a */ . /* b */ a.b", &["sales.a.b"]),
        (
            "SELECT sales.a.b.id, sales.a.b.* FROM sales.a.b WHERE sales.a.b.id = 1",
            &["sales.a.b"; 4],
        ),
        ("SELECT sales.a.b.c.d FROM sales.a.other sales", &["sales.a.other"]),
        ("SELECT é.x FROM sales.größe.ä AS é, é.items", &["sales.\"größe\".\"ä\""]),
    ] {
        assert_eq!(sources(query), expected, "{query}");
        assert_eq!(unchecked(query), expected, "unchecked: {query}");
    }
}

#[test]
fn a_table_is_no_argument_of_the_word_before_its_parenthesis() {
    for query in [
        "SELECT * FROM ONLY (sales.a.b)",
        "SELECT * FROM sales.p.q x JOIN ONLY (sales.a.b) y ON true",
        "SELECT * FROM TABLE(sales.a.b)",
    ] {
        for found in [sources(query), unchecked(query)] {
            assert_eq!(found.last().map(String::as_str), Some("sales.a.b"), "{query}");
        }
    }
    assert_eq!(sources("SELECT * FROM sales.a.b AS o, UNNEST(o.items) i"), ["sales.a.b"]);
    assert_eq!(
        unchecked("SELECT * FROM sales.a.b o, UNPIVOT (o.items) AS v AT k"),
        ["sales.a.b"]
    );
}

#[test]
fn a_carriage_return_ends_a_comment_as_it_does_in_the_warehouse() {
    let query = "SELECT * FROM sales.a.b -- of today\r, sales.a.c\n";
    assert_eq!(sources(query), ["sales.a.b", "sales.a.c"]);
    assert_eq!(unchecked(query), ["sales.a.b", "sales.a.c"]);
}

#[test]
fn an_alias_may_be_called_at() {
    for query in [
        "SELECT * FROM sales.a.b at JOIN sales.a.c ON true",
        "SELECT * FROM sales.a.b at, sales.a.c",
    ] {
        assert_eq!(sources(query), ["sales.a.b", "sales.a.c"], "{query}");
    }
}

#[test]
fn a_name_is_not_known_where_it_is_out_of_scope() {
    for (query, at) in [
        ("SELECT * FROM sales.a.orders o UNION SELECT * FROM o.items", "o.items"),
        ("SELECT * FROM x", "x"),
        ("SELECT * FROM public.x", "public.x"),
        ("WITH x AS (SELECT * FROM y), y AS (SELECT 1) SELECT * FROM x", "y"),
        ("WITH x AS (SELECT * FROM x) SELECT * FROM x", "x"),
        ("SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x) y, x", "x"),
        ("SELECT * FROM sales.a.orders o, (SELECT * FROM o.items) i", "o.items"),
        ("SELECT * FROM o.items, sales.a.orders o", "o.items"),
        ("SELECT * FROM sales.a.orders o, orders.items", "orders.items"),
    ] {
        assert_eq!(refused_query(query), ("42P01", at.to_owned()), "{query}");
        assert_eq!(refused_unchecked(query), ("42P01", at.to_owned()), "{query}");
    }
}

#[test]
fn sources_that_no_job_can_read_are_refused_at_their_places() {
    for (query, state, at) in [
        ("SELECT * FROM other.a.b", "0A000", "other.a.b"),
        (
            "SELECT * FROM sales.a.b WHERE x IN (SELECT x FROM other.a.b)",
            "0A000",
            "other.a.b",
        ),
        ("SELECT * FROM default_glue_catalog.a.b", "0A000", "default_glue_catalog.a.b"),
        (
            "SELECT * FROM DEFAULT_GLUE_CATALOG.a.b.c",
            "0A000",
            "DEFAULT_GLUE_CATALOG.a.b.c",
        ),
        ("SELECT * FROM sales.a.b.c.d", "42601", "sales.a.b.c.d"),
        ("SELECT * FROM sales.a.b, sales.a.b.c", "42601", "sales.a.b.c"),
        ("SELECT * FROM other.a.b.c", "0A000", "other.a.b.c"),
        ("SELECT * FROM system.a.b", "42601", "system.a.b"),
        (
            "SELECT * FROM sales.public.sales, sales.public.returns",
            "0A000",
            "sales.public.returns",
        ),
        (
            "SELECT * FROM sales.public.orders sales, sales.public.returns",
            "0A000",
            "sales.public.returns",
        ),
        (
            "SELECT * FROM sales.public.sales WHERE EXISTS (SELECT 1 FROM sales.public.returns)",
            "0A000",
            "sales.public.returns",
        ),
    ] {
        assert_eq!(refused_query(query), (state, at.to_owned()), "{query}");
        assert_eq!(refused_unchecked(query), (state, at.to_owned()), "{query}");
    }
    let (_, _, message) =
        refused("CREATE JOB j AS INSERT INTO sales.public.t SELECT * FROM other.a.b");
    assert!(message.contains("other") && message.contains("sales"), "{message}");
    assert_eq!(
        sources("SELECT * FROM sales.public.sales UNION SELECT * FROM sales.public.returns"),
        ["sales.public.sales", "sales.public.returns"]
    );
    assert_eq!(
        sources("SELECT * FROM sales.public.sales s, sales.public.returns"),
        ["sales.public.sales", "sales.public.returns"]
    );
}

#[test]
fn a_body_that_is_no_insert_or_merge_is_refused() {
    for (body, state, at) in [
        ("COPY FROM sales.a.b", "0A000", "COPY"),
        ("INSERT INTO sales.public.t COPY FROM x", "0A000", "COPY"),
        (
            "INSERT INTO default_glue_catalog.a.b SELECT 1",
            "0A000",
            "default_glue_catalog.a.b",
        ),
        ("INSERT INTO SNOWFLAKE sales.a.b SELECT 1", "0A000", "SNOWFLAKE"),
        ("INSERT INTO sales.a SELECT 1", "42601", "SELECT"),
        ("INSERT INTO sales.a.b", "42601", ""),
        ("INSERT INTO sales.a.b VALUES (1)", "42601", "VALUES"),
        ("INSERT INTO sales.a.b (VALUES (1))", "42601", "VALUES"),
        ("INSERT INTO sales.a.b SELECT * FROM (VALUES (1)) x", "42601", "VALUES"),
        ("INSERT INTO sales.a.b INSERT INTO sales.a.c SELECT 1", "42601", "INSERT"),
        ("INSERT INTO sales.a.b UPDATE sales.a.c SET x = 1", "42601", "UPDATE"),
        (
            "INSERT INTO sales.a.b WITH x AS (DELETE FROM sales.a.c) SELECT 1",
            "42601",
            "DELETE",
        ),
        (
            "INSERT INTO sales.a.b WITH x AS (SELECT 1) INSERT INTO sales.a.c SELECT 1",
            "42601",
            "INSERT",
        ),
        ("INSERT INTO sales.a.b SELECT 1; SELECT 2", "42601", ";"),
        ("INSERT INTO sales.a.b SELECT 1 INTO x FROM sales.a.c", "42601", "INTO"),
        ("INSERT INTO sales.a.b SELECT 1 UNION TABLE sales.a.c", "42601", "TABLE"),
        ("SELECT 1", "42601", "SELECT"),
        ("DELETE FROM sales.a.b", "42601", "DELETE"),
        (
            "INSERT INTO sales.a.b SELECT $event_time FROM sales.a.c",
            "0A000",
            "$event_time",
        ),
        (r"INSERT INTO sales.a.b SELECT 'a\'", "0A000", "'"),
    ] {
        let (found_state, found_at, message) = refused(&format!("CREATE JOB j AS {body}"));
        assert_eq!((found_state, found_at.as_str()), (state, at), "{body}: {message}");
    }
}

#[test]
fn a_query_that_does_not_parse_is_shown_at_its_place() {
    for (query, at) in [
        ("SELECT FROM sales.a.b", "FROM"),
        ("SELECT a,\n  b + FROM sales.a.b", "FROM"),
        ("SELECT a FROM sales.a.b WHERE", ""),
        ("SELECT a FROM sales.a.b WHERE x = ORDER BY a", "ORDER"),
        ("SELECT a FROM sales.a.b GROUP BY", ""),
        ("SELECT a FROM sales.a.b x y z", "y"),
        ("SELECT /* é */ 'é' , , b FROM sales.a.b", ","),
        ("SELECT * FROM (SELECT a FROM sales.a.b WHERE) x", ")"),
        ("SELECT * FROM (SELECT a + FROM sales.a.b) x", "FROM"),
        ("SELECT (SELECT a FROM sales.a.b WHERE AND) x", "AND"),
        ("SELECT CASE WHEN a THEN 1 FROM sales.a.b", "WHEN"),
        ("SELECT cast(a AS ) FROM sales.a.b", ")"),
        ("SELECT a b c FROM sales.a.b", "c"),
        ("SELECT a FROM sales.a.b JOIN ON true", "ON"),
        ("SELECT a = = 1 FROM sales.a.b", "="),
        ("SELECT 1 UNION", ""),
        ("SELECT a FROM sales.a.b WHERE NOT", ""),
        ("SELECT DISTINCT FROM sales.a.b", "sales"),
        ("SELECT a, FROM sales.a.b", "FROM"),
        ("SELECT a FROM sales.a.b GROUP x", "GROUP"),
        ("SELECT a FROM sales.a.b, WHERE x", "WHERE"),
        ("SELECT a FROM sales.a.b JOIN JOIN sales.a.c", "JOIN"),
        ("SELECT a ## b FROM sales.a.b WHERE x y", "y"),
        ("SELECT a FROM sales.a.b WHERE (a = 1 AND) OR b", ")"),
        ("SELECT row_number() OVER (PARTITION a) FROM sales.a.b", "PARTITION"),
        ("SELECT a FRM sales.a.b", "sales"),
    ] {
        let (state, found, message) =
            refused(&format!("CREATE JOB j AS INSERT INTO sales.public.t {query}"));
        assert_eq!((state, found.as_str()), ("42601", at), "{query}: {message}");
    }
    let text = "CREATE JOB j AS INSERT INTO sales.public.t SELECT a,\n b + FROM sales.a.b";
    let error = parse(text).unwrap_err();
    assert_eq!(error.span.start, text.find("FROM").unwrap());
    assert_eq!(
        error.to_string(),
        "syntax error at or near \"FROM\": expected a SELECT that Redshift would take"
    );
}

#[test]
fn a_reserved_word_is_a_name_behind_as_and_behind_a_point() {
    for query in [
        "SELECT a AS limit FROM sales.a.b",
        "SELECT o.from, o.order FROM sales.a.b o WHERE o.where",
        "SELECT a AS \"from\" FROM sales.a.b",
    ] {
        assert_eq!(sources(query), ["sales.a.b"], "{query}");
    }
}

#[test]
fn words_that_the_dialect_lacks_are_taken_unchecked() {
    for (query, expected) in [
        (
            "SELECT APPROXIMATE COUNT(DISTINCT x) FROM sales.a.b, sales.a.c",
            &["sales.a.b", "sales.a.c"][..],
        ),
        (
            "SELECT a, b FROM sales.a.b GROUP BY GROUPING SETS ((a), (b), (o.x.y))",
            &["sales.a.b"],
        ),
        (
            "SELECT * FROM sales.a.b QUALIFY foo bar baz, (SELECT 1 FROM sales.a.c)",
            &["sales.a.b", "sales.a.c"],
        ),
        (
            "SELECT * FROM (SELECT a FROM sales.a.b) PIVOT WEIRD (x FOR y IN (SELECT z FROM sales.a.c)) p JOIN sales.a.d ON ODD WORDS",
            &["sales.a.b", "sales.a.c", "sales.a.d"],
        ),
        (
            "SELECT ODD EXTRACT(day FROM o.a.b) TRIM(x FROM o.c.d) FROM sales.a.b o",
            &["sales.a.b"],
        ),
        ("SELECT f(SELECT a FROM sales.a.b)", &["sales.a.b"]),
        ("SELECT a FROM sales.a.b ODD WORDS HERE, sales.a.c", &["sales.a.b", "sales.a.c"]),
        ("SELECT * FROM sales.a.b USING sales.a.c", &["sales.a.b", "sales.a.c"]),
        (
            "SELECT 1 WHERE EXISTS (TABLE sales.a.b) UNION TABLE sales.a.c",
            &["sales.a.b", "sales.a.c"],
        ),
        ("SELECT * FROM sales.a.b fetch, sales.a.c", &["sales.a.b", "sales.a.c"]),
        (
            "SELECT * FROM sales.a.b JOIN sales.a.d ON fetch = 1, sales.a.c",
            &["sales.a.b", "sales.a.d", "sales.a.c"],
        ),
        ("SELECT x, sales.a.c FROM sales.p.q sales", &["sales.p.q"]),
    ] {
        assert_eq!(unchecked(query), expected, "{query}");
    }
    for (query, state, at) in [
        ("SELECT ODD WORDS FROM other.a.b", "0A000", "other.a.b"),
        (
            "SELECT ODD WORDS FROM default_glue_catalog.a.b",
            "0A000",
            "default_glue_catalog.a.b",
        ),
        ("SELECT ODD WORDS FROM sales.a.b WHERE (", "42601", "("),
        ("SELECT ODD WORDS FROM sales.a.b )", "42601", ")"),
        (r"SELECT ODD WORDS '\'", "0A000", "'"),
        ("UPDATE ODD", "42601", "UPDATE"),
        ("SELECT (WITH x AS (DELETE FROM a) SELECT 1)", "42601", "DELETE"),
    ] {
        assert_eq!(refused_unchecked(query), (state, at.to_owned()), "{query}");
    }
}

#[test]
fn sources_are_found_in_sql_of_redshift_that_the_dialect_lacks() {
    for query in [
        "SELECT extract(ms FROM a), extract(weekday FROM a) FROM sales.a.b",
        "SELECT a, sum(c) FROM sales.a.b GROUP BY GROUPING SETS ((a), (b), ())",
        "SELECT trim(both FROM a), trim(a, 'x') FROM sales.a.b",
        "SELECT t.arr[i] AS x, f(arr[i]), arr[i-1] FROM sales.a.b t",
        "SELECT arr[i]::varchar AS x FROM sales.a.b t, t.arr AS v AT i",
        "SELECT a::interval day to second, cast(a AS interval year to month) FROM sales.a.b",
        "SELECT b.x FROM sales.a.b WHERE b.k = b.j(+)",
    ] {
        assert_eq!(unchecked(query), ["sales.a.b"], "{query}");
    }
    let outer_join = "SELECT a.x FROM sales.p.a a, sales.p.b b WHERE a.k = b.k(+)";
    assert_eq!(unchecked(outer_join), ["sales.p.a", "sales.p.b"]);
}

#[test]
fn a_table_command_is_no_select() {
    for query in [
        "SELECT 1 WHERE EXISTS (TABLE sales.a.b)",
        "SELECT * FROM (TABLE sales.a.b) x",
        "SELECT 1 UNION TABLE sales.a.b",
    ] {
        assert_eq!(refused_query(query), ("42601", "TABLE".to_owned()), "{query}");
        assert_eq!(unchecked(query), ["sales.a.b"], "{query}");
    }
}

#[test]
fn names_that_only_another_dialect_has_are_refused() {
    for (query, state, at) in [
        ("SELECT * FROM [sales].[a].[b]", "42601", "["),
        ("SELECT * FROM #temporary", "42P01", "temporary"),
    ] {
        assert_eq!(refused_query(query), (state, at.to_owned()), "{query}");
        assert_eq!(refused_unchecked(query).0, "42P01", "{query}");
    }
}

#[test]
fn options_stand_in_any_order_and_unused_ones_are_kept() {
    let job = job(
        "CREATE JOB j SKIP_VALIDATIONS = ('A', 'B'), COMPUTE_CLUSTER = \"Default Compute (Free)\" AGGREGATION_PARALLELISM = 2 \
         SKIP_FAILED_FILES = true FAIL_ON_WRITE_ERROR = false ALLOW_CARTESIAN_PRODUCTS = true END_AT = TIMESTAMP '2026-01-31' \
         RUN_PARALLELISM = 4 CREATE_TABLE_IF_MISSING = false ADD_MISSING_COLUMNS = true AS INSERT INTO sales.a.b SELECT 1",
    );
    assert_eq!(job.settings.0.len(), 10);
    assert_eq!(job.settings.0.iter().filter(|setting| setting.option.unused).count(), 6);
    for (options, state, at) in [
        ("RUN_INTERVAL = 0 MINUTES", "22023", "0"),
        ("RUN_INTERVAL = 5", "42601", "AS"),
        ("RUN_INTERVALL = 5 MINUTES", "42601", "RUN_INTERVALL"),
        ("RUN_PARALLELISM = 101", "22023", "101"),
        ("END_AT = BEGINNING", "22023", "BEGINNING"),
        ("COMMENT = 'a' COMMENT = 'b'", "42601", "COMMENT"),
        ("COMMENT = 'a',", "42601", "AS"),
    ] {
        let (found_state, found_at, message) =
            refused(&format!("CREATE JOB j {options} AS INSERT INTO sales.a.b SELECT 1"));
        assert_eq!((found_state, found_at.as_str()), (state, at), "{options}: {message}");
    }
}

#[test]
fn a_cluster_may_be_named_without_quotes() {
    let job = job("CREATE JOB j COMPUTE_CLUSTER = my_cluster AS INSERT INTO sales.a.b SELECT 1");
    assert_eq!(job.settings.0[0].to_string(), "COMPUTE_CLUSTER = \"my_cluster\"");
}

#[test]
fn alter_changes_what_can_be_changed() {
    let printed = |text: &str| parse(text).unwrap().to_string();
    let altered =
        "ALTER JOB j SET RUN_INTERVAL = 2 HOURS, END_AT = NOW RESET RUN_PARALLELISM RENAME TO k";
    assert_eq!(printed(altered), altered);
    assert_eq!(
        printed("alter job \"J\" set comment='x' set compute_cluster = c"),
        "ALTER JOB j SET COMMENT = 'x', COMPUTE_CLUSTER = \"c\""
    );
    for (actions, state, at) in [
        ("SET START_FROM = NOW", "0A000", "START_FROM"),
        ("SET SKIP_ALL_VALIDATIONS = TRUE", "0A000", "SKIP_ALL_VALIDATIONS"),
        ("RESET ADD_MISSING_COLUMNS", "0A000", "ADD_MISSING_COLUMNS"),
        ("SET FAIL_ON_WRITE_ERROR = TRUE", "0A000", "FAIL_ON_WRITE_ERROR"),
        ("SET COMMENT = 'a' RESET COMMENT", "42601", "COMMENT"),
        ("SET PASSWORD = 'x'", "42601", "PASSWORD"),
        ("RENAME TO system", "42601", "system"),
        ("RENAME TO a RENAME TO b", "42601", "RENAME"),
        ("", "42601", ""),
    ] {
        let (found_state, found_at, message) = refused(&format!("ALTER JOB j {actions}"));
        assert_eq!((found_state, found_at.as_str()), (state, at), "{actions}: {message}");
    }
}

/// A checked query, and the result: accepted, or refused with an SQLSTATE.
fn outcome(query: &str) -> &'static str {
    match parse(&format!("CREATE JOB j AS INSERT INTO sales.public.t {query}")) {
        Ok(_) => "taken",
        Err(error) => error.sqlstate().code().parse::<SqlState>().unwrap().code(),
    }
}

#[test]
fn nesting_has_an_end_and_no_stack_overflows() {
    let nested = |open: &str, inside: &str, close: &str, count: usize| {
        format!("SELECT {}{inside}{}", open.repeat(count), close.repeat(count))
    };
    assert_eq!(outcome(&nested("(", "1", ")", 100)), "taken");
    assert_eq!(outcome(&nested("(", "1", ")", 5_000)), "54000");
    assert_eq!(outcome(&nested("(SELECT ", "1", ")", 100)), "taken");
    assert_eq!(outcome(&nested("f(", "1", ")", 400)), "taken");
    for count in [200, 499, 900, 2_500] {
        for (open, inside, close) in [
            ("(SELECT ", "1", ")"),
            ("(", "1", ")"),
            ("(SELECT * FROM ", "x", ")"),
            ("CASE WHEN ", "a", " THEN 1 END"),
            ("NOT ", "a", ""),
            ("- ", "a", ""),
            ("f(", "a", ")"),
            ("a IN (", "1", ")"),
            ("EXISTS (SELECT ", "1", ")"),
            ("CAST(", "1", " AS int)"),
            ("a[", "1", "]"),
        ] {
            let state = outcome(&nested(open, inside, close, count));
            assert!(
                ["taken", "54000", "42601", "42P01"].contains(&state),
                "{open} {count}: {state}"
            );
        }
        let joins = format!(
            "SELECT * FROM {}sales.a.b x{}",
            "(".repeat(count),
            " JOIN sales.a.c y ON true)".repeat(count)
        );
        assert!(["taken", "54000"].contains(&outcome(&joins)));
        let derived = format!(
            "SELECT * FROM {}sales.a.b{}",
            "(SELECT * FROM ".repeat(count),
            ") x".repeat(count)
        );
        assert!(["taken", "54000"].contains(&outcome(&derived)));
        let broken = format!(
            "SELECT * FROM {}sales.a.b WHERE{}",
            "(SELECT * FROM ".repeat(count),
            ") x".repeat(count)
        );
        assert!(["42601", "54000"].contains(&outcome(&broken)));
    }
}

#[test]
fn long_rows_have_an_end_and_no_stack_overflows() {
    for (begin, next) in [
        ("SELECT 1 WHERE a = 1", " OR a = 1"),
        ("SELECT 1", " UNION ALL SELECT 1"),
        ("SELECT 1", " + 1"),
        ("SELECT a", "::int"),
        ("SELECT a", "[1]"),
        ("SELECT a", " IS NULL"),
        ("SELECT a", " BETWEEN 1 AND 2"),
        ("SELECT a", " COLLATE x"),
        ("SELECT a", " AT TIME ZONE 'x'"),
        ("SELECT a", ".b"),
        ("SELECT 'a'", " 'a'"),
        ("SELECT 1 FROM sales.a.b x", " JOIN sales.a.b y ON true"),
        ("SELECT CASE WHEN a THEN 1", " WHEN a THEN 1"),
        ("SELECT CASE ", "CASE "),
        ("SELECT ", "NOT "),
        ("SELECT ", "- "),
    ] {
        let tokens = crate::sql::token::tokens(next).count();
        // The last one fills a row almost up to the limit, which needs the most room.
        for count in [150, 1_000, 49_900 / tokens] {
            let end = if begin.contains("CASE WHEN") { " END" } else { "" };
            let state = outcome(&format!("{begin}{}{end}", next.repeat(count)));
            assert!(["taken", "54000", "42601"].contains(&state), "{next} {count}: {state}");
        }
    }
    assert_eq!(outcome(&format!("SELECT 1 WHERE a = 1{}", " OR a = 1".repeat(10_000))), "taken");
    assert_eq!(outcome(&format!("SELECT 1{}", " + 1".repeat(100_000))), "54000");
    assert_eq!(outcome(&format!("SELECT 1{}", ", 1".repeat(100_000))), "taken");
}

#[test]
fn a_check_in_place_needs_little_stack() {
    let texts = [
        format!("SELECT {}a", "NOT ".repeat(95)),
        format!("SELECT {}a", "- ".repeat(95)),
        format!("SELECT {}1", "CASE ".repeat(95)),
        format!("SELECT 1{}", " + 1".repeat(48)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(32)),
        format!("SELECT {}1{}", "(SELECT NOT NOT NOT NOT NOT NOT ".repeat(8), ")".repeat(8)),
        format!("SELECT {}1{}", "f(NOT NOT NOT NOT NOT NOT NOT NOT ".repeat(8), ")".repeat(8)),
        format!("SELECT * FROM {}sales.a.b{}", "(SELECT * FROM ".repeat(8), ") x".repeat(8)),
    ];
    let room = std::thread::Builder::new().stack_size(1024 * 1024);
    let thread = room.spawn(move || texts.iter().map(|text| outcome(text)).collect::<Vec<_>>());
    let outcomes = thread.unwrap().join().unwrap();
    assert!(outcomes.iter().all(|state| ["taken", "42601"].contains(state)), "{outcomes:?}");
}

/// Words and signs of which a query is made, in any order.
const SCRAPS: &str = "(SELECT |FROM |sales\\.a\\.b |o |o\\.i\\.s |WITH |x |AS |\\(|\\)|, |JOIN |ON |UNION |WHERE |1 |= |\\* |'s' |\"q\" \
                      |LATERAL |USING |GROUP BY |UNPIVOT |\\. |\\[|\\]|é |-- c\n|/\\* c \\*/|CASE |WHEN |THEN |END |INSERT |MERGE |NOT \
                      |\\(\\+\\)|ISNULL |NOTNULL |APPROXIMATE COUNT\\(|GROUPING SETS\\(|trim\\(both FROM |extract\\(mon FROM |start |sales\\.d\\.a\\.b |AT |MATCHED |UPDATE SET |REMOVE DUPLICATES ){0,24}";

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic_and_each_error_has_a_place(
        body in SCRAPS,
        head in "(INSERT INTO sales\\.a\\.t |MERGE INTO sales\\.a\\.t t USING \\(SELECT 1\\) s ON |INSERT INTO sales\\.a\\.t SELECT \
                 |MERGE INTO sales\\.a\\.t USING sales\\.a\\.b ON true |MERGE INTO sales\\.a\\.t USING )",
        unchecked in proptest::bool::ANY,
    ) {
        let options = if unchecked { "SKIP_ALL_VALIDATIONS = TRUE " } else { "" };
        let text = format!("CREATE JOB j {options}AS {head}{body}");
        match parse(&text) {
            Ok(_) => { job(&text); }
            Err(error) => {
                proptest::prop_assert!(text.get(error.span.clone()).is_some(), "{text}: {error:?}");
                proptest::prop_assert!(error.hint().is_some());
            }
        }
    }

    #[test]
    fn a_query_that_passes_the_check_has_the_same_sources_without_it(body in SCRAPS) {
        let query = format!("INSERT INTO sales.a.t SELECT * FROM sales.a.b o, {body}");
        let sources = |options: &str| match parse(&format!("CREATE JOB j {options}AS {query}")) {
            Ok(Statement::CreateJob(job)) => Some(job.body.sources.into_iter().map(|found| found.inside).collect::<Vec<_>>()),
            _ => None,
        };
        if let Some(checked) = sources("") {
            proptest::prop_assert_eq!(Some(checked), sources("SKIP_ALL_VALIDATIONS = TRUE "), "{}", query);
        }
    }

    #[test]
    fn names_and_values_print_and_read_back(
        name in "[^\\p{Cc}]{1,20}",
        column in "[^\\p{Cc}]{1,20}",
        comment in "\\PC{0,20}",
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let is_name = JobName::new(&name).is_ok() && crate::name::Name::new(&column).is_ok();
        if is_name && name != "default_glue_catalog" && !name.starts_with('$') && !column.starts_with('$') {
            let (name, column) = (quoted(&name), quoted(&column));
            let comment = comment.replace('\'', "''");
            job(&format!(
                "CREATE JOB {name} COMMENT = '{comment}' AS INSERT INTO {name}.{column}.{name} ({column}) SELECT {column} FROM {name}.{name}.{column} x"
            ));
        }
    }
}
