//! CREATE and ALTER of tables: definitions of tables in the warehouse.

use std::fmt;

use nom::Parser;
use nom::combinator::opt;

use super::action::{Actions, actions};
use super::data_type::{DataType, Encoding};
use super::lexical::{Parsed, expect, keyword, keywords, symbol};
use super::literal::StringLiteral;
use super::name::{Spanned, expect_name};
use super::option::TABLE_OPTIONS;
use crate::name::{Name, TableName};

/// `CREATE TABLE`
#[derive(Clone, Debug)]
pub struct CreateTable {
    /// IF NOT EXISTS: leave the table alone if it exists.
    pub if_not_exists: bool,
    /// Its name.
    pub name: Spanned<TableName>,
    /// Its columns; none: the job that first writes it brings them.
    pub columns: Vec<ColumnDefinition>,
    /// The columns of its primary key.
    pub primary_key: Vec<Name>,
    /// How its rows are spread over the warehouse's nodes.
    pub dist_style: Option<DistStyle>,
    /// The column by which they are spread.
    pub dist_key: Option<Name>,
    /// How its rows are sorted.
    pub sort_key: Option<SortKey>,
    /// A remark.
    pub comment: Option<String>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub data_type: DataType,
    /// Whether it must have a value.
    pub not_null: bool,
    /// How it is compressed.
    pub encoding: Option<Encoding>,
}

/// How the rows of a table are spread over the warehouse's nodes (AWS documentation, "Distribution styles").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistStyle {
    /// The warehouse chooses.
    Auto,
    /// In turn.
    Even,
    /// By the value of a column.
    Key,
    /// Each node has all of them.
    All,
}

impl DistStyle {
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

/// How the rows of a table are sorted (AWS documentation, "Sort keys").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// COMPOUND or INTERLEAVED, where it is said.
    pub style: Option<SortStyle>,
    /// The columns, in order.
    pub columns: Vec<Name>,
}

/// What the columns of a sort key weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortStyle {
    /// The first one most.
    Compound,
    /// All the same.
    Interleaved,
}

impl SortStyle {
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
    /// Its name.
    pub name: Spanned<TableName>,
    /// What is to be changed; a new name is one in the same schema.
    pub actions: Actions<Name>,
}

impl fmt::Display for CreateTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CREATE TABLE ")?;
        if self.if_not_exists {
            f.write_str("IF NOT EXISTS ")?;
        }
        write!(f, "{} ()", self.name.value)?;
        match &self.comment {
            Some(comment) => write!(f, "\n    COMMENT = {}", StringLiteral(comment)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for AlterTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ALTER TABLE {}{}", self.name.value, self.actions)
    }
}

/// ```ebnf
/// create table = "CREATE", "TABLE", [ "IF", "NOT", "EXISTS" ], table name, "(", ")" ;
/// ```
/// `input` begins behind TABLE.
pub(super) fn parse_create<'a>(source: &'a str, input: &'a str) -> Parsed<'a, CreateTable> {
    let (rest, not_exists) = opt(keywords(&["IF", "NOT", "EXISTS"])).parse(input)?;
    let (rest, name) = expect_name(source, rest)?;
    let (rest, ()) = expect("(", symbol('(', "("))(rest)?;
    let (rest, ()) = expect(")", symbol(')', ")"))(rest)?;
    let statement = CreateTable {
        if_not_exists: not_exists.is_some(),
        name,
        columns: Vec::new(),
        primary_key: Vec::new(),
        dist_style: None,
        dist_key: None,
        sort_key: None,
        comment: None,
    };
    Ok((rest, statement))
}

/// ```ebnf
/// alter table = "ALTER", "TABLE", table name, actions ;
/// ```
/// `input` begins at TABLE.
pub(super) fn parse_alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, AlterTable> {
    let (rest, ()) = keyword("TABLE")(input)?;
    let (rest, name) = expect_name(source, rest)?;
    let (rest, actions) = actions(TABLE_OPTIONS, source, rest)?;
    Ok((rest, AlterTable { name, actions }))
}
