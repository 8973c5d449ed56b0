//! Helpers of several families of tests.

#[cfg(target_os = "linux")]
pub mod bastion;
#[cfg(target_os = "linux")]
pub mod bus_proxy;
#[cfg(target_os = "linux")]
pub mod certificates;
pub mod golden;
pub mod home;
#[cfg(target_os = "linux")]
pub mod keyring_session;
#[cfg(unix)]
pub mod light_vault;
#[cfg(target_os = "linux")]
pub mod postgres;
#[cfg(target_os = "linux")]
pub mod postgres_process;
pub mod program;
#[cfg(target_os = "linux")]
pub mod python;
#[cfg(unix)]
pub mod random;
#[cfg(target_os = "linux")]
pub mod shell;
pub mod sqlite;
#[cfg(unix)]
pub mod terminal;
#[cfg(target_os = "linux")]
pub mod vault_parts;
#[cfg(target_os = "linux")]
pub mod witness;
