//! Errors in the change of a table's definition.

use super::Key;
use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::Name;
use crate::sqlstate::SqlState as S;

/// An error in ALTER TABLE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlterTableError {
    /// A change that is not one of a definition.
    NotAltered,
    /// A column that ALTER TABLE names and the table does not have.
    UnknownColumn {
        /// The name.
        name: Name,
        /// A similar column.
        nearest: Option<Name>,
    },
    /// DROP COLUMN of a key's column.
    ColumnOfKey {
        /// The key.
        key: Key,
        /// The name.
        name: Name,
    },
    /// A change of a type that Redshift does not make.
    TypeNotAltered {
        /// The type of the column, as SQL.
        data_type: String,
    },
    /// ADD COLUMN with a key, a constraint or IDENTITY.
    AddedWithKey,
    /// A constraint that the table does not have.
    NoSuchConstraint {
        /// The name.
        name: Name,
        /// A similar constraint.
        nearest: Option<String>,
    },
}

impl Diagnostic for AlterTableError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NotAltered => S::NotSupported
                .error("ALTER TABLE changes only the definition of a table")
                .hint("redwire connect runs the statement in the warehouse"),
            Self::UnknownColumn { name, nearest } => {
                let nearest = nearest.as_ref().map(Name::shown);
                let message = format!("column {} does not exist", name.quoted());
                S::UndefinedColumn.error(message).did_you_mean(
                    nearest.as_deref(),
                    "DESCRIBE TABLE shows the columns of the table",
                )
            }
            Self::ColumnOfKey { key, name } => S::NotSupported
                .error(format!("cannot drop {key} column {}", name.quoted()))
                .hint(match key {
                    Key::Distribution => "ALTER TABLE … ALTER DISTSTYLE EVEN first",
                    Key::Sort | Key::Primary | Key::Unique | Key::Foreign => {
                        "ALTER TABLE … ALTER SORTKEY NONE first"
                    }
                }),
            Self::TypeNotAltered { data_type } => S::NotSupported
                .error(format!("cannot alter the type of a column of type {data_type}"))
                .hint(
                    "Redshift alters only the length of VARCHAR: add a column, and drop this one",
                ),
            Self::AddedWithKey => S::NotSupported
                .error("ADD COLUMN takes no key, no constraint and no IDENTITY")
                .hint("add the column, and then the constraint with ADD CONSTRAINT"),
            Self::NoSuchConstraint { name, nearest } => {
                let message = format!("constraint {} does not exist", name.quoted());
                S::UndefinedObject
                    .error(message)
                    .did_you_mean(nearest.as_deref(), "SHOW CREATE TABLE shows the constraints")
            }
        }
    }
}
