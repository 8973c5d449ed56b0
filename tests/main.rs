//! The one binary of the integration tests.

mod bad_input;
mod canary;
#[cfg(target_os = "linux")]
mod keyring;
mod script;
mod statements;
mod support;
mod url;
