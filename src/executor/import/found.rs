//! The tables that a server describes, checked: pure. A table that redwire cannot express is left
//! out, with the reason.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::name::Name;
use crate::sql::{DataType, Encoding, MAX_COLUMNS, MAX_COMPOUND_COLUMNS, MAX_INTERLEAVED_COLUMNS};

/// The maximum number of characters of a server's text in a notice.
const MAX_SHOWN_CHARACTERS: usize = 200;

/// The tables of the warehouse, by schema and name.
#[derive(Debug, Default)]
pub(super) struct ServerTables {
    /// Each table, or the reason why it is left out.
    pub tables: BTreeMap<(Name, Name), Result<ServerTable, String>>,
    /// Tables whose names are not valid names of redwire: the server's text and the reason.
    pub nameless: Vec<(String, String)>,
}

/// A table as the server describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ServerTable {
    pub comment: Option<String>,
    pub columns: Vec<ServerColumn>,
    pub constraints: Vec<ServerConstraint>,
    /// The distribution style; None if the server does not report it.
    pub dist_style: Option<ServerDistStyle>,
}

/// A column as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerColumn {
    pub name: Name,
    /// The number of the column in its table; dropped columns leave gaps.
    pub number: i32,
    pub data_type: DataType,
    pub is_nullable: bool,
    /// The default as the server prints it.
    pub default: Option<String>,
    pub comment: Option<String>,
    /// None if the server does not report it.
    pub storage: Option<Storage>,
}

/// A constraint as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerConstraint {
    pub name: String,
    /// The words of `pg_get_constraintdef`.
    pub text: String,
    /// The schema and the name of the table that a foreign key references.
    pub references: Option<(Name, Name)>,
}

/// The storage properties of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub encoding: Encoding,
    pub is_dist_key: bool,
    /// The position in the sort key, from 1; negative in every second column of an interleaved key;
    /// 0 outside the key.
    pub sort_place: i32,
}

/// The distribution style of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerDistStyle {
    /// The warehouse chooses the style, and may choose a key.
    Auto,
    Even,
    Key,
    All,
}

impl ServerDistStyle {
    /// The style with this number (AWS documentation, PG_CLASS_INFO, `releffectivediststyle`).
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

impl ServerTable {
    /// The columns of the sort key in order; their signs alternate if it is interleaved.
    pub fn sort_key(&self) -> Vec<(i32, &ServerColumn)> {
        let place = |column: &ServerColumn| column.storage.map_or(0, |storage| storage.sort_place);
        let mut columns: Vec<_> =
            self.columns.iter().map(|column| (place(column), column)).collect();
        columns.retain(|(place, _)| *place != 0);
        columns.sort_by_key(|(place, _)| place.unsigned_abs());
        columns
    }

    /// True if the server reports the storage of every column; it does not for columns that the
    /// user may not see.
    pub fn reports_storage(&self) -> bool {
        self.columns.iter().all(|column| column.storage.is_some())
    }

    /// The columns of the distribution key: at most one after `check`.
    pub fn dist_key(&self) -> impl Iterator<Item = &ServerColumn> {
        let is_key =
            |column: &&ServerColumn| column.storage.is_some_and(|storage| storage.is_dist_key);
        self.columns.iter().filter(is_key)
    }

    /// Fails with the reason if CREATE TABLE cannot express the table.
    pub fn check(&self) -> Result<(), String> {
        let mut names = HashSet::new();
        if let Some(twice) = self.columns.iter().find(|column| !names.insert(&column.name)) {
            return Err(format!("column {} specified more than once", twice.name.quoted()));
        }
        if self.columns.is_empty() {
            return Err("it has no columns".to_owned());
        }
        if self.columns.len() > MAX_COLUMNS {
            return Err(format!("it has more than {MAX_COLUMNS} columns"));
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
            return Err("its sort key has too many or repeated columns".to_owned());
        }
        let mut keys = self.dist_key().chain(sort_key.iter().map(|(_, column)| *column));
        match keys.find(|column| !column.data_type.can_be_key()) {
            Some(column) => Err(format!(
                "column {} is a key, which {} cannot be",
                column.name.shown(),
                column.data_type
            )),
            None => Ok(()),
        }
    }
}

/// The name, or the reason why it is not a valid one.
pub(super) fn name_of(text: &str) -> Result<Name, String> {
    if text.contains('\u{fffd}') {
        return Err("is not UTF-8".to_owned());
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("has capital letters, which are small ones here".to_owned());
    }
    Name::new(text).map_err(|error| format!("cannot be one here: {error}"))
}

/// A text of the server, shortened for a notice.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Types that PostgreSQL allows without a length, and for which redwire would assume a different
/// length.
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

/// Parses data types and remembers them: a warehouse has few types in many columns.
#[derive(Debug, Default)]
pub(super) struct Types(HashMap<String, Result<DataType, String>>);

/// The maximum number of types that are remembered.
const MAX_REMEMBERED_TYPES: usize = 1_000;

impl Types {
    /// The type with the server's spelling, or the reason why redwire does not have it.
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
