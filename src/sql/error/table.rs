//! Errors in the definition of a table.

use std::fmt;

use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::{ConnectionName, Name};
use crate::sqlstate::SqlState as S;

/// A key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// PRIMARY KEY.
    Primary,
    /// UNIQUE.
    Unique,
    /// FOREIGN KEY.
    Foreign,
    /// DISTKEY.
    Distribution,
    /// SORTKEY.
    Sort,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Primary => "primary key",
            Self::Unique => "unique constraint",
            Self::Foreign => "foreign key",
            Self::Distribution => "distribution key",
            Self::Sort => "sort key",
        })
    }
}

/// An error in the definition of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableError {
    /// Two columns with the same name.
    ColumnTwice {
        /// The name, folded.
        name: Name,
    },
    /// More columns than a table may have.
    TooManyColumns {
        /// The limit.
        maximum: usize,
    },
    /// A key with a column that the table does not have.
    NoSuchColumn {
        /// The key.
        key: Key,
        /// The name.
        name: Name,
        /// A similar column.
        nearest: Option<Name>,
    },
    /// A key of a table without columns, which the first job that writes the table will define.
    NoColumns {
        /// The key.
        key: Key,
    },
    /// A key that names a column twice.
    KeyColumnTwice {
        /// The key.
        key: Key,
        /// The name.
        name: Name,
    },
    /// The same key given twice.
    SecondKey {
        /// The key.
        key: Key,
    },
    /// A key column whose type does not allow that.
    TypeOfKey {
        /// The key.
        key: Key,
        /// The type as SQL.
        data_type: String,
    },
    /// A sort key with too many columns.
    TooManySortColumns {
        /// The style with its article.
        style: &'static str,
        /// The limit.
        maximum: usize,
    },
    /// DISTSTYLE KEY without a DISTKEY.
    StyleWithoutKey,
    /// DISTSTYLE EVEN or ALL with a DISTKEY.
    StyleAgainstKey {
        /// The style's keyword.
        style: &'static str,
    },
    /// NULL and NOT NULL for one column.
    NullAndNotNull,
    /// NULL for a column of the primary key.
    NullInPrimaryKey,
    /// A feature of Redshift that the catalog does not keep.
    NotKept {
        /// The keywords of the feature.
        what: &'static str,
        /// A suggested fix.
        hint: &'static str,
    },
    /// Two constraints with the same name.
    ConstraintTwice {
        /// The name.
        name: Name,
    },
    /// COLLATE of a column without strings.
    TypeOfCollation {
        /// The type as SQL.
        data_type: String,
    },
    /// A distribution or a sort key beside LIKE.
    LikeWithKeys,
    /// An error in IDENTITY of a column.
    Identity(IdentityError),
    /// An error in REFERENCES or LIKE.
    ForeignKey(ForeignKeyError),
}

impl Diagnostic for TableError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::ColumnTwice { name } => S::DuplicateColumn
                .error(format!("column {} specified more than once", name.quoted()))
                .hint("rename one of the two: letter case makes no difference, in quotes either"),
            Self::TooManyColumns { maximum } => S::ProgramLimitExceeded
                .error(format!("tables can have at most {maximum} columns"))
                .hint("split the table, or keep what is seldom used in one column of SUPER"),
            Self::NoSuchColumn { key, name, nearest } => {
                no_such_column(*key, name, nearest.as_ref())
            }
            Self::NoColumns { key } => invalid(
                format!("a {key} requires a list of columns"),
                "list the columns, or leave the key out",
            ),
            Self::KeyColumnTwice { key, name } => invalid(
                format!("column {} appears twice in {key}", name.quoted()),
                "leave one of the two out",
            ),
            Self::SecondKey { key } => invalid(
                format!("multiple {key}s for a table are not allowed"),
                of_several_columns(*key),
            ),
            Self::TypeOfKey { key, data_type } => invalid(
                format!("a column of type {data_type} cannot be a {key}"),
                "choose a column of another type",
            ),
            Self::TooManySortColumns { style, maximum } => {
                let message = format!("{style} sort key has at most {maximum} columns");
                S::ProgramLimitExceeded.error(message).hint("leave the last ones out")
            }
            Self::StyleWithoutKey => invalid(
                "DISTSTYLE KEY requires a DISTKEY",
                "add DISTKEY (column), or write DISTSTYLE AUTO",
            ),
            Self::StyleAgainstKey { style } => invalid(
                format!("conflicting DISTSTYLE {style} and DISTKEY"),
                "write DISTSTYLE KEY, or leave the DISTKEY out",
            ),
            Self::NullAndNotNull => S::SyntaxError
                .error("conflicting NULL/NOT NULL declarations")
                .hint("leave one of the two out"),
            Self::NullInPrimaryKey => {
                invalid("a column of the primary key cannot be NULL", "leave NULL out")
            }
            Self::NotKept { what, hint } => {
                S::NotSupported.error(format!("{what} is not supported")).hint(*hint)
            }
            Self::ConstraintTwice { name } => S::DuplicateObject
                .error(format!("constraint {} already exists", name.quoted()))
                .hint("give one of the two another name"),
            Self::TypeOfCollation { data_type } => invalid(
                format!("collations are not supported by type {data_type}"),
                "leave COLLATE out: it is for CHAR, VARCHAR and SUPER",
            ),
            Self::LikeWithKeys => invalid(
                "a table that is LIKE another has its distribution and sort key",
                "leave DISTSTYLE, DISTKEY and SORTKEY out",
            ),
            Self::Identity(error) => error.diagnosis(),
            Self::ForeignKey(error) => error.diagnosis(),
        }
    }
}

