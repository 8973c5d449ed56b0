//! The one binary of the integration tests.

#[cfg(target_os = "linux")]
mod catalog;
#[cfg(target_os = "linux")]
mod keyring;
#[cfg(target_os = "linux")]
mod keyring_program;
#[cfg(target_os = "linux")]
mod kill;
mod script;
mod support;
mod url;
#[cfg(unix)]
mod vault;
