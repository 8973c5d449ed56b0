//! The way from the backend to the client: what the backend answers is said in Redshift's words.

use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::net::UnixStream;

use super::login::{plain, report};
use super::long_name::LongNames;
use super::message::{Message, Report};
use super::refusal::syntax_error;
use super::relay::{Commits, REFUSED, Shared, State, serialization_failure};
use super::stream::Stream;

/// Passes on what the backend answers, to its end or to where the connection is to be lost.
pub fn answer(shared: &Shared, backend: &UnixStream, client: Stream) -> io::Result<()> {
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
    /// The client's version of the backend's message; None if the client gets nothing.
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
                Commits::Behind { last }
                    if tag == b'C' && message.body.starts_with(b"TRUNCATE") =>
                {
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
        let refused = refused
            .and_then(|rest| rest.strip_prefix(REFUSED)?.strip_suffix('"')?.parse::<usize>().ok());
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
