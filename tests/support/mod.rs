//! What several families of tests need.

pub mod home;
#[cfg(target_os = "linux")]
pub mod keyring_session;
pub mod program;
#[cfg(unix)]
pub mod witness;
