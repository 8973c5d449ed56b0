//! Statements on jobs.

use super::Item::{
    Actions, Expression, Line, List, Name, NewName, OneOf, Optional, Query, Row, Settings, Sign,
    Word,
};
use super::{
    IF_EXISTS, IF_NOT_EXISTS, Item, KIND, LIKE, NameOf, QueryOf, StatementSyntax, WITH_TEST,
};
use crate::sql::option::JOB_OPTIONS;

const NAME: Item = Name(NameOf::Job, "name");
const COLUMN: Item = NewName(NameOf::Column, "column");
const COLUMNS: Item = Row(&[Sign('('), List(&[COLUMN]), Sign(')')]);
const TARGET: Item = Name(NameOf::Table, "connection.schema.table");

/// An alias, with an optional AS.
const ALIAS: Item = Optional(&[Optional(&[Word("AS")]), NewName(NameOf::Column, "alias")]);

const INSERT: &[Item] = &[
    Word("INSERT INTO"),
    KIND,
    TARGET,
    Optional(&[OneOf(&[
        &[Word("MAP_COLUMNS_BY_NAME"), Optional(&[Word("EXCEPT"), List(&[COLUMN])])],
        &[COLUMNS],
    ])]),
    Query(QueryOf::Warehouse),
];

const MERGE: &[Item] = &[
    Word("MERGE INTO"),
    KIND,
    TARGET,
    ALIAS,
    Line,
    Word("USING"),
    OneOf(&[&[Sign('('), Query(QueryOf::Warehouse), Sign(')')], &[TARGET]]),
    ALIAS,
    Word("ON"),
    Expression("target.key = source.key [AND …]"),
    Line,
    Optional(&[Word("WHEN MATCHED AND"), Expression("condition"), Word("THEN DELETE")]),
    Line,
    Word("WHEN MATCHED THEN REPLACE"),
    Line,
    Word("WHEN NOT MATCHED THEN INSERT"),
    OneOf(&[
        &[Word("MAP_COLUMNS_BY_NAME"), Optional(&[Word("EXCEPT"), List(&[EXCEPTED])])],
        &[COLUMNS, Word("VALUES"), Sign('('), List(&[Expression("expression")]), Sign(')')],
    ]),
];

/// Redshift's own MERGE.
const REDSHIFT_MERGE: &[Item] = &[
    Word("MERGE INTO"),
    KIND,
    TARGET,
    ALIAS,
    Line,
    Word("USING"),
    TARGET,
    ALIAS,
    Word("ON"),
    Expression("condition"),
    Line,
    OneOf(&[
        &[
            Optional(&[
                Word("WHEN MATCHED THEN"),
                OneOf(&[
                    &[Word("UPDATE SET"), List(&[COLUMN, Sign('='), Expression("expression")])],
                    &[Word("DELETE")],
                ]),
            ]),
            Line,
            Optional(&[
                Word("WHEN NOT MATCHED THEN INSERT"),
                Optional(&[COLUMNS]),
                Word("VALUES"),
                Sign('('),
                List(&[Expression("expression")]),
                Sign(')'),
            ]),
        ],
        &[Word("REMOVE DUPLICATES")],
    ]),
];

/// A column, with the alias of its query if the user writes it.
const EXCEPTED: Item = Row(&[Optional(&[NewName(NameOf::Column, "alias"), Sign('.')]), COLUMN]);

