//! Results in each format, their types, and the memory that they take.

use std::io::Read;

use super::postgres;

const TYPED: &str = "SELECT 1::int2 AS a, 9007199254740993 AS b, 1.5::float8 AS c, 'NaN'::float8 AS d, 1.50::numeric AS e, \
     true AS f, NULL AS g, '' AS h, E'x,\"y\"\\nz' AS i, E'\\x1b[2J' AS j";

#[test]
fn the_text_of_a_statement_arrives_with_the_comments_before_it() {
    let Some(stage) = postgres("") else { return };
    let script = "SHOW extra_float_digits;\n\n/* {\"app\":\"dbt\"} */ -- team: finance\nSELECT current_query() \\;\nSELECT E'it''s \\'; SELECT 1/0; --'";
    let done = stage.connect(&["--format", "jsonl"]).stdin(script).run().status(0);
    assert_eq!(
        done.out,
        "{\"extra_float_digits\": \"2\"}\n\
         {\"current_query\": \"/* {\\\"app\\\":\\\"dbt\\\"} */ -- team: finance\\nSELECT current_query()  ;\\nSELECT E'it''s \\\\'; SELECT 1/0; --'\"}\n\
         {\"?column?\": \"it's '; SELECT 1/0; --\"}\n"
    );
}

#[test]
fn every_format_has_its_types() {
    let Some(stage) = postgres("") else { return };
    let out = |format: &str| stage.connect(&["--format", format, "-c", TYPED]).run().status(0).out;
    assert_eq!(
        out("jsonl"),
        concat!(
            r#"{"a": 1, "b": "9007199254740993", "c": 1.5, "d": "NaN", "e": "1.50", "f": true, "g": null, "h": "", "#,
            r#""i": "x,\"y\"\nz", "j": "\u001b[2J"}"#,
            "\n"
        )
    );
    assert_eq!(out("json"), format!("[\n{}\n]\n", out("jsonl").trim_end()));
    assert_eq!(
        out("csv"),
        "a,b,c,d,e,f,g,h,i,j\n1,9007199254740993,1.5,NaN,1.50,t,,\"\",\"x,\"\"y\"\"\nz\",\x1b[2J\n"
    );
    assert_eq!(
        out("tsv"),
        "a\tb\tc\td\te\tf\tg\th\ti\tj\n1\t9007199254740993\t1.5\tNaN\t1.50\tt\t\\N\t\tx,\"y\"\\nz\t\x1b[2J\n"
    );
    for format in ["table", "vertical", "markdown"] {
        let out = out(format);
        assert!(out.contains("\\x1b[2J") && !out.contains('\x1b'), "{out}");
        assert!(out.contains("NULL"), "{out}");
    }
}

const COLUMNS: &str =
    "SELECT 1 AS id, 'ann'::varchar(12) AS name, 1.5::numeric(10,2) AS amount, NULL::date[] AS d";

#[test]
fn types_stand_below_the_headings_of_a_table_alone() {
    let Some(stage) = postgres("") else { return };
    let script = format!(
        "\\pset types on\n{COLUMNS};\n\\pset border 1\n{COLUMNS};\n{COLUMNS} \\gx\n\\pset types\n{COLUMNS};\n"
    );
    let done = stage.connect(&[]).stdin(script).run().status(0);
    assert_eq!(
        done.out,
        "\
┌─────────┬─────────────┬───────────────┬────────┐
│      id │ name        │        amount │ d      │
│ integer │ varchar(12) │ numeric(10,2) │ date[] │
╞═════════╪═════════════╪═══════════════╪════════╡
│       1 │ ann         │          1.50 │ NULL   │
└─────────┴─────────────┴───────────────┴────────┘
(1 row)
   id    │    name     │    amount     │   d    
 integer │ varchar(12) │ numeric(10,2) │ date[] 
─────────┼─────────────┼───────────────┼────────
       1 │ ann         │          1.50 │ NULL
(1 row)
─[ RECORD 1 ]
id     │ 1
name   │ ann
amount │ 1.50
d      │ NULL
 id │ name │ amount │  d   
────┼──────┼────────┼──────
  1 │ ann  │   1.50 │ NULL
(1 row)
"
    );
    std::fs::create_dir_all(stage.home.file("config/redwire")).unwrap();
    stage.home.write("config/redwire/config.toml", "types = true\n");
    let done = stage.connect(&["-c", COLUMNS]).run().status(0);
    assert!(!done.out.contains("integer"), "{}", done.out);
    let mut terminal = stage.terminal(&[]);
    terminal.run(&format!("{COLUMNS};"), "│ integer │ varchar(12) │ numeric(10,2) │ date[] │");
    terminal.end();
}

#[test]
fn a_statement_that_ends_as_in_psql_is_sent_without_that_end() {
    let Some(stage) = postgres("") else { return };
    let script =
        "SELECT E'\\'\\\\gx' AS one \\gx\nSELECT $$\\g\n$$ AS two \\g\nSELECT 3 AS three;\n";
    let done = stage.connect(&["--format", "csv"]).stdin(script).run().status(0);
    assert_eq!(done.out, "─[ RECORD 1 ]\none │ '\\gx\ntwo\n\"\\g\n\"\nthree\n3\n");
    let script = "CREATE TABLE t (n int) \\p\n";
    let done = stage.connect(&[]).stdin(script).run().status(1);
    done.err_has("a backslash cannot stand");
    assert_eq!(
        stage.server.administer("SELECT count(*) FROM pg_class WHERE relname = 't'"),
        "0"
    );
    let script = "ALTER USER nobody PASSWORD 'abcd' VALID \\r efgh\nALTER USER nobody PASSWORD ijkl\\mnop;\n";
    let done = stage.connect(&["--on-error", "continue"]).stdin(script).run().status(1);
    for secret in ["abcd", "efgh", "ijkl", "mnop"] {
        assert!(!done.err.contains(secret), "{}", done.err);
    }
}

