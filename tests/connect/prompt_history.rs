//! The history of a connection: the lines that are kept, and those that never are.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use redwire::sql::splitter::Dialect;

use super::{Stage, postgres};
use crate::masking;
use crate::support::postgres::Database;
use crate::support::terminal::{CTRL_C, CTRL_R, ENTER, UP, files_with, program};

const SECRET: &str = "S3cretCanary";

fn history(stage: &Stage<Database>, file: &str) -> String {
    std::fs::read_to_string(stage.home.file(&format!("state/redwire/{file}"))).unwrap_or_default()
}

#[test]
fn each_connection_has_a_history_of_its_own() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal_with(&[], &[], "redwire> ");
    terminal.run("SELECT 'own' || 1;", "own1");
    terminal.submit("\\connect sales").at("sales> ");
    terminal
        .run("SELECT $$theirs;$$ || 1;", "theirs;1")
        .keys("SELECT 'unfinished")
        .keys(CTRL_C)
        .wait_for("sales> ");
    // Entries of the catalog's history are not found here.
    terminal
        .keys(CTRL_R)
        .keys("own")
        .wait_for("failed")
        .keys(CTRL_C)
        .wait_for("sales> ");
    terminal
        .keys(UP)
        .wait_for("theirs")
        .keys(ENTER)
        .wait_for("theirs;1")
        .wait_for("sales> ");
    terminal.submit("\\disconnect").at("redwire> ");
    terminal
        .keys(CTRL_R)
        .keys("own")
        .keys(ENTER)
        .wait_for("own1")
        .wait_for("redwire> ");
    terminal.end();
    assert_eq!(
        history(&stage, "history"),
        "SELECT 'own' || 1;\n\\\\connect sales\nSELECT 'own' || 1;\n"
    );
    let file = "connection-history/of-sales";
    assert_eq!(history(&stage, file), "SELECT $$theirs;$$ || 1;\n\\\\disconnect\n");
    let metadata = std::fs::metadata(stage.home.file(&format!("state/redwire/{file}"))).unwrap();
    assert_eq!(metadata.mode() & 0o777, 0o600);
    let mut later = stage.terminal(&[]);
    later
        .keys(CTRL_R)
        .keys("theirs")
        .keys(ENTER)
        .wait_for("theirs;1")
        .wait_for("sales> ");
    later.end();
}

#[test]
fn a_password_of_a_user_reaches_no_screen_and_no_file() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    for key in format!("CREATE USER u PASSWORD '{SECRET}' CREATEDB CREATEDB;").chars() {
        terminal.keys(&key.to_string());
    }
    terminal
        .wait_for(&"•".repeat(SECRET.len()))
        .keys(ENTER)
        .wait_for("42601")
        .wait_for("sales> ");
    terminal.paste(&format!("COPY t FROM 's3://b'\rCREDENTIALS 'aws_secret_access_key={SECRET}';"));
    terminal.keys(ENTER).wait_for("error").wait_for("sales> ");
    terminal
        .keys(&format!("ALTER USER u PASWORD $$a'{SECRET}"))
        .keys(CTRL_C)
        .wait_for("sales> ");
    let create = format!(
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d?PWD={SECRET}';"
    );
    terminal.run(&create, "redwire's own");
    // In one text with the way back, too.
    terminal
        .paste(&format!("\\disconnect\r{create}"))
        .keys(ENTER)
        .wait_for("22023")
        .at("redwire> ");
    let shown = terminal.end();
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(
        history(&stage, "connection-history/of-sales").contains("CREATE USER *** PASSWORD ***;\n")
    );
    assert_eq!(files_with(stage.home.path(), SECRET), Vec::<PathBuf>::new());
}

#[test]
fn a_statement_whose_secret_was_masked_is_not_sent_as_it_is() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.run(&format!("ALTER USER nobody PASSWORD '{SECRET}';"), "error");
    terminal
        .keys(UP)
        .wait_for("•••")
        .keys(ENTER)
        .wait_for("stands where a secret was")
        .wait_for("sales> ");
    terminal.end();
}

#[test]
fn the_external_editor_gets_the_masked_statement() {
    let Some(stage) = postgres("") else { return };
    let editor = program(
        &stage.home,
        "editor",
        "cat \"$1\" > seen; echo 'SELECT $$edited;$$ || 1;' > \"$1\"",
    );
    let mut terminal = stage.terminal(&[("EDITOR", &editor)]);
    terminal.run(&format!("ALTER USER nobody PASSWORD '{SECRET}';"), "error");
    terminal.run("\\e", "edited;1");
    terminal.end();
    let seen = std::fs::read_to_string(stage.home.file("seen")).unwrap();
    assert_eq!(seen, "ALTER USER *** PASSWORD ***;\n");
}

#[test]
fn a_mutated_statement_leaves_no_secret_in_the_history_of_a_connection() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    for (is_on, backslash_escapes) in [("on", false), ("off", true)] {
        terminal.run(&format!("SET standard_conforming_strings = {is_on};"), "SET");
        let dialect = Dialect::Warehouse { backslash_escapes };
        masking::type_mutants(&mut terminal, dialect, 100);
    }
    terminal.end();
    let kept = history(&stage, "connection-history/of-sales");
    assert!(kept.lines().count() > 50, "{kept}");
    masking::assert_kept_nowhere(stage.home.path());
}
