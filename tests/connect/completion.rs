//! Tab at the prompt of a warehouse: names that were fetched in the background.

use std::time::{Duration, Instant};

use super::{Stage, postgres, standin};
use crate::standin::StandIn;
use crate::support::postgres::{Database, Postgres, TRUSTED_USER, Wire};
use crate::support::terminal::{CTRL_D, ENTER, TAB, Terminal};

/// The time limit for something that happens on a server.
const DEADLINE: Duration = Duration::from_mins(1);

/// `redwire connect sales` at a terminal, without colours and the hints that come with them.
fn prompt<S>(stage: &Stage<S>) -> Terminal {
    stage.terminal(&[("NO_COLOR", "1")])
}

#[track_caller]
pub(super) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < DEADLINE, "it takes too long: {what}");
    }
}

/// The number of sessions on this database, without the one that asks.
fn sessions(database: &Database) -> String {
    database.administer(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
         AND backend_type = 'client backend'",
    )
}

impl<S> Stage<S> {
    /// The purposes of another process's sessions in SHOW SESSIONS.
    fn purposes(&self) -> Vec<String> {
        let shown = self.redwire(&["--format", "csv", "-c", "SHOW SESSIONS"]).run().status(0);
        let lines = shown.out.lines().skip(1).map(str::to_owned);
        lines.collect()
    }

    /// Waits until no names are being fetched.
    pub(super) fn until_fetched(&self) {
        until("the names are fetched", || {
            self.purposes().iter().all(|session| !session.contains("completion"))
        });
    }
}

#[test]
fn tables_schemas_and_columns_of_the_warehouse_are_completed() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(
        "CREATE TABLE public.orders_far_away (identity_of_order int, \"Odd one\" int); CREATE SCHEMA shipping; \
         CREATE TABLE shipping.parcels (weight int); CREATE TABLE public.\"evil\x1b[31m\" (n int)",
    );
    let mut terminal = prompt(&stage);
    terminal.keys("SELECT * FROM ord").keys_until(TAB, "orders_far_away");
    terminal.keys(" WHERE ident").keys_until(TAB, "identity_of_order");
    terminal.leave_line(false);
    terminal.keys("SELECT * FROM ship").keys_until(TAB, "shipping.");
    terminal.keys(TAB).wait_for("shipping.parcels").leave_line(false);
    terminal.keys("\\d shipping.").keys_until(TAB, "parcels");
    terminal.keys(ENTER).wait_for("weight").wait_for("sales> ");
    terminal.keys("\\dt ship").keys_until(TAB, "shipping").leave_line(false);
    terminal.keys("SELECT * FROM evi").keys(TAB).leave_line(false);
    let shown = terminal.end();
    assert!(!shown.contains("evil") && shown.contains("^C"), "{shown:?}");
    assert!(!shown.contains("\x1b[90m"), "NO_COLOR holds: {shown:?}");
    until("the sessions end", || sessions(&stage.server) == "0");
}

#[test]
fn functions_and_foreign_keys_of_the_warehouse_are_completed() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(
        "CREATE TABLE public.people_of_old (number int PRIMARY KEY); \
         CREATE TABLE public.letters_sent (sender int REFERENCES public.people_of_old); \
         CREATE FUNCTION public.age_of_letter(n int) RETURNS int LANGUAGE sql AS 'SELECT n'; \
         CREATE PROCEDURE public.age_of_nothing() LANGUAGE sql AS 'SELECT 1'",
    );
    let mut terminal = prompt(&stage);
    terminal.keys("SELECT age_of").keys_until(TAB, "age_of_letter(");
    terminal.leave_line(false);
    stage.until_fetched();
    terminal
        .keys("SELECT 1 FROM letters_sent l JOIN people_of_old p ON ")
        .keys(TAB)
        .wait_for("l.sender = p.number")
        .leave_line(false);
    let shown = terminal.end();
    assert!(!shown.contains("age_of_nothing"), "{shown:?}");
}

#[test]
fn what_was_used_in_this_session_comes_first() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(
        "CREATE TABLE public.orders_a (n int); CREATE TABLE public.orders_b (n int); \
         GRANT SELECT ON public.orders_b TO PUBLIC",
    );
    let mut terminal = prompt(&stage);
    terminal.keys("SELECT * FROM ord").keys_until(TAB, "orders_a");
    terminal.leave_line(false);
    terminal
        .submit("SELECT count(n) FROM orders_b;")
        .wait_for("(1 row)")
        .wait_for("sales> ");
    terminal.keys("SELECT * FROM ord").keys(TAB).wait_for("orders_a");
    terminal.leave_line(false);
    let shown = terminal.end();
    let listed = |first: &str, second: &str| {
        let mut lines = shown.lines().map(str::trim);
        lines.any(|line| line.starts_with(first) && line.ends_with(second))
    };
    assert!(listed("orders_a", "orders_b") && listed("orders_b", "orders_a"), "{shown:?}");
}

