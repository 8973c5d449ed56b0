//! Statements on tables.

use super::Item::{
    Actions, AnyOrder, DataType, Encoding, Expression, Line, List, Name, NewName, OneOf, Optional,
    Row, Settings, Sign, Word,
};
use super::{CASCADE_OR_RESTRICT, IF_EXISTS, IF_NOT_EXISTS, Item, LIKE, NameOf, StatementSyntax};
use crate::sql::option::TABLE_OPTIONS;

const NAME: Item = Name(NameOf::Table, "connection.schema.table");

/// `column type` with the attributes of a column, a constraint, or LIKE.
const ELEMENT: Item = OneOf(&[
    &[NewName(NameOf::Column, "column"), DataType, ATTRIBUTES],
    &[Line, CONSTRAINT],
    &[
        Line,
        Word("LIKE"),
        Name(NameOf::Table, "connection.schema.table"),
        Optional(&[OneOf(&[&[Word("INCLUDING")], &[Word("EXCLUDING")]]), Word("DEFAULTS")]),
    ],
]);

const ATTRIBUTES: Item = AnyOrder(&[
    &[Word("DEFAULT"), Expression("expression")],
    &[
        Optional(&[Word("GENERATED"), Word("BY"), Word("DEFAULT"), Word("AS")]),
        Word("IDENTITY"),
        Sign('('),
        Expression("seed, step"),
        Sign(')'),
    ],
    &[Line, Word("NOT"), Word("NULL")],
    &[Word("ENCODE"), Encoding],
    &[Word("DISTKEY")],
    &[Word("SORTKEY")],
    &[COLLATE],
    &[Line, Word("UNIQUE")],
    &[Word("PRIMARY"), Word("KEY")],
    &[REFERENCES],
    &[Settings(TABLE_OPTIONS)],
]);

/// The attributes of a column that ADD COLUMN takes.
const ADDED_ATTRIBUTES: Item = AnyOrder(&[
    &[Word("DEFAULT"), Expression("expression")],
    &[Word("NOT"), Word("NULL")],
    &[Word("ENCODE"), Encoding],
    &[COLLATE],
    &[Settings(TABLE_OPTIONS)],
]);

const COLLATE: Item = Row(&[
    Word("COLLATE"),
    OneOf(&[&[Word("CASE_SENSITIVE")], &[Word("CASE_INSENSITIVE")]]),
]);

const REFERENCES: Item = Row(&[
    Word("REFERENCES"),
    NewName(NameOf::Column, "schema.table"),
    Optional(&[COLUMN_LIST]),
]);

const CONSTRAINT: Item = Row(&[
    Optional(&[Word("CONSTRAINT"), NewName(NameOf::Column, "name")]),
    OneOf(&[
        &[Word("PRIMARY"), Word("KEY"), COLUMN_LIST],
        &[Word("UNIQUE"), COLUMN_LIST],
        &[Line, Word("FOREIGN"), Word("KEY"), COLUMN_LIST, REFERENCES],
    ]),
]);

/// `(column, …)`
const COLUMN_LIST: Item = Row(&[Sign('('), List(&[NewName(NameOf::Column, "column")]), Sign(')')]);

/// A change of a definition.
const CHANGE: Item = OneOf(&[
    &[
        Line,
        Word("ADD"),
        Word("COLUMN"),
        NewName(NameOf::Column, "column"),
        DataType,
        ADDED_ATTRIBUTES,
    ],
    &[Line, Word("ADD"), CONSTRAINT],
    &[
        Line,
        Word("DROP"),
        OneOf(&[&[Word("COLUMN")], &[Word("CONSTRAINT")]]),
        NewName(NameOf::Column, "name"),
        CASCADE_OR_RESTRICT,
    ],
    &[
        Line,
        Word("RENAME"),
        Word("COLUMN"),
        NewName(NameOf::Column, "column"),
        Word("TO"),
        NewName(NameOf::Column, "name"),
    ],
    &[
        Line,
        Word("ALTER"),
        Word("COLUMN"),
        NewName(NameOf::Column, "column"),
        OneOf(&[&[Word("TYPE"), DataType], &[Word("ENCODE"), Encoding]]),
    ],
    &[Line, Word("ALTER"), Word("DISTKEY"), NewName(NameOf::Column, "column")],
    &[
        Line,
        Word("ALTER"),
        Word("DISTSTYLE"),
        OneOf(&[
            &[Word("AUTO")],
            &[Word("EVEN")],
            &[Word("ALL")],
            &[Word("KEY"), Word("DISTKEY"), NewName(NameOf::Column, "column")],
        ]),
    ],
    &[
        Line,
        Word("ALTER"),
        Optional(&[Word("COMPOUND")]),
        Word("SORTKEY"),
        OneOf(&[&[COLUMN_LIST], &[Word("AUTO")], &[Word("NONE")]]),
    ],
    &[Line, Word("ALTER"), Word("ENCODE"), Word("AUTO")],
]);

