//! What several families of tests need.

#[cfg(target_os = "linux")]
pub mod keyring_session;