/// An error in IDENTITY of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityError {
    /// IDENTITY of a column without integers.
    Type,
    /// DEFAULT and IDENTITY for one column.
    WithDefault,
    /// IDENTITY with a step of 0.
    StepOfZero,
    /// A number that 8 bytes cannot hold.
    NumberTooLong,
}

impl Diagnostic for IdentityError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Type => S::InvalidParameterValue
                .error("identity column type must be smallint, integer, or bigint")
                .hint("write BIGINT"),
            Self::WithDefault => S::SyntaxError
                .error("both default and identity specified for a column")
                .hint("leave one of the two out"),
            Self::StepOfZero => S::InvalidParameterValue
                .error("the step of IDENTITY cannot be zero")
                .hint("write IDENTITY(1, 1)"),
            Self::NumberTooLong => S::InvalidParameterValue
                .error("value is out of range for type bigint")
                .hint("write IDENTITY(1, 1)"),
        }
    }
}

/// An error in REFERENCES or LIKE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignKeyError {
    /// A table of another connection behind REFERENCES or LIKE.
    OtherConnection {
        /// The connection of the table itself.
        connection: ConnectionName,
    },
    /// A foreign key whose two lists of columns have different lengths.
    Count,
    /// A foreign key to a column that the referenced table does not have.
    NoColumn {
        /// The column.
        name: Name,
        /// A similar column.
        nearest: Option<Name>,
        /// The tables, as a sentence.
        tables: String,
    },
}

impl Diagnostic for ForeignKeyError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::OtherConnection { connection } => S::NotSupported
                .error("cross-database references are not implemented")
                .hint(format!("write schema.table: it is on connection {}", connection.shown())),
            Self::Count => S::InvalidForeignKey
                .error("number of referencing and referenced columns for foreign key disagree")
                .hint("write as many columns behind REFERENCES as behind FOREIGN KEY"),
            Self::NoColumn { name, nearest, tables } => S::UndefinedColumn
                .error(format!(
                    "column {} referenced in foreign key constraint does not exist",
                    name.quoted()
                ))
                .did_you_mean(nearest.as_ref().map(Name::shown).as_deref(), tables.as_str()),
        }
    }
}

fn no_such_column(key: Key, name: &Name, nearest: Option<&Name>) -> Diagnosis {
    let message = format!("column {} named in {key} does not exist", name.quoted());
    S::InvalidDefinition.error(message).did_you_mean(
        nearest.map(Name::shown).as_deref(),
        "write the name of a column that stands above",
    )
}

/// The hint for a key that is given twice.
fn of_several_columns(key: Key) -> &'static str {
    match key {
        Key::Distribution => "leave one of the two out: it has one column",
        Key::Primary | Key::Unique | Key::Foreign => {
            "write PRIMARY KEY (a, b) for one of several columns"
        }
        Key::Sort => "write SORTKEY (a, b) for one of several columns",
    }
}

fn invalid(message: impl Into<String>, hint: &str) -> Diagnosis {
    S::InvalidDefinition.error(message).hint(hint)
}