pub(super) static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: "CREATE JOB",
        items: &[
            Word("CREATE"),
            Optional(&[Word("SYNC")]),
            Word("JOB"),
            IF_NOT_EXISTS,
            NewName(NameOf::Job, "name"),
            Optional(&[Settings(JOB_OPTIONS)]),
            Optional(&[Word("AS")]),
            Line,
            OneOf(&[INSERT, MERGE, REDSHIFT_MERGE]),
            Line,
            WITH_TEST,
        ],
        summary: "Define a job. Its query is one SELECT of Redshift over tables of the target's \
                  connection.",
        examples: &[
            "CREATE JOB load_totals\n    RUN_INTERVAL = 1 HOUR\n    COMMENT = 'totals by customer'\nAS INSERT INTO sales.public.totals MAP_COLUMNS_BY_NAME\nSELECT o.customer, sum(o.amount) AS amount FROM sales.public.orders o GROUP BY o.customer",
            "CREATE SYNC JOB IF NOT EXISTS merge_orders\n    START_FROM = NOW\nAS MERGE INTO sales.public.orders AS t\nUSING (SELECT s.id, s.customer, s.amount, s.is_void FROM sales.staging.orders s) AS s\nON t.id = s.id\nWHEN MATCHED AND s.is_void THEN DELETE\nWHEN MATCHED THEN REPLACE\nWHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME EXCEPT is_void",
            "CREATE JOB update_orders\nAS MERGE INTO sales.public.orders\nUSING sales.staging.orders AS s ON orders.id = s.id\nWHEN MATCHED THEN UPDATE SET amount = s.amount\nWHEN NOT MATCHED THEN INSERT (id, amount) VALUES (s.id, s.amount)",
        ],
    },
    StatementSyntax {
        name: "ALTER JOB",
        items: &[Word("ALTER JOB"), NAME, Actions(JOB_OPTIONS)],
        summary: "Change options of a job, put them back to their defaults, or rename it.",
        examples: &[
            "ALTER JOB load_totals SET RUN_INTERVAL = 30 MINUTES, RUN_PARALLELISM = 2 RESET \
             COMMENT",
        ],
    },
    StatementSyntax {
        name: "DROP JOB",
        items: &[Word("DROP JOB"), IF_EXISTS, List(&[NAME])],
        summary: "Remove jobs; nothing depends on a job.",
        examples: &["DROP JOB IF EXISTS old_load, older_load"],
    },
    StatementSyntax {
        name: "RUN JOB",
        items: &[
            Word("RUN JOB"),
            List(&[NAME]),
            Optional(&[Word("UP TO TIMESTAMP"), Expression("'2026-01-31 10:00:00'")]),
        ],
        summary: "Load each window that is due into the target, once. Shows a row a window.",
        examples: &["RUN JOB load_totals"],
    },
    StatementSyntax {
        name: "REWIND JOB",
        items: &[
            Word("REWIND JOB"),
            NAME,
            Word("TO"),
            OneOf(&[
                &[Word("BEGINNING")],
                &[Word("TIMESTAMP"), Expression("'2026-01-31 10:00:00'")],
            ]),
        ],
        summary: "Let a job run its windows again from a moment on. The rows that it has written \
                  stay.",
        examples: &["REWIND JOB load_totals TO TIMESTAMP '2026-01-31 10:00:00'"],
    },
    StatementSyntax {
        name: "TEST JOB",
        items: &[Word("TEST JOB"), List(&[NAME])],
        summary: "Let the warehouse check the queries of jobs, without a run.",
        examples: &["TEST JOB load_totals"],
    },
    StatementSyntax {
        name: "PAUSE JOB",
        items: &[Word("PAUSE JOB"), List(&[NAME])],
        summary: "Stop jobs before their next window. Nothing is lost: RESUME JOB runs what they \
                  missed.",
        examples: &["PAUSE JOB load_totals, merge_orders"],
    },
    StatementSyntax {
        name: "RESUME JOB",
        items: &[Word("RESUME JOB"), List(&[NAME])],
        summary: "Let paused jobs run again, from where they stopped.",
        examples: &["RESUME JOB load_totals, merge_orders"],
    },
    StatementSyntax {
        name: "SHOW RUNS",
        items: &[
            Word("SHOW RUNS"),
            Optional(&[Word("OF JOB"), NAME]),
            Optional(&[Word("LIMIT"), Expression("n")]),
        ],
        summary: "List the last runs of a job, or of all jobs, the newest first: 20 of them, or n.",
        examples: &["SHOW RUNS OF JOB load_totals LIMIT 100"],
    },
    StatementSyntax {
        name: "SHOW JOBS",
        items: &[Word("SHOW JOBS"), LIKE],
        summary: "List jobs, their targets and states, and the time up to which they are loaded.",
        examples: &["SHOW JOBS LIKE 'load%'"],
    },
    StatementSyntax {
        name: "DESCRIBE JOB",
        items: &[Word("DESCRIBE JOB"), NAME],
        summary: "Show a job's options, its state, and the tables that it writes and reads.",
        examples: &["DESCRIBE JOB load_totals"],
    },
    StatementSyntax {
        name: "SHOW CREATE JOB",
        items: &[Word("SHOW CREATE JOB"), NAME],
        summary: "Print a statement that makes the same job, with current names.",
        examples: &["SHOW CREATE JOB load_totals"],
    },
];
