//! `--version --verbose`: the build, and the libraries that problems may come from.

use std::ffi::OsString;

use clap::error::ErrorKind;

/// The version with the facts about the build, if both are asked for.
pub(super) fn extended(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let is_verbose = arguments.iter().any(|argument| argument == "--verbose");
    if error.kind() != ErrorKind::DisplayVersion || !is_verbose {
        return error;
    }
    clap::Error::raw(ErrorKind::DisplayVersion, text())
}

fn text() -> String {
    let mut text = concat!("redwire ", env!("CARGO_PKG_VERSION"), "\n").to_owned();
    for (name, value) in [
        ("commit", option_env!("REDWIRE_COMMIT").unwrap_or("unknown")),
        ("target", &format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS)),
        ("SQLite", rusqlite::version()),
        ("rustls", version_of("rustls").unwrap_or("unknown")),
    ] {
        text.extend([name, ": ", value, "\n"]);
    }
    text
}

/// The version of a dependency in Cargo.lock.
fn version_of(name: &str) -> Option<&'static str> {
    let lock = include_str!("../../Cargo.lock");
    let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    package.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_about_the_build_are_known() {
        let text = text();
        assert!(text.contains("\nSQLite: 3.") && text.contains("\nrustls: 0."), "{text}");
        assert_eq!(version_of("no such crate"), None);
    }
}
