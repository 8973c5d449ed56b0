//! Lines as people type them at psql do the same here: scripts that both run on one server.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use super::{Stage, postgres, standin};
use crate::support::postgres::{Database, Postgres, TRUSTED_USER, Wire};

const LINES: &str = include_str!("psql_lines.txt");

/// A script, and what redwire writes where it is meant to differ from psql.
struct Case {
    script: String,
    differs: Option<String>,
}

fn cases() -> Vec<Case> {
    let blocks = LINES.split("\n\n").map(str::trim_end);
    let case = |block: &str| {
        let lines: Vec<&str> = block.lines().filter(|line| !line.starts_with("# ")).collect();
        let text = lines.join("\n");
        match text.split_once("\n----") {
            Some((script, differs)) => Case {
                script: format!("{script}\n"),
                differs: Some(without_blanks(differs)),
            },
            None => Case {
                script: format!("{text}\n"),
                differs: None,
            },
        }
    };
    blocks.map(case).filter(|case| !case.script.trim().is_empty()).collect()
}

/// The lines without blanks at their ends and without empty ones: psql writes one below a table.
fn without_blanks(text: &str) -> String {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The standard output of psql with these options.
fn psql(stage: &Stage<Database>, options: &[&str], script: &str) -> String {
    let mut command = stage.server.psql(TRUSTED_USER);
    command.current_dir(stage.home.path()).env("PGHOST", "127.0.0.1");
    let command = command.args(["-X", "-q"]).args(options).args(["-f", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("psql starts");
    let mut stdin = child.stdin.take().expect("a pipe to it");
    stdin.write_all(script.as_bytes()).expect("it takes the script");
    drop(stdin);
    let output = child.wait_with_output().expect("psql ends");
    without_blanks(&String::from_utf8(output.stdout).expect("text"))
}

/// The standard output of redwire with these options.
fn redwire(stage: &Stage<Database>, options: &[&str], script: &str) -> String {
    let run = stage.connect(&["-q", "--on-error", "continue"]).args(options);
    without_blanks(&run.args(["-f", "-"]).stdin(script).run().out)
}

#[test]
fn scripts_of_psql_have_the_same_results() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let url = database.url("127.0.0.1", "?sslmode=disable");
    let stage = Stage::new(database, &url, TRUSTED_USER, "");
    let cases = cases();
    assert!(cases.len() >= 150, "there are {} scripts", cases.len());
    let mut wrong = String::new();
    for Case { script, differs } in &cases {
        let found = redwire(&stage, &["-A", "-t"], script);
        let theirs = psql(&stage, &["-A", "-t"], script);
        let expected = differs.as_ref().unwrap_or(&theirs);
        if found != *expected {
            let _ = writeln!(wrong, "{script}psql writes {theirs:?}\nredwire writes {found:?}\n");
        } else if differs.is_some() && found == theirs {
            let _ = writeln!(wrong, "{script}is no difference\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_columns_of_a_result_are_described_on_redshift_too() {
    let Some(stage) = standin() else { return };
    let described = stage.connect(&["--format", "csv", "-f", "-"]).stdin(
        "SELECT 1 AS a, CAST('x' AS varchar(20)) AS b, CAST(1 AS numeric(8,2)) AS c \\gdesc\n\
         BEGIN;\nCREATE TABLE t (n int) \\gdesc\nSELECT nonsense \\gdesc\n",
    );
    let described = described.run().status(1);
    described
        .out_has("Column,Type\na,integer\nb,character varying(20)\nc,\"numeric(8,2)\"\n")
        .out_has("The command has no result, or the result has no columns.")
        .err_has("column \"nonsense\" does not exist");
    let of_catalog = stage.redwire(&["-c", "SHOW CONNECTIONS \\gdesc"]).run();
    of_catalog.status(1).err_has("this command is for a warehouse");
}

#[test]
fn what_goes_wrong_in_a_script_is_said_as_in_psql() {
    let Some(stage) = postgres("") else { return };
    for (script, status, words) in [
        ("\\if true\nSELECT 1;\n", 1, "reached EOF without finding closing \\endif(s)"),
        ("\\endif\n", 1, "\\endif: no matching \\if"),
        (
            "SELECT :nothing;\n",
            1,
            "the variable nothing is not set: \\set nothing VALUE sets it",
        ),
        ("SELECT 1 \\g |exit 3\n", 0, "child process exited with exit code 3"),
        ("SELECT generate_series(1, 100000) \\g |true\n", 0, ""),
        ("SELECT 1 \\gset a b\n", 1, "\\gset takes one argument"),
        ("SELECT 'SELECT 1/0' \\gexec\nSELECT 1;\n", 1, "division by zero"),
    ] {
        let done = stage.connect(&["-f", "-"]).stdin(script).run().status(status);
        done.err_has(words);
    }
}

#[test]
fn a_script_may_stand_in_the_home() {
    let Some(stage) = postgres("") else { return };
    stage
        .home
        .write("of home.sql", "\\o ~/out.txt\nSELECT 'x' \\g ~/end.txt\nSELECT 'y';\n");
    stage.connect(&["-At", "--file=~/of home.sql"]).run().status(0);
    let read = |name: &str| std::fs::read_to_string(stage.home.file(name)).expect("a file");
    assert_eq!((read("end.txt").as_str(), read("out.txt").as_str()), ("x\n", "y\n"));
}

#[test]
fn options_of_psql_have_the_same_results() {
    let Some(stage) = postgres("") else { return };
    let script = "SELECT 1 AS a, NULL AS b, 'x|y' AS c UNION ALL SELECT 2, 'z', :'v';\n\\echo :v\n";
    for options in [
        &["-A", "-v", "v=one"][..],
        &["-At", "-v", "v=one two"],
        &["-A", "-F", ";", "-v", "v="],
        &["-A", "-t", "-R", "--", "-v", "v=it's"],
        &["-A", "-F", ", ", "-R", "; ", "--set", "v=a:b"],
        &["-A", "--field-separator", "\t", "--variable", "v=x=y"],
        &["--tuples-only", "--no-align", "-v", "v=\\\\"],
    ] {
        assert_eq!(redwire(&stage, options, script), psql(&stage, options, script), "{options:?}");
    }
}
