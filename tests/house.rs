//! Who may know whom: the modules' paths are read from the code and held against the picture in
//! docs/architecture.md. A module that knows too much is the first sign of a house that sags.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What each module may use; what is not listed uses nothing.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["completion", "config", "diagnostic", "host", "log", "run", "signals"]),
    (
        "run",
        &[
            "catalog",
            "cli",
            "completion",
            "config",
            "diagnostic",
            "error",
            "exec",
            "executor",
            "host",
            "name",
            "repl",
            "script",
            "secret",
            "shell",
            "terminal",
        ],
    ),
    (
        "config",
        &[
            "catalog",
            "cli",
            "diagnostic",
            "exec",
            "executor",
            "host",
            "render",
            "script",
            "secret",
            "shell",
            "warehouse",
        ],
    ),
    ("cli", &["render", "script", "secret", "warehouse"]),
    ("completion", &["catalog", "cli", "config", "host"]),
    ("log", &["render"]),
    ("terminal", &["executor", "host", "secret", "signals"]),
    ("host", &["signals"]),
    (
        "repl",
        &[
            "catalog",
            "diagnostic",
            "error",
            "executor",
            "host",
            "name",
            "render",
            "script",
            "shell",
            "signals",
            "sql",
            "sqlstate",
            "terminal",
            "url",
        ],
    ),
    (
        "exec",
        &[
            "definition",
            "diagnostic",
            "error",
            "executor",
            "name",
            "shell",
            "terminal",
            "url",
            "warehouse",
            "host",
        ],
    ),
    ("script", &["diagnostic", "error", "executor", "shell", "sql"]),
    (
        "shell",
        &[
            "access",
            "diagnostic",
            "error",
            "executor",
            "name",
            "render",
            "sql",
            "sqlstate",
            "url",
            "warehouse",
        ],
    ),
    (
        "executor",
        &[
            "access",
            "catalog",
            "definition",
            "diagnostic",
            "error",
            "name",
            "secret",
            "sql",
            "url",
            "value",
            "warehouse",
            "host",
            "signals",
        ],
    ),
    ("render", &["catalog", "diagnostic", "error", "executor", "name", "value"]),
    (
        "error",
        &[
            "catalog",
            "definition",
            "diagnostic",
            "name",
            "secret",
            "sql",
            "sqlstate",
            "url",
            "warehouse",
        ],
    ),
    ("catalog", &["access", "definition", "diagnostic", "name", "sqlstate", "value"]),
    ("secret", &["diagnostic", "sqlstate"]),
    ("sql", &["definition", "diagnostic", "name", "sqlstate"]),
    ("url", &["definition", "diagnostic", "sqlstate"]),
    ("warehouse", &["definition", "diagnostic", "sqlstate", "url"]),
    ("name", &["diagnostic", "sqlstate"]),
    ("diagnostic", &["sqlstate"]),
];

/// Every `.rs` file below the folder, but for files of tests.
fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs")
            && path.file_stem().is_some_and(|name| name != "tests")
        {
            found.push(path);
        }
    }
}

/// The modules that a file names with `crate::`, or from outside with `redwire::`, before its
/// tests.
fn uses(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: Vec<&str> =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut found = BTreeSet::new();
    for prefix in ["crate::", "redwire::"] {
        for rest in code.split(prefix).skip(1) {
            let names = rest
                .strip_prefix('{')
                .map_or(rest, |list| list.split('}').next().unwrap_or_default());
            let list = if rest.starts_with('{') {
                names.split(',').collect()
            } else {
                vec![names]
            };
            for name in list {
                let name: String = name
                    .trim()
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                if name.starts_with(|c: char| c.is_ascii_lowercase()) {
                    found.insert(name);
                }
            }
        }
    }
    found
}

#[test]
fn no_module_knows_more_than_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 30, "the sources were not found");
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).expect("a file below src");
        let first = inside
            .components()
            .next()
            .expect("a name")
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let module = first.trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        for used in uses(&std::fs::read_to_string(&file).expect("the file")) {
            if used != module
                && !allowed.get(module.as_str()).unwrap_or(&&[][..]).contains(&used.as_str())
            {
                wrong.push(format!("{} uses {used}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_top_level_stays_as_it_is() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "src",
        "tests",
        "completions",
        "docs",
        "target",
        "proptest-regressions",
    ];
    for entry in std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).expect("the package") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(
            name.starts_with('.') || allowed.contains(&name.as_str()),
            "{name} does not belong at the top"
        );
    }
}
