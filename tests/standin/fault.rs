//! Faults on demand.

use std::sync::Mutex;

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The transaction meets another one: XX000 with the message 1023.
    Serialization,
    /// The connection is lost before the server sees the statement.
    Statement,
    /// The server runs the statement to its end, and the connection is lost before its answer.
    Answer,
    /// The server never sees the statement, and the client never hears of it.
    Silence,
}

/// The faults still to come.
#[derive(Default)]
pub struct Faults {
    waiting: Mutex<Vec<(Fault, String)>>,
}

impl Faults {
    /// Lets the next statement that has this text in it go wrong, in whatever session.
    pub fn inject(&self, fault: Fault, text: &str) {
        self.waiting.lock().expect("no panic").push((fault, text.to_owned()));
    }

    /// True if no fault is left.
    pub fn are_over(&self) -> bool {
        self.waiting.lock().expect("no panic").is_empty()
    }

    /// The fault for this statement, which is then used up.
    pub fn take(&self, sql: &str) -> Option<Fault> {
        let mut waiting = self.waiting.lock().expect("no panic");
        let place = waiting.iter().position(|(_, text)| sql.contains(text))?;
        Some(waiting.remove(place).0)
    }
}
