//! Scripts from stdin, -c and -f: what runs, what is said, how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use redwire::secret::{Journal, JournalEntry, SecretId, StoreKind};

use crate::support::golden;
use crate::support::home::{Home, REDWIRE, Run};
use crate::support::sqlite::sqlite3;

#[test]
fn the_quickstart_shows_the_main_job() {
    let home = Home::new();
    let quickstart = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/quickstart.sql");
    let done = home.redwire(["--ephemeral", "--echo", "-f", quickstart]).run().status(0);
    let done = done
        .err_has("-- The main job from CREATE to DROP, refusals included.\n")
        .err_has("    PASSWORD = PROMPT\n")
        .err_has("\\expect 42710\nCREATE REDSHIFT CONNECTION SALES\n")
        .err_has("expected: 42710 connection \"sales\" already exists\n")
        .out_has("sales.example.com:5439/dev")
        .nowhere("only for this tour");
    assert!(!done.err.contains("error"), "{done:?}");
    let last = "notice: all went well: 21 statements, 5 of them failed as expected\n";
    assert!(done.err.ends_with(last), "{done:?}");
    assert_eq!(std::fs::read_dir(home.file("data")).unwrap().count(), 0);
}

#[test]
fn only_a_script_that_went_well_says_so_and_only_if_it_may_look_otherwise() {
    let home = Home::new();
    let refused = "\\expect 42704\nDROP CONNECTION c;\n";
    for (arguments, script, status, last) in [
        (&[][..], "SHOW JOBS;\n".to_owned(), 0, ""),
        (&["-a"], "SHOW JOBS;\n".to_owned(), 0, "notice: all went well: 1 statement\n"),
        (
            &[],
            refused.to_owned(),
            0,
            "notice: all went well: 1 statement, 1 of them failed as expected\n",
        ),
        (&["--quiet"], refused.to_owned(), 0, "at stdin:2:17, statement 1\n"),
        (&["-a"], format!("{refused}DROP JOB j;\n"), 1, "at stdin:3:10, statement 2\n"),
        (
            &["--format", "jsonl", "-a"],
            "-- one\nSHOW JOBS;\n".to_owned(),
            0,
            "{\"echo\": \"-- one\\nSHOW JOBS;\"}\n{\"notice\": \"all went well: 1 statement\"}\n",
        ),
    ] {
        let done = home.redwire(["--ephemeral"]).args(arguments).stdin(script.as_str()).run();
        assert!(done.clone().status(status).err.ends_with(last), "{script}: {done:?}");
    }
    let refused = home.redwire(["--ephemeral", "--format", "jsonl"]).stdin(refused).run();
    refused
        .status(0)
        .err_has("{\"expected\": {\"message\": \"connection \\\"c\\\" does not exist\"");
    home.redwire(["--echo", "show"]).run().status(2).err_has("--echo");
}

fn ephemeral(home: &Home) -> Run {
    home.redwire(["--ephemeral", "--format", "csv"])
}

fn create(name: &str) -> String {
    format!(
        "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';\n"
    )
}

#[test]
fn all_parts_of_a_command_line_are_one_script_in_their_order() {
    let home = Home::new();
    home.write("one.sql", "SELECT 1 AS one;\n");
    home.write("three.sql", "SELECT 3 AS three;\nSELECT 4 AS four\n");
    let done = ephemeral(&home)
        .args([
            "-f",
            "one.sql",
            "-c",
            "SELECT 2 AS two; ",
            "--file=three.sql",
            "-f",
            "-",
            "--command",
            "\\format json",
        ])
        .args(["-c", "SELECT 6 AS six", "-f", "-"])
        .stdin("SELECT 5 AS five;\n")
        .run()
        .status(0);
    assert_eq!(done.out, "one\n1\ntwo\n2\nthree\n3\nfour\n4\nfive\n5\n[\n{\"six\": 6}\n]\n");
}

#[test]
fn the_last_statement_of_a_command_needs_no_semicolon() {
    let home = Home::new();
    for (command, out) in [
        ("SELECT 1 AS a", "a\n1\n"),
        ("SELECT 1 AS a;", "a\n1\n"),
        ("SELECT 1 AS a; SELECT 2 AS b -- the end", "a\n1\nb\n2\n"),
        (" ;; ", ""),
        ("", ""),
        ("-- nothing", ""),
    ] {
        let done = ephemeral(&home).args(["-c", command]).run().status(0);
        assert_eq!((done.out.as_str(), done.err.as_str()), (out, ""), "{command}");
    }
}