pub(super) static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: "CREATE TABLE",
        items: &[
            Word("CREATE"),
            Word("TABLE"),
            IF_NOT_EXISTS,
            NewName(NameOf::Table, "connection.schema.table"),
            Line,
            Sign('('),
            Optional(&[List(&[ELEMENT])]),
            Sign(')'),
            Line,
            AnyOrder(&[
                &[Word("BACKUP"), OneOf(&[&[Word("YES")], &[Word("NO")]])],
                &[
                    Word("DISTSTYLE"),
                    OneOf(&[&[Word("AUTO")], &[Word("EVEN")], &[Word("KEY")], &[Word("ALL")]]),
                ],
                &[Word("DISTKEY"), Sign('('), NewName(NameOf::Column, "column"), Sign(')')],
                &[
                    Line,
                    Optional(&[OneOf(&[&[Word("COMPOUND")], &[Word("INTERLEAVED")]])]),
                    Word("SORTKEY"),
                    COLUMN_LIST,
                ],
                &[Word("SORTKEY"), Word("AUTO")],
                &[Word("ENCODE"), Word("AUTO")],
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
        items: &[
            Word("ALTER"),
            Word("TABLE"),
            NAME,
            OneOf(&[&[Actions(TABLE_OPTIONS)], &[Line, List(&[CHANGE])]]),
        ],
        summary: "Change a table's comment, its name in its schema, or its definition, as Redshift's \
                  ALTER TABLE does. A job on a changed column is named in a notice.",
        examples: &[
            "ALTER TABLE sales.public.orders SET COMMENT = 'orders of the web shop'",
            "ALTER TABLE sales.public.order_totals RENAME TO totals",
            "ALTER TABLE sales.public.orders ADD COLUMN note VARCHAR(200) DEFAULT ''",
            "ALTER TABLE sales.public.orders ALTER COLUMN customer TYPE VARCHAR(400)",
        ],
    },
    StatementSyntax {
        name: "DROP TABLE",
        items: &[Word("DROP"), Word("TABLE"), IF_EXISTS, List(&[NAME]), CASCADE_OR_RESTRICT],
        summary: "Remove definitions of tables. CASCADE removes the jobs that use them; without it \
                  that is an error.",
        examples: &["DROP TABLE IF EXISTS sales.public.old_orders, sales.public.old_totals"],
    },
    StatementSyntax {
        name: "SHOW TABLES",
        items: &[
            Word("SHOW"),
            Word("TABLES"),
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
            Word("IMPORT"),
            Word("TABLES"),
            Word("FROM"),
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
        items: &[Word("DESCRIBE"), Word("TABLE"), NAME],
        summary: "Show the columns of a table.",
        examples: &["DESCRIBE TABLE sales.public.orders"],
    },
    StatementSyntax {
        name: "SHOW CREATE TABLE",
        items: &[Word("SHOW"), Word("CREATE"), Word("TABLE"), NAME],
        summary: "Print a statement that makes the same definition.",
        examples: &["SHOW CREATE TABLE sales.public.orders"],
    },
    StatementSyntax {
        name: "SHOW USAGES OF TABLE",
        items: &[Word("SHOW"), Word("USAGES"), Word("OF"), Word("TABLE"), NAME],
        summary: "List the jobs that write a table or read it.",
        examples: &["SHOW USAGES OF TABLE sales.public.orders"],
    },
];
