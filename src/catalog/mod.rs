//! Definitions in SQLite.

mod error;
mod usage;

pub use error::CatalogError;
pub use usage::{Usage, UsageKind};