#[test]
fn a_password_on_the_command_line_gets_a_notice_and_elsewhere_none() {
    let home = Home::new();
    let notice = "notice: the password stands on the command line";
    ephemeral(&home).args(["-c", &create("c")]).run().status(0).err_has(notice);
    for (arguments, input) in [
        (
            [
                "-c",
                "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = ENV 'P'",
            ],
            "",
        ),
        (["-f", "-"], &*create("c")),
    ] {
        let done = ephemeral(&home).args(arguments).env("P", "p").stdin(input).run().status(0);
        assert_eq!(done.err, "CREATE CONNECTION\n");
    }
}

#[test]
fn a_script_stops_at_its_first_error_and_says_where_it_stands() {
    let home = Home::new();
    home.write("first.sql", "SELECT 1 AS a;\n");
    home.write(
        "second.sql",
        "-- é\nSELECT 2 AS b; DROP\n  CONNECTION /* é */ nobody;\nSELECT 3 AS c;\n",
    );
    let done = ephemeral(&home)
        .args(["-f", "first.sql", "-f", "second.sql", "-c", "SELECT 4 AS d"])
        .run()
        .status(1);
    assert_eq!(done.out, "a\n1\nb\n2\n");
    done.err_has("second.sql:3:22, statement 3")
        .err_has("    CONNECTION /* é */ nobody;\n                       ^^^^^^\n")
        .err_has("42704");
}

#[test]
fn a_statement_may_end_as_in_psql_and_no_other_backslash_is_run() {
    let home = Home::new();
    let script = "SELECT 1 AS one \\gx\nSELECT 2 AS two \\g\nSELECT 3 AS three \\crosstabview\nSELECT 4 AS four;\n\
                  CREATE CONNECTION c PASSWORD = ab\\cdef gh\nUSER_NAME = 'x';\n\
                  CREATE CONNECTION c PASSWORD = 'ijkl' \\p mnop\n";
    let done = home.redwire(["--ephemeral", "--on-error", "continue"]).stdin(script);
    let done = done.run().status(1).out_has("one │ 1").out_has("│ two │").out_has("│ four │");
    let done = done.err_has("stdin:3:19, statement 3").err_has("a backslash cannot stand");
    assert!(!done.out.contains("three"), "{}", done.out);
    for secret in ["ab\\", "cdef", "gh", "ijkl", "mnop"] {
        assert!(!done.err.contains(secret), "{}", done.err);
    }
}

#[test]
fn a_script_goes_on_where_it_is_told_to() {
    let home = Home::new();
    home.write("bad.sql", "SHWO;\nSELECT 1 AS a;\n\\nothing\n\\i missing.sql\nSELECT 2 AS b;\n");
    let done = ephemeral(&home)
        .args(["--on-error=continue", "-f", "bad.sql", "-c", "SELECT 3 AS c"])
        .run()
        .status(1);
    assert_eq!(done.out, "a\n1\nb\n2\nc\n3\n");
    assert_eq!(done.err.matches("error[").count(), 3, "{}", done.err);
}

#[test]
fn a_file_that_cannot_be_read_ends_redwire_with_2_before_anything_runs() {
    let home = Home::new();
    home.write("good.sql", create("c"));
    for (file, cause) in [
        ("missing.sql", "No such file"),
        ("tmp", "Is a directory"),
        ("good.sql/x", "Not a directory"),
    ] {
        let done = home
            .redwire([
                "--secret-store",
                "memory",
                "--on-error",
                "continue",
                "-f",
                "good.sql",
                "-f",
                file,
            ])
            .run()
            .status(2);
        done.err_has(&format!("could not read {file}")).err_has(cause).err_has("58030");
        assert!(!home.catalog().exists(), "{file}");
    }
}

