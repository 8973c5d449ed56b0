//! The schemas, tables, columns, functions and foreign keys of a server, for completion.
//!
//! A server may have more names than fit in memory, so their number and size are limited. Names
//! with control characters, which would move a terminal's cursor, are left out.

mod fetch;
mod path;

use std::collections::BTreeMap;

pub use fetch::fetch;
pub use path::search_path;

/// The maximum number of schemas.
pub const MAX_SCHEMAS: usize = 10_000;

/// The maximum number of tables and views in all schemas.
pub const MAX_TABLES: usize = 100_000;

/// The maximum number of columns in all tables.
pub const MAX_COLUMNS: usize = 1_000_000;

/// The maximum number of functions in all schemas.
pub const MAX_FUNCTIONS: usize = 10_000;

/// The maximum number of foreign keys.
pub const MAX_KEYS: usize = 100_000;

/// The maximum size of all names together.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// The maximum length of a name: Redshift's (AWS documentation, "Names and identifiers");
/// PostgreSQL's is 63.
const MAX_NAME_BYTES: usize = 127;

/// The end of each name in a text of names. A name has no control characters.
const SEPARATOR: char = '\0';

/// Values by the [`key`] of their names, in order.
type Sorted<T> = BTreeMap<String, T>;

/// The names of schemas, tables, columns and functions of a server, and its foreign keys.
#[derive(Clone, Debug, Default)]
pub struct WarehouseNames {
    search_path: Vec<String>,
    schemas: Sorted<SchemaNames>,
    load: Load,
}

/// The tables and functions of a schema.
#[derive(Clone, Debug, Default)]
pub struct SchemaNames {
    tables: Sorted<TableNames>,
    /// The names of the tables in one text, in the order in which they came: to read all of them
    /// there is many times faster than one by one.
    text: String,
    /// The names of its functions.
    functions: String,
}

/// The columns of a table or view, and the foreign keys of a table.
#[derive(Clone, Debug, Default)]
pub struct TableNames {
    columns: String,
    keys: Vec<ForeignKey>,
}

/// A foreign key: its columns, and those that they refer to. Redshift does not enforce it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The columns of the table that has it.
    pub columns: Vec<String>,
    /// The schema of the table that they refer to.
    pub schema: String,
    /// That table.
    pub table: String,
    /// Its columns, in the same order.
    pub referenced: Vec<String>,
}

/// The maximum number or size of names has been reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamesFull;

impl WarehouseNames {
    /// The search path: the schemas whose tables need no qualification, in order.
    pub fn search_path(&self) -> &[String] {
        &self.search_path
    }

    /// Sets the search path.
    pub fn set_search_path(&mut self, path: Vec<String>) {
        self.search_path = path;
    }

    /// True if no name is known.
    pub fn is_empty(&self) -> bool {
        self.schemas.is_empty()
    }

