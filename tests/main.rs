//! The one binary of the integration tests.

#[cfg(target_os = "linux")]
mod catalog;
#[cfg(target_os = "linux")]
mod keyring;
mod script;
mod support;
mod url;
