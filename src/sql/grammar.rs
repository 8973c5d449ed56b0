//! The statements as data: their syntax for help, reference and completion.

use std::fmt::Write as _;

use super::option::CONNECTION_OPTIONS;

/// A piece of a statement's syntax.
#[derive(Debug)]
pub enum Item {
    /// A keyword.
    Word(&'static str),
    /// Items that may be left out together.
    Optional(&'static [Item]),
    /// Exactly one of several rows of items.
    OneOf(&'static [&'static [Item]]),
    /// The name of a connection that may be new.
    NewName(&'static str),
    /// The name of a connection in the catalog.
    Name,
    /// Names of connections in the catalog, separated by commas.
    Names,
    /// A string.
    Text(&'static str),
    /// Options with values.
    Settings,
    /// The actions of ALTER.
    Actions,
    /// SQL that SQLite reads.
    Query,
}

/// One statement: its syntax and what it does.
#[derive(Debug)]
pub struct StatementSyntax {
    /// Its name: the leading keywords that are always there.
    pub name: &'static str,
    /// Its syntax.
    pub items: &'static [Item],
    /// What it does, in one line.
    pub summary: &'static str,
    /// Examples that run, one statement each.
    pub example: &'static str,
}

use Item::{Actions, Name, Names, NewName, OneOf, Optional, Query, Settings, Text, Word};

const IF_EXISTS: Item = Optional(&[Word("IF"), Word("EXISTS")]);
const IF_NOT_EXISTS: Item = Optional(&[Word("IF"), Word("NOT"), Word("EXISTS")]);

/// Every statement, in the order of the reference page.
pub static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: "CREATE REDSHIFT CONNECTION",
        items: &[
            Word("CREATE"),
            Optional(&[Word("OR"), Word("REPLACE")]),
            Word("REDSHIFT"),
            Word("CONNECTION"),
            IF_NOT_EXISTS,
            NewName("name"),
            Settings,
        ],
        summary: "Define a connection: its definition goes to the catalog, its password to the secret store.",
        example: "CREATE REDSHIFT CONNECTION sales\n    CONNECTION_STRING = 'jdbc:redshift://sales.example.com:5439/dev'\n    USER_NAME = 'etl'\n    PASSWORD = ENV 'SALES_PASSWORD'\n    MAX_CONCURRENT_CONNECTIONS = 5\n    COMMENT = 'sales marts'",
    },
    StatementSyntax {
        name: "ALTER REDSHIFT CONNECTION",
        items: &[
            Word("ALTER"),
            Word("REDSHIFT"),
            Word("CONNECTION"),
            IF_EXISTS,
            Name,
            Actions,
        ],
        summary: "Change options of a connection, put them back to their defaults, or rename it: all of it or nothing.",
        example: "ALTER REDSHIFT CONNECTION sales SET USER_NAME = 'loader', COMMENT = 'marts' RESET MAX_CONCURRENT_CONNECTIONS",
    },
    StatementSyntax {
        name: "DROP CONNECTION",
        items: &[
            Word("DROP"),
            Optional(&[Word("REDSHIFT")]),
            Word("CONNECTION"),
            IF_EXISTS,
            Names,
            Optional(&[OneOf(&[&[Word("CASCADE")], &[Word("RESTRICT")]])]),
        ],
        summary: "Remove connections and their passwords; refused while anything depends on them, unless CASCADE is given.",
        example: "DROP CONNECTION IF EXISTS old_sales, old_marts",
    },
    StatementSyntax {
        name: "SHOW CONNECTIONS",
        items: &[
            Word("SHOW"),
            Word("CONNECTIONS"),
            Optional(&[Word("LIKE"), Text("'pattern'")]),
        ],
        summary: "List connections; in a pattern % stands for any text and _ for one character, in any letter case.",
        example: "SHOW CONNECTIONS LIKE 'sal%'",
    },
    StatementSyntax {
        name: "DESCRIBE CONNECTION",
        items: &[Word("DESCRIBE"), Word("CONNECTION"), Name],
        summary: "Show a connection's options, where they lead, and when it was made and changed.",
        example: "DESCRIBE CONNECTION sales",
    },
    StatementSyntax {
        name: "SHOW CREATE CONNECTION",
        items: &[Word("SHOW"), Word("CREATE"), Word("CONNECTION"), Name],
        summary: "Print a statement that makes the same connection, with PASSWORD = PROMPT.",
        example: "SHOW CREATE CONNECTION sales",
    },
    StatementSyntax {
        name: "SHOW USAGES OF CONNECTION",
        items: &[Word("SHOW"), Word("USAGES"), Word("OF"), Word("CONNECTION"), Name],
        summary: "List what depends on a connection.",
        example: "SHOW USAGES OF CONNECTION sales",
    },
    StatementSyntax {
        name: "SELECT",
        items: &[OneOf(&[&[Word("SELECT")], &[Word("WITH")]]), Query],
        summary: "Ask the catalog: any SELECT that SQLite takes, over the tables of system.information_schema; read only.",
        example: "SELECT host, count(*) AS connections FROM system.information_schema.connections GROUP BY host",
    },
    StatementSyntax {
        name: "BEGIN",
        items: &[
            Word("BEGIN"),
            Optional(&[OneOf(&[&[Word("TRANSACTION")], &[Word("WORK")]])]),
        ],
        summary: "Open a transaction: what follows becomes one change, passwords included.",
        example: "BEGIN",
    },
    StatementSyntax {
        name: "COMMIT",
        items: &[
            Word("COMMIT"),
            Optional(&[OneOf(&[&[Word("TRANSACTION")], &[Word("WORK")]])]),
        ],
        summary: "Make the changes of the open transaction; after an error in it, roll it back.",
        example: "COMMIT",
    },
    StatementSyntax {
        name: "ROLLBACK",
        items: &[
            Word("ROLLBACK"),
            Optional(&[OneOf(&[&[Word("TRANSACTION")], &[Word("WORK")]])]),
        ],
        summary: "Give up the changes of the open transaction, passwords included.",
        example: "ROLLBACK",
    },
];

/// A table that SELECT can read.
#[derive(Debug)]
pub struct CatalogTable {
    /// Its name, with its schema.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
}

/// The catalog's own tables; a test holds that they are what SELECT finds.
pub static CATALOG_TABLES: &[CatalogTable] = &[
    CatalogTable {
        name: "system.information_schema.connections",
        columns: &[
            "name",
            "kind",
            "host",
            "port",
            "database",
            "user_name",
            "max_concurrent_connections",
            "password",
            "usages",
            "comment",
            "created_at",
            "altered_at",
        ],
    },
    CatalogTable {
        name: "system.information_schema.tables",
        columns: &["catalog", "schema", "name", "comment", "created_at", "altered_at"],
    },
    CatalogTable {
        name: "system.information_schema.columns",
        columns: &[
            "catalog",
            "schema",
            "table",
            "name",
            "ordinal",
            "data_type",
            "is_nullable",
        ],
    },
    CatalogTable {
        name: "system.information_schema.jobs",
        columns: &[
            "name",
            "kind",
            "catalog",
            "schema",
            "table",
            "comment",
            "created_at",
            "altered_at",
        ],
    },
    CatalogTable {
        name: "system.information_schema.usages",
        columns: &["used_kind", "used", "usage", "name", "via"],
    },
];

/// The statement whose syntax the words ask for, in any letter case: all whose names begin with them.
pub fn statements_named(words: &str) -> Vec<&'static StatementSyntax> {
    let wanted: Vec<String> = words.split_whitespace().map(str::to_ascii_uppercase).collect();
    let begins = |statement: &&StatementSyntax| {
        let mut name = statement.name.split(' ');
        wanted.iter().all(|word| name.next() == Some(word.as_str()))
    };
    STATEMENTS.iter().filter(begins).collect()
}