#[test]
fn names_are_fetched_anew_once_a_statement_has_changed_them() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer(
        "GRANT CREATE ON SCHEMA public TO PUBLIC; CREATE TABLE public.before_all (n int)",
    );
    let mut terminal = prompt(&stage);
    terminal.keys("SELECT * FROM befo").keys_until(TAB, "before_all");
    terminal.leave_line(false);
    terminal.submit("BEGIN;").wait_for("sales*> ");
    terminal
        .submit("CREATE TABLE public.made_here (freshly_made int);")
        .wait_for("sales*> ");
    terminal.submit("COMMIT;").wait_for("COMMIT").wait_for("sales> ");
    terminal.keys("SELECT fresh").keys(" FROM mad").keys_until(TAB, "made_here");
    terminal.leave_line(false);
    terminal
        .submit("SET search_path TO pg_catalog;")
        .wait_for("SET")
        .wait_for("sales> ");
    // Outside of the search path a table is found with its schema.
    terminal.keys("SELECT * FROM made_").keys_until(TAB, "public.made_here");
    terminal.leave_line(false);
    terminal.end();
}

#[test]
fn the_prompt_works_without_names_if_no_slot_is_free() {
    let Some(stage) = postgres("MAX_CONCURRENT_CONNECTIONS = 1") else {
        return;
    };
    stage.server.administer("CREATE TABLE public.orders_far_away (n int)");
    let mut terminal = prompt(&stage);
    terminal
        .keys("SELECT 'it' || ' works' FROM ord")
        .keys(TAB)
        .keys(TAB)
        .leave_line(false);
    terminal
        .submit("SELECT 'it' || ' works';")
        .wait_for("it works")
        .wait_for("sales> ");
    assert_eq!(stage.purposes().len(), 1);
    assert_eq!(sessions(&stage.server), "1");
    // A second slot: the next Tab wishes for names, and they are fetched before the next line.
    stage
        .redwire(&["-c", "ALTER REDSHIFT CONNECTION sales SET MAX_CONCURRENT_CONNECTIONS = 2"])
        .run()
        .status(0);
    terminal.keys("SELECT * FROM ord").keys(TAB).leave_line(false);
    terminal.keys("SELECT * FROM ord").keys_until(TAB, "orders_far_away");
    terminal.leave_line(false);
    stage.until_fetched();
    let shown = terminal.end();
    assert!(!shown.contains("waiting"), "{shown:?}");
}

/// Makes the question for schemas last until somebody ends it.
fn let_names_wait(standin: &StandIn) {
    standin.database().administer(
        "SET allow_system_table_mods = on; CREATE OR REPLACE VIEW pg_catalog.svv_all_schemas AS \
         SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, NULL::varchar(128) AS source_database, \
         schema_option FROM pg_catalog.svv_redshift_schemas WHERE (SELECT pg_sleep(600)::text) IS NULL",
    );
}

#[test]
fn redshifts_views_are_asked_and_a_fetch_ends_with_its_prompt() {
    let Some(stage) = standin() else { return };
    stage.server.database().administer(
        "CREATE TABLE public.orders_far_away (identity_of_order int); GRANT ALL ON public.orders_far_away TO PUBLIC",
    );
    let mut terminal = prompt(&stage);
    terminal.keys("SELECT * FROM ord").keys_until(TAB, "orders_far_away");
    terminal.keys(" WHERE ident").keys_until(TAB, "identity_of_order");
    terminal.leave_line(false);
    terminal.end();

    let_names_wait(&stage.server);
    let mut terminal = prompt(&stage);
    until("it is seen as what it is", || {
        stage.purposes().iter().any(|session| session.contains("completion"))
    });
    terminal
        .submit("SELECT 'it' || ' works';")
        .wait_for("it works")
        .wait_for("sales> ");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.status(), 0);
    assert_eq!(stage.purposes(), [""; 0]);
    until("the server has ended the sessions", || sessions(stage.server.database()) == "0");
}

#[test]
fn nothing_is_fetched_for_a_script() {
    let Some(stage) = standin() else { return };
    let_names_wait(&stage.server);
    let counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend';";
    let done = stage.connect(&["--format", "csv"]).stdin(counted).run().status(0);
    assert_eq!(done.out, "count\n1\n");
}

#[test]
fn each_warehouse_has_its_own_names() {
    let Some(stage) = postgres("") else { return };
    let Some(other) = Postgres::database(Wire::Plain) else {
        return;
    };
    stage.server.administer("CREATE TABLE public.orders_of_sales (n int)");
    other.administer("CREATE TABLE public.orders_of_other (n int)");
    let url = other.url("127.0.0.1", "?sslmode=disable");
    let create = format!(
        "CREATE REDSHIFT CONNECTION other CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = 'unused'",
        TRUSTED_USER.name
    );
    stage.redwire(&["-c", &create]).run().status(0);
    let mut terminal = prompt(&stage);
    terminal.keys("SELECT * FROM ord").keys_until(TAB, "orders_of_sales");
    terminal.leave_line(false);
    terminal.keys("\\connect oth").keys_until(TAB, "other");
    terminal.keys(ENTER).at("other> ");
    terminal.keys("SELECT * FROM ord").keys_until(TAB, "orders_of_other");
    terminal.leave_line(false);
    terminal.submit("\\disconnect").at("redwire> ");
    terminal.keys("DROP CONNECTION oth").keys_until(TAB, "other");
    terminal.leave_line(false);
    terminal.end();
    until("the sessions end", || sessions(&stage.server) == "0" && sessions(&other) == "0");
}
