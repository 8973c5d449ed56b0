//! What can be wrong with the definition of a table.

use std::fmt;

use super::{MAX_COLUMNS, SortStyle};
use crate::name::Name;
use crate::sql::data_type::DataType;
use crate::sqlstate::SqlState;

/// A key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// PRIMARY KEY.
    Primary,
    /// DISTKEY.
    Distribution,
    /// SORTKEY.
    Sort,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Primary => "primary key",
            Self::Distribution => "distribution key",
            Self::Sort => "sort key",
        })
    }
}

/// Why a text is no definition of a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// Two columns of one name.
    #[error("the column {name} is there twice")]
    ColumnTwice {
        /// The name, folded.
        name: Name,
    },
    /// More columns than a table may have.
    #[error("a table has at most {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// A key of a column that the table does not have.
    #[error("the {key} names the column {name}, which the table does not have")]
    NoSuchColumn {
        /// Which key.
        key: Key,
        /// The name.
        name: Name,
        /// The column that may have been meant.
        nearest: Option<Name>,
    },
    /// A key where the columns are left to the job that first writes the table.
    #[error("a {key} needs the columns, and the list of columns is empty")]
    NoColumns {
        /// Which key.
        key: Key,
    },
    /// A key that names a column twice.
    #[error("the {key} names the column {name} twice")]
    KeyColumnTwice {
        /// Which key.
        key: Key,
        /// The name.
        name: Name,
    },
    /// A key for the second time.
    #[error("a table has one {key}, and this is a second one")]
    SecondKey {
        /// Which key.
        key: Key,
    },
    /// A key of a type that cannot be one.
    #[error("a column of the type {data_type} cannot be a {key}")]
    TypeOfKey {
        /// Which key.
        key: Key,
        /// The type.
        data_type: DataType,
    },
    /// A sort key of more columns than it may have.
    #[error("{} sort key has at most {maximum} columns", if *style == SortStyle::Interleaved { "an interleaved" } else { "a" })]
    TooManySortColumns {
        /// What kind of sort key.
        style: SortStyle,
        /// How many it may have.
        maximum: usize,
    },
    /// DISTSTYLE KEY without a DISTKEY.
    #[error("DISTSTYLE KEY needs a DISTKEY")]
    StyleWithoutKey,
    /// DISTSTYLE EVEN or ALL with a DISTKEY.
    #[error("DISTSTYLE {style} and a DISTKEY contradict each other")]
    StyleAgainstKey {
        /// The style's keyword.
        style: &'static str,
    },
    /// NULL and NOT NULL for one column.
    #[error("the column is both NULL and NOT NULL")]
    NullAndNotNull,
    /// NULL for a column of the primary key.
    #[error("a column of the primary key cannot be NULL")]
    NullInPrimaryKey,
    /// A clause for the second time.
    #[error("{what} is given twice")]
    GivenTwice {
        /// Its keywords.
        what: &'static str,
    },
    /// What Redshift has and the catalog does not keep.
    #[error("{what} is not kept here")]
    NotKept {
        /// Its keywords.
        what: &'static str,
        /// What to do about it.
        hint: &'static str,
    },
    /// A change of a table other than those of its comment and its name.
    #[error("ALTER TABLE changes the comment and the name of a table, and nothing else")]
    NotAltered,
}

impl TableFault {
    /// The SQLSTATE of the failure.
    pub fn sqlstate(&self) -> SqlState {
        match self {
            Self::ColumnTwice { .. } => SqlState::DuplicateColumn,
            Self::TooManyColumns | Self::TooManySortColumns { .. } => {
                SqlState::ProgramLimitExceeded
            }
            Self::NoSuchColumn { .. }
            | Self::NoColumns { .. }
            | Self::KeyColumnTwice { .. }
            | Self::SecondKey { .. }
            | Self::TypeOfKey { .. }
            | Self::StyleWithoutKey
            | Self::StyleAgainstKey { .. }
            | Self::NullInPrimaryKey => SqlState::InvalidDefinition,
            Self::NullAndNotNull | Self::GivenTwice { .. } => SqlState::SyntaxError,
            Self::NotKept { .. } | Self::NotAltered => SqlState::NotSupported,
        }
    }

    /// What to type.
    pub fn hint(&self) -> String {
        match self {
            Self::ColumnTwice { .. } => {
                "rename one of the two: letter case makes no difference, in quotes either"
                    .to_owned()
            }
            Self::TooManyColumns => {
                "split the table, or keep what is seldom used in one column of SUPER".to_owned()
            }
            Self::NoSuchColumn { nearest: Some(nearest), .. } => format!("did you mean {nearest}?"),
            Self::NoSuchColumn { nearest: None, .. } => {
                "write the name of a column that stands above".to_owned()
            }
            Self::NoColumns { .. } => "list the columns, or leave the key out".to_owned(),
            Self::KeyColumnTwice { .. } | Self::GivenTwice { .. } | Self::NullAndNotNull => {
                "leave one of the two out".to_owned()
            }
            Self::SecondKey { key: Key::Distribution } => {
                "leave one of the two out: it has one column".to_owned()
            }
            Self::SecondKey { key: Key::Primary } => {
                "write PRIMARY KEY (a, b) for one of several columns".to_owned()
            }
            Self::SecondKey { key: Key::Sort } => {
                "write SORTKEY (a, b) for one of several columns".to_owned()
            }
            Self::TypeOfKey { .. } => "choose a column of another type".to_owned(),
            Self::TooManySortColumns { .. } => "leave the last ones out".to_owned(),
            Self::StyleWithoutKey => "add DISTKEY (column), or write DISTSTYLE AUTO".to_owned(),
            Self::StyleAgainstKey { .. } => {
                "write DISTSTYLE KEY, or leave the DISTKEY out".to_owned()
            }
            Self::NullInPrimaryKey => "leave NULL out".to_owned(),
            Self::NotKept { hint, .. } => (*hint).to_owned(),
            Self::NotAltered => "DROP TABLE and CREATE TABLE record it anew".to_owned(),
        }
    }
}
