//! A session between client and backend: what the client asks is said in PostgreSQL's words, what the backend answers in
//! Redshift's.
//!
//! What is refused still goes to the backend, as a word that it cannot parse, and its error becomes Redshift's on the
//! way back. So the order of the answers and the state of the transaction are a real server's.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;

use super::fault::{Fault, Faults};
use super::login::{Begun, plain, report};
use super::long_name::LongNames;
use super::message::{Message, Report, strings};
use super::refusal::syntax_error;
use super::rewrite::{Rewritten, rewrite};
use super::stream::Stream;

/// What the backend cannot parse, with a number behind it.
const REFUSED: &str = "redshift_refusal_";

/// The name of the statement and the portal that commit after a TRUNCATE.
const COMMIT: &str = "redshift_commit";

/// What both directions know.
struct Shared {
    names: Arc<LongNames>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    refusals: Vec<Report>,
    /// The last text of the client's, where the backend got one of the same length.
    sql: Option<String>,
    in_transaction: bool,
    commits: Commits,
    /// The client never hears the answer that is on its way.
    answer_is_lost: bool,
}

/// Where the answers to a COMMIT are that the client did not ask for. The last of them has this tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Commits {
    /// There is none.
    #[default]
    None,
    /// They come after the TRUNCATE's.
    Behind { last: u8 },
    /// They come now.
    Here { last: u8 },
}

/// What is known of a prepared statement.
#[derive(Clone, Copy, Default)]
struct Prepared {
    truncates: bool,
    fault: Option<Fault>,
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
    let mut questions = Questions {
        shared,
        faults: Arc::clone(faults),
        backend: backend.try_clone().expect("a handle"),
        prepared: HashMap::new(),
        portals: HashMap::new(),
    };
    let _ = questions.pass_on(client.clone());
    end(&(client, backend));
    let _ = answers.join();
}

fn end((client, backend): &(Stream, UnixStream)) {
    client.close();
    // It may be closed already.
    let _ = backend.shutdown(Shutdown::Both);
}

/// The way from the client to the backend.
struct Questions {
    shared: Arc<Shared>,
    faults: Arc<Faults>,
    backend: UnixStream,
    prepared: HashMap<String, Prepared>,
    portals: HashMap<String, Prepared>,
}

impl Questions {
    fn pass_on(&mut self, client: Stream) -> io::Result<()> {
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
            Some(Fault::Serialization) => return self.refuse(serialization_failure()).write(&mut self.backend),
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

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().expect("no panic")
    }
}

/// A statement that nobody answers: the session ends here, or waits for the client to leave.
fn give_up(fault: Fault) -> io::Result<()> {
    match fault {
        Fault::Silence => Ok(()),
        Fault::Statement | Fault::Answer | Fault::Serialization => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// The error of a transaction that met another one.
fn serialization_failure() -> Report {
    Report::new("ERROR", "XX000", "1023").with(
        b'D',
        "Serializable isolation violation on table - 119371, transactions forming the cycle are: 1745830, 1745762 (pid:15021)",
    )
}

/// The way from the backend to the client.
fn answer(shared: &Shared, backend: &UnixStream, client: Stream) -> io::Result<()> {
    let mut backend = BufReader::with_capacity(1 << 16, backend);
    let mut client = BufWriter::with_capacity(1 << 16, client);
    while let Some(message) = Message::read(&mut backend)? {
        let mut state = shared.state.lock().expect("no panic");
        let is_ready = message.tag == b'Z';
        if is_ready {
            state.in_transaction = message.body != b"I";
        }
        if state.answer_is_lost {
            if is_ready {
                return Ok(());
            }
            continue;
        }
        let translated = state.translate(message);
        drop(state);
        if let Some(message) = translated {
            client.write_all(&restore(message, &shared.names).bytes())?;
        }
        if backend.buffer().is_empty() {
            client.flush()?;
        }
    }
    client.flush()
}

impl State {
    /// What the client hears of the backend's message; None where it hears nothing.
    fn translate(&mut self, message: Message) -> Option<Message> {
        match message.tag {
            b'E' => {
                self.commits = Commits::None;
                Some(self.error(Report::parse(&message)).message(b'E'))
            }
            b'Z' => {
                self.commits = Commits::None;
                Some(message)
            }
            tag => match self.commits {
                Commits::Here { last } => {
                    if tag == last {
                        // A second TRUNCATE of the same query has a COMMIT of its own.
                        self.commits = Commits::Behind { last };
                    }
                    None
                }
                Commits::Behind { last } if tag == b'C' && message.body.starts_with(b"TRUNCATE") => {
                    self.commits = Commits::Here { last };
                    Some(message)
                }
                Commits::None | Commits::Behind { .. } => Self::plain(message),
            },
        }
    }

    fn plain(message: Message) -> Option<Message> {
        match message.tag {
            b'N' => Some(plain(Report::parse(&message)).message(b'N')),
            b'S' => report(&message),
            _ => Some(message),
        }
    }

    fn error(&self, report: Report) -> Report {
        let refused = report.get(b'M').strip_prefix("syntax error at or near \"");
        let refused = refused.and_then(|rest| rest.strip_prefix(REFUSED)?.strip_suffix('"')?.parse::<usize>().ok());
        if let Some(refusal) = refused.and_then(|number| self.refusals.get(number)) {
            return refusal.clone();
        }
        if report.get(b'C') == "40001" {
            return serialization_failure();
        }
        let place = report.get(b'P').parse::<usize>().ok();
        if let (Some(sql), Some(place), "42601") = (&self.sql, place, report.get(b'C')) {
            let place = sql.char_indices().nth(place - 1).map_or(sql.len(), |(place, _)| place);
            if report.get(b'M').starts_with("syntax error at or near") {
                return syntax_error(sql, place);
            }
        }
        plain(report)
    }
}

/// The message with long names in the place of the short ones.
fn restore(message: Message, names: &LongNames) -> Message {
    let body = match message.tag {
        b'D' => restore_row(&message.body, names),
        b'T' | b'E' | b'N' | b'C' => names.restore(&message.body),
        _ => None,
    };
    match body {
        Some(body) => Message::new(message.tag, body),
        None => message,
    }
}

fn restore_row(body: &[u8], names: &LongNames) -> Option<Vec<u8>> {
    names.restore(body)?;
    let (count, mut rest) = body.split_at(2);
    let mut row = count.to_vec();
    while let Some((length, behind)) = rest.split_first_chunk() {
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
            row.extend((-1_i32).to_be_bytes());
            rest = behind;
            continue;
        };
        let (value, behind) = behind.split_at_checked(length)?;
        let value = names.restore(value).unwrap_or_else(|| value.to_vec());
        row.extend(u32::try_from(value.len()).ok()?.to_be_bytes());
        row.extend(value);
        rest = behind;
    }
    Some(row)
}
