//! A stand-in for Redshift: a proxy before PostgreSQL that answers as Redshift does, as far as that
//! is known.
//!
//! It is no proof of anything about Redshift. DIVERGENCES.md lists what it imitates, with the
//! source of each rule, and what it does not. redwire never asks whether it talks to it.

mod answers;
pub mod aws;
mod create_table;
mod error_words;
mod fault;
mod lexical;
mod login;
mod long_name;
mod merge;
mod message;
mod questions;
mod refusal;
mod relay;
mod rewrite;
mod stream;
mod temporary_login;

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use rustls::ServerConfig;
use tempfile::TempDir;

use self::aws::Aws;
use self::fault::Faults;
pub use self::fault::{Fault, Place};
use self::long_name::LongNames;
use self::stream::Stream;
use crate::support::certificates::{Authority, SERVER_NAME};
use crate::support::postgres::{
    CLEAR_USER, DIGEST_USER, Database, MD5_USER, Postgres, User, Wire, psql_at,
};

/// The database that is copied for every stand-in.
const TEMPLATE: &str = "redshift";

/// A user who logs in with a token (code 14), which only AWS's own drivers can get.
pub const TOKEN_USER: User = User {
    name: "token_user",
    password: "token",
    method: "reject",
};

/// A user's way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// The password in clear text, code 3.
    Clear,
    /// The MD5 of it, code 5.
    Md5,
    /// Redshift's own digest, code 13.
    Digest,
    /// A token, code 14.
    Token,
}

/// A user of the stand-in.
#[derive(Clone, Copy, Debug)]
struct Account {
    user: User,
    method: Method,
}

const ACCOUNTS: &[Account] = &[
    Account { user: CLEAR_USER, method: Method::Clear },
    Account { user: MD5_USER, method: Method::Md5 },
    Account {
        user: DIGEST_USER,
        method: Method::Digest,
    },
    Account { user: TOKEN_USER, method: Method::Token },
];

/// The isolation of transactions, which a Redshift has by its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// The default of a new one.
    Snapshot,
    /// The default of an older one.
    Serializable,
}

/// The address of PostgreSQL, the isolation of its sessions and the temporary passwords.
struct Backend {
    socket: PathBuf,
    isolation: Isolation,
    logins: Arc<OnceLock<PathBuf>>,
}

impl Backend {
    fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(&self.socket)
    }
}

/// One stand-in, with a database of its own. Dropping it ends its sessions.
pub struct StandIn {
    port: u16,
    folder: TempDir,
    faults: Arc<Faults>,
    sessions: Arc<Sessions>,
    database: Database,
    logins: Arc<OnceLock<PathBuf>>,
}

/// The clients that are connected.
#[derive(Default)]
struct Sessions {
    is_over: AtomicBool,
    clients: Mutex<Vec<Stream>>,
}

impl StandIn {
    /// Starts one with snapshot isolation. None where this machine lacks PostgreSQL: then it says
    /// so, and panics where CI=true.
    pub fn start(wire: Wire) -> Option<Self> {
        Self::start_with(wire, Isolation::Snapshot)
    }

    /// Starts one with this isolation.
    pub fn start_with(wire: Wire, isolation: Isolation) -> Option<Self> {
        let server = Postgres::start(Wire::Plain)?;
        let database = server.copy_of(template(server));
        let folder = TempDir::with_prefix("redwire-standin-").expect("a folder");
        let tls = (wire == Wire::Tls).then(|| {
            let authority = Authority::new("redwire stand-in");
            authority.write(&folder.path().join("authority.pem"));
            stream::tls_settings(&authority.sign(SERVER_NAME))
        });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let standin = Self {
            port: listener.local_addr().expect("its address").port(),
            folder,
            faults: Arc::default(),
            sessions: Arc::default(),
            database,
            logins: Arc::default(),
        };
        standin.listen(listener, tls, server.socket(), isolation);
        Some(standin)
    }

    /// The port at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The database behind it, to look at and change from the other side.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The certificate of the authority that signed the stand-in's, for `sslrootcert`; only with
    /// [`Wire::Tls`].
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// The URL as redwire takes it, by this host name and with these options (`?sslmode=disable`,
    /// or nothing).
    pub fn url(&self, host: &str, options: &str) -> String {
        format!("jdbc:redshift://{host}:{}/{}{options}", self.port, self.database.name())
    }

    /// psql as this user, with nothing of the test's environment but PATH.
    pub fn psql(&self, user: User) -> Command {
        psql_at(self.port, self.database.name(), user)
    }

    /// Lets users in by the passwords that AWS's stand-in gives out.
    pub fn take_logins_of(&self, aws: &Aws) {
        self.logins.set(aws.logins()).expect("it is called once");
    }

    /// Lets a message go wrong, in whatever session it comes: the next one with this text, or the
    /// one with this number, where 1 is the next. Each call is for one message.
    pub fn inject(&self, fault: Fault, place: impl Into<Place>) {
        self.faults.inject(fault, place.into());
    }

    /// The messages with SQL that came so far, of all sessions, in their order.
    pub fn messages(&self) -> Vec<String> {
        self.faults.seen()
    }

    /// True if every fault has begun.
    pub fn are_faults_over(&self) -> bool {
        self.faults.are_over()
    }

    fn listen(
        &self,
        listener: TcpListener,
        tls: Option<Arc<ServerConfig>>,
        socket: PathBuf,
        isolation: Isolation,
    ) {
        let (faults, sessions) = (Arc::clone(&self.faults), Arc::clone(&self.sessions));
        let logins = Arc::clone(&self.logins);
        let names = Arc::new(LongNames::default());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if sessions.is_over.load(Ordering::Acquire) {
                    return;
                }
                let client = Stream::new(client);
                sessions.clients.lock().expect("no panic").push(client.clone());
                let backend = Backend {
                    socket: socket.clone(),
                    isolation,
                    logins: Arc::clone(&logins),
                };
                let (tls, names, faults) = (tls.clone(), Arc::clone(&names), Arc::clone(&faults));
                thread::spawn(move || {
                    // A client that leaves in the middle of its login is no fault of the test's.
                    if let Ok(Some(begun)) =
                        login::begin(client.clone(), tls.as_ref(), ACCOUNTS, &backend)
                    {
                        relay::serve(begun, &names, &faults, isolation);
                    }
                    client.close();
                });
            }
        });
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.sessions.is_over.store(true, Ordering::Release);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        for client in self.sessions.clients.lock().expect("no panic").iter() {
            client.close();
        }
    }
}

/// The database with Redshift's views, made once.
fn template(server: &Postgres) -> &'static str {
    static MADE: OnceLock<()> = OnceLock::new();
    MADE.get_or_init(|| {
        server.administer(&format!("CREATE DATABASE {TEMPLATE}"));
        server.administer_at(TEMPLATE, include_str!("views.sql"));
    });
    TEMPLATE
}
