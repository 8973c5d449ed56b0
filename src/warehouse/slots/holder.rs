//! The note beside a slot: its holder, the time, the purpose, and the session at the server.
//!
//! Never a secret: of a child's command line, which may hold one, only the program's name is kept.

use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::path::Path;

/// The most characters of a text in a note.
const MAX_CHARACTERS: usize = 128;

/// The purpose of a session, in the words of SHOW SESSIONS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(String);

impl Purpose {
    /// A SQL shell on the connection.
    pub fn connect() -> Self {
        Self("connect".to_owned())
    }

    /// Another program that gets the connection's password. Of its path only the last part is kept.
    pub fn exec(program: &OsStr) -> Self {
        let name = Path::new(program).file_name().unwrap_or(program);
        Self(format!("exec {}", printable(&name.to_string_lossy())))
    }

    /// TEST CONNECTION.
    pub fn test() -> Self {
        Self("test".to_owned())
    }

    /// The fetch of names for completion.
    pub fn completion() -> Self {
        Self("completion".to_owned())
    }

    /// IMPORT TABLES.
    pub fn import() -> Self {
        Self("import".to_owned())
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A slot that is held, and its note. Missing parts are None: another
/// version of redwire may have written less, and somebody may have removed the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The connection's row in the catalog; it may have been dropped since.
    pub connection_id: i64,
    /// The number of the slot, counted from 1 for each connection.
    pub slot: u32,
    /// The note.
    pub who: Who,
}

/// The note of a slot's holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The connection's name when the slot was taken.
    pub connection_name: Option<String>,
    /// The id of the process that took the slot. A child may hold it on after that process is
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

impl Who {
    /// The text of the note. A line begins with its key, so that a later version can add some.
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

    /// Reads the text of a note. Unknown lines are left out.
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

/// The text in one line, and not too long.
fn printable(text: &str) -> String {
    let one_line = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(one_line).take(MAX_CHARACTERS).collect()
}

/// A time in seconds since 1970 as `YYYY-MM-DD hh:mm:ss` in UTC. The date is found as in
/// "chrono-Compatible Low-Level Date Algorithms" (Howard Hinnant), with a year that begins in
/// March.
pub(super) fn utc(seconds: u64) -> String {
    const DAYS_TO_MARCH_OF_YEAR_0: u64 = 719_468;
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let days = seconds / 86_400 + DAYS_TO_MARCH_OF_YEAR_0;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era * 400 + year + later;
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
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
        let who = Who {
            connection_name: Some("my \"own\"".to_owned()),
            process: Some(42),
            since: Some(utc(0)),
            purpose: Some(Purpose::connect().to_string()),
            session: Some("127.0.0.1:5439 1 2".to_owned()),
        };
        assert_eq!(Who::read(&who.to_text()), who);
        assert_eq!(Who::read(&Who::default().to_text()), Who::default());
    }

    #[test]
    fn unknown_and_broken_lines_are_left_out() {
        let who = Who::read(
            "process many\nsince 2031-01-01 00:00:00\nmood good\n\u{1b}[2J\npurpose a\u{7}b",
        );
        let expected = Who {
            since: Some("2031-01-01 00:00:00".to_owned()),
            purpose: Some("a\u{fffd}b".to_owned()),
            ..Who::default()
        };
        assert_eq!(who, expected);
    }

    #[test]
    fn a_long_text_is_cut() {
        let long = Purpose::exec(OsStr::new(&"x".repeat(5_000)));
        assert_eq!(long.to_string().len(), "exec ".len() + MAX_CHARACTERS);
    }

    #[test]
    fn a_time_is_written_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_399, "2000-02-28 23:59:59"),
            (951_782_400, "2000-02-29 00:00:00"),
            (951_868_800, "2000-03-01 00:00:00"),
            (1_709_164_800, "2024-02-29 00:00:00"),
            (1_735_689_599, "2024-12-31 23:59:59"),
            (4_107_542_400, "2100-03-01 00:00:00"),
        ] {
            assert_eq!(utc(seconds), text);
        }
    }
}
