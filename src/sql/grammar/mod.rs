//! The statements as data: their syntax for help, reference and completion. One file has the
//! statements of one family.

mod catalog;
mod connection;
mod help;
mod job;
mod synopsis;
mod table;

use super::option::{INTERVAL_UNITS, OptionSpec};
use crate::definition::ConnectionKind;

pub use catalog::{CATALOG_TABLES, CatalogTable};
pub use help::{option_help, statement_list, table_help};

/// The kind of object that a name is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameOf {
    /// A connection.
    Connection,
    /// A schema of the connection before it.
    Schema,
    /// A table: connection, schema and unqualified name, with points between them.
    Table,
    /// A job.
    Job,
    /// A column, or another name that no catalog has.
    Column,
}

/// The tables that a query reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryOf {
    /// The catalog's own tables; SQLite reads it.
    Catalog,
    /// Tables of a warehouse.
    Warehouse,
}

/// A piece of a statement's syntax.
#[derive(Debug)]
pub enum Item {
    /// Keywords in a row.
    Word(&'static str),
    /// A character that is neither a letter nor a digit.
    Sign(char),
    /// Items that may be omitted together.
    Optional(&'static [Item]),
    /// Exactly one of several rows of items.
    OneOf(&'static [&'static [Item]]),
    /// Items in a row.
    Row(&'static [Item]),
    /// Rows of items, each at most once, in any order.
    AnyOrder(&'static [&'static [Item]]),
    /// The items at least once, separated by commas.
    List(&'static [Item]),
    /// A name of an object in the catalog, and its placeholder in the synopsis.
    Name(NameOf, &'static str),
    /// A name that may be new, and its placeholder in the synopsis.
    NewName(NameOf, &'static str),
    /// A string.
    Text(&'static str),
    /// The path of a file, as a string.
    File,
    /// Options with values.
    Settings(&'static [&'static OptionSpec]),
    /// The actions of ALTER on these options.
    Actions(&'static [&'static OptionSpec]),
    /// The type of a column.
    DataType,
    /// The encoding of a column.
    Encoding,
    /// An expression of SQL.
    Expression(&'static str),
    /// A query.
    Query(QueryOf),
    /// A line break in the synopsis.
    Line,
}

/// The syntax and the effect of a statement.
#[derive(Debug)]
pub struct StatementSyntax {
    /// Its name: its leading keywords, with the kind of a connection.
    pub name: &'static str,
    /// Its syntax.
    pub items: &'static [Item],
    /// Its effect, in one line.
    pub summary: &'static str,
    /// Examples that run, one statement each.
    pub examples: &'static [&'static str],
}

/// Statements that belong together.
#[derive(Debug)]
pub struct Family {
    /// Their subject.
    pub title: &'static str,
    /// The introduction to all of them.
    pub about: &'static str,
    /// The statements.
    pub statements: &'static [StatementSyntax],
}

/// Every statement by its family, in the order of the reference page.
pub static FAMILIES: &[Family] = &[
    Family {
        title: "Connections",
        about: "A connection is a name for a database, a user and a password.",
        statements: connection::STATEMENTS,
    },
    Family {
        title: "Tables",
        about: "A table is a definition that is checked and recorded; the table in the warehouse \
                is never touched.",
        statements: table::STATEMENTS,
    },
    Family {
        title: "Jobs",
        about: "A job is a query whose rows go into a table. It follows a rename, and what it uses \
                cannot be dropped.",
        statements: job::STATEMENTS,
    },
    Family {
        title: "The catalog, and transactions",
        about: "SELECT over the catalog, the catalog as a script, and transactions.",
        statements: catalog::STATEMENTS,
    },
];

/// A kind of connection, where it is optional.
const KIND: Item = Item::Optional(&[Item::Word(ConnectionKind::Redshift.keyword())]);
const IF_EXISTS: Item = Item::Optional(&[Item::Word("IF EXISTS")]);
const IF_NOT_EXISTS: Item = Item::Optional(&[Item::Word("IF NOT EXISTS")]);
const WITH_TEST: Item = Item::Optional(&[Item::Word("WITH TEST")]);
const LIKE: Item = Item::Optional(&[Item::Word("LIKE"), Item::Text("'pattern'")]);
const CASCADE_OR_RESTRICT: Item =
    Item::Optional(&[Item::OneOf(&[&[Item::Word("CASCADE")], &[Item::Word("RESTRICT")]])]);

/// Every statement, in the order of the reference page.
pub fn statements() -> impl Iterator<Item = &'static StatementSyntax> {
    FAMILIES.iter().flat_map(|family| family.statements)
}

/// The statements that the words ask for, in any letter case: those whose names begin with them,
/// or else have beginnings of them in this order, from the first word on or at least anywhere.
pub fn statements_named(words: &str) -> Vec<&'static StatementSyntax> {
    let wanted: Vec<String> = words.split_whitespace().map(str::to_ascii_uppercase).collect();
    let begins = |name: &str| {
        let mut name = name.split(' ');
        wanted.iter().all(|word| name.next() == Some(word.as_str()))
    };
    let has_words = |name: &str| {
        let mut name = name.split(' ');
        wanted.iter().all(|word| name.any(|other| other.starts_with(word.as_str())))
    };
    let has_first = |name: &str| {
        wanted.first().is_some_and(|first| name.starts_with(first.as_str())) && has_words(name)
    };
    let rules: [&dyn Fn(&str) -> bool; 3] = [&begins, &has_first, &has_words];
    let mut found = rules
        .iter()
        .map(|fits| statements().filter(|statement| fits(statement.name)).collect::<Vec<_>>());
    found.find(|found| !found.is_empty()).unwrap_or_default()
}

/// The maximum length of a synopsis in a hint.
const MAX_HINT_BYTES: usize = 80;

/// The synopsis of the one statement that the text begins, if it fits a line.
pub fn synopsis_begun(text: &str) -> Option<String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_uppercase).collect();
    let is_begun = |statement: &&StatementSyntax| {
        !words.is_empty() && statement.name.split(' ').zip(&words).all(|(name, word)| name == word)
    };
    let mut begun = statements().filter(is_begun);
    let synopsis = begun.next().filter(|_| begun.next().is_none())?.synopsis();
    (!synopsis.contains('\n') && synopsis.len() <= MAX_HINT_BYTES).then_some(synopsis)
}