impl StatementSyntax {
    /// Whether options stand in it.
    pub fn has_options(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Settings | Actions))
    }

    /// Whether it reads the catalog's tables.
    pub fn reads_tables(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Query))
    }

    /// The syntax as one line of text.
    pub fn synopsis(&self) -> String {
        let mut text = String::new();
        write_items(&mut text, self.items);
        text
    }
}

fn write_items(text: &mut String, items: &[Item]) {
    for item in items {
        if !text.is_empty() && !text.ends_with(['[', '{', ' ']) {
            text.push(' ');
        }
        write_item(text, item);
    }
}

fn write_item(text: &mut String, item: &Item) {
    match item {
        Word(word) => text.push_str(word),
        Optional(items) => {
            text.push('[');
            write_items(text, items);
            text.push(']');
        }
        OneOf(rows) => {
            for (index, row) in rows.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { " | " });
                write_items(text, row);
            }
        }
        NewName(what) | Text(what) => text.push_str(what),
        Name => text.push_str("name"),
        Names => text.push_str("name [, …]"),
        Settings => text.push_str("option = value …"),
        Actions => text.push_str("{SET option = value [[,] …] | RESET option | RENAME TO name} …"),
        Query => text.push('…'),
    }
}

/// The options of a statement as a text of several lines: name, type, default, meaning.
pub fn option_help() -> String {
    let mut text = String::new();
    for option in CONNECTION_OPTIONS {
        let need = if option.required {
            "required".to_owned()
        } else {
            format!("default: {}", option.default.unwrap_or("none"))
        };
        let (name, kind) = (option.name, option.kind.words());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<27} {} ({kind}; {need})", option.help);
    }
    text
}

/// The catalog's tables as a text: each with its columns.
pub fn table_help() -> String {
    let mut text = String::new();
    for table in CATALOG_TABLES {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {} ({})", table.name, table.columns.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_synopsis_reads_as_in_the_reference() {
        assert_eq!(
            STATEMENTS[2].synopsis(),
            "DROP [REDSHIFT] CONNECTION [IF EXISTS] name [, …] [CASCADE | RESTRICT]"
        );
    }
}
