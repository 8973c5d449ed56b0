//! Everyday work, on any of the servers.

use std::io::Read;
use std::process::Command;

use serde_json::Value;

use super::target::Target;

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        on_postgres![$($name),*];
        on_redshift![$($name),*];
    };
}

scenarios![
    a_connection_is_tested_to_its_last_stage,
    values_have_their_types,
    every_format_shows_the_same_rows,
    a_mistake_is_pointed_at,
    a_missing_table_has_its_state,
    a_script_of_a_file_stops_at_its_first_error,
    a_transaction_is_kept_or_not,
    a_single_transaction_is_all_or_nothing,
    notices_of_the_server_are_shown,
    objects_are_listed,
    an_interrupt_cancels_the_query,
    psql_runs_with_the_connection,
    the_limit_holds,
];

/// As many rows as nobody waits for, without a function that only one of the servers has.
const ENDLESS: &str = "WITH d AS (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4), \
     k AS (SELECT a.n FROM d a, d b, d c, d e, d f, d g) SELECT count(*) FROM k a, k b, k c WHERE a.n + b.n + c.n > -1";

fn a_connection_is_tested_to_its_last_stage(target: &Target) {
    let test = ["--format", "jsonl", "-c", "TEST CONNECTION live"];
    let done = target.redwire(&test).run().status(0);
    let rows: Vec<Value> =
        done.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let stages: Vec<&str> = rows.iter().filter_map(|row| row["stage"].as_str()).collect();
    assert_eq!(
        stages,
        ["url", "secret", "slot", "dns", "tcp", "tls", "login", "query", "limit"]
    );
    assert!(rows.iter().all(|row| row["verdict"] != "failed"), "{done:?}");
}

fn values_have_their_types(target: &Target) {
    let table = format!("{}.typed", target.schema());
    let script = format!(
        "CREATE TABLE {table} (a smallint, b bigint, c numeric(12, 2), d double precision, e boolean, f date, \
         g timestamp, h varchar(40), i varchar(40));\n\
         INSERT INTO {table} VALUES (1, 9007199254740993, 1.5, 0.25, true, '2024-02-29', '2024-02-29 12:30:00', '', NULL);\n\
         SELECT * FROM {table};\n"
    );
    let done = target.connect(&["--format", "jsonl"]).stdin(script).run().status(0);
    assert_eq!(
        done.out,
        "{\"a\": 1, \"b\": \"9007199254740993\", \"c\": \"1.50\", \"d\": 0.25, \"e\": true, \"f\": \"2024-02-29\", \
         \"g\": \"2024-02-29 12:30:00\", \"h\": \"\", \"i\": null}\n"
    );
    assert_eq!(target.csv(&format!("SELECT h, i, a FROM {table}")), "h,i,a\n\"\",,1\n");
}

fn every_format_shows_the_same_rows(target: &Target) {
    let sql = "SELECT 1 AS a, 'x, \"y\"' AS b UNION ALL SELECT 2, NULL ORDER BY 1";
    for (format, expected) in [
        ("csv", "a,b\n1,\"x, \"\"y\"\"\"\n2,\n"),
        ("tsv", "a\tb\n1\tx, \"y\"\n2\t\\N\n"),
        ("jsonl", "{\"a\": 1, \"b\": \"x, \\\"y\\\"\"}\n{\"a\": 2, \"b\": null}\n"),
        ("json", "[\n{\"a\": 1, \"b\": \"x, \\\"y\\\"\"},\n{\"a\": 2, \"b\": null}\n]\n"),
        (
            "markdown",
            "|   a | b      |\n| --: | ------ |\n|   1 | x, \"y\" |\n|   2 | NULL   |\n",
        ),
        (
            "table",
            "┌───┬────────┐\n│ a │ b      │\n╞═══╪════════╡\n│ 1 │ x, \"y\" │\n│ 2 │ NULL   │\n└───┴────────┘\n(2 rows)\n",
        ),
        (
            "vertical",
            "─[ RECORD 1 ]\na │ 1\nb │ x, \"y\"\n─[ RECORD 2 ]\na │ 2\nb │ NULL\n",
        ),
    ] {
        let done = target.connect(&["--format", format, "-c", sql]).run().status(0);
        assert_eq!(done.out, expected, "{format}");
    }
}

fn a_mistake_is_pointed_at(target: &Target) {
    target.write("wrong.sql", "SELECT 1 AS n;\n\nSELECT 'é'\n  FRM nowhere;\nSELECT 2;\n");
    let done = target.connect(&["--format", "csv", "-f", "wrong.sql"]).run().status(1);
    assert_eq!(done.out, "n\n1\n");
    done.err_has("42601")
        .err_has("wrong.sql:")
        .err_has("statement 2")
        .err_has("syntax error");
}

fn a_missing_table_has_its_state(target: &Target) {
    let sql = format!("SELECT * FROM {}.nowhere", target.schema());
    let done = target.connect(&["--format", "json", "-c", &sql]).run().status(1);
    let error: Value = serde_json::from_str(done.err.trim()).expect("one object");
    assert_eq!(error["error"]["sqlstate"], "42P01", "{done:?}");
    assert_eq!(error["error"]["statement"], 1, "{done:?}");
}

