//! The one binary of the integration tests.

mod docs;
#[cfg(target_os = "linux")]
mod keyring;
mod script;
mod support;
mod url;
