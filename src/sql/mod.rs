//! Text to statements.
mod error;
pub use error::{SqlError, SqlErrorKind};
