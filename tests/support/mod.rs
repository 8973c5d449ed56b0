//! What several families of tests need.

pub mod home;
#[cfg(target_os = "linux")]
pub mod keyring_session;
#[cfg(unix)]
pub mod terminal;
