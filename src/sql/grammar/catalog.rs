//! Statements on the catalog as a whole, transactions, and the tables that SELECT reads.

use super::Item::{File, OneOf, Optional, Query, Word};
use super::{Item, QueryOf, StatementSyntax};

const TRANSACTION_OR_WORK: Item = Optional(&[OneOf(&[&[Word("TRANSACTION")], &[Word("WORK")]])]);

pub(super) static STATEMENTS: &[StatementSyntax] = &[
    StatementSyntax {
        name: "SELECT",
        items: &[Query(QueryOf::Catalog)],
        summary: "Ask the catalog: any SELECT of SQLite over system.information_schema and \
                  system.monitoring.",
        examples: &[
            "SELECT host, count(*) AS connections FROM system.information_schema.connections GROUP \
             BY host",
        ],
    },
    StatementSyntax {
        name: "EXPORT CATALOG",
        items: &[Word("EXPORT CATALOG"), Optional(&[Word("TO"), File])],
        summary: "Print or write a script that rebuilds the catalog, without passwords. A file \
                  that exists is refused.",
        examples: &["EXPORT CATALOG"],
    },
    StatementSyntax {
        name: "BEGIN",
        items: &[Word("BEGIN"), TRANSACTION_OR_WORK],
        summary: "Open a transaction.",
        examples: &["BEGIN"],
    },
    StatementSyntax {
        name: "COMMIT",
        items: &[Word("COMMIT"), TRANSACTION_OR_WORK],
        summary: "Make the changes of the transaction; after an error in it, roll it back.",
        examples: &["COMMIT"],
    },
    StatementSyntax {
        name: "ROLLBACK",
        items: &[Word("ROLLBACK"), TRANSACTION_OR_WORK],
        summary: "Give up the changes of the transaction, passwords included.",
        examples: &["ROLLBACK"],
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
            "password_command",
            "aws_profile",
            "aws_role",
            "external_id",
            "aws_region",
            "cluster",
            "workgroup",
            "auto_create_user",
            "db_groups",
            "aws_secret",
            "ssh_tunnel",
            "protection",
            "color",
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
        columns: &["catalog", "schema", "table", "name", "ordinal", "data_type", "is_nullable"],
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
    CatalogTable {
        name: "system.monitoring.jobs",
        columns: &[
            "name",
            "state",
            "loaded_until",
            "last_started_at",
            "last_ended_at",
            "last_error",
        ],
    },
    CatalogTable {
        name: "system.monitoring.runs",
        columns: &[
            "job",
            "run_id",
            "window_start",
            "window_end",
            "state",
            "staged",
            "inserted",
            "deleted",
            "took",
            "started_at",
            "ended_at",
            "started_by",
            "error_code",
            "error",
        ],
    },
];
