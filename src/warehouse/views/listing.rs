//! The queries of `\d`, `\dt` and the other commands that list a server's objects.
//!
//! Relations, functions, users and groups come from PostgreSQL's catalog, which Redshift has as
//! well; AWS's own scripts read it too (awslabs/amazon-redshift-utils, `src/AdminViews`). Columns
//! are those of psql 15 and in its order, where psql has them.

use super::pattern::{NamePattern, PatternParts};
use super::{CLASSES, COMMENTS, Views, not_system};

/// A list of a server's objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The kind of objects.
    pub kind: ListedKind,
    /// The pattern of their names; None lists those that need no qualification.
    pub pattern: Option<NamePattern>,
    /// True if the list has more columns, as `+` asks.
    pub has_details: bool,
    /// True if the list has system objects, as `S` asks.
    pub has_system: bool,
}

/// The kind of listed objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedKind {
    /// Tables, views and the like.
    Relations(Vec<RelationKind>),
    /// Schemas.
    Schemas,
    /// Databases.
    Databases,
    /// Functions and procedures.
    Functions,
    /// Users.
    Users,
    /// Groups and their members.
    Groups,
    /// Privileges on tables and views.
    Privileges,
}

/// A kind of relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// An external table of Redshift, a foreign table of PostgreSQL.
    External,
}

impl RelationKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Table, Self::View, Self::MaterializedView, Self::External];

    /// The letter behind `\d`, as in psql.
    pub fn letter(self) -> char {
        match self {
            Self::Table => 't',
            Self::View => 'v',
            Self::MaterializedView => 'm',
            Self::External => 'E',
        }
    }

    /// The values of `pg_class.relkind`. Redshift keeps a materialized view as a view.
    fn classes(self) -> &'static str {
        match self {
            Self::Table => "'r', 'p'",
            Self::View => "'v'",
            Self::MaterializedView => "'m'",
            Self::External => "'f'",
        }
    }
}

impl ListedKind {
    /// The parts of the names that a pattern matches.
    pub fn parts(&self) -> PatternParts {
        match self {
            Self::Relations(_) | Self::Functions | Self::Privileges => PatternParts::Object,
            Self::Schemas => PatternParts::Schema,
            Self::Databases | Self::Users | Self::Groups => PatternParts::Name,
        }
    }
}

/// The words of psql for a kind of relation.
pub(super) const RELATION_TYPE: &str = "CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' \
     WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned \
     table' \
     ELSE 'special' END";

/// The condition that a relation needs no qualification.
pub(super) const IS_VISIBLE: &str = "pg_catalog.pg_table_is_visible(c.oid)";

/// The condition that leaves out the tables in which Redshift keeps materialized views (AWS
/// documentation, "Creating a materialized view"): `mv_tbl__NAME__0`.
const NOT_BEHIND_VIEW: &str = " AND substring(c.relname, 1, 8) <> 'mv_tbl__'";

/// Sizes and statistics of tables (AWS documentation, SVV_TABLE_INFO), which leaves out tables
/// without rows. The view is not joined with the catalog: it has rows of the compute nodes.
const STORAGE: &str = "SELECT \"schema\", \"table\", size || ' MB' AS size, tbl_rows AS rows, \
     skew_rows AS skew, \
     unsorted, stats_off AS \"stats off\" FROM pg_catalog.svv_table_info WHERE \"database\" = \
     current_database()";

impl Listing {
    /// The columns of a list of tables with their storage.
    pub const COLUMNS_WITH_STORAGE: [&'static str; 10] = [
        "schema",
        "name",
        "type",
        "owner",
        "description",
        "size",
        "rows",
        "skew",
        "unsorted",
        "stats off",
    ];

    /// The query; `literal` quotes a string for the server.
    pub fn sql(&self, views: Views, literal: &dyn Fn(&str) -> String) -> String {
        use RelationKind::{External, MaterializedView};
        match (&self.kind, views) {
            (ListedKind::Relations(kinds), Views::Redshift) => match kinds.as_slice() {
                [MaterializedView] => self.materialized_views(literal),
                [External] => self.external_tables(literal),
                kinds => self.relations(kinds, views, literal),
            },
            (ListedKind::Relations(kinds), Views::PostgreSql) => {
                self.relations(kinds, views, literal)
            }
            (ListedKind::Schemas, _) => self.schemas(views, literal),
            (ListedKind::Databases, _) => self.databases(views, literal),
            (ListedKind::Functions, _) => self.functions(views, literal),
            (ListedKind::Users, _) => self.users(views, literal),
            (ListedKind::Groups, _) => format!(
                "SELECT g.groname AS \"group name\", u.usename AS member FROM pg_catalog.pg_group \
                 g \
                 LEFT JOIN pg_catalog.pg_user u ON u.usesysid = ANY (g.grolist) WHERE {} ORDER BY \
                 1, 2",
                self.condition(("", "g.groname"), "", not_system("g.groname"), literal)
            ),
            (ListedKind::Privileges, _) => self.privileges(views, literal),
        }
    }

