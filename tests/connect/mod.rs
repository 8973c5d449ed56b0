//! `redwire connect` as a process, in scripts and at a terminal: against PostgreSQL and against the
//! stand-in for Redshift.

mod activity;
mod cause;
mod completion;
mod formats;
mod guard;
mod hints;
mod interrupt;
mod listing;
mod lost;
mod pager;
mod prompt;
mod prompt_history;
mod protection;
mod psql;
mod questions;
mod refusals;
mod switch;
mod transaction;

use std::process::{Command, Stdio};

use crate::standin::StandIn;
use crate::support::home::{Home, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{DIGEST_USER, Database, Postgres, TRUSTED_USER, User, Wire};
use crate::support::terminal::Terminal;

/// A home with a connection called `sales`, and the server that it leads to.
struct Stage<S> {
    home: Home,
    server: S,
}

impl<S> Stage<S> {
    fn new(server: S, url: &str, user: User, options: &str) -> Self {
        let stage = Self { home: Home::with_light_vault(), server };
        let password = user.password.replace('\'', "''");
        let create = format!(
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = '{}' {options}",
            user.name,
            if password.is_empty() { "unused" } else { &password },
        );
        stage.redwire(&["-c", &create]).run().status(0);
        stage
    }

    /// redwire with these arguments.
    fn redwire(&self, arguments: &[&str]) -> Run {
        let run = self.home.redwire(STORE).args(arguments);
        run.env(PASSPHRASE.0, PASSPHRASE.1)
    }

    /// `redwire connect sales` with these arguments.
    fn connect(&self, arguments: &[&str]) -> Run {
        self.redwire(&["connect", "sales"]).args(arguments)
    }

    /// `redwire connect sales` at a terminal.
    fn terminal(&self, environment: &[(&str, &str)]) -> Terminal {
        self.terminal_with(&["connect", "sales"], environment, "sales> ")
    }

    /// redwire at a terminal with these arguments; it comes up with this prompt.
    fn terminal_with(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
        prompt: &'static str,
    ) -> Terminal {
        let arguments = [&STORE, arguments].concat();
        let environment = [&[PASSPHRASE][..], environment].concat();
        Terminal::open_at(&self.home, &arguments, &environment, prompt)
    }

    /// The same as a child whose streams are the test's.
    fn spawn(&self, arguments: &[&str]) -> Command {
        self.spawn_with_signals("--default-signal", arguments)
    }

    /// The same, started by `env` with an option that says what signals do.
    fn spawn_with_signals(&self, option: &str, arguments: &[&str]) -> Command {
        let mut command = self.home.with_signals(option);
        command
            .env(PASSPHRASE.0, PASSPHRASE.1)
            .args(STORE)
            .args(["connect", "sales"])
            .args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// PostgreSQL without TLS.
fn postgres(options: &str) -> Option<Stage<Database>> {
    let database = Postgres::database(Wire::Plain)?;
    let url = database.url("127.0.0.1", "?sslmode=disable");
    Some(Stage::new(database, &url, TRUSTED_USER, options))
}

/// The stand-in, with a login by Redshift's digest.
fn standin() -> Option<Stage<StandIn>> {
    let standin = StandIn::start(Wire::Plain)?;
    let url = standin.url("127.0.0.1", "?ssl=false");
    Some(Stage::new(standin, &url, DIGEST_USER, ""))
}

#[test]
fn statements_of_every_source_run_in_their_order_on_one_session() {
    let Some(stage) = postgres("") else { return };
    stage.home.write(
        "two.sql",
        "INSERT INTO t VALUES ($$a;b$$), (E'it\\'s; '); -- ;\nINSERT INTO t VALUES (NULL), ('');\n",
    );
    let done = stage
        .connect(&[
            "--format",
            "csv",
            "-c",
            "CREATE TEMP TABLE t (x text)",
            "-f",
            "two.sql",
            "-f",
            "-",
        ])
        .args(["-c", "SELECT 'last' AS y"])
        .stdin("SELECT x FROM t ORDER BY 1 NULLS LAST;\n")
        .run()
        .status(0);
    assert_eq!(done.out, "x\n\"\"\na;b\nit's; \n\ny\nlast\n");
    assert_eq!(done.err, "CREATE TABLE\nINSERT 0 2\nINSERT 0 2\n");
}

#[test]
fn standard_input_is_a_script() {
    let Some(stage) = postgres("") else { return };
    let script = "SELECT 1 AS a;\n\\format json\n\\x on\nSELECT 2 AS b;\n\\q\nSELECT nix;\n";
    let done = stage.connect(&[]).stdin(script).run().status(0);
    done.out_has("│ 1 │").out_has("─[ RECORD 1 ]").out_has("b │ 2");
}

#[test]
fn commands_are_those_that_work_on_a_warehouse() {
    let Some(stage) = postgres("") else { return };
    stage.home.write("one.sql", "SELECT 'included' AS x;\n");
    let script =
        "\\?\n\\timing on\n\\o out.csv\n\\format csv\nSELECT 1 AS n;\n\\o\n\\i one.sql\n\\tree\n";
    let done = stage.connect(&[]).stdin(script).run().status(1);
    let done = done
        .out_has("\\expect")
        .out_has("included")
        .err_has("time: ")
        .err_has("not for a warehouse");
    assert!(!done.out.contains("\\tree"));
    assert_eq!(std::fs::read_to_string(stage.home.file("out.csv")).unwrap(), "n\n1\n");
}

#[test]
fn a_script_runs_on_the_stand_in() {
    let Some(stage) = standin() else { return };
    let script = "CREATE TABLE t (id int, n varchar(20)) DISTKEY (id);\nINSERT INTO t VALUES (1, 'it\\'s; '), (2, $$a;b$$);\n\
                  SELECT id, n FROM t ORDER BY id;\n";
    let done = stage.connect(&["--format", "jsonl"]).stdin(script).run().status(0);
    assert_eq!(done.out, "{\"id\": 1, \"n\": \"it's; \"}\n{\"id\": 2, \"n\": \"a;b\"}\n");
}

#[test]
fn catalog_commands_do_not_run_on_the_warehouse() {
    let Some(stage) = postgres("") else { return };
    stage
        .redwire(&["--dry-run", "connect", "sales", "-c", "SELECT 1"])
        .run()
        .status(2)
        .err_has("--dry-run");
    stage
        .redwire(&["-c", "SELECT 1", "connect", "sales"])
        .run()
        .status(2)
        .err_has("behind the connection's name");
    stage
        .redwire(&["connect", "sale", "-c", "SELECT 1"])
        .run()
        .status(1)
        .err_has("did you mean sales?");
}
