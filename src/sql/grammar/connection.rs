//! Statements on connections.

use super::Item::{Actions, File, List, Name, NewName, OneOf, Optional, Settings, Word};
use super::{
    CASCADE_OR_RESTRICT, IF_EXISTS, IF_NOT_EXISTS, Item, KIND, LIKE, NameOf, StatementSyntax,
    WITH_TEST,
};
use crate::definition::{ConnectionKind, ForeignTool};
use crate::sql::option::CONNECTION_OPTIONS;

const NAME: Item = Name(NameOf::Connection, "name");

pub(super) static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: ConnectionKind::Redshift.create(),
        items: &[
            Word("CREATE"),
            Optional(&[Word("OR REPLACE")]),
            KIND,
            Word("CONNECTION"),
            IF_NOT_EXISTS,
            NewName(NameOf::Connection, "name"),
            Settings(CONNECTION_OPTIONS),
            WITH_TEST,
        ],
        summary: "Define a connection. Its password goes to the secret store.",
        examples: &[ConnectionKind::Redshift.example_of_create()],
    },
    StatementSyntax {
        name: ConnectionKind::Redshift.alter(),
        items: &[
            Word("ALTER"),
            KIND,
            Word("CONNECTION"),
            IF_EXISTS,
            NAME,
            Actions(CONNECTION_OPTIONS),
            WITH_TEST,
        ],
        summary: "Change options, put them back to their defaults, or rename the connection: all \
                  of it or nothing.",
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
        summary: "Remove connections and their passwords. CASCADE removes what depends on them; \
                  without it that is an error.",
        examples: &["DROP CONNECTION IF EXISTS old_sales, old_marts"],
    },
    StatementSyntax {
        name: "IMPORT CONNECTIONS",
        items: &[
            Word("IMPORT CONNECTIONS FROM"),
            OneOf(&[
                &[Word(ForeignTool::Dbt.keyword())],
                &[Word(ForeignTool::PgPass.keyword())],
                &[Word(ForeignTool::PgService.keyword())],
                &[Word(ForeignTool::DBeaver.keyword())],
                &[Word(ForeignTool::Sling.keyword())],
            ]),
            Optional(&[File]),
            LIKE,
        ],
        summary: "Create the connections in a file of another tool, with their passwords: all, or \
                  those whose names fit. Connections that exist stay as they are.",
        examples: &[
            "IMPORT CONNECTIONS FROM DBT",
            "IMPORT CONNECTIONS FROM PG_SERVICE '/etc/pg_service.conf' LIKE 'sal%'",
        ],
    },
    StatementSyntax {
        name: "SHOW CONNECTIONS",
        items: &[Word("SHOW CONNECTIONS"), LIKE],
        summary: "List connections. In a pattern % stands for any text and _ for one character, in \
                  any letter case.",
        examples: &["SHOW CONNECTIONS LIKE 'sal%'"],
    },
    StatementSyntax {
        name: "DESCRIBE CONNECTION",
        items: &[Word("DESCRIBE CONNECTION"), NAME],
        summary: "Show a connection's options and endpoint.",
        examples: &["DESCRIBE CONNECTION sales"],
    },
    StatementSyntax {
        name: "SHOW CREATE CONNECTION",
        items: &[Word("SHOW CREATE CONNECTION"), NAME],
        summary: "Print a statement that makes the same connection, with PASSWORD = PROMPT.",
        examples: &["SHOW CREATE CONNECTION sales"],
    },
    StatementSyntax {
        name: "SHOW USAGES OF CONNECTION",
        items: &[Word("SHOW USAGES OF CONNECTION"), NAME],
        summary: "List what depends on a connection.",
        examples: &["SHOW USAGES OF CONNECTION sales"],
    },
    StatementSyntax {
        name: "TEST CONNECTION",
        items: &[Word("TEST CONNECTION"), List(&[NAME])],
        summary: "Open sessions and close them again: a row for each stage, and a fix for what \
                  fails.",
        examples: &["TEST CONNECTION sales"],
    },
    StatementSyntax {
        name: "TEST CONNECTIONS",
        items: &[Word("TEST CONNECTIONS"), LIKE],
        summary: "Test all connections, or those whose names fit.",
        examples: &["TEST CONNECTIONS LIKE 'sal%'"],
    },
    StatementSyntax {
        name: "SHOW SESSIONS",
        items: &[Word("SHOW SESSIONS"), Optional(&[Word("OF CONNECTION"), NAME])],
        summary: "List the open sessions of this machine: slot, process, since when, what for.",
        examples: &["SHOW SESSIONS", "SHOW SESSIONS OF CONNECTION sales"],
    },
];