#[test]
fn two_results_in_markdown_are_two_tables() {
    let Some(stage) = postgres("") else { return };
    let statements =
        ["-c", "SELECT 1 AS a", "-c", "SELECT 2 AS a WHERE false", "-c", "SELECT 3 AS a"];
    let arguments = [&["--format", "markdown"][..], &statements].concat();
    let done = stage.connect(&arguments).run().status(0);
    assert_eq!(
        done.out,
        "|   a |\n| --: |\n|   1 |\n\n|   a |\n| --: |\n\n|   a |\n| --: |\n|   3 |\n"
    );
    let many =
        "SELECT n FROM generate_series(1, 3000) n;\n\\o out.md\nSELECT 1 AS b; SELECT 2 AS b;\n";
    let done = stage.connect(&["--format", "markdown"]).stdin(many).run().status(0);
    assert_eq!((done.out.lines().count(), done.out.matches("\n\n").count()), (3002, 0));
    let file = std::fs::read_to_string(stage.home.file("out.md")).unwrap();
    assert_eq!(file, "|   b |\n| --: |\n|   1 |\n\n|   b |\n| --: |\n|   2 |\n");
}

#[test]
fn no_rows_are_a_result_too() {
    let Some(stage) = postgres("") else { return };
    for (format, expected) in [
        ("csv", "n\n"),
        ("json", "[]\n"),
        ("jsonl", ""),
        ("table", "┌───┐\n│ n │\n╞═══╡\n└───┘\n(0 rows)\n"),
        ("vertical", "(0 rows)\n"),
    ] {
        let done = stage
            .connect(&["--format", format, "-c", "SELECT 1 AS n WHERE false"])
            .run()
            .status(0);
        assert_eq!((done.out.as_str(), done.err.as_str()), (expected, ""), "{format}");
    }
}

#[test]
fn nothing_of_the_server_is_obeyed_by_a_terminal() {
    let Some(stage) = postgres("") else { return };
    let script = "DO $$ BEGIN RAISE NOTICE E'\\x1b[2Jnotice'; RAISE EXCEPTION E'\\x1b]0;title\\x07error' \
                  USING DETAIL = E'\\x1b[31mdetail', HINT = E'\\x1b[31mhint'; END $$;\n";
    for format in ["table", "json", "csv"] {
        let done = stage.connect(&["--format", format]).stdin(script).run().status(1);
        let done = done.nowhere("\x1b").nowhere("\x07");
        done.err_has("notice").err_has("error").err_has("detail").err_has("hint");
    }
    let done = stage.connect(&["-c", "SELECT 1 AS \"\x1b[2Jhead\""]).run().status(0);
    done.nowhere("\x1b").out_has("\\x1b[2Jhead");
}

/// The memory that a process takes now, in KiB (Linux, proc(5), VmRSS). Its peak says nothing of
/// rows: the vault takes 64 MiB for a moment when the passphrase opens it.
fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn memory_does_not_grow_with_the_rows() {
    let Some(stage) = postgres("") else { return };
    let sql = "SELECT n, 'some text ' || n AS t, n * 1.5 AS d, now() AS at, NULL AS z FROM generate_series(1, 1000000) n";
    for (format, rows) in [("csv", "1000000"), ("json", "200000"), ("table", "20000")] {
        let sql = sql.replace("1000000", rows);
        let mut child = stage.spawn(&["--format", format, "-c", &sql]).spawn().expect("it starts");
        let mut out = child.stdout.take().expect("its output");
        let (mut lines, mut highest, mut chunk) = (0_usize, 0, vec![0; 1024 * 1024]);
        loop {
            let read = out.read(&mut chunk).expect("output");
            if read == 0 {
                break;
            }
            lines += chunk[..read].iter().filter(|byte| **byte == b'\n').count();
            highest = memory(child.id()).unwrap_or(highest).max(highest);
        }
        assert!(child.wait().expect("it ends").success());
        assert!(lines > rows.parse().unwrap(), "{lines} lines");
        assert!(highest > 0 && highest < 32 * 1024, "{format}: {highest} KiB");
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_query_quietly() {
    let Some(stage) = postgres("") else { return };
    let sql = "SELECT generate_series(1, 1000000000)";
    let mut child = stage.spawn(&["--format", "csv", "-c", sql]).spawn().expect("it starts");
    let mut out = child.stdout.take().expect("its output");
    out.read_exact(&mut [0; 1000]).expect("some rows");
    drop(out);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()),
        (Some(1), "")
    );
    let running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 1000000000)%' \
                   AND pid <> pg_backend_pid()";
    while stage.server.administer(running) != "0" {}
}

#[test]
fn a_table_that_is_drawn_while_the_terminal_is_resized_stays_whole_and_the_next_one_fits() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.resize(100, 40);
    terminal.run("\\pset pager off", "Pager usage is off.");
    terminal.run("\\x off", "rows are drawn as tables");
    terminal.submit("SELECT i, repeat('word ', 40) AS words FROM generate_series(1, 9000) i;");
    terminal.wait_for("│    1 │ word").resize(60, 40);
    terminal.wait_for("│ 9000 │ word").wait_for("(9000 rows)").wait_for("sales> ");
    terminal.run("SELECT repeat('other ', 40) AS others;", "(1 row)");
    let shown = terminal.end();
    let width = |text: &str| {
        let line = shown.lines().rfind(|line| line.starts_with('│') && line.contains(text));
        line.map(|line| line.trim_end().chars().count())
    };
    assert_eq!((width("word "), width("other ")), (Some(100), Some(60)), "{shown}");
}
