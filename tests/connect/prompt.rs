//! The prompt of a warehouse at a real terminal.

use super::{PASSPHRASE, STORE, postgres, standin};
use crate::support::terminal::{CTRL_C, CTRL_D, ENTER, TAB, Terminal};

#[test]
fn the_prompt_is_the_connections_name_and_says_what_became_of_the_transaction() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer("CREATE TABLE t (n int); GRANT ALL ON t TO PUBLIC");
    let mut terminal = stage.terminal(&[]);
    terminal.run("SELECT 1 + 1 AS two;", "│   2 │");
    terminal.submit("BEGIN;").at("sales*> ");
    terminal.run("INSERT INTO t VALUES (1);", "INSERT 0 1");
    terminal.submit("SELECT nix;").wait_for("42703").at("sales!> ");
    terminal.run("SELECT 1;", "25P02");
    terminal.submit("ROLLBACK;").at("sales> ");
    terminal.submit("BEGIN;").at("sales*> ");
    terminal.run("INSERT INTO t VALUES (2);", "INSERT 0 1");
    terminal.keys(CTRL_D).wait_for("the open transaction was rolled back");
    assert_eq!(terminal.status(), 0);
    assert_eq!(stage.server.administer("SELECT count(*) FROM t"), "0");
}

#[test]
fn a_statement_is_complete_by_the_rules_of_the_warehouse() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.run("SELECT $$a;\rb$$\r|| E'\\';c' AS x;", "';c");
    // With this the server reads a backslash as redwire's own language does not.
    terminal.run("SET standard_conforming_strings = off;", "SET");
    terminal.run("SELECT 'a\\'; b' AS y;", "│ a'; b │");
    terminal.end();
    let Some(stage) = standin() else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.run("SELECT 'a\\'; b' AS y;", "│ a'; b │");
    terminal.end();
}

#[test]
fn pasted_statements_run_in_order_and_stop_at_the_first_error() {
    let Some(stage) = postgres("") else { return };
    for bracketed in [true, false] {
        let mut terminal = stage.terminal(&[]);
        let text = "SELECT 'one' || 1;\rSELECT $$;$$ || nix;\rSELECT 'ne' || 'ver';\r";
        if bracketed {
            terminal.paste(text).keys(ENTER)
        } else {
            terminal.keys(text)
        };
        terminal.wait_for("one1").wait_for("42703").wait_for("sales> ");
        terminal.run("SELECT 'two' || 2;", "two2");
        assert!(!terminal.end().contains("│ never"));
    }
}

#[test]
fn a_query_is_cancelled_on_the_server_and_a_line_that_is_typed_is_dropped() {
    let Some(stage) = postgres("") else { return };
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    // Also where the shell that starts redwire ignores the signal.
    for option in ["--default-signal", "--ignore-signal=INT"] {
        let arguments = [&STORE[..], &["connect", "sales"]].concat();
        let mut terminal =
            Terminal::open_with_signals(option, &stage.home, &arguments, &[PASSPHRASE], "sales> ");
        terminal.submit("SELECT pg_sleep(600);");
        while stage.server.administer(sleeping) != "1" {}
        terminal.keys(CTRL_C).wait_for("57014").wait_for("sales> ");
        assert_eq!(stage.server.administer(sleeping), "0");
        terminal
            .keys("SELECT 'dropp' || 'ed';")
            .keys(CTRL_C)
            .wait_for("sales> ")
            .run("SELECT 'ke' || 'pt';", "kept");
        assert!(!terminal.end().contains("│ dropped"));
    }
}

#[test]
fn a_lost_session_is_told_of_and_the_next_statement_opens_another() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    let end_others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE usename = 'trusted_user' AND datname = current_database()";
    terminal.run("SELECT 1;", "(1 row)");
    // The one that fetches names comes and goes by itself.
    let sessions = "SELECT count(*) FROM pg_stat_activity \
         WHERE usename = 'trusted_user' AND datname = current_database()";
    stage.until_fetched();
    while stage.server.administer(sessions) != "1" {}
    assert_eq!(stage.server.administer(end_others), "1");
    terminal
        .run("SELECT 2;", "connection to server was lost; the next statement opens another")
        .run("SELECT 1 + 2 AS three;", "│     3 │");
    terminal.submit("BEGIN;").at("sales*> ");
    assert_eq!(stage.server.administer(end_others), "1");
    terminal
        .submit("SELECT 4;")
        .wait_for("with it the open transaction")
        .at("sales!> ");
    terminal.run("SELECT 5;", "25P02");
    terminal.submit("ROLLBACK;").at("sales> ");
    terminal.run("SELECT 1 + 5 AS six;", "│   6 │");
    terminal.end();
}