#[test]
fn a_wrong_command_line_ends_redwire_with_2() {
    let home = Home::new();
    for (line, message) in [
        (&["--format", "xml"][..], "possible values"),
        (&["--ephemeral", "--catalog", "c.db"], "cannot be used with"),
        (&["--secret-store", "wallet"], "possible values: keyring, vault, memory"),
        (&["-c"], "a value is required"),
        (&["--on-error", "retry"], "possible values: stop, continue"),
        (&["sho"], "the command is show"),
    ] {
        let done = home.redwire(line).run().status(2).err_has(message);
        assert_eq!(done.out, "");
    }
    home.redwire(["-c", "SHOW CONNECTIONS"])
        .env("REDWIRE_SECRET_STORE", "wallet")
        .run()
        .status(2)
        .err_has("invalid value for REDWIRE_SECRET_STORE: the secret stores are");
    home.redwire(["--help"]).run().status(0).out_has("Exit status: 0 all done");
    home.redwire(["--version"]).run().status(0).out_has("redwire 0.");
}

#[test]
fn show_on_the_command_line_is_a_statement() {
    let home = Home::new();
    home.script(&(create("\"Odd \"\"Name\"\"\"") + &create("plain")))
        .run()
        .status(0);
    home.redwire(["show"])
        .run()
        .status(0)
        .out_has("odd \"name\"")
        .out_has("(2 rows)");
    home.redwire(["show", "ODD \"Name\"", "--format", "csv"])
        .run()
        .status(0)
        .out_has("CONNECTION_STRING,jdbc:redshift://h/d\n");
    home.redwire(["show", "plan"]).run().status(1).err_has("did you mean plain?");
    // Nobody wrote the statement that it runs, so no error points into it.
    let done = home.redwire(["show", "nobody", "--format", "json"]).run().status(1);
    assert_eq!(
        done.err,
        "{\"error\": {\"message\": \"connection \\\"nobody\\\" does not exist\", \"sqlstate\": \"42704\", \
         \"hint\": \"SHOW CONNECTIONS lists what is there\"}}\n"
    );
    let done = home.redwire(["show", "nobody"]).run().status(1);
    assert!(!done.err.contains("DESCRIBE"), "{done:?}");
}

#[test]
fn an_error_about_a_whole_statement_points_at_its_first_word() {
    let home = Home::new();
    home.script("SELECT 1 AS one;\n  SELECT *\n  FROM nowhere;\n")
        .run()
        .status(1)
        .err_has("stdin:3:8, statement 2")
        .err_has("  FROM nowhere;\n         ^^^^^^^\n");
    // A column of the table's name, or a longer word, is not the table.
    home.redwire(["--ephemeral", "-c", "SELECT gone, gone.x_gone FROM gone"])
        .run()
        .status(1)
        .err_has("relation \"gone\" does not exist")
        .err_has("-c:1:31, statement 1");
    home.redwire(["--ephemeral", "-c", "BEGIN; BEGIN"])
        .run()
        .status(1)
        .err_has("-c:1:8, statement 2")
        .err_has("  BEGIN\n  ^^^^^\n");
}

#[test]
fn a_file_includes_others_as_far_as_it_makes_sense() {
    let home = Home::new();
    std::fs::create_dir(home.file("sub")).unwrap();
    home.write("outer.sql", "SELECT 1 AS a;\n\\i sub/inner.sql\nSELECT 4 AS d;\n");
    // As in psql, a path is looked up from the folder of the process.
    home.write("sub/inner.sql", "SELECT 2 AS b;\n\\i 'sub/in''most.sql'\nSELECT 3 AS c;\n");
    home.write("sub/in'most.sql", "\\q\nSELECT 9 AS never;\n");
    let done = ephemeral(&home).args(["-f", "outer.sql"]).run().status(0);
    assert_eq!(done.out, "a\n1\nb\n2\nc\n3\nd\n4\n");

    home.write("sub/in'most.sql", "SHOW\n  NOTHING;\n");
    let done = ephemeral(&home).args(["-f", "outer.sql"]).run().status(1);
    assert_eq!(done.out, "a\n1\nb\n2\n");
    done.err_has("sub/in'most.sql:2:3, statement 3");

    home.write("circle.sql", "SELECT 1;\n\\i circle.sql\n");
    ephemeral(&home)
        .args(["-f", "circle.sql"])
        .run()
        .status(1)
        .err_has("\\i is nested deeper than 32")
        .err_has("circle.sql:2:1");

    let done = ephemeral(&home).stdin("\\i missing.sql\nSELECT 1;\n").run().status(2);
    assert_eq!(done.out, "");
    done.err_has("could not read missing.sql").err_has("stdin:1:1");
}