fn a_script_of_a_file_stops_at_its_first_error(target: &Target) {
    let table = format!("{}.steps", target.schema());
    let script = format!(
        "CREATE TABLE {table} (n int);\nINSERT INTO {table} VALUES (1);\nINSERT INTO {table} VALUES ('x');\n\
         INSERT INTO {table} VALUES (3);\n"
    );
    target.write("steps.sql", &script);
    let done = target.connect(&["-f", "steps.sql"]).run().status(1);
    done.err_has("CREATE TABLE").err_has("INSERT 0 1").err_has("statement 3");
    assert_eq!(target.csv(&format!("SELECT n FROM {table}")), "n\n1\n");
}

fn a_transaction_is_kept_or_not(target: &Target) {
    let table = format!("{}.kept", target.schema());
    let script = format!(
        "CREATE TABLE {table} (n int);\nBEGIN;\nINSERT INTO {table} VALUES (1);\nROLLBACK;\n\
         BEGIN;\nINSERT INTO {table} VALUES (2);\nCOMMIT;\nBEGIN;\nINSERT INTO {table} VALUES (3);\n"
    );
    // A transaction that is open at the end is not kept, and that is an error.
    target.connect(&[]).stdin(script).run().status(1);
    assert_eq!(target.csv(&format!("SELECT n FROM {table}")), "n\n2\n");
}

fn a_single_transaction_is_all_or_nothing(target: &Target) {
    let table = format!("{}.whole", target.schema());
    target.csv(&format!("CREATE TABLE {table} (n int)"));
    let run = |last: &str| {
        let script = format!("INSERT INTO {table} VALUES (1);\n{last};\n");
        target.connect(&["--single-transaction"]).stdin(script).run()
    };
    run("SELECT nothing_of_that_name").status(1);
    assert_eq!(target.csv(&format!("SELECT count(*) AS n FROM {table}")), "n\n0\n");
    run("SELECT 1").status(0);
    assert_eq!(target.csv(&format!("SELECT count(*) AS n FROM {table}")), "n\n1\n");
}

fn notices_of_the_server_are_shown(target: &Target) {
    let sql = format!("DROP TABLE IF EXISTS {}.never_made", target.schema());
    let done = target.connect(&["-c", &sql]).run().status(0);
    done.err_has("notice: ").err_has("never_made").err_has("skip");
}

fn objects_are_listed(target: &Target) {
    let schema = target.schema();
    target.csv(&format!("CREATE TABLE {schema}.listed (id bigint NOT NULL, name varchar(20))"));
    let listed = |command: &str| {
        let run = target.connect(&["--format", "csv", "-c", command]).run();
        run.status(0).out
    };
    assert!(listed("\\dn").lines().any(|line| line.starts_with(schema)));
    assert!(listed("\\l").lines().count() > 1);
    assert!(listed(&format!("\\dt {schema}.*")).contains(&format!("{schema},listed,")));
    let described = listed(&format!("\\d {schema}.listed"));
    assert!(
        described.contains(&format!("{schema},listed,id,bigint,not null"))
            && described.contains(&format!("{schema},listed,name,character varying(20),")),
        "{described}"
    );
}

fn an_interrupt_cancels_the_query(target: &Target) {
    // Between two statements an interrupt ends the script without a word; then it is tried again.
    let said = (0..10).map(|_| interrupted(target)).find(|said| !said.is_empty());
    let said = said.expect("an interrupt while the query runs");
    assert!(said.contains("canceling statement") && said.contains("57014"), "{said}");
}

/// The message about an interrupt when the query has begun, or is about to.
fn interrupted(target: &Target) -> String {
    let arguments = ["--format", "csv", "-c", "SELECT 1 AS begun", "-c", ENDLESS];
    let mut child = target.spawn_single(&arguments).spawn().expect("it starts");
    let mut begun = [0; 8];
    let mut out = child.stdout.take().expect("its output");
    out.read_exact(&mut begun).expect("the first result");
    assert_eq!(&begun, b"begun\n1\n");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{said}");
    said
}

fn psql_runs_with_the_connection(target: &Target) {
    let psql = ["--no-psqlrc", "--no-align", "--tuples-only", "--command", "SELECT 40 + 2"];
    let done = target.redwire(&["exec", "live", "--", "psql"]).args(psql).run().status(0);
    assert_eq!(done.out, "42\n");
}

fn the_limit_holds(target: &Target) {
    let mut first = target.spawn_single(&[]).spawn().expect("it starts");
    let mut input = first.stdin.take().expect("its input");
    std::io::Write::write_all(&mut input, b"SELECT 1 AS n;\n").expect("it listens");
    // Its answer shows that it has a session.
    first
        .stdout
        .take()
        .expect("its output")
        .read_exact(&mut [0; 8])
        .expect("an answer");
    let second = ["--wait", "0", "connect", "single", "-c", "SELECT 1"];
    target.redwire(&second).run().status(3).err_has("53300");
    drop(input);
    first.wait().expect("it ends");
    target.redwire(&second).run().status(0);
}
