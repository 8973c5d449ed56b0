//! redwire: a SQL shell that keeps Amazon Redshift connections.
pub mod catalog;
pub mod error;
pub mod executor;
pub mod name;
pub mod render;
pub mod secret;
pub mod sql;
pub mod sqlstate;
pub mod url;
pub mod value;
