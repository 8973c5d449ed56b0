//! What a listing asks a server.

use super::Views;

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The databases.
    Databases,
    /// The schemas.
    Schemas,
    /// The tables and views of a schema, or of all.
    Tables(Option<String>),
    /// The columns of a table or view: its schema, where it was named, and its name.
    Columns(Option<String>, String),
}

impl Listing {
    /// The query; `literal` makes a string of the server's.
    pub fn sql(&self, views: Views, literal: impl Fn(&str) -> String) -> String {
        let of = |column: &str, name: Option<&String>| {
            name.map_or_else(String::new, |name| format!(" AND {column} = {}", literal(name)))
        };
        match (self, views) {
            (Self::Databases, Views::Redshift) => {
                "SELECT d.database_name AS name, u.usename AS owner, d.database_type AS type \
                 FROM pg_catalog.svv_redshift_databases d \
                 LEFT JOIN pg_catalog.pg_user u ON u.usesysid = d.database_owner ORDER BY 1"
                    .to_owned()
            }
            (Self::Databases, Views::PostgreSql) => {
                "SELECT datname AS name, pg_catalog.pg_get_userbyid(datdba) AS owner \
                 FROM pg_catalog.pg_database WHERE NOT datistemplate ORDER BY 1"
                    .to_owned()
            }
            (Self::Schemas, Views::Redshift) => {
                "SELECT s.schema_name AS name, u.usename AS owner, s.schema_type AS type \
                 FROM pg_catalog.svv_all_schemas s LEFT JOIN pg_catalog.pg_user u ON u.usesysid = s.schema_owner \
                 WHERE s.database_name = current_database() AND substring(s.schema_name, 1, 3) <> 'pg_' \
                 AND s.schema_name <> 'information_schema' ORDER BY 1"
                    .to_owned()
            }
            (Self::Schemas, Views::PostgreSql) => {
                "SELECT nspname AS name, pg_catalog.pg_get_userbyid(nspowner) AS owner FROM pg_catalog.pg_namespace \
                 WHERE substring(nspname, 1, 3) <> 'pg_' AND nspname <> 'information_schema' ORDER BY 1"
                    .to_owned()
            }
            (Self::Tables(schema), Views::Redshift) => format!(
                "SELECT schema_name AS schema, table_name AS name, lower(table_type) AS type, remarks \
                 FROM pg_catalog.svv_all_tables WHERE database_name = current_database() \
                 AND substring(schema_name, 1, 3) <> 'pg_' AND schema_name <> 'information_schema'{} ORDER BY 1, 2",
                of("schema_name", schema.as_ref())
            ),
            (Self::Tables(schema), Views::PostgreSql) => format!(
                "SELECT n.nspname AS schema, c.relname AS name, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END \
                 AS type, pg_catalog.obj_description(c.oid, 'pg_class') AS remarks FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') \
                 AND substring(n.nspname, 1, 3) <> 'pg_' AND n.nspname <> 'information_schema'{} ORDER BY 1, 2",
                of("n.nspname", schema.as_ref())
            ),
            (Self::Columns(schema, table), Views::Redshift) => format!(
                "SELECT schema_name AS schema, column_name AS \"column\", data_type AS type, is_nullable AS nullable, \
                 column_default AS \"default\", encoding, distkey, sortkey, remarks FROM pg_catalog.svv_redshift_columns \
                 WHERE database_name = current_database(){}{} ORDER BY schema_name, ordinal_position",
                of("schema_name", schema.as_ref()),
                of("table_name", Some(table))
            ),
            (Self::Columns(schema, table), Views::PostgreSql) => format!(
                "SELECT n.nspname AS schema, a.attname AS \"column\", pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, \
                 CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS nullable, \
                 pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS \"default\", \
                 pg_catalog.col_description(c.oid, a.attnum) AS remarks FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
                 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f'){}{} ORDER BY n.nspname, a.attnum",
                of("n.nspname", schema.as_ref()),
                of("c.relname", Some(table))
            ),
        }
    }
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
