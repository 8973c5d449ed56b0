//! PostgreSQL on this machine, a connection of redwire's to it, and psql as the peer.
//!
//! redwire runs as users have it: with the default catalog, and with the password in a real
//! keyring, gnome-keyring on a session bus of its own. psql finds the password in its environment.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::measure::run;
use crate::stage::Stage;
use crate::support::certificates::SERVER_NAME;
use crate::support::keyring_session::{Keyring, KeyringSession};
use crate::support::postgres::{Database, MD5_USER, Postgres, Wire};
use crate::support::postgres_process::programs;

/// The user, who logs in by MD5, as users of Redshift do whose password was set in plain text.
pub const USER: crate::support::postgres::User = MD5_USER;

/// The connection's name in redwire.
pub const NAME: &str = "warehouse";

/// A database, and both programs' way to it.
pub struct Server<'a> {
    stage: &'a Stage,
    wire: Wire,
    database: Database,
    keyring: KeyringSession,
    psql: PathBuf,
}

impl<'a> Server<'a> {
    /// A fresh database on the server of this kind, with a connection that leads to it.
    pub fn start(stage: &'a Stage, wire: Wire) -> io::Result<Self> {
        let missing =
            |what: &str| io::Error::other(format!("{what} is missing; tests/run installs it"));
        // Debian's psql in PATH is a script that looks for the program, which would be measured as
        // well.
        let psql = programs().ok_or_else(|| missing("PostgreSQL"))?.join("psql");
        let server = Self {
            stage,
            wire,
            database: Postgres::database(wire).ok_or_else(|| missing("PostgreSQL"))?,
            keyring: KeyringSession::start(Keyring::Unlocked)
                .ok_or_else(|| missing("gnome-keyring"))?,
            psql,
        };
        run(server.redwire().env("PASSWORD", USER.password).args(["-c", &server.create()]))?;
        Ok(server)
    }

    /// Runs SQL as the superuser.
    pub fn administer(&self, sql: &str) {
        self.database.administer(sql);
    }

    /// `redwire connect`, to which the caller adds what is to be done.
    pub fn connect(&self) -> Command {
        let mut command = self.redwire();
        command.args(["connect", NAME]);
        command
    }

    /// psql at the same server, with the same TLS; the caller adds what is to be done.
    pub fn psql(&self) -> Command {
        let mut command = self.stage.program(&self.psql);
        command
            .env("PGHOST", SERVER_NAME)
            .env("PGPORT", self.database.server().port().to_string())
            .env("PGDATABASE", self.database.name())
            .env("PGUSER", USER.name)
            .env("PGPASSWORD", USER.password)
            .args(["--no-psqlrc", "--quiet"]);
        match self.wire {
            Wire::Plain => command.env("PGSSLMODE", "disable"),
            Wire::Tls => command
                .env("PGSSLMODE", "verify-full")
                .env("PGSSLROOTCERT", self.database.server().authority()),
        };
        command
    }

    /// redwire with the keyring of the connection's password; the caller adds what is to be done.
    pub fn redwire(&self) -> Command {
        let mut address = OsString::from("unix:path=");
        address.push(self.keyring.socket());
        let mut command = self.stage.redwire();
        command.env("DBUS_SESSION_BUS_ADDRESS", address);
        command
    }

    fn create(&self) -> String {
        let options = match self.wire {
            Wire::Plain => "?sslmode=disable".to_owned(),
            // verify-full is the default.
            Wire::Tls => format!("?sslrootcert={}", self.database.server().authority().display()),
        };
        let url = self.database.url(SERVER_NAME, &options);
        format!(
            "CREATE OR REPLACE REDSHIFT CONNECTION {NAME} CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = ENV 'PASSWORD'",
            USER.name
        )
    }
}
