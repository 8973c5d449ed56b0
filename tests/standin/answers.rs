//! The way from the backend to the client: what the backend answers is said in Redshift's words.

use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::net::UnixStream;

use super::Isolation;
use super::error_words::in_redshifts_words;
use super::login::{plain, report};
use super::long_name::LongNames;
use super::message::{Message, Report, strings};
use super::refusal::syntax_error;
use super::relay::{Commits, REFUSED, Share, Shared, State};
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
        let share = state.share;
        let translated = state.translate(message, shared.isolation);
        match (share, is_ready) {
            (Share::Part(0) | Share::Error, false) | (Share::Nothing, _) => continue,
            (Share::Part(_), true) => return client.flush(),
            (Share::Part(statements), false) => {
                if translated.as_ref().is_some_and(|message| message.tag == b'C') {
                    state.share = Share::Part(statements - 1);
                }
            }
            (Share::Error, true) => {
                state.share = Share::Whole;
                client.write_all(&false_error().message(b'E').bytes())?;
            }
            (Share::Whole | Share::Last, _) => {}
        }
        drop(state);
        if let Some(message) = translated {
            client.write_all(&restore(message, &shared.names).bytes())?;
        }
        if is_ready && share == Share::Last {
            return client.flush();
        }
        if backend.buffer().is_empty() {
            client.flush()?;
        }
    }
    client.flush()
}

/// The error for a message that the server carried out.
fn false_error() -> Report {
    Report::new("ERROR", "XX000", "Query unexpectedly failed")
}

impl State {
    /// The client's version of the backend's message; None if the client gets nothing.
    fn translate(&mut self, message: Message, isolation: Isolation) -> Option<Message> {
        match message.tag {
            b'E' => {
                self.commits = Commits::None;
                Some(self.error(Report::parse(&message), isolation).message(b'E'))
            }
            b'Z' => {
                self.commits = Commits::None;
                Some(message)
            }
            tag => match self.commits {
                Commits::Here { command, last } => {
                    if tag == last {
                        // A second TRUNCATE of the same query has a COMMIT of its own.
                        self.commits = Commits::Behind { command, last };
                    }
                    None
                }
                Commits::Behind { command, last }
                    if tag == b'C' && message.body.starts_with(command.as_bytes()) =>
                {
                    self.commits = Commits::Here { command, last };
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
            b'C' if message.body.starts_with(b"SELECT ") => {
                Some(Message::new(b'C', strings(&["SELECT"])))
            }
            _ => Some(message),
        }
    }

    fn error(&self, report: Report, isolation: Isolation) -> Report {
        if let Some(refusal) = self.refusal(report.get(b'M')) {
            return refusal.clone();
        }
        if let Some(report) = in_redshifts_words(&report, isolation) {
            return report;
        }
        let place = report.get(b'P').parse().ok();
        let (Some(text), Some(place)) = (&self.text, place) else {
            return plain(report);
        };
        let place = text.place(place);
        if report.get(b'C') == "42601" && report.get(b'M').starts_with("syntax error at or near") {
            return syntax_error(&text.original, place);
        }
        let position = text.original[..place].chars().count() + 1;
        plain(report.with(b'P', position.to_string()))
    }

    /// The error that stands behind the word in a message of the backend's.
    fn refusal(&self, message: &str) -> Option<&Report> {
        let number = message.split(REFUSED).nth(1)?.split('"').next()?;
        self.refusals.get(number.parse::<usize>().ok()?)
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