    /// The schemas with this prefix, in any letter case, in order.
    pub fn schemas<'a>(
        &'a self,
        beginning: &str,
    ) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
        begun(&self.schemas, beginning)
    }

    /// The schema with this name.
    pub fn schema(&self, name: &str) -> Option<&SchemaNames> {
        named(&self.schemas, name)
    }

    /// Adds a schema. An invalid name is skipped.
    ///
    /// # Errors
    /// The maximum number or size of names has been reached.
    pub fn add_schema(&mut self, name: &str) -> Result<(), NamesFull> {
        if !is_kept(name) || self.schemas.contains_key(&key(name)) {
            return Ok(());
        }
        let count = self.schemas.len();
        self.load.weigh(count, MAX_SCHEMAS, name.len())?;
        self.schemas.insert(key(name), SchemaNames::default());
        Ok(())
    }

    /// Adds a table, and its schema.
    ///
    /// # Errors
    /// The maximum number or size of names has been reached.
    pub fn add_table(&mut self, schema: &str, table: &str) -> Result<(), NamesFull> {
        self.add_schema(schema)?;
        let Some(schema) = self.schemas.get_mut(&key(schema)) else {
            return Ok(());
        };
        if !is_kept(table) || schema.tables.contains_key(&key(table)) {
            return Ok(());
        }
        self.load.weigh(self.load.tables, MAX_TABLES, table.len())?;
        self.load.tables += 1;
        schema.tables.insert(key(table), TableNames::default());
        add(&mut schema.text, table);
        Ok(())
    }

    /// Adds a column behind the other columns of its table. Columns of unknown tables are skipped.
    ///
    /// # Errors
    /// The maximum number or size of names has been reached.
    pub fn add_column(&mut self, schema: &str, table: &str, column: &str) -> Result<(), NamesFull> {
        let schema = self.schemas.get_mut(&key(schema));
        let Some(table) = schema.and_then(|schema| schema.tables.get_mut(&key(table))) else {
            return Ok(());
        };
        if !is_kept(column) {
            return Ok(());
        }
        self.load.weigh(self.load.columns, MAX_COLUMNS, column.len())?;
        self.load.columns += 1;
        add(&mut table.columns, column);
        Ok(())
    }

    /// Adds a function. Functions of unknown schemas are skipped.
    ///
    /// # Errors
    /// The maximum number or size of names has been reached.
    pub fn add_function(&mut self, schema: &str, function: &str) -> Result<(), NamesFull> {
        let Some(schema) = self.schemas.get_mut(&key(schema)) else {
            return Ok(());
        };
        if !is_kept(function) {
            return Ok(());
        }
        self.load.weigh(self.load.functions, MAX_FUNCTIONS, function.len())?;
        self.load.functions += 1;
        add(&mut schema.functions, function);
        Ok(())
    }

    /// Adds a foreign key of a table. Keys of unknown tables are skipped.
    ///
    /// # Errors
    /// The maximum number of keys or size of names has been reached.
    pub fn add_key(
        &mut self,
        schema: &str,
        table: &str,
        foreign: ForeignKey,
    ) -> Result<(), NamesFull> {
        let schema = self.schemas.get_mut(&key(schema));
        let Some(table) = schema.and_then(|schema| schema.tables.get_mut(&key(table))) else {
            return Ok(());
        };
        let names = foreign.columns.iter().chain(&foreign.referenced);
        let bytes = names.map(String::len).sum::<usize>() + foreign.schema.len();
        self.load.weigh(self.load.keys, MAX_KEYS, bytes + foreign.table.len())?;
        self.load.keys += 1;
        table.keys.push(foreign);
        Ok(())
    }
}

/// The number and the size of the names that are kept.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    tables: usize,
    columns: usize,
    functions: usize,
    keys: usize,
    bytes: usize,
}

impl Load {
    /// Counts one more name of so many bytes.
    fn weigh(&mut self, count: usize, most: usize, bytes: usize) -> Result<(), NamesFull> {
        let sum = self.bytes + bytes;
        if count >= most || sum > MAX_BYTES {
            return Err(NamesFull);
        }
        self.bytes = sum;
        Ok(())
    }
}

impl SchemaNames {
    /// The tables and views with this prefix, in any letter case, in order.
    pub fn tables<'a>(
        &'a self,
        beginning: &str,
    ) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
        begun(&self.tables, beginning)
    }

    /// All tables and views, in the server's order.
    pub fn all_tables(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.text.split_terminator(SEPARATOR)
    }

    /// The table or view with this name.
    pub fn table(&self, name: &str) -> Option<&TableNames> {
        named(&self.tables, name)
    }

    /// The functions, in the server's order.
    pub fn functions(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.functions.split_terminator(SEPARATOR)
    }
}

impl TableNames {
    /// The columns, in the table's order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.split_terminator(SEPARATOR)
    }

    /// The foreign keys, in the server's order.
    pub fn keys(&self) -> &[ForeignKey] {
        &self.keys
    }
}

/// The key of a name: the name in lower case, so that lookups ignore letter case, followed by the
/// name itself.
fn key(name: &str) -> String {
    format!("{}{SEPARATOR}{name}", name.to_ascii_lowercase())
}

/// Adds a name to a text of names.
fn add(text: &mut String, name: &str) {
    text.push_str(name);
    text.push(SEPARATOR);
}

fn is_kept(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.contains(char::is_control)
}

fn begun<'a, T>(
    names: &'a Sorted<T>,
    beginning: &str,
) -> impl DoubleEndedIterator<Item = &'a str> + use<'a, T> {
    let first = beginning.to_ascii_lowercase();
    // No other character sorts after this one, and it is not assigned.
    let end = format!("{first}{}", char::MAX);
    names.range(first..end).map(|(key, _)| name_of(key))
}

