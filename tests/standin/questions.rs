//! The way from the client to the backend: what the client asks is said in PostgreSQL's words.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, MutexGuard};

use super::fault::{Fault, Faults};
use super::message::{Message, Report, strings};
use super::relay::{Commits, REFUSED, Shared, State, serialization_failure};
use super::rewrite::{Rewritten, rewrite};
use super::stream::Stream;

/// The name of the statement and the portal that commit after a TRUNCATE.
const COMMIT: &str = "redshift_commit";

/// The known facts about a prepared statement.
#[derive(Clone, Copy, Default)]
struct Prepared {
    truncates: bool,
    fault: Option<Fault>,
}

/// The client's questions, on their way.
pub struct Questions {
    shared: Arc<Shared>,
    faults: Arc<Faults>,
    backend: UnixStream,
    prepared: HashMap<String, Prepared>,
    portals: HashMap<String, Prepared>,
}

impl Questions {
    /// The way to this backend.
    pub fn new(shared: Arc<Shared>, faults: Arc<Faults>, backend: UnixStream) -> Self {
        Self {
            shared,
            faults,
            backend,
            prepared: HashMap::new(),
            portals: HashMap::new(),
        }
    }

    /// Passes on what the client asks, to its end.
    pub fn pass_on(&mut self, client: Stream) -> io::Result<()> {
        let mut client = BufReader::new(client);
        while let Some(message) = Message::read(&mut client)? {
            match message.tag {
                b'Q' => self.query(&message)?,
                b'P' => self.parse(&message)?,
                b'B' => {
                    let names = message.strings_from(0);
                    let statement = names.get(1).and_then(|name| self.prepared.get(name)).copied();
                    let portal = names.into_iter().next().unwrap_or_default();
                    self.portals.insert(portal, statement.unwrap_or_default());
                    message.write(&mut self.backend)?;
                }
                b'E' => self.execute(&message)?,
                _ => message.write(&mut self.backend)?,
            }
        }
        Ok(())
    }

    fn query(&mut self, message: &Message) -> io::Result<()> {
        let sql = message.strings_from(0).into_iter().next().unwrap_or_default();
        match self.faults.take(&sql) {
            Some(Fault::Answer) => self.state().answer_is_lost = true,
            Some(Fault::Serialization) => {
                return self.refuse(serialization_failure()).write(&mut self.backend);
            }
            Some(fault) => return give_up(fault),
            None => {}
        }
        match rewrite(&sql, true, &self.shared.names) {
            Ok(rewritten) => {
                if rewritten.truncates {
                    self.state().commits = Commits::Behind { last: b'C' };
                }
                self.note(sql, &rewritten);
                Message::query(&rewritten.sql)
            }
            Err(report) => self.refuse(report),
        }
        .write(&mut self.backend)
    }

    fn parse(&mut self, message: &Message) -> io::Result<()> {
        let texts = message.strings_from(0);
        let (Some(name), Some(sql)) = (texts.first(), texts.get(1)) else {
            return message.write(&mut self.backend);
        };
        let rest = &message.body[name.len() + sql.len() + 2..];
        let fault = self.faults.take(sql);
        match fault {
            Some(Fault::Serialization) => {
                return self.refuse_parse(serialization_failure(), name, rest);
            }
            Some(Fault::Answer) | None => {}
            Some(fault) => return give_up(fault),
        }
        match rewrite(sql, false, &self.shared.names) {
            Ok(rewritten) => {
                let truncates = rewritten.truncates;
                self.prepared.insert(name.clone(), Prepared { truncates, fault });
                self.note(sql.clone(), &rewritten);
                let body = [strings(&[name, &rewritten.sql]), rest.to_vec()].concat();
                Message::new(b'P', body).write(&mut self.backend)
            }
            Err(report) => self.refuse_parse(report, name, rest),
        }
    }

    fn execute(&mut self, message: &Message) -> io::Result<()> {
        let portal = message.strings_from(0).into_iter().next().unwrap_or_default();
        let prepared = self.portals.get(&portal).copied().unwrap_or_default();
        if prepared.fault == Some(Fault::Answer) {
            self.state().answer_is_lost = true;
        }
        message.write(&mut self.backend)?;
        let commits = prepared.truncates && self.state().in_transaction;
        if commits {
            self.state().commits = Commits::Behind { last: b'3' };
            for message in [
                Message::new(b'P', [strings(&[COMMIT, "COMMIT"]), vec![0, 0]].concat()),
                Message::new(b'B', [strings(&[COMMIT, COMMIT]), vec![0; 6]].concat()),
                Message::new(b'E', [strings(&[COMMIT]), vec![0; 4]].concat()),
                Message::new(b'C', [b"S".to_vec(), strings(&[COMMIT])].concat()),
            ] {
                message.write(&mut self.backend)?;
            }
        }
        Ok(())
    }

    fn note(&self, sql: String, rewritten: &Rewritten) {
        self.state().sql = (sql.len() == rewritten.sql.len()).then_some(sql);
    }

    fn refuse_parse(&self, report: Report, name: &str, rest: &[u8]) -> io::Result<()> {
        let sql = self.refuse(report).strings_from(0).concat();
        let body = [strings(&[name, &sql]), rest.to_vec()].concat();
        Message::new(b'P', body).write(&mut &self.backend)
    }

    /// A statement for the backend, whose error becomes this one.
    fn refuse(&self, report: Report) -> Message {
        let mut state = self.state();
        state.refusals.push(report);
        Message::query(&format!("{REFUSED}{}", state.refusals.len() - 1))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("no panic")
    }
}

/// A statement that nobody answers: the session ends here, or waits for the client to leave.
fn give_up(fault: Fault) -> io::Result<()> {
    match fault {
        Fault::Silence => Ok(()),
        Fault::Statement | Fault::Answer | Fault::Serialization => {
            Err(io::ErrorKind::ConnectionAborted.into())
        }
    }
}
