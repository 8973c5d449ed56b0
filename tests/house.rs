//! Dependencies between modules: the paths in the code are compared with the tables of
//! docs/architecture.md. A missing permit is an error, and so is one that nobody uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The folders whose modules have a table, with the heading above it.
const GUARDED: &[(&str, &str)] = &[
    ("", "## The modules"),
    ("sql", "### Inside `sql/`"),
    ("executor", "### Inside `executor/`"),
    ("shell", "### Inside `shell/`"),
    ("warehouse", "### Inside `warehouse/`"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.rs` file below the folder, but for files of tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
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

/// The module of a file below src: `sql/job/mod.rs` is `["sql", "job"]`.
fn module_of(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root().join("src")).expect("a file below src");
    let mut module: Vec<String> = inside
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if module.last().is_some_and(|name| name == "mod" || name == "lib") {
        module.pop();
    }
    module
}

/// The code before the tests, without comments, on one line.
fn code_of(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("the file");
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join(" ")
}

/// The paths that the code names from `crate`, `redwire` or `super`, as modules and items from the
/// root of the crate.
fn paths(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for prefix in ["crate::", "redwire::"] {
        for (at, _) in code.match_indices(prefix) {
            if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                spread(&code[at + prefix.len()..], Vec::new(), &mut found);
            }
        }
    }
    for (at, _) in code.match_indices("super::") {
        if code[..at].ends_with("super::") {
            continue;
        }
        let rest = code[at..].trim_start_matches("super::");
        let steps = (code[at..].len() - rest.len()) / "super::".len();
        let base = module[..module.len().saturating_sub(steps)].to_vec();
        spread(rest, base, &mut found);
    }
    found
}

/// Follows `a::b`, and `{a, b::{c}}` into each of its branches.
fn spread(rest: &str, base: Vec<String>, found: &mut Vec<Vec<String>>) {
    if let Some(list) = rest.strip_prefix('{') {
        let mut depth = 0;
        let mut start = 0;
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    let branch = list[start..at].trim();
                    if !branch.is_empty() {
                        spread(branch, base.clone(), found);
                    }
                    start = at + 1;
                    if c == '}' {
                        return;
                    }
                }
                _ => (),
            }
        }
        return;
    }
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let after = &rest[name.len()..];
    let mut path = base;
    path.push(name);
    match after.strip_prefix("::") {
        Some(after) => spread(after, path, found),
        None => found.push(path),
    }
}

/// The modules in a folder, each with those beside it that its files name.
fn uses_in(folder: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    sources(&root().join("src").join(folder), &mut files);
    let base: Vec<String> =
        folder.split('/').filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let place = |path: &[String]| -> Option<String> {
        path.strip_prefix(base.as_slice())?.first().cloned()
    };
    let mut uses = BTreeMap::new();
    for file in &files {
        if let Some(name) = place(&module_of(file)) {
            uses.entry(name).or_insert_with(BTreeSet::new);
        }
    }
    let names: BTreeSet<String> = uses.keys().cloned().collect();
    for file in &files {
        let module = module_of(file);
        let Some(name) = place(&module) else { continue };
        for path in paths(&code_of(file), &module) {
            if let Some(used) = place(&path)
                && used != name
                && names.contains(&used)
            {
                uses.entry(name.clone()).or_default().insert(used);
            }
        }
    }
    uses
}

/// The rows of the table under the heading: modules, and what each of them may use.
fn permits_under(heading: &str) -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).expect("the page");
    let section = page.split(&format!("\n{heading}\n")).nth(1).unwrap_or_else(|| {
        panic!("docs/architecture.md has no heading {heading:?}");
    });
    let section = section.split("\n#").next().unwrap_or_default();
    let mut permits = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [names, _, uses] = cells.as_slice() else {
            panic!("a row of three cells: {row}")
        };
        let uses: BTreeSet<String> = words(uses);
        for name in words(names) {
            let earlier = permits.insert(name.clone(), uses.clone());
            assert!(earlier.is_none(), "{heading}: {name} has two rows");
        }
    }
    permits
}

/// The names between backquotes, without what marks a file or a folder.
fn words(cell: &str) -> BTreeSet<String> {
    let names = cell.split('`').skip(1).step_by(2);
    names
        .map(|name| name.trim_end_matches(".rs").trim_end_matches('/').to_owned())
        .collect()
}

#[test]
fn every_module_uses_what_the_architecture_says_and_nothing_else() {
    let mut wrong = String::new();
    for (folder, heading) in GUARDED {
        let permits = permits_under(heading);
        let uses = uses_in(folder);
        assert!(uses.len() > 3, "the modules in src/{folder} were not found");
        for name in permits.keys().filter(|name| !uses.contains_key(*name)) {
            let _ = writeln!(wrong, "{heading}: there is no module {name}");
        }
        for (name, used) in &uses {
            let Some(permitted) = permits.get(name) else {
                let _ = writeln!(wrong, "{heading}: {name} has no row; it uses {used:?}");
                continue;
            };
            for name_used in used.difference(permitted) {
                let _ = writeln!(wrong, "{heading}: {name} uses {name_used} without a permit");
            }
            for unused in permitted.difference(used) {
                let _ = writeln!(wrong, "{heading}: {name} has a permit for {unused} and no use");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn modules_use_each_other_in_one_direction() {
    for (folder, _) in GUARDED {
        let mut left = uses_in(folder);
        loop {
            let free: Vec<String> = left
                .iter()
                .filter(|(_, used)| !used.iter().any(|name| left.contains_key(name)))
                .map(|(name, _)| name.clone())
                .collect();
            if free.is_empty() {
                break;
            }
            left.retain(|name, _| !free.contains(name));
        }
        assert!(left.is_empty(), "a circle in src/{folder}: {left:?}");
    }
}

#[test]
fn a_module_with_parts_is_a_folder_with_mod_rs() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("tests"), &mut files);
    files.retain(|file| file.with_extension("").is_dir());
    assert!(files.is_empty(), "move these to mod.rs: {files:?}");
}

/// AWS's crates bring a TLS in C and an HTTP of their own as soon as a default feature is on.
#[test]
fn there_is_one_tls_and_one_http() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let unwanted = ["aws-lc-rs", "aws-lc-sys", "hyper", "native-tls", "openssl", "openssl-sys"];
    let found: Vec<&str> = unwanted
        .into_iter()
        .filter(|name| lock.contains(&format!("name = \"{name}\"")))
        .collect();
    assert!(found.is_empty(), "{found:?} came in");
    assert_eq!(lock.matches("name = \"rustls\"").count(), 1, "two versions of rustls");
}

/// Production code outside `definition/mod.rs` has the keyword of a kind of connection from
/// `ConnectionKind`. Comments do not count, nor do longer words such as `REDSHIFT_HOST`.
#[test]
fn the_keyword_of_a_kind_is_in_one_file() {
    let definition = code_of(&root().join("src/definition/mod.rs"));
    let keyword = definition.split("fn keyword").nth(1).expect("the keywords");
    let keyword = keyword.split(" fn ").next().expect("its end");
    let keywords: Vec<String> = keyword.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!keywords.is_empty(), "no kind has a keyword");
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    for file in files.iter().filter(|file| !file.ends_with("src/definition/mod.rs")) {
        let code = code_of(file);
        for keyword in &keywords {
            let mut uses = code.match_indices(keyword.as_str()).filter(|(at, _)| {
                let (before, behind) = (&code[..*at], &code[at + keyword.len()..]);
                !before.ends_with(is_part) && !behind.starts_with(is_part)
            });
            assert!(uses.next().is_none(), "{} has the word {keyword}", file.display());
        }
    }
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
