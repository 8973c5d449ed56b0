//! The queries of `\l`, `\dn`, `\dt` and `\d TABLE`.

use super::Views;

/// A list of a server's objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The databases.
    Databases,
    /// The schemas.
    Schemas,
    /// The tables and views of a schema, or of all.
    Tables(Option<String>),
    /// The columns of a table or view: its schema, if given, and its name.
    Columns(Option<String>, String),
}

impl Listing {
    /// The query; `literal` quotes a string for the server.
    pub fn sql(&self, views: Views, literal: impl Fn(&str) -> String) -> String {
        match self {
            Self::Databases => databases(views).to_owned(),
            Self::Schemas => schemas(views).to_owned(),
            Self::Tables(schema) => tables(views, schema.as_deref().map(literal).as_deref()),
            Self::Columns(schema, table) => {
                columns(views, schema.as_deref().map(&literal).as_deref(), &literal(table))
            }
        }
    }
}

/// Redshift's view has the owner's number, and `pg_user`, which every user may read, has the name.
/// A query may join the two, since both are on the leader node: brainly/terraform-provider-redshift
/// joins these views with `pg_user_info` (`resource_redshift_database.go`,
/// `data_source_redshift_schema.go`). `svv_redshift_columns` is different, see `tables.rs`.
fn databases(views: Views) -> &'static str {
    match views {
        Views::Redshift => {
            "SELECT d.database_name AS name, u.usename AS owner, d.database_type AS type \
             FROM pg_catalog.svv_redshift_databases d \
             LEFT JOIN pg_catalog.pg_user u ON u.usesysid = d.database_owner ORDER BY 1"
        }
        Views::PostgreSql => {
            "SELECT datname AS name, pg_catalog.pg_get_userbyid(datdba) AS owner \
             FROM pg_catalog.pg_database WHERE NOT datistemplate ORDER BY 1"
        }
    }
}

fn schemas(views: Views) -> &'static str {
    match views {
        Views::Redshift => {
            "SELECT s.schema_name AS name, u.usename AS owner, s.schema_type AS type \
             FROM pg_catalog.svv_all_schemas s LEFT JOIN pg_catalog.pg_user u ON u.usesysid = s.schema_owner \
             WHERE s.database_name = current_database() AND substring(s.schema_name, 1, 3) <> 'pg_' \
             AND s.schema_name <> 'information_schema' ORDER BY 1"
        }
        Views::PostgreSql => {
            "SELECT nspname AS name, pg_catalog.pg_get_userbyid(nspowner) AS owner FROM pg_catalog.pg_namespace \
             WHERE substring(nspname, 1, 3) <> 'pg_' AND nspname <> 'information_schema' ORDER BY 1"
        }
    }
}

/// One more condition, if there is a literal.
fn and(column: &str, literal: Option<&str>) -> String {
    literal.map_or_else(String::new, |literal| format!(" AND {column} = {literal}"))
}

fn tables(views: Views, schema: Option<&str>) -> String {
    match views {
        Views::Redshift => format!(
            "SELECT schema_name AS schema, table_name AS name, lower(table_type) AS type, remarks \
             FROM pg_catalog.svv_all_tables WHERE database_name = current_database() \
             AND substring(schema_name, 1, 3) <> 'pg_' AND schema_name <> 'information_schema'{} ORDER BY 1, 2",
            and("schema_name", schema)
        ),
        Views::PostgreSql => format!(
            "SELECT n.nspname AS schema, c.relname AS name, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END \
             AS type, pg_catalog.obj_description(c.oid, 'pg_class') AS remarks FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') \
             AND substring(n.nspname, 1, 3) <> 'pg_' AND n.nspname <> 'information_schema'{} ORDER BY 1, 2",
            and("n.nspname", schema)
        ),
    }
}

fn columns(views: Views, schema: Option<&str>, table: &str) -> String {
    match views {
        Views::Redshift => format!(
            "SELECT schema_name AS schema, column_name AS \"column\", data_type AS type, is_nullable AS nullable, \
             column_default AS \"default\", encoding, distkey, sortkey, remarks FROM pg_catalog.svv_redshift_columns \
             WHERE database_name = current_database(){}{} ORDER BY schema_name, ordinal_position",
            and("schema_name", schema),
            and("table_name", Some(table))
        ),
        Views::PostgreSql => format!(
            "SELECT n.nspname AS schema, a.attname AS \"column\", pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, \
             CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS nullable, \
             pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS \"default\", \
             pg_catalog.col_description(c.oid, a.attnum) AS remarks FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f'){}{} ORDER BY n.nspname, a.attnum",
            and("n.nspname", schema),
            and("c.relname", Some(table))
        ),
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
