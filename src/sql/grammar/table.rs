//! Statements on tables.

use super::Item::{
    Actions, AnyOrder, DataType, Encoding, Line, List, Name, NewName, OneOf, Optional, Row,
    Settings, Sign, Word,
};
use super::{CASCADE_OR_RESTRICT, IF_EXISTS, IF_NOT_EXISTS, Item, LIKE, NameOf, StatementSyntax};
use crate::sql::option::TABLE_OPTIONS;

const NAME: Item = Name(NameOf::Table, "connection.schema.table");

/// `column type` with the attributes of a column, or the primary key.
const COLUMN: Item = OneOf(&[
    &[
        NewName(NameOf::Column, "column"),
        DataType,
        AnyOrder(&[
            &[Word("NOT NULL")],
            &[Word("ENCODE"), Encoding],
            &[Word("DISTKEY")],
            &[Word("SORTKEY")],
        ]),
    ],
    &[Word("PRIMARY KEY"), COLUMN_LIST],
]);

/// `(column, …)`
const COLUMN_LIST: Item = Row(&[Sign('('), List(&[NewName(NameOf::Column, "column")]), Sign(')')]);

pub(super) static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: "CREATE TABLE",
        items: &[
            Word("CREATE TABLE"),
            IF_NOT_EXISTS,
            NewName(NameOf::Table, "connection.schema.table"),
            Line,
            Sign('('),
            Optional(&[List(&[COLUMN])]),
            Sign(')'),
            Line,
            AnyOrder(&[
                &[
                    Word("DISTSTYLE"),
                    OneOf(&[&[Word("AUTO")], &[Word("EVEN")], &[Word("KEY")], &[Word("ALL")]]),
                ],
                &[Word("DISTKEY"), Sign('('), NewName(NameOf::Column, "column"), Sign(')')],
                &[
                    Optional(&[OneOf(&[&[Word("COMPOUND")], &[Word("INTERLEAVED")]])]),
                    Word("SORTKEY"),
                    COLUMN_LIST,
                ],
                &[Settings(TABLE_OPTIONS)],
            ]),
        ],
        summary: "Define a table of the warehouse. Without columns they come from the job that \
                  first writes it.",
        examples: &[
            "CREATE TABLE sales.public.orders (\n    id BIGINT NOT NULL,\n    customer VARCHAR(100) ENCODE zstd,\n    ordered_at TIMESTAMPTZ,\n    amount DECIMAL(12, 2),\n    PRIMARY KEY (id)\n)\n    DISTSTYLE KEY\n    DISTKEY (id)\n    SORTKEY (ordered_at)\n    COMMENT = 'one row an order'",
            "CREATE TABLE IF NOT EXISTS sales.public.order_totals ()",
        ],
    },
    StatementSyntax {
        name: "ALTER TABLE",
        items: &[Word("ALTER TABLE"), NAME, Actions(TABLE_OPTIONS)],
        summary: "Change a table's comment, or its name in its schema.",
        examples: &[
            "ALTER TABLE sales.public.orders SET COMMENT = 'orders of the web shop'",
            "ALTER TABLE sales.public.order_totals RENAME TO totals",
        ],
    },
    StatementSyntax {
        name: "DROP TABLE",
        items: &[Word("DROP TABLE"), IF_EXISTS, List(&[NAME]), CASCADE_OR_RESTRICT],
        summary: "Remove definitions of tables. CASCADE removes the jobs that use them; without it \
                  that is an error.",
        examples: &["DROP TABLE IF EXISTS sales.public.old_orders, sales.public.old_totals"],
    },
    StatementSyntax {
        name: "SHOW TABLES",
        items: &[
            Word("SHOW TABLES"),
            Optional(&[
                Word("IN"),
                Name(NameOf::Connection, "connection"),
                Optional(&[Sign('.'), Name(NameOf::Schema, "schema")]),
            ]),
            LIKE,
        ],
        summary: "List tables: all, or those of a connection or schema.",
        examples: &["SHOW TABLES IN sales.public LIKE 'ord%'"],
    },
    StatementSyntax {
        name: "IMPORT TABLES",
        items: &[
            Word("IMPORT TABLES FROM"),
            Name(NameOf::Connection, "connection"),
            Optional(&[Sign('.'), Name(NameOf::Schema, "schema")]),
            LIKE,
        ],
        summary: "Record the warehouse's tables: all, those of one schema, or those whose names \
                  fit. The warehouse is only read.",
        examples: &["IMPORT TABLES FROM sales.public LIKE 'ord%'"],
    },
    StatementSyntax {
        name: "DESCRIBE TABLE",
        items: &[Word("DESCRIBE TABLE"), NAME],
        summary: "Show the columns of a table.",
        examples: &["DESCRIBE TABLE sales.public.orders"],
    },
    StatementSyntax {
        name: "SHOW CREATE TABLE",
        items: &[Word("SHOW CREATE TABLE"), NAME],
        summary: "Print a statement that makes the same definition.",
        examples: &["SHOW CREATE TABLE sales.public.orders"],
    },
    StatementSyntax {
        name: "SHOW USAGES OF TABLE",
        items: &[Word("SHOW USAGES OF TABLE"), NAME],
        summary: "List the jobs that write a table or read it.",
        examples: &["SHOW USAGES OF TABLE sales.public.orders"],
    },
];
