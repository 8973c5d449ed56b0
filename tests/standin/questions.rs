//! The way from the client to the backend: what the client asks is said in PostgreSQL's words.

use std::collections::HashMap;
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, MutexGuard};

use super::fault::{Fault, Faults};
use super::message::{Message, strings};
use super::relay::{Commits, Share, Shared, State};
use super::rewrite::{RewriteContext, TRUNCATE, rewrite};
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
        let fault = self.faults.take(&sql);
        if let Some(Fault::Statement | Fault::Silence) = fault {
            return give_up(fault);
        }
        let text = {
            let mut state = self.state();
            state.share = Share::under(fault);
            let context = RewriteContext {
                names: &self.shared.names,
                is_simple: true,
                in_transaction: state.in_transaction,
                failure: fault.and_then(Fault::error),
            };
            let rewritten = rewrite(&sql, &context, &mut state.refusals);
            if let Some(command) = rewritten.commits_after {
                state.commits = Commits::Behind { command, last: b'C' };
            }
            let text = rewritten.sql.clone();
            state.text = Some(rewritten);
            text
        };
        Message::query(&text).write(&mut self.backend)
    }

    fn parse(&mut self, message: &Message) -> io::Result<()> {
        let texts = message.strings_from(0);
        let (Some(name), Some(sql)) = (texts.first(), texts.get(1)) else {
            return message.write(&mut self.backend);
        };
        let rest = &message.body[name.len() + sql.len() + 2..];
        let fault = self.faults.take(sql);
        if let Some(Fault::Statement | Fault::Silence) = fault {
            return give_up(fault);
        }
        let (text, truncates) = {
            let mut state = self.state();
            let context = RewriteContext {
                names: &self.shared.names,
                is_simple: false,
                in_transaction: state.in_transaction,
                failure: fault.and_then(Fault::error),
            };
            let rewritten = rewrite(sql, &context, &mut state.refusals);
            let parts = (rewritten.sql.clone(), rewritten.commits_after.is_some());
            state.text = Some(rewritten);
            parts
        };
        self.prepared.insert(name.clone(), Prepared { truncates, fault });
        let body = [strings(&[name, &text]), rest.to_vec()].concat();
        Message::new(b'P', body).write(&mut self.backend)
    }

    fn execute(&mut self, message: &Message) -> io::Result<()> {
        let portal = message.strings_from(0).into_iter().next().unwrap_or_default();
        let prepared = self.portals.get(&portal).copied().unwrap_or_default();
        if prepared.fault.is_some() {
            self.state().share = Share::under(prepared.fault);
        }
        message.write(&mut self.backend)?;
        let commits = prepared.truncates && self.state().in_transaction;
        if commits {
            self.state().commits = Commits::Behind { command: TRUNCATE, last: b'3' };
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("no panic")
    }
}

/// A statement that nobody answers: the session ends here, or waits for the client to leave.
fn give_up(fault: Option<Fault>) -> io::Result<()> {
    if fault == Some(Fault::Silence) {
        Ok(())
    } else {
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}
