//! Each rule of tests/standin/DIVERGENCES.md, seen by psql: PostgreSQL itself would answer
//! otherwise.

mod faults;
mod meaning;
mod refusals;
mod session;
mod transactions;
mod views;
mod writes;

pub use refusals::{REFUSALS, is_refused_with};

use crate::standin::StandIn;
use crate::support::postgres::{MD5_USER, User, Wire, succeeded};

#[test]
fn the_list_of_divergences_names_every_rule_and_only_tests_that_exist() {
    let read = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
        std::fs::read_to_string(path).expect("a file of the tests")
    };
    let list = read("standin/DIVERGENCES.md");
    let rules = read("standin/refusal.rs");
    let rules = rules.split("const RULES: &[Rule] = &[").nth(1).expect("the rules");
    let rules = rules.split("];").next().unwrap_or_default();
    for rule in rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()) {
        assert!(list.contains(&format!("\n| {rule} | ")), "{rule} is not in the list");
    }
    for named in list.split("`standin_").skip(1) {
        let path = named.split('`').next().unwrap_or_default();
        let (module, name) = path.rsplit_once("::").expect("a module and a test");
        let code = read(&format!("standin_{}.rs", module.replace("::", "/")));
        assert!(code.contains(&format!("fn {name}()")), "there is no {path}");
    }
}

fn start() -> Option<StandIn> {
    StandIn::start(Wire::Plain)
}

/// psql's output for the statements, each sent by itself; its message about the first that fails.
fn ask(standin: &StandIn, statements: &[&str]) -> Result<String, String> {
    psql(standin, MD5_USER, statements)
}

fn psql(standin: &StandIn, user: User, statements: &[&str]) -> Result<String, String> {
    let mut command = standin.psql(user);
    command.env("PGSSLMODE", "disable").args([
        "-At",
        "-v",
        "VERBOSITY=verbose",
        "-v",
        "ON_ERROR_STOP=1",
    ]);
    for statement in statements {
        command.args(["-c", statement]);
    }
    let output = command.output().expect("psql runs");
    if output.status.success() {
        Ok(succeeded(&output))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// All that psql says, in its order, with errors on the way.
fn go_on(standin: &StandIn, statements: &[&str]) -> String {
    let mut script = "exec 2>&1; exec psql --no-psqlrc -At -v VERBOSITY=verbose".to_owned();
    for statement in statements {
        script =
            format!("{script} -c \"{}\"", statement.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let psql = standin.psql(MD5_USER);
    let mut command = std::process::Command::new("sh");
    command.env_clear().args(["-c", &script]).env("PGSSLMODE", "disable");
    command.envs(psql.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().expect("sh runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
