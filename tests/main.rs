//! The one binary of the integration tests.

#[cfg(target_os = "linux")]
mod keyring;
mod support;
mod url;
