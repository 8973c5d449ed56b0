//! Packages and a container, which a release has beside the program. tests/packages/run builds the
//! packages themselves.

use std::path::Path;
use std::process::Command;

use crate::support::python::python;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file that moves would be missed when a release is built, and not before.
#[test]
fn both_packages_have_the_program_its_completions_and_its_manual_page() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    for package in ["[package.metadata.deb]", "[package.metadata.generate-rpm]"] {
        let section = manifest.split(package).nth(1).expect("its section");
        let section = section.split("\n[").next().expect("its text");
        let quoted = section.split('"').skip(1).step_by(2);
        let sources: Vec<&str> = quoted
            .filter(|word| ["completions/", "docs/"].iter().any(|folder| word.starts_with(folder)))
            .collect();
        for file in ["redwire.bash", "_redwire", "redwire.fish", "redwire.1"] {
            assert!(sources.iter().any(|source| source.ends_with(file)), "{package}: {file}");
        }
        for source in sources.iter().filter(|source| !source.contains('*')) {
            assert!(root().join(source).is_file(), "{package}: {source}");
        }
        assert!(section.contains("target/release/redwire"), "{package}");
    }
}

#[test]
fn the_container_file_has_no_lint() {
    let Some(python) = python() else { return };
    let hadolint = Path::new(python.get_program()).with_file_name("hadolint");
    let lint = Command::new(hadolint).arg(root().join("docs/Dockerfile")).output();
    let lint = lint.expect("hadolint runs; tests/run installs it");
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
}