/// The name in its [`key`]: the half behind the separator.
fn name_of(key: &str) -> &str {
    &key[key.len() / 2 + 1..]
}

/// The value with exactly this name, or else the first one whose name differs only in letter case.
fn named<'a, T>(names: &'a Sorted<T>, name: &str) -> Option<&'a T> {
    names.get(&key(name)).or_else(|| {
        let folded = format!("{}{SEPARATOR}", name.to_ascii_lowercase());
        let (first, found) = names.range(folded.clone()..).next()?;
        first.starts_with(&folded).then_some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn few() -> WarehouseNames {
        let mut names = WarehouseNames::default();
        for (schema, table, column) in [
            ("public", "Orders", "Id"),
            ("public", "orders", "id"),
            ("public", "orders", "at"),
            ("public", "order_lines", "n"),
            ("crm", "people", "name"),
        ] {
            names.add_table(schema, table).unwrap();
            names.add_column(schema, table, column).unwrap();
        }
        names
    }

    #[test]
    fn names_are_found_by_their_beginning_in_any_letter_case() {
        let names = few();
        assert_eq!(names.schemas("").collect::<Vec<_>>(), ["crm", "public"]);
        assert_eq!(names.schemas("P").collect::<Vec<_>>(), ["public"]);
        let tables = names.schema("PUBLIC").unwrap();
        assert_eq!(tables.tables("order").collect::<Vec<_>>(), ["order_lines", "Orders", "orders"]);
        assert_eq!(tables.tables("ORDERS").next_back(), Some("orders"));
        assert_eq!(tables.all_tables().collect::<Vec<_>>(), ["Orders", "orders", "order_lines"]);
        assert!(names.schema("pub").is_none() && tables.table("order").is_none());
    }

    #[test]
    fn the_exact_name_wins_over_those_in_another_letter_case() {
        let names = few();
        let columns = |table: &str| {
            names
                .schema("public")
                .unwrap()
                .table(table)
                .unwrap()
                .columns()
                .collect::<Vec<_>>()
        };
        assert_eq!(columns("orders"), ["id", "at"]);
        assert_eq!(columns("Orders"), ["Id"]);
        assert_eq!(columns("ORDERS"), ["Id"]);
    }

    #[test]
    fn a_name_that_no_server_has_is_not_kept() {
        let mut names = few();
        for name in ["", "a\u{1b}[2J", "a\nb", "\u{9b}31m", &"x".repeat(128)] {
            names.add_table("public", name).unwrap();
            names.add_schema(name).unwrap();
            names.add_column("public", "orders", name).unwrap();
        }
        names.add_column("public", "missing", "x").unwrap();
        names.add_function("missing", "f").unwrap();
        names.add_function("public", "f\nf").unwrap();
        assert_eq!(names.schema("public").unwrap().functions().count(), 0);
        assert_eq!(names.schemas("").count(), 2);
        let public = names.schema("public").unwrap();
        assert_eq!(public.tables("").count(), 3);
        assert_eq!(public.table("orders").unwrap().columns().count(), 2);
    }

    #[test]
    fn names_from_a_server_cannot_fill_the_memory() {
        let mut names = WarehouseNames::default();
        let long = |number: usize| format!("{number:0>127}");
        let full = (0..=MAX_BYTES / MAX_NAME_BYTES)
            .find(|number| names.add_table("s", &long(*number)).is_err());
        assert_eq!(full, Some(MAX_TABLES));
        let full = (0..MAX_COLUMNS)
            .find(|number| names.add_column("s", &long(0), &long(*number)).is_err());
        assert!(full.is_some_and(|number| number < 200_000), "{full:?}");
        assert!((0..=MAX_SCHEMAS).any(|number| names.add_schema(&number.to_string()).is_err()));
        let mut names = WarehouseNames::default();
        names.add_table("s", "t").unwrap();
        let full = (0..=MAX_FUNCTIONS)
            .find(|number| names.add_function("s", &number.to_string()).is_err());
        assert_eq!(full, Some(MAX_FUNCTIONS));
        let foreign = || ForeignKey {
            columns: vec!["a".to_owned()],
            schema: "s".to_owned(),
            table: "t".to_owned(),
            referenced: vec!["b".to_owned()],
        };
        let full = (0..=MAX_KEYS).find(|_| names.add_key("s", "t", foreign()).is_err());
        assert_eq!(full, Some(MAX_KEYS));
    }
}
