//! The one binary of the integration tests.

#[cfg(target_os = "linux")]
mod catalog;
#[cfg(unix)]
mod docs;
mod house;
#[cfg(target_os = "linux")]
mod keyring;
#[cfg(target_os = "linux")]
mod process;
mod script;
mod support;
mod url;
