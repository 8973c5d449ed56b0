//! A home for one test, and the redwire program run in it. Nothing of the user's is read, nothing
//! is left.

use std::ffi::OsStr;
use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program under test.
pub const REDWIRE: &str = env!("CARGO_BIN_EXE_redwire");

/// HOME, XDG folders and TMPDIR of one test.
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// A fresh, empty home.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("redwire-test-").expect("a temporary folder");
        for name in ["tmp", "run", "data", "config", "state", "cache"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder in the home");
        }
        Self { folder }
    }

    /// A home whose catalog will have a vault that opens at once.
    #[cfg(unix)]
    pub fn with_light_vault() -> Self {
        let home = Self::new();
        super::light_vault::put(&home.catalog());
        home
    }

    /// The home's folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the home.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The default catalog.
    pub fn catalog(&self) -> PathBuf {
        self.path().join("data/redwire/catalog.db")
    }

    /// Writes a file in the home.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, content).expect("a file in the home");
        path
    }

    /// A program with this home's environment, and with nothing else of the test's environment but
    /// PATH.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path());
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path());
        for (variable, folder) in [
            ("TMPDIR", "tmp"),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            command.env(variable, self.file(folder));
        }
        command
    }

    /// redwire with these arguments.
    pub fn redwire<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Run {
        let mut command = self.command(REDWIRE);
        command.args(arguments);
        Run { command, input: Vec::new() }
    }

    /// redwire with every signal at its default: those that whoever started the tests ignores, as
    /// nohup and a background job do, would be ignored here too.
    #[cfg(unix)]
    pub fn interruptible(&self) -> Command {
        self.with_signals("--default-signal")
    }

    /// redwire, started by `env` with an option that says what signals do.
    #[cfg(unix)]
    pub fn with_signals(&self, option: &str) -> Command {
        let mut command = self.command("env");
        command.args([option, REDWIRE]);
        command
    }

    /// The shell, running a script in which `redwire` is the program under test.
    pub fn shell(&self, script: &str) -> Run {
        let folder = Path::new(REDWIRE).parent().unwrap_or(Path::new("/"));
        let mut path = folder.as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = self.command("sh");
        command.env("PATH", path).args(["-c", script]);
        Run { command, input: Vec::new() }
    }

    /// redwire, bound by the modes of files also where the tests run as root.
    #[cfg(target_os = "linux")]
    pub fn unprivileged(&self) -> Command {
        use std::os::unix::fs::MetadataExt;
        let is_root = std::fs::metadata(self.path()).expect("the home").uid() == 0;
        if !is_root {
            return self.command(REDWIRE);
        }
        let mut command = self.command("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", REDWIRE]);
        command
    }

    /// redwire with the memory store on this home's catalog, running a script from stdin.
    pub fn script(&self, script: &str) -> Run {
        self.redwire(["--secret-store", "memory"]).stdin(script)
    }
}

/// One run of a program, with what it reads from stdin.
pub struct Run {
    command: Command,
    input: Vec<u8>,
}

impl Run {
    /// Sets the input of the program.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// More arguments.
    pub fn args<I: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = I>) -> Self {
        self.command.args(arguments);
        self
    }

    /// One more variable of the environment.
    pub fn env(mut self, variable: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(variable, value);
        self
    }

    /// The folder that it runs in.
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to its end; `out` has standard output and standard error, in the order in which they
    /// were written.
    pub fn run_merged(mut self) -> Done {
        without_terminal(&mut self.command);
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        self.command
            .stdin(Stdio::null())
            .stdout(writer.try_clone().expect("the same pipe"))
            .stderr(writer);
        let mut child = self.command.spawn().expect("the program starts");
        // The command holds the pipe's other end, which would keep it open.
        drop(self.command);
        let mut out = String::new();
        reader.read_to_string(&mut out).expect("UTF-8");
        let status = child.wait().expect("the program ends").code().unwrap_or(-1);
        Done { out, err: String::new(), status }
    }

    /// Runs it to its end. It has no controlling terminal that it could ask at.
    pub fn run(mut self) -> Done {
        without_terminal(&mut self.command);
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("its input");
        let input = self.input;
        // A program that ends early closes its input, which is no error.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("its input is written");
        Done::from(output)
    }
}

/// Puts the program into a session of its own, which has no terminal.
fn without_terminal(command: &mut Command) {
    let mut wrapped = Command::new("setsid");
    wrapped.arg("--wait").arg(command.get_program()).args(command.get_args());
    wrapped.env_clear();
    for (variable, value) in command.get_envs() {
        if let Some(value) = value {
            wrapped.env(variable, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    *command = wrapped;
}

/// The result of a run: everything that a user would see.
#[derive(Clone, PartialEq, Eq)]
pub struct Done {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// The exit status; -1 if a signal ended it.
    pub status: i32,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code().unwrap_or(-1),
        }
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}\n--- out\n{}--- err\n{}---", self.status, self.out, self.err)
    }
}

impl Done {
    /// Checks the exit status.
    #[track_caller]
    pub fn status(self, expected: i32) -> Self {
        assert_eq!(self.status, expected, "{self:?}");
        self
    }

    /// Checks that standard error has a text.
    #[track_caller]
    pub fn err_has(self, expected: &str) -> Self {
        assert!(self.err.contains(expected), "{expected:?} is not in the errors of {self:?}");
        self
    }

    /// Checks that standard output has a text.
    #[track_caller]
    pub fn out_has(self, expected: &str) -> Self {
        assert!(self.out.contains(expected), "{expected:?} is not in the output of {self:?}");
        self
    }

    /// Checks that a text is in neither.
    #[track_caller]
    pub fn nowhere(self, secret: &str) -> Self {
        assert!(
            !self.out.contains(secret) && !self.err.contains(secret),
            "{secret:?} shows in {self:?}"
        );
        self
    }
}
