//! CREATE and ALTER TABLE: definitions of tables in the warehouse.

mod alter;
mod column;
mod constraint;
mod create;
mod default;
mod draft;
mod key;
mod not_kept;
mod print;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::action::Actions;
use super::name::Spanned;
use crate::definition::TableDefinition;
use crate::name::{Name, TableName};

pub use alter::DefinitionChange;
pub(super) use alter::parse_alter;
pub(super) use constraint::read_constraint;
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
    /// The definition, without the columns of `likes`.
    pub definition: TableDefinition,
    /// The tables whose definitions are copied.
    pub likes: Vec<Like>,
    /// The place of each foreign key: that of its first column, or of the constraint of a column.
    pub foreign_keys: Vec<Range<usize>>,
    /// The bytes of the name.
    pub name_span: Range<usize>,
    /// The bytes of its first part, which is the connection.
    pub connection_span: Range<usize>,
}

/// `LIKE table`
#[derive(Clone, Debug)]
pub struct Like {
    /// The number of columns before it.
    pub column: usize,
    /// The table.
    pub table: Spanned<TableName>,
    /// INCLUDING DEFAULTS.
    pub including_defaults: bool,
}

/// `ALTER TABLE`
#[derive(Clone, Debug)]
pub struct AlterTable {
    /// The name of the table.
    pub name: Spanned<TableName>,
    /// The change.
    pub change: TableChange,
}

/// The change of a table: either all of it is made or nothing.
#[derive(Clone, Debug)]
pub enum TableChange {
    /// SET, RESET and RENAME TO; the new name is in the same schema.
    Options(Actions<Name>),
    /// Changes of columns, keys and constraints, each with its place.
    Definition(Vec<Spanned<DefinitionChange>>),
}
