//! The one binary of the integration tests.

#[cfg(target_os = "linux")]
mod keyring;
mod manual;
mod script;
#[cfg(unix)]
mod shells;
mod support;
mod url;
