//! Statements on connections.

use super::Item::{Actions, List, Name, NewName, Optional, Settings, Word};
use super::{
    CASCADE_OR_RESTRICT, IF_EXISTS, IF_NOT_EXISTS, Item, KIND, LIKE, NameOf, StatementSyntax,
};
use crate::definition::ConnectionKind;
use crate::sql::option::CONNECTION_OPTIONS;

const NAME: Item = Name(NameOf::Connection, "name");
const WITH_TEST: Item = Optional(&[Word("WITH"), Word("TEST")]);

pub(super) static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: ConnectionKind::Redshift.create(),
        items: &[
            Word("CREATE"),
            Optional(&[Word("OR"), Word("REPLACE")]),
            Word(ConnectionKind::Redshift.keyword()),
            Word("CONNECTION"),
            IF_NOT_EXISTS,
            NewName(NameOf::Connection, "name"),
            Settings(CONNECTION_OPTIONS),
            WITH_TEST,
        ],
        summary: "Define a connection: its definition goes to the catalog, its password to the secret store.",
        examples: &[ConnectionKind::Redshift.example_of_create()],
    },
    StatementSyntax {
        name: ConnectionKind::Redshift.alter(),
        items: &[
            Word("ALTER"),
            Word(ConnectionKind::Redshift.keyword()),
            Word("CONNECTION"),
            IF_EXISTS,
            NAME,
            Actions(CONNECTION_OPTIONS),
            WITH_TEST,
        ],
        summary: "Change options of a connection, reset them to their defaults, or rename it: all changes or none.",
        examples: &[ConnectionKind::Redshift.example_of_alter()],
    },
    StatementSyntax {
        name: "DROP CONNECTION",
        items: &[
            Word("DROP"),
            KIND,
            Word("CONNECTION"),
            IF_EXISTS,
            List(&[NAME]),
            CASCADE_OR_RESTRICT,
        ],
        summary: "Drop connections and their passwords; refused while anything depends on them, unless CASCADE is given.",
        examples: &["DROP CONNECTION IF EXISTS old_sales, old_marts"],
    },
    StatementSyntax {
        name: "SHOW CONNECTIONS",
        items: &[Word("SHOW"), Word("CONNECTIONS"), LIKE],
        summary: "List connections; in a pattern % matches any text and _ one character, in any letter case.",
        examples: &["SHOW CONNECTIONS LIKE 'sal%'"],
    },
    StatementSyntax {
        name: "DESCRIBE CONNECTION",
        items: &[Word("DESCRIBE"), Word("CONNECTION"), NAME],
        summary: "Show a connection's options and endpoint, and when it was created and changed.",
        examples: &["DESCRIBE CONNECTION sales"],
    },
    StatementSyntax {
        name: "SHOW CREATE CONNECTION",
        items: &[Word("SHOW"), Word("CREATE"), Word("CONNECTION"), NAME],
        summary: "Print a statement that creates the same connection, with PASSWORD = PROMPT.",
        examples: &["SHOW CREATE CONNECTION sales"],
    },
    StatementSyntax {
        name: "SHOW USAGES OF CONNECTION",
        items: &[Word("SHOW"), Word("USAGES"), Word("OF"), Word("CONNECTION"), NAME],
        summary: "List the dependents of a connection.",
        examples: &["SHOW USAGES OF CONNECTION sales"],
    },
    StatementSyntax {
        name: "TEST CONNECTION",
        items: &[Word("TEST"), Word("CONNECTION"), List(&[NAME])],
        summary: "Open sessions on connections and close them again: a row for each stage, with a fix for an error.",
        examples: &["TEST CONNECTION sales"],
    },
    StatementSyntax {
        name: "TEST CONNECTIONS",
        items: &[Word("TEST"), Word("CONNECTIONS"), LIKE],
        summary: "Test every connection, or those whose names match the pattern, one after another.",
        examples: &["TEST CONNECTIONS LIKE 'sal%'"],
    },
    StatementSyntax {
        name: "SHOW SESSIONS",
        items: &[
            Word("SHOW"),
            Word("SESSIONS"),
            Optional(&[Word("OF"), Word("CONNECTION"), NAME]),
        ],
        summary: "List the open sessions of this machine: slot, process, start time and purpose.",
        examples: &["SHOW SESSIONS", "SHOW SESSIONS OF CONNECTION sales"],
    },
];
