//! The note beside a slot: its holder, the time, the purpose, and the session at the server.
//!
//! Never a secret: only the program's name is kept from a child's command line, which may contain
//! one.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::path::Path;

use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};

/// The maximum length of a text in a note.
const MAX_CHARACTERS: usize = 128;

/// The purpose of a session, in the words of SHOW SESSIONS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(Cow<'static, str>);

impl Purpose {
    /// A SQL shell on the connection.
    pub const CONNECT: Self = Self(Cow::Borrowed("connect"));
    /// TEST CONNECTION.
    pub const TEST: Self = Self(Cow::Borrowed("test"));
    /// The fetch of names for completion.
    pub const COMPLETION: Self = Self(Cow::Borrowed("completion"));
    /// IMPORT TABLES.
    pub const IMPORT: Self = Self(Cow::Borrowed("import"));

    /// RUN JOB.
    pub const RUN: Self = Self(Cow::Borrowed("run"));

    /// A program with the connection in its environment. Only the last part of its path is kept.
    pub fn exec(program: &OsStr) -> Self {
        let name = Path::new(program).file_name().unwrap_or(program);
        Self(Cow::Owned(format!("exec {}", printable(&name.to_string_lossy()))))
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A held slot and its note. Missing parts are None: another version of redwire may have written
/// fewer, and the file may have been removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The id of the connection's row in the catalog; the connection may have been dropped since.
    pub connection_id: i64,
    /// The number of the slot, counted from 1 for each connection.
    pub slot: u32,
    /// The note.
    pub who: HolderNote,
}

/// The note of a slot's holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HolderNote {
    /// The connection's name when the slot was taken.
    pub connection_name: Option<String>,
    /// The id of the process that took the slot. A child may keep the slot after that process is
    /// killed.
    pub process: Option<u32>,
    /// The time at which the slot was taken, as `YYYY-MM-DD hh:mm:ss` in UTC.
    pub since: Option<String>,
    /// The purpose, in the words of [`Purpose`].
    pub purpose: Option<String>,
    /// The session at the server, from [`super::Claim::note_session`]; before that, the one that a
    /// killed process left.
    pub session: Option<String>,
}

impl HolderNote {
    /// The text of the note. Each line begins with its key, so that a later version can add lines.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        let process = self.process.map(|id| id.to_string());
        for (key, value) in [
            ("connection", &self.connection_name),
            ("process", &process),
            ("since", &self.since),
            ("purpose", &self.purpose),
            ("session", &self.session),
        ] {
            if let Some(value) = value {
                let line = writeln!(text, "{key} {}", printable(value));
                debug_assert!(line.is_ok(), "text takes text");
            }
        }
        text
    }

    /// Reads the text of a note. Unknown lines are ignored.
    pub(super) fn read(text: &str) -> Self {
        let mut who = Self::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once(' ')) {
            match key {
                "connection" => who.connection_name = Some(printable(value)),
                "process" => who.process = value.parse().ok(),
                "since" => who.since = Some(printable(value)),
                "purpose" => who.purpose = Some(printable(value)),
                "session" => who.session = Some(printable(value)),
                _ => {}
            }
        }
        who
    }
}

/// The text in one line, truncated.
fn printable(text: &str) -> String {
    let one_line = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(one_line).take(MAX_CHARACTERS).collect()
}

/// The current time as `YYYY-MM-DD hh:mm:ss` in UTC, from the same clock as the times of
/// `--verbose`.
pub(super) fn now() -> Option<String> {
    let mut text = String::new();
    SystemTime.format_time(&mut Writer::new(&mut text)).ok()?;
    Some(text.get(.."2026-01-31T10:00:00".len())?.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_a_program_is_kept() {
        assert_eq!(Purpose::exec(OsStr::new("/usr/bin/psql")).to_string(), "exec psql");
        assert_eq!(Purpose::exec(OsStr::new("psql")).to_string(), "exec psql");
        assert_eq!(Purpose::exec(OsStr::new("a\nb")).to_string(), "exec a\u{fffd}b");
        assert_eq!(Purpose::exec(OsStr::new("..")).to_string(), "exec ..");
    }

    #[test]
    fn a_note_reads_back() {
        let who = HolderNote {
            connection_name: Some("my \"own\"".to_owned()),
            process: Some(42),
            since: now(),
            purpose: Some(Purpose::CONNECT.to_string()),
            session: Some("127.0.0.1:5439 1 2".to_owned()),
        };
        assert_eq!(HolderNote::read(&who.to_text()), who);
        assert_eq!(HolderNote::read(&HolderNote::default().to_text()), HolderNote::default());
    }

    #[test]
    fn unknown_and_broken_lines_are_left_out() {
        let who = HolderNote::read(
            "process many\nsince 2031-01-01 00:00:00\nmood good\n\u{1b}[2J\npurpose a\u{7}b",
        );
        let expected = HolderNote {
            since: Some("2031-01-01 00:00:00".to_owned()),
            purpose: Some("a\u{fffd}b".to_owned()),
            ..HolderNote::default()
        };
        assert_eq!(who, expected);
    }

    #[test]
    fn a_long_text_is_cut() {
        let long = Purpose::exec(OsStr::new(&"x".repeat(5_000)));
        assert_eq!(long.to_string().len(), "exec ".len() + MAX_CHARACTERS);
    }

    #[test]
    fn a_time_has_its_date_and_seconds() {
        let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
        let now: String = now().unwrap().chars().map(shape).collect();
        assert_eq!(now, "0000-00-00 00:00:00");
    }
}
