//! A session between client and backend: what the client asks is said in PostgreSQL's words, what
//! the backend answers in Redshift's.
//!
//! What is refused still goes to the backend, as a word that it cannot parse, and its error becomes
//! Redshift's on the way back. So the order of the answers and the state of the transaction are a
//! real server's.

use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;

use super::answers::answer;
use super::fault::Faults;
use super::login::Begun;
use super::long_name::LongNames;
use super::message::Report;
use super::questions::Questions;
use super::stream::Stream;

/// The beginning of a word that the backend cannot parse; a number follows.
pub const REFUSED: &str = "redshift_refusal_";

/// The state that both directions share.
pub struct Shared {
    /// The long names that were told.
    pub names: Arc<LongNames>,
    /// The state of the session.
    pub state: Mutex<State>,
}

/// The state of a session.
#[derive(Default)]
pub struct State {
    /// The errors for which the backend was given words that it cannot parse, by their numbers.
    pub refusals: Vec<Report>,
    /// The last text of the client's, where the backend got one of the same length.
    pub sql: Option<String>,
    /// True if a transaction is open, as the backend said last.
    pub in_transaction: bool,
    /// The progress of the answers to a COMMIT.
    pub commits: Commits,
    /// The client never hears the answer that is on its way.
    pub answer_is_lost: bool,
}

/// The progress of the answers to a COMMIT that the client did not ask for. The last of them has
/// this tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commits {
    /// There is none.
    #[default]
    None,
    /// They come after the TRUNCATE's.
    Behind { last: u8 },
    /// They come now.
    Here { last: u8 },
}

/// Serves a session to its end.
pub fn serve(begun: Begun, names: &Arc<LongNames>, faults: &Arc<Faults>) {
    let Begun { client, backend } = begun;
    let shared = Arc::new(Shared {
        names: Arc::clone(names),
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

/// The error of a transaction that met another one.
pub fn serialization_failure() -> Report {
    Report::new("ERROR", "XX000", "1023").with(
        b'D',
        "Serializable isolation violation on table - 119371, transactions forming the cycle are: 1745830, 1745762 (pid:15021)",
    )
}
