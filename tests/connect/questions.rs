//! Commands that ask the user: `\password` and `\prompt`.

use super::{Stage, postgres};
use crate::support::postgres::{Postgres, User, Wire};
use crate::support::terminal::files_with;

/// Parts of it are enough to find it, whatever is done with its quotes.
const NEW_PASSWORD: &str = "Wagtail 'x' 93";

/// A user for this test alone.
const RENEWED_USER: User = User {
    name: "Renewed \"user\"",
    password: "Old-Wagtail",
    method: "md5",
};

/// PostgreSQL with that user, and a connection of theirs.
fn renewed() -> Option<Stage<crate::support::postgres::Database>> {
    let database = Postgres::database(Wire::Plain)?;
    let name = RENEWED_USER.name.replace('"', "\"\"");
    database.administer(&format!(
        "SET password_encryption = 'md5'; \
         CREATE ROLE \"{name}\" LOGIN PASSWORD '{}' IN ROLE everybody",
        RENEWED_USER.password
    ));
    let url = database.url("127.0.0.1", "?sslmode=disable");
    Some(Stage::new(database, &url, RENEWED_USER, ""))
}

#[test]
fn a_password_is_changed_by_its_hash_and_shows_nowhere() {
    let Some(stage) = renewed() else { return };
    let question = "Enter new password for user \"Renewed \"user\"\": ";
    let mut terminal = stage.terminal(&[]);
    terminal.submit("\\password").wait_for(question).line(NEW_PASSWORD);
    terminal.wait_for("Enter it again: ").line("another Wagtail");
    terminal.wait_for("Passwords didn't match.").wait_for("sales> ");
    terminal
        .submit("\\password \"Renewed \"\"user\"\"\"")
        .wait_for(question)
        .line(NEW_PASSWORD);
    terminal.wait_for("Enter it again: ").line(NEW_PASSWORD);
    terminal
        .wait_for("ALTER ROLE")
        .wait_for("SET PASSWORD = PROMPT")
        .wait_for("sales> ");
    let transcript = terminal.end();
    assert!(!transcript.contains("Wagtail"), "{transcript}");
    assert_eq!(files_with(stage.home.path(), "Wagtail"), [] as [std::path::PathBuf; 0]);
    // The old password is refused now, and the new one opens a session.
    stage.connect(&["-c", "SELECT 1"]).run().status(1).err_has("28P01");
    let change = format!(
        "ALTER REDSHIFT CONNECTION sales SET PASSWORD = '{}'",
        NEW_PASSWORD.replace('\'', "''")
    );
    stage.redwire(&["-c", &change]).run().status(0);
    stage.connect(&["-c", "SELECT 1"]).run().status(0);
}

#[test]
fn a_password_needs_a_terminal_and_a_user_that_exists() {
    let Some(stage) = postgres("") else { return };
    stage.connect(&["-c", "\\password"]).run().status(1).err_has("terminal");
    let mut terminal = stage.terminal(&[]);
    terminal
        .submit("\\password Nobody_Here")
        .wait_for("user \"nobody_here\": ")
        .line("Wagtail");
    terminal.wait_for("Enter it again: ").line("Wagtail");
    terminal.wait_for("error[").wait_for("sales> ");
    let transcript = terminal.end();
    assert!(!transcript.contains("Wagtail") && !transcript.contains("md5"), "{transcript}");
}

#[test]
fn a_variable_is_asked_for() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.submit("\\prompt 'Which table? ' name").wait_for("Which table? ");
    terminal.line("it's a  table").wait_for("sales> ");
    terminal.run("SELECT :'name' || 1 AS x;", "it's a  table1");
    terminal.end();
    // Without a terminal the line comes from standard input.
    let script = stage.home.write("ask.sql", "\\prompt name\n\\echo [:name]\n");
    let script = script.to_str().expect("a path");
    let asked = stage.connect(&["-f", script]).stdin("two words\nmore\n").run();
    assert_eq!(asked.status(0).out, "[two words]\n");
    let asked = stage.connect(&["-f", script]).stdin("").run();
    asked.status(1).err_has("\\prompt: could not read value for variable");
}
