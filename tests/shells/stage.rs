//! The stage of the tests of completion: a home with two catalogs, some files and the shells.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::home::{Home, REDWIRE};

/// The scripts that the shells load.
pub const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");

/// A home in which redwire is on PATH.
pub struct Stage {
    pub home: Home,
}

impl Stage {
    /// A home without a catalog, with files: `script one.sql`, `more:scripts/two.sql`.
    pub fn empty() -> Self {
        let home = Home::new();
        home.write("script one.sql", "");
        std::fs::create_dir(home.file("more:scripts")).expect("a folder");
        home.write("more:scripts/two.sql", "");
        Self { home }
    }

    /// The same with connections in two catalogs: the default one, and `other cat.db`.
    pub fn filled() -> Self {
        let stage = Self::empty();
        stage.create(
            &stage.home.catalog(),
            [
                "sales",
                "sales_eu",
                "depot",
                "sa x",
                "sa$y",
                "sa'z",
                "säle",
                "-dash",
                "q;touch q",
            ],
        );
        stage.create(&stage.home.file("other cat.db"), ["harbour"]);
        stage
    }

    /// Puts connections into a catalog.
    pub fn create<T: std::fmt::Display>(&self, catalog: &Path, names: impl IntoIterator<Item = T>) {
        let create = |name| {
            format!(
                "CREATE REDSHIFT CONNECTION \"{name}\" CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' \
                 USER_NAME = 'u' PASSWORD = 'p';\n"
            )
        };
        let script: String = names.into_iter().map(create).collect();
        let run = self.home.script(&script).arg("--single-transaction").arg("-q");
        run.env("REDWIRE_CATALOG", catalog).run().status(0);
    }

    /// A program in this home, with redwire on PATH.
    pub fn command(&self, program: &str) -> Command {
        let mut command = self.home.command(program);
        let folder = Path::new(REDWIRE).parent().expect("its folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(PathBuf::from(folder)).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(path).expect("a path"));
        command.env("LANG", "C.UTF-8");
        command
    }

    /// The answer of redwire to a shell that hands over these words; it must succeed and say
    /// nothing on stderr.
    #[track_caller]
    pub fn ask(&self, shell: &str, words: &[&str]) -> Vec<String> {
        let mut command = self.command(REDWIRE);
        let output = command
            .env("COMPLETE", shell)
            .arg("--")
            .args(words)
            .output()
            .expect("redwire starts");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let answer = String::from_utf8(output.stdout).expect("UTF-8");
        answer.lines().map(str::to_owned).collect()
    }

    /// The names that redwire offers for `redwire show` with these words.
    #[track_caller]
    pub fn names(&self, words: &[&str]) -> Vec<String> {
        self.ask("fish", &[&["redwire", "show"], words].concat())
    }
}
