//! The place where a scenario runs: a connection called `live` in a home of its own, and a schema.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::process::{Command, Stdio};

use crate::standin::StandIn;
use crate::support::certificates::SERVER_NAME;
use crate::support::home::{Home, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{Database, MD5_USER, Postgres, User, Wire};

/// Makes a test of each scenario on PostgreSQL.
macro_rules! on_postgres {
    ($($name:ident),*) => {
        mod on_postgres {
            $(#[test]
            fn $name() {
                if let Some(target) = $crate::live::target::Target::postgres() {
                    super::$name(&target);
                }
            })*
        }
    };
}

/// Makes a test of each scenario on the stand-in and, ignored where there is none, on a Redshift.
macro_rules! on_redshift {
    ($($name:ident),*) => {
        mod on_stand_in {
            $(#[test]
            fn $name() {
                if let Some(target) = $crate::live::target::Target::stand_in() {
                    super::$name(&target);
                }
            })*
        }

        mod on_redshift {
            $(#[test]
            #[ignore = "not run: no Redshift (set REDWIRE_LIVE_URL, REDWIRE_LIVE_USER and REDWIRE_LIVE_PASSWORD)"]
            fn $name() {
                super::$name(&$crate::live::target::Target::of_environment());
            })*
        }
    };
}

/// A server with a way to it. Dropping it drops the schema.
pub struct Target {
    home: Home,
    schema: String,
    /// Ends after the schema is dropped.
    _server: Server,
}

/// The server, which must live as long as the target.
enum Server {
    Postgres { _database: Database },
    StandIn { _stand_in: StandIn },
    Elsewhere,
}

impl Target {
    /// PostgreSQL under TLS, with the login of users whose password was set in plain text.
    pub fn postgres() -> Option<Self> {
        let database = Postgres::database(Wire::Tls)?;
        let authority = database.server().authority();
        let url = database.url(SERVER_NAME, &format!("?sslrootcert={}", authority.display()));
        let server = Server::Postgres { _database: database };
        Some(Self::new(&url, &Login::of(MD5_USER), server))
    }

    /// The stand-in under TLS, with the login of users whose password was set in plain text: psql
    /// knows no other of Redshift's.
    pub fn stand_in() -> Option<Self> {
        let stand_in = StandIn::start(Wire::Tls)?;
        let url =
            stand_in.url(SERVER_NAME, &format!("?sslrootcert={}", stand_in.authority().display()));
        let server = Server::StandIn { _stand_in: stand_in };
        Some(Self::new(&url, &Login::of(MD5_USER), server))
    }

    /// The target that the environment names.
    pub fn of_environment() -> Self {
        let get = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
        let login = Login {
            name: get("REDWIRE_LIVE_USER"),
            password: get("REDWIRE_LIVE_PASSWORD"),
        };
        Self::new(&get("REDWIRE_LIVE_URL"), &login, Server::Elsewhere)
    }

    fn new(url: &str, login: &Login, server: Server) -> Self {
        let target = Self {
            home: Home::with_light_vault(),
            schema: format!("redwire_live_{:016x}", RandomState::new().build_hasher().finish()),
            _server: server,
        };
        target.create("live", url, login, "");
        // One session at most, so that a scenario can see that the limit holds.
        target.create("single", url, login, "MAX_CONCURRENT_CONNECTIONS = 1");
        target.csv(&format!("CREATE SCHEMA {}", target.schema));
        target
    }

    fn create(&self, name: &str, url: &str, login: &Login, options: &str) {
        let quoted = |text: &str| text.replace('\'', "''");
        let create = format!(
            "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = '{}' USER_NAME = '{}' PASSWORD = ENV 'LIVE' {options}",
            quoted(url),
            quoted(&login.name)
        );
        let run = self.redwire(&["-c", &create]).env("LIVE", &login.password);
        run.run().status(0);
    }

    /// The schema that is the scenario's own.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// redwire with these arguments.
    pub fn redwire(&self, arguments: &[&str]) -> Run {
        let run = self.home.redwire(STORE);
        run.args(arguments).env(PASSPHRASE.0, PASSPHRASE.1)
    }

    /// `redwire connect live` with these arguments.
    pub fn connect(&self, arguments: &[&str]) -> Run {
        self.redwire(&["connect", "live"]).args(arguments)
    }

    /// `redwire connect` with the connection that allows one session, as a child whose streams are
    /// the test's.
    pub fn spawn_single(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.interruptible();
        command
            .env(PASSPHRASE.0, PASSPHRASE.1)
            .args(STORE)
            .args(["connect", "single"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Writes a script in the home, for `-f`.
    pub fn write(&self, name: &str, script: &str) {
        self.home.write(name, script);
    }

    /// The output of a script as CSV; the script must succeed.
    #[track_caller]
    pub fn csv(&self, script: &str) -> String {
        let run = self.connect(&["--format", "csv"]).stdin(format!("{script};\n"));
        run.run().status(0).out
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let sql = format!("DROP SCHEMA {} CASCADE", self.schema);
        let dropped = self.connect(&["-c", &sql]).run();
        // A second panic would hide the first.
        assert!(dropped.status == 0 || std::thread::panicking(), "{dropped:?}");
    }
}

/// The user who logs in.
struct Login {
    name: String,
    password: String,
}

impl Login {
    fn of(user: User) -> Self {
        Self {
            name: user.name.to_owned(),
            password: user.password.to_owned(),
        }
    }
}
