//! CREATE and ALTER TABLE: definitions of tables in the warehouse.

mod column;
mod create;
mod draft;
mod key;
mod not_kept;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use super::action::{Actions, actions};
use super::data_type::{DataType, Encoding};
use super::error::{SqlErrorKind, TableError};
use super::lexical::{Parsed, fail, keyword, keywords};
use super::literal::StringLiteral;
use super::name::{Spanned, expect_name};
use super::option::TABLE_OPTIONS;
use crate::name::{Name, TableName};

pub(super) use create::parse_create;
pub(super) use not_kept::refuse_temporary;

/// The maximum number of columns in a table (AWS documentation, "CREATE TABLE", usage notes).
pub const MAX_COLUMNS: usize = 1_600;
/// The maximum number of columns in an interleaved sort key (AWS documentation, "CREATE TABLE",
/// SORTKEY).
pub const MAX_INTERLEAVED_COLUMNS: usize = 8;
/// The maximum number of columns in any other sort key (AWS documentation, "CREATE TABLE",
/// SORTKEY).
pub const MAX_COMPOUND_COLUMNS: usize = 400;

/// `CREATE TABLE`
#[derive(Clone, Debug)]
pub struct CreateTable {
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// The name of three parts.
    pub name: TableName,
    /// The bytes of the name; None for a table that was not written in a statement.
    pub name_span: Option<Range<usize>>,
    /// The bytes of its first part, which is the connection.
    pub connection_span: Option<Range<usize>>,
    /// The columns; empty if the first job that writes the table defines them.
    pub columns: Vec<ColumnDefinition>,
    /// The columns of the primary key.
    pub primary_key: Vec<Name>,
    /// DISTSTYLE.
    pub dist_style: Option<DistStyle>,
    /// The column of DISTKEY.
    pub dist_key: Option<Name>,
    /// SORTKEY.
    pub sort_key: Option<SortKey>,
    /// COMMENT.
    pub comment: Option<String>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// The name.
    pub name: Name,
    /// The type.
    pub data_type: DataType,
    /// NOT NULL.
    pub not_null: bool,
    /// ENCODE, the compression.
    pub encoding: Option<Encoding>,
}

/// The distribution of a table's rows over the nodes (AWS documentation, "Distribution styles").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistStyle {
    /// The warehouse chooses.
    Auto,
    /// Round robin.
    Even,
    /// By the value of a column.
    Key,
    /// A full copy on each node.
    All,
}

impl DistStyle {
    /// Every style.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Even, Self::Key, Self::All];

    /// The style with this keyword, in any letter case.
    pub fn named(word: &str) -> Option<Self> {
        let found = |style: &Self| style.word().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(found)
    }

    /// The keyword.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "AUTO",
            Self::Even => "EVEN",
            Self::Key => "KEY",
            Self::All => "ALL",
        }
    }
}

/// The sort key of a table (AWS documentation, "Sort keys").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// COMPOUND or INTERLEAVED, if given.
    pub style: Option<SortStyle>,
    /// The columns, in order.
    pub columns: Vec<Name>,
}

/// The weights of a sort key's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortStyle {
    /// The first column weighs most.
    Compound,
    /// Each column weighs the same.
    Interleaved,
}

impl SortStyle {
    /// The style with this keyword, in any letter case.
    pub fn named(word: &str) -> Option<Self> {
        let found = |style: &Self| style.word().eq_ignore_ascii_case(word);
        [Self::Compound, Self::Interleaved].into_iter().find(found)
    }

    /// The keyword.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compound => "COMPOUND",
            Self::Interleaved => "INTERLEAVED",
        }
    }
}

/// `ALTER TABLE`
#[derive(Clone, Debug)]
pub struct AlterTable {
    /// The name of the table.
    pub name: Spanned<TableName>,
    /// The changes; the new name is in the same schema.
    pub actions: Actions<Name>,
}

/// Prints one column per line, then one clause per line.
impl fmt::Display for CreateTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CREATE TABLE ")?;
        if self.if_not_exists {
            f.write_str("IF NOT EXISTS ")?;
        }
        write!(f, "{} (", self.name)?;
        for (index, column) in self.columns.iter().enumerate() {
            write!(f, "{}\n    {column}", if index == 0 { "" } else { "," })?;
        }
        if !self.primary_key.is_empty() {
            write!(f, ",\n    PRIMARY KEY {}", List(&self.primary_key))?;
        }
        f.write_str(if self.columns.is_empty() { ")" } else { "\n)" })?;
        if let Some(style) = self.dist_style {
            write!(f, "\n    DISTSTYLE {}", style.word())?;
        }
        if let Some(column) = &self.dist_key {
            write!(f, "\n    DISTKEY ({column})")?;
        }
        if let Some(key) = &self.sort_key {
            write!(f, "\n    {key}")?;
        }
        match &self.comment {
            Some(comment) => write!(f, "\n    COMMENT = {}", StringLiteral(comment)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ColumnDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.data_type)?;
        if self.not_null {
            f.write_str(" NOT NULL")?;
        }
        match self.encoding {
            Some(encoding) => write!(f, " ENCODE {encoding}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(style) = self.style {
            write!(f, "{} ", style.word())?;
        }
        write!(f, "SORTKEY {}", List(&self.columns))
    }
}

/// Names in parentheses.
struct List<'a>(&'a [Name]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            write!(f, "{}{name}", if index == 0 { "(" } else { ", " })?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for AlterTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ALTER TABLE {}{}", self.name.value, self.actions)
    }
}

/// The first words of Redshift's changes to tables that the catalog does not record.
const CHANGES_OF_REDSHIFT: [&[&str]; 6] =
    [&["ADD"], &["ALTER"], &["APPEND"], &["DROP"], &["OWNER"], &["RENAME", "COLUMN"]];

/// ```ebnf
/// alter table = "ALTER", "TABLE", table name, actions ;
/// ```
/// `input` begins at TABLE.
pub(super) fn parse_alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, AlterTable> {
    let (rest, ()) = keyword("TABLE")(input)?;
    let (rest, name) = expect_name(source, rest)?;
    if CHANGES_OF_REDSHIFT.iter().any(|words| keywords(words)(rest).is_ok()) {
        return fail(rest, SqlErrorKind::Table(TableError::NotAltered));
    }
    let (rest, actions) = actions(TABLE_OPTIONS, source, |_| false, rest)?;
    Ok((rest, AlterTable { name, actions }))
}
