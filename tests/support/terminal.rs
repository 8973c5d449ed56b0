//! A program at a pseudo-terminal: types, and reads all that it shows.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use expectrl::process::Process;
use expectrl::process::unix::{Signal, UnixProcess, WaitStatus};

use super::home::{Home, REDWIRE};

/// The time limit for a text to appear.
const DEADLINE: Duration = Duration::from_mins(1);

/// Keys.
pub const ENTER: &str = "\r";
pub const CTRL_C: &str = "\x03";
pub const CTRL_D: &str = "\x04";
pub const CTRL_R: &str = "\x12";
pub const CTRL_Z: &str = "\x1a";
pub const UP: &str = "\x1b[A";
pub const RIGHT: &str = "\x1b[C";
pub const TAB: &str = "\t";

/// The sequence that the editor sends when a line is submitted: it ends the marking of pastes.
const SUBMITTED: &str = "\x1b[?2004l";

/// redwire at a terminal of 80 by 24.
pub struct Terminal {
    process: UnixProcess,
    keyboard: File,
    output: Receiver<Vec<u8>>,
    /// Everything that was shown, escape sequences and all, but for those of faint and bold text.
    shown: Vec<u8>,
    /// The beginning of a faint or bold text.
    begun: Vec<u8>,
    /// The length that has been waited for.
    passed: usize,
    /// The prompt.
    prompt: &'static str,
}

impl Terminal {
    /// redwire in a home, with passwords in memory; the prompt is there.
    pub fn open(home: &Home) -> Self {
        Self::open_with(home, &["--secret-store", "memory"], &[])
    }

    /// redwire with these arguments and further variables; the prompt is there.
    pub fn open_with(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::open_at(home, arguments, environment, "redwire> ")
    }

    /// The same with another prompt.
    pub fn open_at(
        home: &Home,
        arguments: &[&str],
        environment: &[(&str, &str)],
        prompt: &'static str,
    ) -> Self {
        Self::open_with_signals("--default-signal", home, arguments, environment, prompt)
    }

    /// The same, started by `env` with an option that says what signals do.
    pub fn open_with_signals(
        option: &str,
        home: &Home,
        arguments: &[&str],
        environment: &[(&str, &str)],
        prompt: &'static str,
    ) -> Self {
        let mut command = home.command("sh");
        command
            .args(["-c", "stty echo; exec env \"$0\" \"$@\"", option, REDWIRE])
            .args(arguments)
            .env("TERM", "xterm");
        for (variable, value) in environment {
            command.env(variable, value);
        }
        let mut terminal = Self::start(command);
        terminal.at(prompt);
        terminal
    }

    /// Waits for a prompt, and expects it from now on.
    #[track_caller]
    pub fn at(&mut self, prompt: &'static str) -> &mut Self {
        self.prompt = prompt;
        self.wait_for(prompt)
    }

    /// Any program.
    pub fn start(command: Command) -> Self {
        let process = UnixProcess::spawn_command(command).expect("a program at a pseudo-terminal");
        let keyboard = process.get_raw_handle().expect("the terminal");
        let mut screen = process.get_raw_handle().expect("the terminal");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // The terminal of a program that has ended cannot be read any more.
            while let Ok(read @ 1..) = screen.read(&mut chunk) {
                if sender.send(chunk[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            process,
            keyboard,
            output,
            shown: Vec::new(),
            begun: Vec::new(),
            passed: 0,
            prompt: "redwire> ",
        }
    }

    /// Changes the size of the terminal, which sends SIGWINCH.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.process.set_window_size(columns, rows).expect("a terminal of this size");
        self
    }

    /// Types, all at once.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).expect("a terminal to type at");
        self
    }

    /// Types a line and Enter.
    pub fn line(&mut self, line: &str) -> &mut Self {
        self.keys(&format!("{line}{ENTER}"))
    }