/// The keywords of all statements, in upper case; a word may occur more than once.
pub fn words() -> impl Iterator<Item = &'static str> {
    let mut words = INTERVAL_UNITS.to_vec();
    for statement in statements() {
        gather_words(statement.items, &mut words);
    }
    words.into_iter()
}

fn gather_words(items: &'static [Item], words: &mut Vec<&'static str>) {
    let options = |options: &[&'static OptionSpec], words: &mut Vec<&'static str>| {
        for option in options {
            words.push(option.name);
            words.extend(option.kind.value_words());
        }
    };
    for item in items {
        match item {
            Item::Word(row) => words.extend(row.split(' ')),
            Item::Optional(items) | Item::Row(items) | Item::List(items) => {
                gather_words(items, words);
            }
            Item::OneOf(rows) | Item::AnyOrder(rows) => {
                rows.iter().for_each(|row| gather_words(row, words));
            }
            Item::Settings(specs) => options(specs, words),
            Item::Actions(specs) => {
                words.extend(["SET", "RESET", "RENAME", "TO"]);
                options(specs, words);
            }
            Item::Query(_) => words.extend(["SELECT", "WITH"]),
            Item::Sign(_)
            | Item::Name(..)
            | Item::NewName(..)
            | Item::Text(_)
            | Item::File
            | Item::DataType
            | Item::Encoding
            | Item::Expression(_)
            | Item::Line => {}
        }
    }
}

impl StatementSyntax {
    /// The options in its syntax.
    pub fn options(&self) -> &'static [&'static OptionSpec] {
        let options = |item: &Item| {
            let (Item::Settings(options) | Item::Actions(options)) = item else {
                return None;
            };
            Some(*options)
        };
        find(self.items, &options).unwrap_or_default()
    }

    /// Returns true if it reads the catalog's tables.
    pub fn reads_catalog(&self) -> bool {
        find(self.items, &|item| matches!(item, Item::Query(QueryOf::Catalog)).then_some(()))
            .is_some()
    }

    /// Returns true if its syntax has data types.
    pub fn has_types(&self) -> bool {
        find(self.items, &|item| matches!(item, Item::DataType).then_some(())).is_some()
    }
}

/// The first result of `is_it` for an item at any depth.
fn find<T>(items: &'static [Item], is_it: &impl Fn(&'static Item) -> Option<T>) -> Option<T> {
    items.iter().find_map(|item| {
        is_it(item).or_else(|| match item {
            Item::Optional(items) | Item::List(items) | Item::Row(items) => find(items, is_it),
            Item::OneOf(rows) | Item::AnyOrder(rows) => {
                rows.iter().find_map(|row| find(row, is_it))
            }
            Item::Word(_)
            | Item::Sign(_)
            | Item::Name(..)
            | Item::NewName(..)
            | Item::Text(_)
            | Item::File
            | Item::Settings(_)
            | Item::Actions(_)
            | Item::DataType
            | Item::Encoding
            | Item::Expression(_)
            | Item::Query(_)
            | Item::Line => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::parse;

    #[test]
    fn every_kind_of_connection_has_its_statements() {
        for kind in ConnectionKind::all() {
            for name in [kind.create(), kind.alter()] {
                let found = statements().find(|statement| statement.name == name).unwrap();
                assert_eq!(found.options(), kind.options());
            }
            let keyword = kind.keyword();
            for text in [
                kind.example_of_create(),
                kind.example_of_alter(),
                &format!("DROP {keyword} CONNECTION a"),
                &format!("CREATE JOB j INSERT INTO {keyword} a.b.c SELECT d FROM a.b.e"),
            ] {
                parse(text).unwrap();
            }
        }
    }

    #[test]
    fn a_statement_is_found_by_its_first_words() {
        let names = |words: &str| -> Vec<&str> {
            statements_named(words).iter().map(|found| found.name).collect()
        };
        assert_eq!(names("drop"), ["DROP CONNECTION", "DROP TABLE", "DROP JOB"]);
        assert_eq!(names("Create  job"), ["CREATE JOB"]);
        assert!(names("CREATE JOBS").is_empty());
        assert_eq!(names("create connection"), ["CREATE REDSHIFT CONNECTION"]);
        assert_eq!(names("conn").len(), 10);
        assert_eq!(names("connection"), names("conn"));
        assert_eq!(names("").len(), statements().count());
    }

    #[test]
    fn a_statement_knows_its_options_at_any_depth() {
        let options =
            |words: &str| statements_named(words)[0].options().first().map(|option| option.name);
        assert_eq!(options("ALTER REDSHIFT"), Some("CONNECTION_STRING"));
        assert_eq!(options("CREATE TABLE"), Some("COMMENT"));
        assert_eq!(options("CREATE JOB"), Some("RUN_INTERVAL"));
        assert_eq!(options("SHOW JOBS"), None);
    }
}
