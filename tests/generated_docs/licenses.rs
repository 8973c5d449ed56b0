//! docs/licenses.md: the licence of each crate in the program, as cargo knows it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::page::Page;

/// The licences under which a program that has the crate in it may be passed on, by their SPDX
/// names: one of the alternatives of each crate.
const PERMISSIVE: [&str; 9] = [
    "0BSD",
    "Apache-2.0",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// The platform of the list: another one's keyring and TLS bring some other crates.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The page.
///
/// # Panics
/// A crate has no licence that allows the program to be passed on.
pub fn page() -> String {
    let mut crates: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, license) in crates_of_program() {
        let alternatives = alternatives(&license);
        assert!(
            alternatives.iter().any(|alternative| is_permissive(alternative)),
            "{name} has the licence {license}, which docs/licenses.md does not know"
        );
        crates.entry(alternatives.join(" OR ")).or_default().insert(name);
    }
    let mut page = Page::titled("Licences");
    page.paragraph(
        "redwire has the [MIT licence](../LICENSE). These crates are in the program on Linux; SQLite, \
         which is in it too, is in the public domain. The packages bring the texts.",
    );
    let rows = crates.into_iter().map(|(license, names)| {
        let names: Vec<String> = names.into_iter().collect();
        [license, names.join(", ")]
    });
    page.table(["licence", "crates"], rows);
    page.into_text()
}

/// The alternatives of an SPDX expression, in the order of their names. Older crates write `/` for
/// OR.
fn alternatives(license: &str) -> Vec<String> {
    let mut alternatives: Vec<String> = license
        .split(" OR ")
        .flat_map(|part| part.split('/'))
        .map(|part| part.trim().to_owned())
        .collect();
    if license.contains('(') {
        alternatives = vec![license.to_owned()];
    }
    alternatives.sort_unstable();
    alternatives
}

fn is_permissive(alternative: &str) -> bool {
    let words = alternative.split([' ', '(', ')']).filter(|word| !word.is_empty());
    let mut names = words.filter(|word| !["AND", "OR", "WITH", "LLVM-exception"].contains(word));
    names.all(|name| PERMISSIVE.contains(&name))
}

/// Names and licences of the crates that are linked into the program.
fn crates_of_program() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--target", PLATFORM])
        .args(["--prefix", "none", "--format", "{p}\t{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let crates = tree.lines().skip(1).filter_map(|line| {
        let (package, license) = line.split_once('\t')?;
        let (name, _) = package.split_once(' ')?;
        Some((name.to_owned(), license.trim_end_matches(" (*)").to_owned()))
    });
    crates.collect()
}
