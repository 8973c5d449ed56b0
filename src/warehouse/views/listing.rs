//! The queries of `\l`, `\dn`, `\dt` and `\d TABLE`.

use super::{ATTRIBUTES, CLASSES, Views, and, not_system};

/// A list of a server's objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The databases.
    Databases,
    /// The schemas.
    Schemas,
    /// The tables and views, or those of a schema or of a name.
    Tables(Option<String>),
    /// The columns of a table or view: its schema, if given, and its name.
    Columns(Option<String>, String),
}

impl Listing {
    /// The query; `literal` quotes a string for the server.
    ///
    /// Redshift's views have the owner's number, and `pg_user`, which every user may read, has the
    /// name. A query may join the two, since both are on the leader node:
    /// brainly/terraform-provider-redshift joins these views with `pg_user_info`
    /// (`resource_redshift_database.go`, `data_source_redshift_schema.go`). `svv_redshift_columns`
    /// is different, see `tables.rs`.
    pub fn sql(&self, views: Views, literal: impl Fn(&str) -> String) -> String {
        let equal =
            |column, text: &Option<String>| and(column, text.as_deref().map(&literal).as_deref());
        let either = |schema: &str, table: &str, name: &Option<String>| {
            either(schema, table, name.as_deref().map(&literal).as_deref())
        };
        match (self, views) {
            (Self::Databases, Views::Redshift) => REDSHIFT_DATABASES.to_owned(),
            (Self::Databases, Views::PostgreSql) => DATABASES.to_owned(),
            (Self::Schemas, Views::Redshift) => format!(
                "SELECT s.schema_name AS name, u.usename AS owner, s.schema_type AS type \
                 FROM pg_catalog.svv_all_schemas s \
                 LEFT JOIN pg_catalog.pg_user u ON u.usesysid = s.schema_owner \
                 WHERE s.database_name = current_database() AND {} ORDER BY 1",
                not_system("s.schema_name")
            ),
            (Self::Schemas, Views::PostgreSql) => format!(
                "SELECT nspname AS name, pg_catalog.pg_get_userbyid(nspowner) AS owner \
                 FROM pg_catalog.pg_namespace WHERE {} ORDER BY 1",
                not_system("nspname")
            ),
            (Self::Tables(name), Views::Redshift) => format!(
                "SELECT schema_name AS schema, table_name AS name, lower(table_type) AS type, remarks \
                 FROM pg_catalog.svv_all_tables WHERE database_name = current_database() \
                 AND ({} OR {}){} ORDER BY 1, 2",
                not_system("schema_name"),
                is_temporary("schema_name"),
                either("schema_name", "table_name", name)
            ),
            (Self::Tables(name), Views::PostgreSql) => format!(
                "SELECT n.nspname AS schema, c.relname AS name, \
                 CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS type, \
                 pg_catalog.obj_description(c.oid, 'pg_class') AS remarks FROM {CLASSES} \
                 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') \
                 AND ({} OR {} AND pg_catalog.pg_table_is_visible(c.oid)){} ORDER BY 1, 2",
                not_system("n.nspname"),
                is_temporary("n.nspname"),
                either("n.nspname", "c.relname", name)
            ),
            (Self::Columns(schema, table), Views::Redshift) => format!(
                "SELECT schema_name AS schema, column_name AS \"column\", data_type AS type, \
                 is_nullable AS nullable, column_default AS \"default\", encoding, distkey, sortkey, \
                 remarks FROM pg_catalog.svv_redshift_columns \
                 WHERE database_name = current_database(){} AND table_name = {} \
                 ORDER BY schema_name, ordinal_position",
                equal("schema_name", schema),
                literal(table)
            ),
            (Self::Columns(schema, table), Views::PostgreSql) => format!(
                "SELECT n.nspname AS schema, a.attname AS \"column\", \
                 pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, \
                 CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS nullable, \
                 pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS \"default\", \
                 pg_catalog.col_description(c.oid, a.attnum) AS remarks FROM {CLASSES} \
                 JOIN {ATTRIBUTES} \
                 LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
                 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f'){} AND c.relname = {} \
                 ORDER BY n.nspname, a.attnum",
                equal("n.nspname", schema),
                literal(table)
            ),
        }
    }
}

const REDSHIFT_DATABASES: &str = "SELECT d.database_name AS name, u.usename AS owner, d.database_type AS type \
     FROM pg_catalog.svv_redshift_databases d \
     LEFT JOIN pg_catalog.pg_user u ON u.usesysid = d.database_owner ORDER BY 1";

const DATABASES: &str = "SELECT datname AS name, pg_catalog.pg_get_userbyid(datdba) AS owner \
     FROM pg_catalog.pg_database WHERE NOT datistemplate ORDER BY 1";

/// The condition that a schema has the temporary tables of a session.
fn is_temporary(schema: &str) -> String {
    format!("substring({schema}, 1, 8) = 'pg_temp_'")
}

/// The condition that a table or its schema has the name, which is a literal.
fn either(schema: &str, table: &str, name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" AND ({schema} = {name} OR {table} = {name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_into_the_query_as_a_string_of_the_server() {
        let listing = Listing::Columns(Some("a'b".to_owned()), "c".to_owned());
        for views in [Views::Redshift, Views::PostgreSql] {
            let sql = listing.sql(views, |text| format!("<{text}>"));
            assert!(sql.contains("= <a'b>") && sql.contains("= <c>"), "{sql}");
        }
    }
}
