//! Jobs that run, on PostgreSQL: each window gets into its table once.

mod faults;
mod merge;
mod progress;
mod readme;
mod refused;
mod run;
mod state;
mod torture;
mod watch;
mod windows;
mod with_test;

use crate::support::home::{Done, Home, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{Database, Postgres, TRUSTED_USER, Wire};

/// A home with a connection called `w`, and the database to which it leads.
struct Stage {
    home: Home,
    database: Database,
}

impl Stage {
    /// None where this machine lacks PostgreSQL. The user owns the schema `s`.
    fn new() -> Option<Self> {
        let database = Postgres::database(Wire::Plain)?;
        let stage = Self { home: Home::with_light_vault(), database };
        stage.connect(&stage.home);
        stage
            .database
            .administer(&format!("CREATE SCHEMA s AUTHORIZATION {}", TRUSTED_USER.name));
        Some(stage)
    }

    /// Defines the connection in the catalog of a home.
    fn connect(&self, home: &Home) {
        let url = self.database.url("127.0.0.1", "?sslmode=disable");
        let create = format!(
            "CREATE REDSHIFT CONNECTION w CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = 'unused'",
            TRUSTED_USER.name
        );
        run_in(home).stdin(create).run().status(0);
    }

    fn run(&self) -> Run {
        run_in(&self.home)
    }

    /// The statements, which must succeed.
    #[track_caller]
    fn done(&self, script: &str) -> Done {
        self.run().stdin(script).run().status(0)
    }

    /// The statement, which must fail with this SQLSTATE.
    #[track_caller]
    fn failed(&self, sqlstate: &str, script: &str) -> Done {
        let done = self.run().stdin(script).run();
        assert!(done.err.contains(&format!("error[{sqlstate}]")), "{}", done.err);
        done
    }

    /// Runs SQL on the server as the user of the connection.
    fn on_server(&self, sql: &str) -> String {
        self.database.administer(&format!("SET ROLE {}; {sql}", TRUSTED_USER.name))
    }
}

/// redwire in a home.
fn run_in(home: &Home) -> Run {
    drawn_in(home).args(["--format", "csv"])
}

/// The same, with tables.
fn drawn_in(home: &Home) -> Run {
    home.redwire(STORE).env(PASSPHRASE.0, PASSPHRASE.1)
}
