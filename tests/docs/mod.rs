//! README.md and docs/: every block of SQL and every command runs, every transcript shows what
//! redwire says, and every link leads somewhere.
//!
//! The blocks of one page run in their order, in one home with one catalog. Their passwords go to a
//! vault, since a test has no keyring; a variable or file that a statement reads its password from
//! is there. PROMPT is replaced by a variable, since a test has no terminal; tests of the prompt
//! answer it. The recipes open sessions, on the stand-in.

mod page;
mod transcript;
mod warehouse;

use std::fmt::Write as _;
use std::path::Path;

use crate::support::home::{Done, Home, Run};
use page::{Block, Page};
use warehouse::{Warehouse, with_python};

/// Languages of blocks that are shown and not run.
const SHOWN: &[(&str, &str)] = &[
    ("text", "syntax, sessions at the prompt, and output"),
    ("fish", "set-up of a shell; tests of the completions run it"),
    ("powershell", "set-up of a shell that the tests may not have"),
    ("elvish", "set-up of a shell that the tests may not have"),
    ("zsh", "set-up of a shell; tests of the completions run it"),
];

/// Commands that no test can run, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo install --path .", "builds and installs the program"),
    ("tests/run", "runs this test"),
    (".ci/run", "runs this test"),
    ("cargo fmt", "changes the source"),
    ("cargo clippy --all-targets -- -D warnings", "builds the program"),
    ("UPDATE_GENERATED=1 cargo test --test redwire docs", "runs this test"),
];

/// The password of the variables and files that a page names.
const PASSWORD: &str = "from the documentation";

/// The variable that takes the place of PROMPT.
const PROMPT: &str = "REDWIRE_DOCS_PROMPT";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<Page> {
    let mut paths = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of docs") {
            let path = entry.expect("an entry of docs").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.into_iter().map(Page::read).collect()
}

