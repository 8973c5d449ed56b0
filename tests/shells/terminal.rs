//! An interactive shell at a terminal, on which somebody types and presses Tab.

use std::process::Command;
use std::time::Duration;

use expectrl::session::OsSession;
use expectrl::{Expect, Regex};

/// The prompt of each shell.
pub const PROMPT: &str = "ready> ";

/// The time limit for a shell; only a failure takes so long.
const DEADLINE: Duration = Duration::from_mins(2);

/// For bash and zsh: a command that prints its arguments, so that they are seen as the shell reads
/// them.
pub const WORDS: &str = r#"words() { printf '%s' '[words'; printf '<%s>' "$@"; echo 'words]'; }"#;

const TAB: &str = "\t";
const TO_THE_BEGINNING: &str = "\x01";
const DROP_LINE: &str = "\x15";

pub struct Terminal {
    session: OsSession,
}

impl Terminal {
    /// Starts the shell and waits for its prompt.
    pub fn start(mut command: Command) -> Self {
        command.env("TERM", "xterm");
        let mut session = OsSession::spawn(command).expect("the shell starts");
        session
            .get_process_mut()
            .set_window_size(200, 50)
            .expect("a terminal with a size");
        session.set_expect_timeout(Some(DEADLINE));
        let mut terminal = Self { session };
        terminal.expect(PROMPT);
        terminal
    }

    /// Types a line, presses Tab, and has the shell say which words the line then has.
    #[track_caller]
    pub fn completed(&mut self, typed: &str) -> Vec<String> {
        self.run(&format!("{typed}{TAB}{TO_THE_BEGINNING}words "))
    }

    /// Types a line, presses Tab before its last part, and has the shell say which words the line
    /// then has.
    #[track_caller]
    pub fn completed_inside(&mut self, typed: &str, rest: &str) -> Vec<String> {
        let back = "\x02".repeat(rest.chars().count());
        self.completed(&format!("{typed}{rest}{back}"))
    }

    /// Runs a line whose output is words in angle brackets between the marks.
    #[track_caller]
    pub fn run(&mut self, line: &str) -> Vec<String> {
        self.send(&format!("{line}\r"));
        let output = self.expect(Regex(r"(?s)\[words.*?words\]"));
        self.expect(PROMPT);
        let words = output.trim_start_matches("[words").trim_end_matches("words]");
        let words = words.strip_prefix('<').and_then(|words| words.strip_suffix('>'));
        words.map_or_else(Vec::new, |words| words.split("><").map(str::to_owned).collect())
    }

    /// Types a line, presses Tab twice, and waits until the list of what is offered shows a text.
    #[track_caller]
    pub fn lists(&mut self, typed: &str, expected: &str) {
        self.send(&format!("{typed}{TAB}{TAB}"));
        self.expect(expected);
        self.run(&format!("{DROP_LINE}words"));
    }

    fn send(&mut self, keys: &str) {
        self.session.send(keys).expect("the shell still reads");
    }

    /// Waits for a text; it is all of the match.
    #[track_caller]
    fn expect(&mut self, expected: impl expectrl::Needle) -> String {
        match self.session.expect(expected) {
            Ok(found) => String::from_utf8_lossy(found.get(0).unwrap_or_default()).into_owned(),
            Err(error) => panic!("{error}: {}", self.screen()),
        }
    }

    /// The rest of the shell's output.
    fn screen(&mut self) -> String {
        let mut rest = vec![0; 65_536];
        let read = self.session.try_read(&mut rest).unwrap_or(0);
        String::from_utf8_lossy(&rest[..read]).into_owned()
    }
}
