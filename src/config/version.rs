//! `--version --verbose`: the build, and the libraries that problems may come from.

use std::ffi::OsString;

/// True if the facts about the build are asked for too.
pub(super) fn is_verbose(arguments: &[OsString]) -> bool {
    arguments.iter().any(|argument| argument == "--verbose")
}

/// The version and the facts about the build. It is made once, and clap keeps it.
pub(super) fn text() -> &'static str {
    let mut text = env!("CARGO_PKG_VERSION").to_owned();
    for (name, value) in [
        ("commit", option_env!("REDWIRE_COMMIT").unwrap_or("unknown")),
        (
            "target",
            &format!("{}-{}{LIBRARY}", std::env::consts::ARCH, std::env::consts::OS),
        ),
        ("SQLite", rusqlite::version()),
        ("rustls", version_of("rustls").unwrap_or("unknown")),
    ] {
        text.extend(["\n", name, ": ", value]);
    }
    text.leak()
}

/// The C library, as the last part of a target.
const LIBRARY: &str = if cfg!(target_env = "gnu") {
    "-gnu"
} else if cfg!(target_env = "musl") {
    "-musl"
} else {
    ""
};

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
