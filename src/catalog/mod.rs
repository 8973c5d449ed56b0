//! Definitions in SQLite: what there is, and what depends on what.
//!
//! Knows nothing of statements and nothing of secrets but their ids. Each change is made inside a transaction that
//! the executor opens with [`Db::begin`].

mod connection;
mod copy;
mod error;
mod failure;
mod glance;
mod guard;
mod job;
mod like;
mod open;
mod query;
mod stamp;
mod table;
mod transaction;
mod usage;
mod views;

pub use connection::{Definition, NameRange, SecretReference, StoredConnection};
pub use error::CatalogError;
pub use glance::glance_at_names;
pub use job::{JobDefinition, JobReference, StoredJob};
pub use open::{Db, Location};
pub use table::{Column, StoredTable, TableDefinition};
pub use usage::{Usage, UsageKind};
pub use views::VIEWS;
