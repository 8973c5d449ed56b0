//! `PASSWORD = COMMAND`.

use crate::standin::StandIn;
use crate::support::bastion::is_running;
use crate::support::home::{Done, Home};
use crate::support::postgres::{DIGEST_USER as USER, Wire};
use crate::support::terminal::{files_with, program};

const SELECT: [&str; 4] = ["connect", "c", "-c", "SELECT current_user AS who"];

struct Place {
    home: Home,
    warehouse: StandIn,
}

impl Place {
    fn start() -> Option<Self> {
        Some(Self {
            home: Home::new(),
            warehouse: StandIn::start(Wire::Tls)?,
        })
    }

    fn create(&self, command: &str, options: &str) {
        let roots = self.warehouse.authority();
        let url = self
            .warehouse
            .url("localhost", &format!("?sslrootcert={}{options}", roots.display()));
        let create = format!(
            "CREATE OR REPLACE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' \
             USER_NAME = '{}' PASSWORD = COMMAND '{}'",
            USER.name,
            command.replace('\'', "''")
        );
        self.home.redwire(["-c", &create]).run().status(0);
    }

    fn connect(&self) -> Done {
        self.home.redwire(SELECT).env("REDWIRE_VAULT_PASSPHRASE", "open sesame").run()
    }
}

#[test]
fn a_command_prints_the_password_at_each_login() {
    let Some(place) = Place::start() else { return };
    let seen = place.home.file("seen");
    let script = format!("env > '{}'; cat \"$1\"", seen.display());
    let tool = program(&place.home, "pass", &script);
    let kept = place.home.write("a file", format!("{}\n", USER.password));
    place.create(&format!("{tool} '{}'", kept.display()), "");
    place.connect().status(0).out_has(USER.name);
    let seen = std::fs::read_to_string(seen).expect("the program's environment");
    for variable in [
        "REDWIRE_CONNECTION=c".to_owned(),
        "REDWIRE_HOST=localhost".to_owned(),
        format!("REDWIRE_PORT={}", place.warehouse.port()),
        format!("REDWIRE_DATABASE={}", place.warehouse.database().name()),
        format!("REDWIRE_USER={}", USER.name),
    ] {
        assert!(seen.lines().any(|line| line == variable), "{variable} is not in {seen}");
    }
    assert!(!seen.contains("open sesame"), "{seen}");
    let rows = place.home.redwire(["--format", "csv", "-c", "TEST CONNECTION c"]).run();
    rows.status(0).out_has("command: ").nowhere("pass'");
    // There is no shell: a variable is a word like any other.
    place.create(&format!("{tool} $HOME"), "");
    place.connect().status(1).err_has("cat: '$HOME'");
    let shown = place.home.redwire(["-c", "SHOW CREATE CONNECTION c"]).run().status(0);
    shown.out_has(&format!("PASSWORD = COMMAND '{tool} $HOME'"));
    let listed = place.home.redwire(["--format", "csv", "-c", "SHOW CONNECTIONS"]).run();
    listed.status(0).out_has(",command,");
}

#[test]
fn a_password_of_a_command_is_never_stored() {
    let Some(place) = Place::start() else { return };
    let from = place.home.path().parent().expect("a folder").join("redwire-password");
    let tool = program(&place.home, "pass", "echo canary-4711");
    place.create(&tool, "");
    place.connect().status(1).nowhere("canary-4711");
    let found = files_with(place.home.path(), "canary-4711");
    assert_eq!(found, [std::path::PathBuf::from(tool)], "{from:?}");
}

#[test]
fn a_command_that_fails_says_why() {
    let Some(place) = Place::start() else { return };
    let tool = |name: &str, script: &str| program(&place.home, name, script);
    for (command, words) in [
        (
            tool("fails", "echo 'not signed in' >&2; exit 3"),
            vec!["failed: exit status: 3", "not signed in"],
        ),
        (tool("silent", "true"), vec!["prints nothing"]),
        (tool("two", "echo t0psecret; echo b"), vec!["prints more than one line"]),
        ("/nowhere/at/all".to_owned(), vec!["cannot be run"]),
    ] {
        place.create(&command, "");
        let mut done = place.connect().status(1).err_has("28P01").nowhere("t0psecret");
        for words in words {
            done = done.err_has(words);
        }
    }
    let words = "for n in 1 2 3 4 5; do echo step $n >&2; done; echo token=s3cret >&2; exit 1";
    place.create(&tool("talks", words), "");
    let done = place.connect().status(1).err_has("step 4; step 5; token***");
    done.nowhere("step 3").nowhere("s3cret");
    place.create(&tool("hangs", "echo 'touch the key' >&2; exec sleep 600"), "&loginTimeout=0.5");
    place.connect().err_has("did not end within 0.5 s").err_has("touch the key");
}

#[test]
fn what_a_command_has_started_ends_with_it() {
    let Some(place) = Place::start() else { return };
    let script = format!("sleep 600 & echo $! > '{}'; wait", place.home.file("child").display());
    place.create(&program(&place.home, "hangs", &script), "&loginTimeout=0.5");
    place.connect().status(1).err_has("did not end within 0.5 s");
    let child = std::fs::read_to_string(place.home.file("child")).expect("its id");
    while is_running(child.trim()) {
        std::thread::yield_now();
    }
}

#[test]
fn a_program_that_the_command_leaves_behind_does_not_hold_the_login() {
    let Some(place) = Place::start() else { return };
    let script = |redirection: &str| {
        let file = place.home.file("agents").display().to_string();
        let password = USER.password.replace('\'', "'\\''");
        format!("sleep 600 {redirection} & echo $! >> '{file}'; printf '%s\\n' '{password}'")
    };
    place.create(&program(&place.home, "agent", &script("> /dev/null")), "");
    place.connect().status(0);
    place.create(&program(&place.home, "open", &script("")), "&loginTimeout=1");
    place.connect().status(1).err_has("left its output open for 1 s");
    let agents = std::fs::read_to_string(place.home.file("agents")).expect("their ids");
    place.home.command("kill").args(agents.lines()).status().expect("kill runs");
}
