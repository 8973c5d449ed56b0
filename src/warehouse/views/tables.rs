//! The queries of IMPORT TABLES.
//!
//! Names, types, NOT NULL, primary keys and comments come from PostgreSQL's catalog, which Redshift
//! has as well: Redshift's view `svv_redshift_columns` shows types without their length (AWS
//! documentation, SVV_REDSHIFT_COLUMNS, sample query), while `format_type` has the length;
//! sqlalchemy-redshift and AWS's `v_generate_tbl_ddl` use it too. Redshift's storage of tables
//! comes from its own views, each in its own query: `svv_redshift_columns` cannot be joined with
//! tables of the catalog (dbt-redshift, `materialized_view/describe.sql`).

use super::{ATTRIBUTES, CLASSES, COMMENTS, Views, and, not_system};

/// A query about the tables of a schema, or of all schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableQuestion {
    /// The schemas: name.
    Schemas,
    /// The tables: schema, name, comment.
    Tables,
    /// The columns, in the order of their table: schema, table, name, number, type, NOT NULL.
    Columns,
    /// The properties of columns: schema, table, name, encoding, true for the distribution key, the
    /// position in the sort key, which is negative in every second column of an interleaved one and
    /// 0 outside it, the default expression and the comment. Redshift leaves out columns that the
    /// user may not see; PostgreSQL has no storage.
    Storage,
    /// The constraints, in the order of their table: schema, table, name, the words of
    /// `pg_get_constraintdef` (as AWS's `v_generate_tbl_ddl` reads them), and the schema and name
    /// of the table that a foreign key references.
    Constraints,
    /// The distribution styles of tables: schema, table, and the number of the style (AWS
    /// documentation, PG_CLASS_INFO). The server leaves out tables that the user may not see.
    DistStyles,
}

/// An identity column of PostgreSQL in the words of Redshift's default: `a` is `pg_attribute`.
const IDENTITY: &str = "CASE WHEN a.attidentity <> '' THEN \
     (SELECT CASE a.attidentity WHEN 'a' THEN '\"identity\"' ELSE 'default_identity' END \
     || '(0, 0, ' || quote_literal(s.seqstart || ',' || s.seqincrement) || ')' \
     FROM pg_catalog.pg_depend e JOIN pg_catalog.pg_sequence s ON s.seqrelid = e.objid \
     WHERE e.refclassid = 'pg_catalog.pg_class'::regclass AND e.refobjid = c.oid \
     AND e.refobjsubid = a.attnum AND e.deptype = 'i') END";

impl TableQuestion {
    /// The query; `schema` is a string literal for the server. None if the server does not have
    /// this information.
    pub fn sql(self, views: Views, schema: Option<&str>) -> Option<String> {
        let users = not_system("n.nspname");
        let wanted = format!("{users}{}", and("n.nspname", schema));
        let sql = match (self, views) {
            (Self::Schemas, _) => {
                format!("SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE {users} ORDER BY 1")
            }
            (Self::Tables, _) => format!(
                "SELECT n.nspname, c.relname, r.description FROM {CLASSES} \
                 LEFT JOIN ({COMMENTS}) r ON r.objoid = c.oid \
                 WHERE c.relkind IN ('r', 'p') AND {wanted}"
            ),
            (Self::Columns, _) => format!(
                "SELECT n.nspname, c.relname, a.attname, a.attnum, \
                 pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull \
                 FROM {CLASSES} JOIN {ATTRIBUTES} \
                 WHERE c.relkind IN ('r', 'p') AND {wanted} ORDER BY a.attrelid, a.attnum"
            ),
            (Self::Storage, Views::Redshift) => format!(
                "SELECT schema_name, table_name, column_name, encoding, distkey, sortkey, \
                 column_default, remarks \
                 FROM pg_catalog.svv_redshift_columns WHERE database_name = current_database(){}",
                and("schema_name", schema)
            ),
            (Self::DistStyles, Views::Redshift) => format!(
                "SELECT n.nspname, c.relname, c.releffectivediststyle FROM \
                 pg_catalog.pg_class_info c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind = 'r' AND {wanted}"
            ),
            (Self::Storage, Views::PostgreSql) => format!(
                "SELECT n.nspname, c.relname, a.attname, NULL, NULL, NULL, coalesce({IDENTITY}, \
                 pg_catalog.pg_get_expr(d.adbin, d.adrelid)), pg_catalog.col_description(c.oid, \
                 a.attnum) \
                 FROM {CLASSES} JOIN {ATTRIBUTES} \
                 LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
                 WHERE c.relkind IN ('r', 'p') AND {wanted}"
            ),
            (Self::Constraints, _) => format!(
                "SELECT n.nspname, c.relname, p.conname, pg_catalog.pg_get_constraintdef(p.oid), \
                 m.nspname, r.relname \
                 FROM {CLASSES} JOIN pg_catalog.pg_constraint p ON p.conrelid = c.oid \
                 LEFT JOIN pg_catalog.pg_class r ON r.oid = p.confrelid \
                 LEFT JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace \
                 WHERE c.relkind IN ('r', 'p') AND p.contype IN ('p', 'u', 'f') AND {wanted} \
                 ORDER BY p.conrelid, p.oid"
            ),
            (Self::DistStyles, Views::PostgreSql) => return None,
        };
        Some(sql)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_in_every_question_but_that_for_schemas() {
        use TableQuestion as Question;
        for question in [
            Question::Tables,
            Question::Columns,
            Question::Storage,
            Question::Constraints,
            Question::DistStyles,
        ] {
            let sql = question.sql(Views::Redshift, Some("'it''s'")).unwrap();
            assert!(sql.contains(" = 'it''s'"), "{sql}");
            assert!(!question.sql(Views::Redshift, None).unwrap().contains("it''s"));
        }
        assert!(
            !Question::Schemas
                .sql(Views::Redshift, Some("'it''s'"))
                .unwrap()
                .contains("it''s")
        );
        assert_eq!(Question::DistStyles.sql(Views::PostgreSql, None), None);
    }
}
