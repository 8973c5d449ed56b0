//! What a server tells of its tables, checked: pure. What redwire has no words for is left out, and
//! told why.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::name::Name;
use crate::sql::{DataType, Encoding, MAX_COLUMNS, MAX_COMPOUND_COLUMNS, MAX_INTERLEAVED_COLUMNS};

/// The most characters of the server's that a remark shows of a text.
const MAX_SHOWN_CHARACTERS: usize = 200;

/// The tables of the warehouse, by schema and name.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Each table, or why it is left out.
    pub tables: BTreeMap<(Name, Name), Result<FoundTable, String>>,
    /// Tables whose names cannot be names here, as the server has them, and why.
    pub nameless: Vec<(String, String)>,
}

/// A table as far as the server tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FoundTable {
    pub comment: Option<String>,
    pub columns: Vec<FoundColumn>,
    /// The numbers of the columns of the primary key, in its order.
    pub primary_key: Vec<i32>,
    /// How the rows are spread; None: the server does not tell.
    pub dist_style: Option<FoundDistStyle>,
}

/// A column as far as the server tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundColumn {
    pub name: Name,
    /// Its number in its table, which has gaps where columns were dropped.
    pub number: i32,
    pub data_type: DataType,
    pub is_nullable: bool,
    /// None: the server does not tell.
    pub storage: Option<Storage>,
}

/// How a column is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub encoding: Encoding,
    pub is_dist_key: bool,
    /// Its place in the sort key, from 1, negative in every second column of an interleaved one; 0:
    /// it is not in it.
    pub sort_place: i32,
}

/// How the rows of a table are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoundDistStyle {
    /// The warehouse chooses, and may choose a key by itself.
    Auto,
    Even,
    Key,
    All,
}

impl FoundDistStyle {
    /// The style of that number (AWS documentation, PG_CLASS_INFO, `releffectivediststyle`).
    pub fn numbered(number: &str) -> Option<Self> {
        match number {
            "0" => Some(Self::Even),
            "1" => Some(Self::Key),
            "8" => Some(Self::All),
            "10" | "11" | "12" => Some(Self::Auto),
            _ => None,
        }
    }
}

impl FoundTable {
    /// The columns of the sort key, in its order; those of an interleaved one alternate in sign.
    pub fn sort_key(&self) -> Vec<(i32, &FoundColumn)> {
        let place = |column: &FoundColumn| column.storage.map_or(0, |storage| storage.sort_place);
        let mut columns: Vec<_> =
            self.columns.iter().map(|column| (place(column), column)).collect();
        columns.retain(|(place, _)| *place != 0);
        columns.sort_by_key(|(place, _)| place.unsigned_abs());
        columns
    }

    /// True if the server tells how every column is stored; it does not of columns that the user
    /// may not see.
    pub fn tells_storage(&self) -> bool {
        self.columns.iter().all(|column| column.storage.is_some())
    }

    /// The columns by which rows are spread: one at most, once it is checked.
    pub fn dist_key(&self) -> impl Iterator<Item = &FoundColumn> {
        let is_key =
            |column: &&FoundColumn| column.storage.is_some_and(|storage| storage.is_dist_key);
        self.columns.iter().filter(is_key)
    }

    /// Why the table is nothing that CREATE TABLE could say, if it is not.
    pub fn check(&self) -> Result<(), String> {
        let mut names = HashSet::new();
        if let Some(twice) = self.columns.iter().find(|column| !names.insert(&column.name)) {
            return Err(format!("column \"{}\" specified more than once", twice.name.as_str()));
        }
        if self.columns.is_empty() {
            return Err("it has no columns".to_owned());
        }
        if self.columns.len() > MAX_COLUMNS {
            return Err(format!("it has more than {MAX_COLUMNS} columns"));
        }
        let is_there = |number: &i32| self.columns.iter().any(|column| column.number == *number);
        let distinct: HashSet<&i32> = self.primary_key.iter().collect();
        if distinct.len() < self.primary_key.len() || !self.primary_key.iter().all(is_there) {
            return Err("its primary key cannot be told".to_owned());
        }
        self.check_keys_of_storage()
    }

    fn check_keys_of_storage(&self) -> Result<(), String> {
        if self.dist_key().count() > 1 {
            return Err("it has several distribution keys".to_owned());
        }
        let sort_key = self.sort_key();
        let maximum = if sort_key.iter().any(|(place, _)| *place < 0) {
            MAX_INTERLEAVED_COLUMNS
        } else {
            MAX_COMPOUND_COLUMNS
        };
        let places = sort_key.iter().map(|(place, _)| place.unsigned_abs());
        if sort_key.len() > maximum || places.collect::<HashSet<_>>().len() < sort_key.len() {
            return Err("its sort key cannot be told".to_owned());
        }
        let mut keys = self.dist_key().chain(sort_key.iter().map(|(_, column)| *column));
        match keys.find(|column| !column.data_type.can_be_key()) {
            Some(column) => Err(format!(
                "column {} is a key, which {} cannot be",
                column.name, column.data_type
            )),
            None => Ok(()),
        }
    }
}

/// A name as it is here, or why it cannot be one.
pub(super) fn name_of(text: &str) -> Result<Name, String> {
    if text.contains('\u{fffd}') {
        return Err("is not UTF-8".to_owned());
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("has capital letters, which are small ones here".to_owned());
    }
    Name::new(text).map_err(|error| format!("cannot be one here: {error}"))
}

/// A text of the server's, so long that it can stand in a remark.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Types that PostgreSQL has without a length; here they would be taken for another length than
/// there.
const WITHOUT_LENGTH: [&str; 8] = [
    "bpchar",
    "character",
    "character varying",
    "decimal",
    "numeric",
    "text",
    "varbyte",
    "varchar",
];

/// Reads types; a warehouse has few, in many columns.
#[derive(Debug, Default)]
pub(super) struct Types(HashMap<String, Result<DataType, String>>);

/// How many types are remembered.
const MAX_REMEMBERED_TYPES: usize = 1_000;

impl Types {
    /// The type as the server writes it, or why there is no such type here.
    pub fn read(&mut self, text: &str) -> Result<DataType, String> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let read = read_type(text);
        if self.0.len() < MAX_REMEMBERED_TYPES {
            self.0.insert(text.to_owned(), read.clone());
        }
        read
    }
}

fn read_type(text: &str) -> Result<DataType, String> {
    if WITHOUT_LENGTH.contains(&text) {
        return Err("it has no length".to_owned());
    }
    text.parse().map_err(|error: crate::sql::SqlError| error.to_string())
}

/// The encoding as the server calls it: `none` is what CREATE TABLE calls RAW (AWS documentation,
/// "Compression encodings").
pub(super) fn encoding_of(text: &str) -> Option<Encoding> {
    Encoding::named(if text == "none" { "raw" } else { text })
}
