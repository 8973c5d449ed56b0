//! Faults on demand.

use std::sync::Mutex;

use super::message::Report;
use super::relay::serialization_failure;

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The transaction meets another one: XX000 with the message 1023. Of several statements in one
    /// message, the last before COMMIT fails.
    Serialization,
    /// The same, in the words of a conflict between snapshots.
    Conflict,
    /// The connection is lost before the server sees the message.
    Statement,
    /// The server runs the message to its end, and the connection is lost before its answer.
    Answer,
    /// As `Answer`, but the client sees the answers to this many statements of the message.
    PartOfAnswer(usize),
    /// The server runs the message to its end, and the client gets XX000 in place of the answer.
    FalseError,
    /// The answer arrives, and then the connection is lost.
    Session,
    /// The server never sees the message, and the client never hears of it.
    Silence,
    /// The server runs the message to its end, and the client never hears of it. The connection
    /// stays, so that a test can kill the client while it waits.
    Unheard,
}

impl Fault {
    /// The error of a statement that the server does not carry out.
    pub fn error(self) -> Option<Report> {
        match self {
            Self::Serialization => Some(serialization_failure()),
            Self::Conflict => Some(conflict()),
            Self::Statement
            | Self::Answer
            | Self::PartOfAnswer(_)
            | Self::FalseError
            | Self::Session
            | Self::Silence
            | Self::Unheard => None,
        }
    }
}

/// The error of a transaction whose snapshot is older than a row that it writes.
pub fn conflict() -> Report {
    let message = "could not complete because of conflict with concurrent transaction";
    Report::new("ERROR", "XX000", message)
}

/// The message that a fault waits for. A prepared statement counts as one message when it is
/// parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The next one with this text.
    Text(String),
    /// The one with this number; 1 is the next one, of whatever session.
    Number(usize),
}

impl From<&str> for Place {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<usize> for Place {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

/// The faults still to come, and the messages seen so far.
#[derive(Default)]
pub struct Faults {
    plan: Mutex<Plan>,
}

#[derive(Default)]
struct Plan {
    waiting: Vec<(Fault, Place)>,
    seen: Vec<String>,
}

impl Faults {
    /// Lets this message go wrong, in whatever session it comes.
    pub fn inject(&self, fault: Fault, place: Place) {
        let mut plan = self.plan.lock().expect("no panic");
        let place = match place {
            Place::Number(number) => Place::Number(plan.seen.len() + number),
            text @ Place::Text(_) => text,
        };
        plan.waiting.push((fault, place));
    }

    /// True if no fault is left.
    pub fn are_over(&self) -> bool {
        self.plan.lock().expect("no panic").waiting.is_empty()
    }

    /// The messages seen so far.
    pub fn seen(&self) -> Vec<String> {
        self.plan.lock().expect("no panic").seen.clone()
    }

    /// The fault for this message, which is then used up.
    pub fn take(&self, sql: &str) -> Option<Fault> {
        let mut plan = self.plan.lock().expect("no panic");
        plan.seen.push(sql.to_owned());
        let number = plan.seen.len();
        let place = plan.waiting.iter().position(|(_, place)| match place {
            Place::Text(text) => sql.contains(text),
            Place::Number(waited) => *waited == number,
        })?;
        Some(plan.waiting.remove(place).0)
    }
}