#[test]
fn every_block_of_the_documentation_runs() {
    let mut faults = String::new();
    for page in pages() {
        let Some(scene) = Scene::of(&page) else { continue };
        for block in &page.blocks {
            if let Err(fault) = scene.run(block) {
                let _ = writeln!(faults, "{}:{}: {fault}\n", page.name, block.line);
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Runs the blocks of one page, one after another.
struct Scene<'a> {
    page: &'a Page,
    home: Home,
    warehouse: Option<Warehouse>,
}

impl<'a> Scene<'a> {
    /// None where this machine lacks what the page needs; then that was said.
    fn of(page: &'a Page) -> Option<Self> {
        let warehouse = if Warehouse::is_needed(page) {
            Some(Warehouse::start()?)
        } else {
            None
        };
        let home = home_of(page);
        Some(Self { page, home, warehouse })
    }

    fn run(&self, block: &Block) -> Result<(), String> {
        let text = self.warehouse.as_ref().map(|warehouse| warehouse.in_place(&block.text));
        let text = text.as_ref().unwrap_or(&block.text);
        match block.language.as_str() {
            "sql" => {
                let prompted =
                    text.replace("PASSWORD = PROMPT", &format!("PASSWORD = ENV '{PROMPT}'"));
                succeeds(&self.surround(self.home.redwire(["-f", "-"])).stdin(prompted).run())
            }
            "sh" => self.run_script(text),
            "ini" => self.verify_unit(text),
            "toml" => {
                std::fs::create_dir_all(self.home.file("config/redwire")).expect("the folder");
                self.home.write("config/redwire/config.toml", text);
                succeeds(&self.surround(self.home.redwire(["config"])).run())
            }
            "sh python" => with_python(text).map_or(Ok(()), |text| self.run_script(&text)),
            "console" => {
                let done = self.surround(self.home.shell(&transcript::script(text))).run();
                transcript::compare(text, &done.out)
            }
            language if SHOWN.iter().any(|(shown, _)| *shown == language) => Ok(()),
            other => Err(format!("nothing runs a block of {other:?}")),
        }
    }

    /// Lets systemd check a unit, where this machine has systemd.
    fn verify_unit(&self, text: &str) -> Result<(), String> {
        let unit = self.home.write(
            "redwire.service",
            text.replace("/usr/local/bin/redwire", crate::support::home::REDWIRE),
        );
        let verify = self.home.command("systemd-analyze").arg("verify").arg(&unit).output();
        match verify {
            Ok(output) if output.status.success() && output.stderr.is_empty() => Ok(()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn run_script(&self, text: &str) -> Result<(), String> {
        match transcript::runnable(text) {
            Some(script) => succeeds(&self.surround(self.home.shell(&script)).run()),
            None => Ok(()),
        }
    }

    /// The run with the secret store, and with the variables that the page's statements name.
    fn surround(&self, run: Run) -> Run {
        let run = run
            .env("REDWIRE_SECRET_STORE", "vault")
            .env("REDWIRE_VAULT_PASSPHRASE_FILE", "passphrase");
        let names = self.page.sources("ENV").into_iter().chain([PROMPT.to_owned()]);
        let run = names.fold(run, |run, name| run.env(&name, PASSWORD));
        match &self.warehouse {
            Some(warehouse) => warehouse.around(self.page, run),
            None => run,
        }
    }
}

fn succeeds(done: &Done) -> Result<(), String> {
    if done.status == 0 {
        Ok(())
    } else {
        Err(format!("{done:?}"))
    }
}

/// A home with the files that the page's statements name.
fn home_of(page: &Page) -> Home {
    let home = Home::new();
    let write = |path: &Path| {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder in the home");
        std::fs::write(path, PASSWORD).expect("a file in the home");
        restrict(path);
    };
    write(&home.file("passphrase"));
    for path in page.sources("FILE") {
        write(&home.file(&path));
    }
    let quickstart = home.file("docs/quickstart.sql");
    std::fs::create_dir_all(home.file("docs")).expect("a folder in the home");
    std::fs::copy(root().join("docs/quickstart.sql"), quickstart)
        .expect("a copy of the quickstart");
    home
}

fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .expect("the file's mode");
}

#[test]
fn every_command_that_is_not_run_stands_in_the_documentation() {
    let pages = pages();
    for (command, reason) in NOT_RUN {
        let used = pages.iter().flat_map(|page| &page.blocks).any(|block| {
            let lines = block.text.lines().map(str::trim);
            block.language == "sh" && lines.into_iter().any(|line| line == *command)
        });
        assert!(used, "no page has {command:?} ({reason})");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = String::new();
    for page in pages() {
        for link in &page.links {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                page.path.clone()
            } else {
                page.folder().join(path)
            };
            let missing = !target.exists()
                || !anchor.is_empty()
                    && target.is_file()
                    && !Page::read(target).anchors.contains(&anchor.to_owned());
            if missing {
                let _ = writeln!(faults, "{}: {link}", page.name);
            }
        }
    }
    assert!(faults.is_empty(), "these links lead nowhere:\n{faults}");
}

#[test]
fn every_page_can_be_reached_from_the_readme() {
    let pages = pages();
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut reached = vec![real(&root().join("README.md"))];
    let mut next = 0;
    while let Some(path) = reached.get(next).cloned() {
        next += 1;
        let page = pages.iter().find(|page| real(&page.path) == path);
        for link in page.iter().flat_map(|page| &page.links) {
            let file = path.with_file_name(link.split('#').next().unwrap_or_default());
            let target = real(&file);
            if !reached.contains(&target) {
                reached.push(target);
            }
        }
    }
    let lost: Vec<&str> = pages
        .iter()
        .filter(|page| !reached.contains(&real(&page.path)))
        .map(|page| page.name.as_str())
        .collect();
    assert!(lost.is_empty(), "no link leads to {lost:?}");
}

#[test]
fn every_file_of_the_source_that_is_named_is_there() {
    let mut named = 0;
    let mut faults = String::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page.path).expect("a page of the documentation");
        let in_quotes = text.split('`').skip(1).step_by(2);
        for path in in_quotes.filter(|word| word.starts_with("src/") || word.starts_with("tests/"))
        {
            named += 1;
            if !root().join(path).exists() {
                let _ = writeln!(faults, "{}: {path}", page.name);
            }
        }
    }
    assert!(named > 10, "the names were not found");
    assert!(faults.is_empty(), "these files are not there:\n{faults}");
}

/// The names under `[dependencies]` and the like.
fn dependencies() -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| inside) {
            names.push(name.to_owned());
        }
    }
    names
}

#[test]
fn every_dependency_has_its_line_among_the_decisions() {
    let path = root().join("docs/decisions/dependencies.md");
    let text = std::fs::read_to_string(path).expect("the list of dependencies");
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let mut missing = dependencies();
    missing.retain(|name| !listed.contains(&name.as_str()));
    assert!(missing.is_empty(), "no line for {missing:?}");
    let unused: Vec<_> = listed
        .iter()
        .filter(|name| !dependencies().iter().any(|used| used == *name))
        .collect();
    assert!(unused.is_empty(), "no dependency any more: {unused:?}");
}