    /// The query for the storage of the listed tables, whose first two columns are schema and
    /// name; None if the list does not have it.
    pub fn storage_sql(&self, views: Views, literal: &dyn Fn(&str) -> String) -> Option<String> {
        let ListedKind::Relations(kinds) = &self.kind else {
            return None;
        };
        let has_tables = kinds.contains(&RelationKind::Table) && self.has_details;
        (has_tables && views == Views::Redshift).then(|| {
            let matches = self
                .pattern
                .as_ref()
                .map(|pattern| pattern.condition(("\"schema\"", "\"table\""), "", literal));
            format!("{STORAGE}{}", matches.unwrap_or_default())
        })
    }

    /// The columns that `+` adds; they begin with a comma.
    fn details(&self, columns: &'static str) -> &'static str {
        if self.has_details { columns } else { "" }
    }

    /// The condition for the objects: those that match the pattern, or, without one, those that
    /// `is_user` holds for. Objects without a schema in the pattern have to be `visible`.
    fn condition(
        &self,
        columns: (&str, &str),
        visible: &str,
        is_user: String,
        literal: &dyn Fn(&str) -> String,
    ) -> String {
        match &self.pattern {
            Some(pattern) => format!("true{}", pattern.condition(columns, visible, literal)),
            None => {
                let of_user = if self.has_system { "true".to_owned() } else { is_user };
                let and = if visible.is_empty() { "" } else { " AND " };
                format!("{of_user}{and}{visible}")
            }
        }
    }

    fn relations(
        &self,
        kinds: &[RelationKind],
        views: Views,
        literal: &dyn Fn(&str) -> String,
    ) -> String {
        let classes: Vec<&str> = kinds.iter().map(|kind| kind.classes()).collect();
        let (details, comments) = match (self.has_details, views) {
            (false, _) => ("", String::new()),
            (true, Views::Redshift) => {
                (", r.description", format!(" LEFT JOIN ({COMMENTS}) r ON r.objoid = c.oid"))
            }
            (true, Views::PostgreSql) => (
                ", pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) AS size, \
                 pg_catalog.obj_description(c.oid, 'pg_class') AS description",
                String::new(),
            ),
        };
        let without_tables_of_views = if views == Views::Redshift && !self.has_system {
            NOT_BEHIND_VIEW
        } else {
            ""
        };
        format!(
            "SELECT n.nspname AS schema, c.relname AS name, {RELATION_TYPE} AS type, \
             pg_catalog.pg_get_userbyid(c.relowner) AS owner{details} FROM {CLASSES}{comments} \
             WHERE c.relkind IN ({}){without_tables_of_views} AND {} ORDER BY 1, 2",
            classes.join(", "),
            self.condition(
                ("n.nspname", "c.relname"),
                IS_VISIBLE,
                "n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema'".to_owned(),
                literal
            )
        )
    }

    /// AWS documentation, `SVV_MV_INFO`.
    fn materialized_views(&self, literal: &dyn Fn(&str) -> String) -> String {
        format!(
            "SELECT trim(schema_name) AS schema, trim(name) AS name, 'materialized view' AS type, \
             trim(user_name) AS owner, is_stale AS stale, state, autorefresh \
             FROM pg_catalog.svv_mv_info WHERE trim(database_name) = current_database() AND {} \
             ORDER BY 1, 2",
            self.condition(
                ("trim(schema_name)", "trim(name)"),
                "",
                not_system("schema_name"),
                literal
            )
        )
    }

    /// AWS documentation, `SVV_EXTERNAL_TABLES`.
    fn external_tables(&self, literal: &dyn Fn(&str) -> String) -> String {
        let details = self.details(", input_format AS \"input format\"");
        format!(
            "SELECT schemaname AS schema, tablename AS name, 'external table' AS type, \
             location{details} \
             FROM pg_catalog.svv_external_tables WHERE {} ORDER BY 1, 2",
            self.condition(("schemaname", "tablename"), "", "true".to_owned(), literal)
        )
    }

    /// Redshift's views have the owner's number, and `pg_user`, which every user may read, has the
    /// name. A query may join the two, since both are on the leader node:
    /// brainly/terraform-provider-redshift joins these views with `pg_user_info`
    /// (`resource_redshift_database.go`, `data_source_redshift_schema.go`).
    fn schemas(&self, views: Views, literal: &dyn Fn(&str) -> String) -> String {
        let condition = |column| self.condition(("", column), "", not_system(column), literal);
        match views {
            Views::Redshift => {
                let details = self.details(
                    ", s.schema_acl AS \"access privileges\", s.source_database AS \"source \
                     database\", \
                     s.schema_option AS options",
                );
                format!(
                    "SELECT s.schema_name AS name, u.usename AS owner, s.schema_type AS \
                     type{details} \
                     FROM pg_catalog.svv_all_schemas s \
                     LEFT JOIN pg_catalog.pg_user u ON u.usesysid = s.schema_owner \
                     WHERE s.database_name = current_database() AND {} ORDER BY 1",
                    condition("s.schema_name")
                )
            }
            Views::PostgreSql => {
                let details = self.details(
                    ", pg_catalog.array_to_string(n.nspacl, pg_catalog.chr(10)) AS \"access \
                     privileges\", \
                     pg_catalog.obj_description(n.oid, 'pg_namespace') AS description",
                );
                format!(
                    "SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner) AS \
                     owner{details} \
                     FROM pg_catalog.pg_namespace n WHERE {} ORDER BY 1",
                    condition("n.nspname")
                )
            }
        }
    }

    fn databases(&self, views: Views, literal: &dyn Fn(&str) -> String) -> String {
        let condition = |column| self.condition(("", column), "", "true".to_owned(), literal);
        match views {
            Views::Redshift => {
                let details = self.details(
                    ", d.database_isolation_level AS \"isolation level\", \
                     d.database_acl AS \"access privileges\"",
                );
                format!(
                    "SELECT d.database_name AS name, u.usename AS owner, d.database_type AS \
                     type{details} \
                     FROM pg_catalog.svv_redshift_databases d \
                     LEFT JOIN pg_catalog.pg_user u ON u.usesysid = d.database_owner \
                     WHERE {} ORDER BY 1",
                    condition("d.database_name")
                )
            }
            Views::PostgreSql => {
                let details = self.details(
                    ", CASE WHEN pg_catalog.has_database_privilege(d.datname, 'CONNECT') \
                     THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.datname)) \
                     ELSE 'No Access' END AS size, \
                     pg_catalog.shobj_description(d.oid, 'pg_database') AS description",
                );
                format!(
                    "SELECT d.datname AS name, pg_catalog.pg_get_userbyid(d.datdba) AS owner, \
                     pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, \
                     pg_catalog.array_to_string(d.datacl, pg_catalog.chr(10)) AS \"access \
                     privileges\"{details} \
                     FROM pg_catalog.pg_database d WHERE {} ORDER BY 1",
                    condition("d.datname")
                )
            }
        }
    }

    /// AWS documentation, `PG_PROC_INFO`: procedures have `prokind = 'p'`.
    fn functions(&self, views: Views, literal: &dyn Fn(&str) -> String) -> String {
        let details = self
            .details(", pg_catalog.pg_get_userbyid(p.proowner) AS owner, l.lanname AS language");
        let (result, arguments, from, oid) = match views {
            Views::Redshift => (
                "pg_catalog.format_type(p.prorettype, NULL)",
                "pg_catalog.oidvectortypes(p.proargtypes)",
                "pg_catalog.pg_proc_info",
                "p.prooid",
            ),
            Views::PostgreSql => (
                "pg_catalog.pg_get_function_result(p.oid)",
                "pg_catalog.pg_get_function_arguments(p.oid)",
                "pg_catalog.pg_proc",
                "p.oid",
            ),
        };
        format!(
            "SELECT n.nspname AS schema, p.proname AS name, {result} AS \"result data type\", \
             {arguments} AS \"argument data types\", CASE p.prokind WHEN 'p' THEN 'proc' \
             WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' ELSE 'func' END AS type{details} FROM \
             {from} p \
             JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
             LEFT JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE {} ORDER BY 1, 2, 4",
            self.condition(
                ("n.nspname", "p.proname"),
                &format!("pg_catalog.pg_function_is_visible({oid})"),
                "n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema'".to_owned(),
                literal
            )
        )
    }

    fn users(&self, views: Views, literal: &dyn Fn(&str) -> String) -> String {
        match views {
            Views::Redshift => format!(
                "SELECT u.usename AS \"role name\", CASE WHEN u.usesuper THEN 'Superuser' ELSE '' \
                 END || \
                 CASE WHEN u.usesuper AND u.usecreatedb THEN ', ' ELSE '' END || \
                 CASE WHEN u.usecreatedb THEN 'Create DB' ELSE '' END AS attributes, \
                 u.valuntil AS \"valid until\" FROM pg_catalog.pg_user u WHERE {} ORDER BY 1",
                self.condition(("", "u.usename"), "", "true".to_owned(), literal)
            ),
            Views::PostgreSql => {
                let details = self
                    .details(", pg_catalog.shobj_description(r.oid, 'pg_authid') AS description");
                format!(
                    "SELECT r.rolname AS \"role name\", {ATTRIBUTES_OF_ROLE} AS attributes, \
                     ARRAY(SELECT b.rolname \
                     FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON m.roleid = \
                     b.oid \
                     WHERE m.member = r.oid) AS \"member of\"{details} FROM pg_catalog.pg_roles r \
                     WHERE {} ORDER BY 1",
                    self.condition(
                        ("", "r.rolname"),
                        "",
                        "r.rolname !~ '^pg_'".to_owned(),
                        literal
                    )
                )
            }
        }
    }

    /// AWS documentation, `SVV_RELATION_PRIVILEGES`.
    fn privileges(&self, views: Views, literal: &dyn Fn(&str) -> String) -> String {
        match views {
            Views::Redshift => format!(
                "SELECT namespace_name AS schema, relation_name AS name, privilege_type AS \
                 privilege, \
                 identity_name AS grantee, identity_type AS \"grantee type\", admin_option AS \
                 \"grant option\" \
                 FROM pg_catalog.svv_relation_privileges WHERE {} ORDER BY 1, 2, 4, 3",
                self.condition(
                    ("namespace_name", "relation_name"),
                    "",
                    not_system("namespace_name"),
                    literal
                )
            ),
            Views::PostgreSql => format!(
                "SELECT n.nspname AS schema, c.relname AS name, {RELATION_TYPE} AS type, \
                 pg_catalog.array_to_string(c.relacl, pg_catalog.chr(10)) AS \"access \
                 privileges\", \
                 pg_catalog.array_to_string(ARRAY(SELECT a.attname || ':' || pg_catalog.chr(10) \
                 || '  ' || \
                 pg_catalog.array_to_string(a.attacl, pg_catalog.chr(10) || '  ') \
                 FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped \
                 AND a.attacl IS NOT NULL), pg_catalog.chr(10)) AS \"column privileges\" FROM \
                 {CLASSES} \
                 WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND {} ORDER BY 1, 2",
                self.condition(
                    ("n.nspname", "c.relname"),
                    IS_VISIBLE,
                    "n.nspname !~ '^pg_'".to_owned(),
                    literal
                )
            ),
        }
    }
}

/// The attributes of a role in psql's words (psql 15, `describeRoles`).
const ATTRIBUTES_OF_ROLE: &str = "pg_catalog.array_to_string(ARRAY[CASE WHEN r.rolsuper THEN \
     'Superuser' END, \
     CASE WHEN NOT r.rolinherit THEN 'No inheritance' END, CASE WHEN r.rolcreaterole THEN 'Create \
     role' END, \
     CASE WHEN r.rolcreatedb THEN 'Create DB' END, CASE WHEN NOT r.rolcanlogin THEN 'Cannot \
     login' END, \
     CASE WHEN r.rolreplication THEN 'Replication' END, CASE WHEN r.rolbypassrls THEN 'Bypass \
     RLS' END], ', ')";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_goes_into_the_query_as_a_string_of_the_server() {
        for kind in [
            ListedKind::Relations(RelationKind::ALL.to_vec()),
            ListedKind::Relations(vec![RelationKind::MaterializedView]),
            ListedKind::Relations(vec![RelationKind::External]),
            ListedKind::Schemas,
            ListedKind::Databases,
            ListedKind::Functions,
            ListedKind::Users,
            ListedKind::Groups,
            ListedKind::Privileges,
        ] {
            let pattern = NamePattern::parse("a'b*", kind.parts()).ok();
            let listing = Listing {
                kind,
                pattern,
                has_details: true,
                has_system: false,
            };
            for views in [Views::Redshift, Views::PostgreSql] {
                let sql = listing.sql(views, &|text| format!("<{text}>"));
                assert!(sql.contains("~ <^(a'b.*)$>"), "{sql}");
            }
        }
    }
}
