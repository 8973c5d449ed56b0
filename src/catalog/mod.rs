//! Definitions in SQLite: connections, tables and jobs, and what depends on what.
//!
//! Knows no statements, and of secrets only their ids. Each change is made inside a transaction
//! that the executor opens with [`Db::begin`].

mod connection;
mod constraint;
mod contents;
mod error;
mod file;
#[cfg(test)]
mod fixture;
mod glance;
mod guard;
mod job;
mod like;
mod list;
mod names;
mod object;
mod open;
mod query;
mod rows;
mod run;
mod sqlite_error;
mod stamp;
mod table;
mod transaction;
mod tree;
mod usage;
mod views;
mod watch;

pub use connection::{Definition, LimitInCatalog, SecretReference, StoredConnection};
pub use contents::Contents;
pub use error::CatalogError;
pub use glance::{GlancedKind, glance_at_names};
pub use job::{JobDefinition, JobReference, StoredJob};
pub use like::Pattern;
pub use names::{NameRange, NameScope};
pub use object::ObjectId;
pub use open::{Db, Location};
pub use run::{JobStatus, NewRun, RecordedError, RunEnd};
pub use table::StoredTable;
pub use tree::Branch;
pub use usage::{Usage, UsageKind, WarehouseObject};
pub use views::{VIEWS, view_path};
