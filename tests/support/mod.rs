//! What several families of tests need.

pub mod golden;
pub mod home;
#[cfg(target_os = "linux")]
pub mod keyring_session;
pub mod program;
pub mod sqlite;
#[cfg(unix)]
pub mod terminal;
#[cfg(unix)]
pub mod witness;