#[test]
fn each_format_has_its_answers_tags_notices_and_errors() {
    let home = Home::new();
    let open = home.write("open.txt", "secret\n");
    std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o644)).unwrap();
    golden::check(&home, "formats", &["--on-error", "continue"]);
}

#[test]
fn in_json_everything_beside_the_answers_is_an_object_on_a_line_of_stderr() {
    let home = Home::new();
    let script = create("a")
        + "ALTER REDSHIFT CONNECTION a SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=x';\n
        SHOW CONNECTIONS;\n\\timing on\nSHOW CREATE CONNECTION a;\nSHOW\nNOTHING;\n\\nothing\n\\i missing\nBEGIN;\n";
    for format in ["json", "jsonl"] {
        let done = home
            .script(&script)
            .args(["--on-error", "continue", "--verbose", "--format", format])
            .run()
            .status(1);
        let keys: Vec<String> = done.err.lines().map(only_key).collect();
        for key in ["tag", "notice", "log", "error"] {
            assert!(keys.iter().any(|found| found == key), "{key}: {done:?}");
        }
        if format == "jsonl" {
            assert_eq!(done.out.lines().count(), 2, "{done:?}");
        }
        let answers =
            serde_json::Deserializer::from_str(&done.out).into_iter::<serde_json::Value>();
        let answers: Vec<serde_json::Value> = answers.map(|answer| answer.expect("JSON")).collect();
        let row = if format == "json" { &answers[0][0] } else { &answers[0] };
        assert_eq!(
            (&row["name"], &row["usages"], &row["comment"]),
            (&"a".into(), &0.into(), &serde_json::Value::Null)
        );

        let error = done.err.lines().find(|line| line.contains("42601")).expect("an error");
        let error: serde_json::Value = serde_json::from_str(error).expect("JSON");
        let fields: Vec<&String> = error["error"].as_object().expect("an object").keys().collect();
        assert_eq!(fields, ["column", "file", "hint", "line", "message", "sqlstate", "statement"]);
        assert_eq!((&error["error"]["line"], &error["error"]["column"]), (&8.into(), &1.into()));
        assert_eq!(
            (&error["error"]["file"], &error["error"]["statement"]),
            (&"stdin".into(), &5.into())
        );
    }
}

/// The only key of the object on the line.
#[track_caller]
fn only_key(line: &str) -> String {
    let value: serde_json::Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let object = value.as_object().expect("an object");
    assert_eq!(object.len(), 1, "{line}");
    object.keys().next().expect("a key").clone()
}

#[test]
fn answers_go_to_stdout_and_all_else_to_stderr() {
    let home = Home::new();
    let done = home
        .script(
            &(create("a") + "SHOW CONNECTIONS;\nSHOW CREATE CONNECTION a;\nDROP CONNECTION b;\n"),
        )
        .run()
        .status(1);
    assert!(
        done.out.starts_with('┌') && done.out.ends_with("PASSWORD = PROMPT;\n"),
        "{done:?}"
    );
    assert!(done.err.starts_with("CREATE CONNECTION\nerror["), "{done:?}");
}

#[test]
fn quiet_leaves_tags_and_notices_out_and_keeps_warnings_and_errors() {
    let home = Home::new();
    let open = home.write("open.txt", "secret\n");
    std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o644)).unwrap();
    let done = home
        .script("CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=x' USER_NAME = 'u' PASSWORD = FILE 'open.txt';\n")
        .arg("-q")
        .run()
        .status(0);
    assert!(
        done.err
            .starts_with("warning: the password file 'open.txt' can be read by other users"),
        "{done:?}"
    );
    assert_eq!(done.err.lines().count(), 1, "{done:?}");
    home.script("DROP CONNECTION b;\n")
        .arg("-q")
        .run()
        .status(1)
        .err_has("error[42704]: connection \"b\" does not exist");
}

