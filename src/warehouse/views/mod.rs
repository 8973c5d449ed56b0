//! The databases, schemas, tables and columns of a server, from Redshift's own views, or from
//! PostgreSQL's if the server does not have those.

mod activity;
pub mod cause;
mod function;
mod listing;
pub mod names;
mod pattern;
mod relation;
mod rows;
mod tables;
mod visible;

use std::ops::ControlFlow;

pub use activity::{
    ACTIVITIES, Activity, ActivityColumn, ActivityViews, LOAD_ERRORS, LOCKS, QUERIES, QUEUES,
};
pub use function::FunctionDefinition;
pub use listing::{ListedKind, Listing, RelationKind};
pub use pattern::{NamePattern, PatternError, PatternParts};
pub use relation::Relation;
pub use rows::{TakeRow, TextRow, each_row};
pub use tables::TableQuestion;
pub use visible::{estimated_rows, visible_schemas};

use super::{Cancel, Session, WarehouseError};

/// The system views of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Views {
    /// Redshift's: `svv_redshift_columns` and the like.
    Redshift,
    /// PostgreSQL's: `pg_class` and the like.
    PostgreSql,
}

/// Counts Redshift's view of columns, without an error if it does not exist: an error would abort
/// an open transaction.
const FIND_VIEWS: &str = "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace \
     n ON n.oid = c.relnamespace \
     WHERE n.nspname = 'pg_catalog' AND c.relname = 'svv_redshift_columns'";

/// The tables of PostgreSQL, `c`, with their schemas, `n`.
const CLASSES: &str = "pg_catalog.pg_class c \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

/// The comments on tables, as AWS's JDBC driver 2.2.6 reads them (`getTables`); an OID is unique
/// only within its catalog table.
const COMMENTS: &str = "SELECT d.objoid, d.description FROM pg_catalog.pg_description d \
     JOIN pg_catalog.pg_class k ON k.oid = d.classoid JOIN pg_catalog.pg_namespace m ON m.oid = \
     k.relnamespace \
     WHERE d.objsubid = 0 AND k.relname = 'pg_class' AND m.nspname = 'pg_catalog'";

/// The columns `a` of [`CLASSES`].
const ATTRIBUTES: &str = "pg_catalog.pg_attribute a \
     ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped";

/// The condition that the schema in a column is a user's.
fn not_system(column: &str) -> String {
    format!("substring({column}, 1, 3) <> 'pg_' AND {column} <> 'information_schema'")
}

/// One more condition, if there is a literal.
fn and(column: &str, literal: Option<&str>) -> String {
    literal.map_or_else(String::new, |literal| format!(" AND {column} = {literal}"))
}

impl Views {
    /// Finds out which views the server has.
    ///
    /// # Errors
    /// The query failed, or `cancel` ended it.
    pub fn detect(session: &mut Session, cancel: &Cancel) -> Result<Self, WarehouseError> {
        let mut is_there = false;
        let mut take = |row: &TextRow<'_>| {
            is_there = row.text(0).is_some_and(|count| count != "0");
            ControlFlow::Continue(())
        };
        each_row(session, FIND_VIEWS, &mut take, None, cancel)?;
        Ok(if is_there { Self::Redshift } else { Self::PostgreSql })
    }
}
