//! A session between client and backend: what the client asks is said in PostgreSQL's words, what
//! the backend answers in Redshift's.
//!
//! A refused statement still goes to the backend, as a word that it does not know, and its error
//! becomes Redshift's on the way back. So the order of the answers and the state of the transaction
//! are a real server's.

use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;

use super::Isolation;
use super::answers::answer;
use super::fault::{Fault, Faults, conflict};
use super::login::Begun;
use super::long_name::LongNames;
use super::message::Report;
use super::questions::Questions;
use super::rewrite::Rewritten;
use super::stream::Stream;

/// The beginning of a word that the backend does not know; a number follows.
pub const REFUSED: &str = "redshift_refusal_";

/// The state that both directions share.
pub struct Shared {
    /// The long names that were told.
    pub names: Arc<LongNames>,
    /// The isolation of transactions.
    pub isolation: Isolation,
    /// The state of the session.
    pub state: Mutex<State>,
}

/// The state of a session.
#[derive(Default)]
pub struct State {
    /// The errors for which the backend was given words that it does not know, by their numbers.
    pub refusals: Vec<Report>,
    /// The last text of the client's, and the backend's.
    pub text: Option<Rewritten>,
    /// True if a transaction is open, as the backend said last.
    pub in_transaction: bool,
    /// The progress of the answers to a COMMIT.
    pub commits: Commits,
    /// The client's share of the answer that is on its way.
    pub share: Share,
}

/// The progress of the answers to a COMMIT that the client did not ask for. The last of them has
/// this tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commits {
    /// There is none.
    #[default]
    None,
    /// They come after those of the statement with this command tag.
    Behind { command: &'static str, last: u8 },
    /// They come now.
    Here { command: &'static str, last: u8 },
}

/// The client's share of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    #[default]
    Whole,
    /// The answers to this many statements; the connection is lost at the end.
    Part(usize),
    /// All of it; the connection is lost at the end.
    Last,
    /// An error in its place.
    Error,
    /// Nothing.
    Nothing,
}

impl Share {
    /// The share that this fault leaves.
    pub fn under(fault: Option<Fault>) -> Self {
        match fault {
            Some(Fault::Answer) => Self::Part(0),
            Some(Fault::PartOfAnswer(statements)) => Self::Part(statements),
            Some(Fault::FalseError) => Self::Error,
            Some(Fault::Session) => Self::Last,
            Some(Fault::Unheard) => Self::Nothing,
            Some(Fault::Serialization | Fault::Conflict | Fault::Statement | Fault::Silence)
            | None => Self::Whole,
        }
    }
}

/// Serves a session to its end.
pub fn serve(begun: Begun, names: &Arc<LongNames>, faults: &Arc<Faults>, isolation: Isolation) {
    let Begun { client, backend } = begun;
    let shared = Arc::new(Shared {
        names: Arc::clone(names),
        isolation,
        state: Mutex::default(),
    });
    let ends = (client.clone(), backend.try_clone().expect("a handle"));
    let answers = {
        let (shared, client) = (Arc::clone(&shared), client.clone());
        let backend = backend.try_clone().expect("a handle");
        thread::spawn(move || {
            // The end of the connection ends the session; there is nobody to tell.
            let _ = answer(&shared, &backend, client);
            end(&ends);
        })
    };
    let mut questions =
        Questions::new(shared, Arc::clone(faults), backend.try_clone().expect("a handle"));
    let _ = questions.pass_on(client.clone());
    end(&(client, backend));
    let _ = answers.join();
}

fn end((client, backend): &(Stream, UnixStream)) {
    client.close();
    // It may be closed already.
    let _ = backend.shutdown(Shutdown::Both);
}

/// The error of a transaction that met another one, in the words of its isolation.
pub fn meeting(isolation: Isolation) -> Report {
    match isolation {
        Isolation::Snapshot => conflict(),
        Isolation::Serializable => serialization_failure(),
    }
}

/// The error of a transaction that no serial order explains.
pub fn serialization_failure() -> Report {
    Report::new("ERROR", "XX000", "1023").with(
        b'D',
        "Serializable isolation violation on table - 119371, transactions forming the cycle are: 1745830, 1745762 (pid:15021)",
    )
}
