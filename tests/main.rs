//! The one binary of the integration tests.

#[cfg(target_os = "linux")]
mod keyring;
mod script;
mod support;
#[cfg(unix)]
mod terminal;
mod url;