#[test]
fn verbose_tells_what_is_opened_run_and_swept() {
    let home = Home::new();
    let vault = |script: &str| {
        home.redwire(["--secret-store", "vault", "--catalog", "c.db", "--verbose"])
            .env("REDWIRE_VAULT_PASSPHRASE", "open")
            .stdin(script)
            .run()
    };
    let done = vault(&("SHOW CONNECTIONS;\n".to_owned() + &create("a"))).status(0);
    assert_eq!(
        done.err,
        "log: stdin:1:1: SHOW CONNECTIONS;\n\
         log: there is no catalog c.db yet\n\
         warning: catalog c.db does not exist\n\
         log: stdin:2:1: CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = PROMPT;\n\
         log: using the secret store vault\n\
         log: made the catalog c.db\n\
         log: opened the catalog c.db for reading and writing\n\
         CREATE CONNECTION\n"
    );
    let change = "ALTER REDSHIFT CONNECTION a SET COMMENT = 'x';\n";
    let done = vault(change).status(0);
    assert!(!done.err.contains("swept"), "{done:?}");
    // A note of a password that no row names, as a process leaves it that was killed.
    let left = JournalEntry {
        id: SecretId::random().unwrap(),
        kind: StoreKind::Vault,
    };
    Journal::at(home.file("c.db.secrets")).lock().unwrap().note(&[left]).unwrap();
    vault(change)
        .status(0)
        .err_has("log: swept the journal: 1 notes of passwords that another process left, 0 stay");
}

#[test]
fn nothing_is_left_of_an_ephemeral_run() {
    let home = Home::new();
    home.write(
        "script.sql",
        create("a") + "BEGIN;\n" + &create("b") + "COMMIT;\nSHOW CONNECTIONS;\n",
    );
    home.redwire(["--ephemeral", "--verbose", "-f", "script.sql"])
        .run()
        .status(0)
        .out_has("(2 rows)");
    home.redwire(["--ephemeral"])
        .stdin("SHOW CONNECTIONS;\n")
        .run()
        .status(0)
        .out_has("(0 rows)");
    for folder in ["tmp", "run", "data", "config", "state", "cache"] {
        assert_eq!(std::fs::read_dir(home.file(folder)).unwrap().count(), 0, "{folder}");
    }
    let files = std::fs::read_dir(home.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_file());
    assert_eq!(files.count(), 1, "the script");
}

#[test]
fn help_is_an_answer() {
    let home = Home::new();
    let done = ephemeral(&home).stdin("\\?\n\\h\n").run().status(0);
    assert_eq!(done.err, "");
    for text in [
        "\\expect SQLSTATE",
        "  CREATE REDSHIFT CONNECTION  Define a connection.",
        "SELECT",
        "\\h STATEMENT shows the syntax",
    ] {
        assert!(done.out.contains(text), "{text}: {done:?}");
    }
    ephemeral(&home)
        .stdin("\\h alter redshift\n\\h SELECT\n\\h create job\n\\h CREATE TABLE\n")
        .run()
        .status(0)
        .out_has("(a string, PROMPT, ENV 'NAME', FILE 'path' or COMMAND 'program args'; required)")
        .out_has("(an integer; default: no limit)")
        .out_has("  system.information_schema.connections (name, kind, host, port,")
        .out_has("default: BEGINNING; ALTER cannot change it)")
        .out_has("MERGE INTO [REDSHIFT] connection.schema.table")
        .out_has("  VARCHAR(n) ");
}

#[test]
fn results_go_to_a_file_and_back() {
    let home = Home::new();
    let done = ephemeral(&home)
        .stdin("\\o a.csv\nSELECT 1 AS a;\nSELECT 2 AS b;\n\\o\nSELECT 3 AS c;\n\\o 'b c.csv'\nDROP CONNECTION x;\n")
        .run()
        .status(1);
    assert_eq!(done.out, "c\n3\n");
    assert_eq!(std::fs::read_to_string(home.file("a.csv")).unwrap(), "a\n1\nb\n2\n");
    assert_eq!(std::fs::read_to_string(home.file("b c.csv")).unwrap(), "");
}

