//! What several families of tests need.

#[cfg(target_os = "linux")]
pub mod bus_proxy;
pub mod home;
#[cfg(target_os = "linux")]
pub mod keyring_session;
#[cfg(target_os = "linux")]
pub mod shell;
#[cfg(target_os = "linux")]
pub mod witness;