#[test]
fn notices_times_and_formats_are_those_of_every_prompt() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.run("DO $$ BEGIN RAISE NOTICE 'from %', 'afar'; END $$;", "from afar");
    terminal
        .run("\\timing on", "timing is on")
        .run("SELECT 1;", "time: ")
        .run("\\timing off", "timing is off")
        .run("\\x on", "vertically")
        .run("SELECT 1 AS a;", "RECORD 1")
        .run("\\format csv", "csv")
        .run("\\o out.csv", "")
        .run("SELECT 1 AS a;", "")
        .run("\\o", "");
    terminal.end();
    assert_eq!(std::fs::read_to_string(stage.home.file("out.csv")).unwrap(), "a\n1\n");
}

#[test]
fn a_terminal_that_hides_nothing_is_told_of_without_advice_for_another_place() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[("TERM", "dumb")]);
    let shown = terminal
        .line("SELECT 1 + 1 AS two;")
        .wait_for("│   2 │")
        .wait_for("sales> ")
        .transcript();
    assert!(
        shown.contains("shows everything that is typed") && !shown.contains("PROMPT"),
        "{shown}"
    );
}

#[test]
fn hints_and_completion_are_not_those_of_redwires_own_statements() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.keys("CREATE REDSHIFT CONN").keys(TAB).keys(CTRL_C).wait_for("sales> ");
    terminal.keys("\\disc").keys(TAB).keys(ENTER).at("redwire> ");
    terminal
        .keys("\\connect sa")
        .keys(TAB)
        .keys(ENTER)
        .at("sales> ")
        .keys("\\tre")
        .keys(TAB)
        .keys(ENTER)
        .wait_for("invalid command")
        .wait_for("sales> ");
    let shown = terminal.end();
    assert!(!shown.contains("CONNECTION") && !shown.contains("ECTION"), "{shown}");
}

#[test]
fn bare_words_quit_and_help_on_a_warehouse_too() {
    let Some(stage) = standin() else { return };
    let mut terminal = stage.terminal(&[("PAGER", "cat")]);
    terminal.run("help;", "shows their syntax");
    terminal.line("quit");
    assert_eq!(terminal.status(), 0);
}

#[test]
fn help_says_where_the_syntax_is() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[("PAGER", "")]);
    terminal
        .run("\\h SELECT", "docs.aws.amazon.com")
        .run("\\?", "\\disconnect")
        .run("\\d nix", "42P01")
        .run("\\dn", "public");
    terminal.end();
}

#[test]
fn a_name_with_odd_characters_is_printable_in_the_prompt() {
    let Some(stage) = postgres("") else { return };
    stage
        .redwire(&["-c", "ALTER REDSHIFT CONNECTION sales RENAME TO \"my \u{202e}café\""])
        .run()
        .status(0);
    let mut terminal = stage.terminal_with(&["connect", "my \u{202e}café"], &[], "café> ");
    terminal.run("SELECT 1;", "(1 row)");
    assert!(!terminal.end().contains('\u{202e}'));
}

#[test]
fn a_connection_that_cannot_be_opened_has_no_prompt() {
    let Some(stage) = postgres("") else { return };
    let nowhere = "ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/dev?sslmode=disable'";
    stage.redwire(&["-c", nowhere]).run().status(0);
    let mut terminal = stage.terminal_with(&["connect", "sales"], &[], "08001");
    assert_eq!(terminal.status(), 3);
    assert!(!terminal.transcript().contains("sales> "));
}

#[test]
fn a_query_that_runs_draws_a_line_which_is_gone_before_anything_else_is_printed() {
    let Some(stage) = postgres("") else { return };
    let mut terminal = stage.terminal(&[]);
    terminal.line("SELECT pg_sleep(600);").wait_for("running, ");
    terminal.keys(CTRL_C).wait_for("57014").wait_for("sales> ");
    let shown = terminal.end();
    let (_, behind) = shown.rsplit_once("running, ").unwrap();
    let (_, after) = behind.split_once("\r\x1b[K").unwrap();
    assert!(after.contains("57014"), "{after:?}");
}