    /// Pastes as a terminal does that marks pastes.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"))
    }

    /// Waits until the text is shown, after the last text that was waited for.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        let shown = self.is_shown(text, DEADLINE);
        assert!(shown, "{text:?} is not shown: {:?}", self.end_of_transcript());
        self
    }

    /// Types again and again until the text is shown: nothing shows when a question begins to
    /// listen.
    #[track_caller]
    pub fn keys_until(&mut self, keys: &str, text: &str) -> &mut Self {
        for _ in 0..DEADLINE.as_secs() {
            if self.keys(keys).is_shown(text, Duration::from_secs(1)) {
                return self;
            }
        }
        self.wait_for(text)
    }

    fn add(&mut self, chunk: &[u8]) {
        self.begun.extend(chunk);
        let taken = add_plain(&self.begun, &mut self.shown);
        self.begun.drain(..taken);
    }

    fn is_shown(&mut self, text: &str, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        let mut start = self.passed;
        loop {
            if let Some(at) = find(&self.shown[start..], text.as_bytes()) {
                self.passed = start + at + text.len();
                return true;
            }
            // Searches each chunk once.
            start = start.max((self.shown.len() + 1).saturating_sub(text.len()));
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(chunk) => self.add(&chunk),
                Err(_) => return false,
            }
        }
    }

    /// Types a line and waits until it is submitted.
    #[track_caller]
    pub fn submit(&mut self, line: &str) -> &mut Self {
        self.line(line).wait_for(SUBMITTED)
    }

    /// Types a line and waits for its result and the next prompt.
    #[track_caller]
    pub fn run(&mut self, line: &str, answer: &str) -> &mut Self {
        let prompt = self.prompt;
        self.submit(line).wait_for(answer).wait_for(prompt)
    }

    /// Types Enter where the line is whole, else Ctrl-C, and waits for the next prompt.
    #[track_caller]
    pub fn leave_line(&mut self, is_whole: bool) -> &mut Self {
        let prompt = self.prompt;
        let key = if is_whole { ENTER } else { CTRL_C };
        self.keys(key).wait_for(SUBMITTED).wait_for(prompt)
    }

    /// Waits for the end of the program, and returns its exit status.
    #[track_caller]
    pub fn status(&mut self) -> i32 {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(chunk) => self.add(&chunk),
                Err(RecvTimeoutError::Disconnected) => {
                    self.shown.append(&mut self.begun);
                    break;
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it does not end: {:?}", self.end_of_transcript())
                }
            }
        }
        match self.process.wait().expect("a program that has ended") {
            WaitStatus::Exited(_, status) => status,
            other => panic!("it ended with {other:?}: {:?}", self.end_of_transcript()),
        }
    }

    /// Ends the program with Ctrl-D, checks its status, and returns all that was shown.
    #[track_caller]
    pub fn end(mut self) -> String {
        self.keys(CTRL_D);
        assert_eq!(self.status(), 0, "{:?}", self.end_of_transcript());
        self.transcript()
    }

    /// Kills the program.
    pub fn kill(mut self) {
        self.process.kill(Signal::SIGKILL).expect("a program to kill");
        while self.output.recv_timeout(DEADLINE).is_ok() {}
    }

    /// Asks the program to end, which it has to do by that signal.
    #[track_caller]
    pub fn terminate(mut self) {
        self.process.kill(Signal::SIGTERM).expect("a program to end");
        while self.output.recv_timeout(DEADLINE).is_ok() {}
        let ended = self.process.wait().expect("a program that has ended");
        assert!(matches!(ended, WaitStatus::Signaled(_, Signal::SIGTERM, _)), "{ended:?}");
    }

    /// All that was shown so far.
    pub fn transcript(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    fn end_of_transcript(&self) -> String {
        let start = self.shown.len().saturating_sub(2000);
        String::from_utf8_lossy(&self.shown[start..]).into_owned()
    }
}

/// Adds the bytes to the text without the marks of faint and bold parts, and returns how many were
/// added: a part whose end is missing has to wait.
fn add_plain(bytes: &[u8], text: &mut Vec<u8>) -> usize {
    const MARKS: [&[u8]; 2] = [b"\x1b[1m", b"\x1b[2m"];
    const END: &[u8] = b"\x1b[0m";
    let mut at = 0;
    while let Some(length) = find(&bytes[at..], b"\x1b") {
        text.extend(&bytes[at..at + length]);
        at += length;
        let rest = &bytes[at..];
        if MARKS.iter().any(|mark| mark.starts_with(rest)) {
            return at;
        }
        if MARKS.iter().any(|mark| rest.starts_with(mark)) {
            let Some(length) = find(&rest[END.len()..], END) else {
                return at;
            };
            text.extend(&rest[END.len()..END.len() + length]);
            at += END.len() + length + END.len();
        } else {
            text.push(rest[0]);
            at += 1;
        }
    }
    text.extend(&bytes[at..]);
    bytes.len()
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}

/// The files under a folder that hold the text.
pub fn files_with(folder: &Path, text: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path).is_ok_and(|bytes| find(&bytes, text.as_bytes()).is_some()) {
            found.push(path);
        }
    }
    found
}

/// Writes a script that can be run.
pub fn program(home: &Home, name: &str, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = home.write(name, format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
        .expect("a file in the home");
    OsStr::to_string_lossy(path.as_os_str()).into_owned()
}
