//! A running redwire that takes statement after statement.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::support::home::Done;

/// The time limit for an answer on a busy machine.
const ANSWER_LIMIT: Duration = Duration::from_mins(1);

/// A process that reads its script from a pipe, which the test keeps open. Its results are
/// dropped.
pub struct RunningShell {
    child: Child,
    said: Receiver<String>,
    err: String,
}

impl RunningShell {
    /// Starts the program; it goes on after errors.
    pub fn start(mut command: Command) -> Self {
        command.args(["--on-error", "continue"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stderr = child.stderr.take().expect("its errors");
        let (sender, said) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                // The test may have ended; then nobody listens.
                let _ = sender.send(line.unwrap_or_default());
            }
        });
        Self { child, said, err: String::new() }
    }

    /// Sends statements without waiting for their results.
    pub fn tell(&mut self, statements: &str) {
        self.send(&format!("{statements};"));
    }

    /// Sends statements, waits until they are done, and returns the messages.
    #[track_caller]
    pub fn ask(&mut self, statements: &str) -> String {
        self.tell(statements);
        // A remark of the shell itself marks their end.
        self.send("\\timing on\n\\timing off");
        let mut heard = String::new();
        while !heard.contains("timing is off") {
            match self.said.recv_timeout(ANSWER_LIMIT) {
                Ok(line) => heard = heard + &line + "\n",
                Err(error) => panic!("{statements}: {error} after {heard}"),
            }
        }
        self.err += &heard;
        heard
    }

    /// Sends statements and checks that their messages have this text.
    #[track_caller]
    pub fn says(&mut self, statements: &str, expected: &str) {
        let heard = self.ask(statements);
        assert!(heard.contains(expected), "{expected:?} is not in {heard}");
    }

    /// Sends statements that must work.
    #[track_caller]
    pub fn does(&mut self, statements: &str) {
        let heard = self.ask(statements);
        assert!(!heard.contains("error:"), "{statements}: {heard}");
    }

    /// Ends its input and waits for its end.
    #[track_caller]
    pub fn ends(mut self, status: i32) -> Done {
        drop(self.child.stdin.take());
        let ended = self.child.wait().expect("it ends");
        let err = std::mem::take(&mut self.err) + &self.said.iter().collect::<Vec<_>>().join("\n");
        let done = Done {
            out: String::new(),
            err,
            status: ended.code().unwrap_or(-1),
        };
        done.status(status)
    }

    fn send(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("its input is open");
        writeln!(input, "{line}").expect("it reads its input");
    }
}

impl Drop for RunningShell {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