#[test]
fn a_reader_that_leaves_early_ends_redwire_quietly_and_undoes_what_is_not_committed() {
    let home = Home::new();
    home.script(&create("a")).run().status(0);
    // More than a pipe holds, so that the writer notices.
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n;\n";
    home.write("script.sql", "DROP CONNECTION a;\n".to_owned() + long + &create("b"));
    let first_line = |options: &str| {
        let pipeline = format!(
            "\"$0\" --secret-store memory --format csv -q {options} -f script.sql | head -1; exit ${{PIPESTATUS[0]}}"
        );
        let output = home
            .command("bash")
            .args(["-c", &pipeline, REDWIRE])
            .output()
            .expect("bash runs");
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!((&*out, &*err, output.status.code()), ("i\n", "", Some(1)));
    };
    let names = || sqlite3(&home.catalog(), "SELECT group_concat(name) FROM connection");
    first_line("--single-transaction");
    assert_eq!(names(), "a", "a part of a transaction is not kept");
    first_line("");
    assert_eq!(names(), "", "what comes after the reader has left is not run");
}

/// redwire with its streams held open.
fn start(home: &Home, arguments: &[&str]) -> Child {
    let mut command = home.interruptible();
    command.args(["--secret-store", "memory", "--format", "csv"]).args(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("redwire starts")
}

fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("kill runs").success());
}

#[test]
fn an_interrupt_ends_a_script_that_waits_for_its_input() {
    let home = Home::new();
    let mut child = start(&home, &[]);
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"BEGIN;\nSELECT 1 AS it_runs;\n").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "it_runs\n");
    interrupt(&child);
    let status = child.wait().unwrap();
    assert_eq!((status.code(), status.signal()), (Some(130), None));
}

#[test]
fn an_interrupt_ends_a_long_select_and_undoes_the_open_transaction() {
    let home = Home::new();
    home.script(&create("a")).run().status(0);
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;\n";
    let mut child = start(&home, &[]);
    let mut stdin = child.stdin.take().unwrap();
    let script = create("b") + "BEGIN;\nDROP CONNECTION a;\n" + endless;
    stdin.write_all(script.as_bytes()).unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    // The tags come out before the SELECT begins.
    for tag in ["CREATE CONNECTION\n", "BEGIN\n", "DROP CONNECTION\n"] {
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        assert_eq!(line, tag);
    }
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let names = sqlite3(
        &home.catalog(),
        "PRAGMA integrity_check; SELECT group_concat(name) FROM connection",
    );
    assert_eq!(names, "ok\na,b");
}

#[test]
fn a_script_of_100_mb_streams() {
    const STATEMENTS: usize = 100;
    const COMMENT_BYTES: usize = 1 << 20;
    const MAX_MEMORY_KIB: u64 = 64 * 1024;

    let home = Home::new();
    let mut child = start(&home, &["--catalog", "c.db", "-q"]);
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(create("c").as_bytes()).unwrap();
    let comment = "x".repeat(COMMENT_BYTES);
    for number in 0..STATEMENTS {
        writeln!(stdin, "ALTER REDSHIFT CONNECTION c SET COMMENT = '{number} {comment}';").unwrap();
    }
    writeln!(
        stdin,
        "SELECT substr(comment, 1, 3) AS number FROM system.information_schema.connections;"
    )
    .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    stdout.read_line(&mut lines).unwrap();
    stdout.read_line(&mut lines).unwrap();
    assert_eq!(lines, "number\n99 \n");

    // It waits for more input, so its memory can be looked at.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("/proc");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(peak < MAX_MEMORY_KIB, "{peak} KiB");
    drop(stdin);
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!((child.wait().unwrap().code(), errors.as_str()), (Some(0), ""));
}

#[test]
fn the_tables_that_completion_knows_are_those_that_select_reads() {
    let home = Home::new();
    for table in redwire::sql::grammar::CATALOG_TABLES {
        let query = format!("SELECT * FROM {}", table.name);
        let done = home.redwire(["--ephemeral", "--format", "csv", "-c", &query]).run().status(0);
        assert_eq!(done.out.trim_end(), table.columns.join(","));
    }
}

#[test]
fn a_select_works_before_in_and_after_a_transaction_that_is_rolled_back() {
    let home = Home::new();
    let select = "SELECT name FROM system.information_schema.connections;";
    let script = format!("BEGIN; {select} ROLLBACK; {select} BEGIN; {select} ROLLBACK;");
    let done = ephemeral(&home).args(["-q", "-c", &script]).run();
    assert_eq!(done.status(0).out, "name\nname\nname\n");
}
