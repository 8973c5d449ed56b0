//! redwire: a SQL shell that keeps Amazon Redshift connections, and the tables and jobs that depend
//! on them.
//!
//! Definitions go to a local SQLite [`catalog`], passwords to a [`secret`] store, and the
//! [`executor`] keeps the two in step. [`warehouse`] has the open sessions. [`sql`] parses
//! statements, [`render`] formats their results, `script` and [`repl`] are the two loops that read
//! statements, and [`shell`] is the code that both loops share. The binary is a thin wrapper around
//! [`run()`].

mod access;
mod aws;
pub mod catalog;
pub mod cli;
pub mod completion;
pub mod config;
mod definition;
pub mod diagnostic;
mod error;
mod exec;
pub mod executor;
mod foreign;
pub mod host;
pub mod log;
mod metrics;
pub mod name;
pub mod render;
pub mod repl;
mod script;
pub mod secret;
pub mod shell;
mod sign;
pub mod signals;
pub mod sql;
pub mod sqlstate;
mod terminal;
pub mod url;
pub mod value;
pub mod warehouse;

mod interruptible;
mod private_file;
mod progress;
mod run;
mod runs;
mod watch;

pub use run::run;
