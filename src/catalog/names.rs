//! Names that begin alike, for completion: found in an index, however many there are.

use rusqlite::types::ToSql;

use super::failure::{Attempt, translate};
use super::{CatalogError, Db, NameRange};

const JOBS: [&str; 2] = [
    "SELECT name FROM main.job WHERE name >= ?1 AND name < ?2 ORDER BY name LIMIT ?3",
    "SELECT name FROM main.job WHERE name >= ?1 AND name < ?2 ORDER BY name DESC LIMIT ?3",
];

const TABLES: [&str; 2] = [
    "SELECT t.name FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id \
     WHERE c.name = ?4 AND t.schema_name = ?5 AND t.name >= ?1 AND t.name < ?2 ORDER BY t.name LIMIT ?3",
    "SELECT t.name FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id \
     WHERE c.name = ?4 AND t.schema_name = ?5 AND t.name >= ?1 AND t.name < ?2 ORDER BY t.name DESC LIMIT ?3",
];

/// The first one walks from each schema to the next, since a schema may have very many tables.
const SCHEMAS: [&str; 2] = [
    "WITH RECURSIVE schema (name) AS ( \
     SELECT (SELECT min(t.schema_name) FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id \
     WHERE c.name = ?4 AND t.schema_name >= ?1) \
     UNION ALL \
     SELECT (SELECT min(t.schema_name) FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id \
     WHERE c.name = ?4 AND t.schema_name > schema.name) FROM schema WHERE schema.name < ?2) \
     SELECT name FROM schema WHERE name < ?2 LIMIT ?3",
    "SELECT t.schema_name FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id \
     WHERE c.name = ?4 AND t.schema_name >= ?1 AND t.schema_name < ?2 ORDER BY t.schema_name DESC LIMIT ?3",
];

impl Db {
    /// Up to `limit` names of jobs that begin with the prefix, and the last such name.
    pub fn job_names(&self, prefix: &str, limit: usize) -> Result<NameRange, CatalogError> {
        self.range(JOBS, prefix, limit, &[])
    }

    /// Up to `limit` names of schemas in which the connection has tables, as [`Db::job_names`].
    pub fn schema_names(&self, connection: &str, prefix: &str, limit: usize) -> Result<NameRange, CatalogError> {
        self.range(SCHEMAS, prefix, limit, &[&connection])
    }

    /// Up to `limit` names of tables in the schema of the connection, as [`Db::job_names`].
    pub fn table_names(
        &self,
        connection: &str,
        schema: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<NameRange, CatalogError> {
        self.range(TABLES, prefix, limit, &[&connection, &schema])
    }

    /// `sql` selects the names from one to before another, up to a limit: from the first on, and from the last one back.
    fn range(
        &self,
        [first, last]: [&str; 2],
        prefix: &str,
        limit: usize,
        within: &[&dyn ToSql],
    ) -> Result<NameRange, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        // U+10FFFF sorts after every character that a name may go on with.
        let end = format!("{prefix}\u{10FFFF}");
        let read = |sql: &str, limit: usize| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let parameters: Vec<&dyn ToSql> = [&prefix as &dyn ToSql, &end, &limit]
                .into_iter()
                .chain(within.iter().copied())
                .collect();
            let mut statement = self.sqlite.prepare_cached(sql)?;
            let names = statement.query_map(parameters.as_slice(), |row| row.get(0))?;
            names.collect::<Result<Vec<String>, _>>()
        };
        let names = read(first, limit).map_err(&translated)?;
        if names.len() < limit {
            return Ok(NameRange {
                first: names,
                last: None,
            });
        }
        let last = read(last, 1).map_err(&translated)?.pop();
        let last = last.filter(|last| names.last() != Some(last));
        Ok(NameRange { first: names, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Location;

    /// A catalog with tables in two schemas of a connection, and with jobs.
    fn db() -> Db {
        let db = Db::open_or_create(&Location::Memory, "test").unwrap();
        db.sqlite
            .execute_batch(
                "INSERT INTO connection VALUES (1, 'sales', 'u', 'h', 1, 'd', 'u', 's', 'i', NULL, NULL, 0, 0), \
                 (2, 'web', 'u', 'h', 1, 'd', 'u', 's', 'j', NULL, NULL, 0, 0); \
                 WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 99) \
                 INSERT INTO warehouse_table (connection_id, schema_name, name, created_at, altered_at) \
                 SELECT 1, iif(n < 90, 'public', 'staging'), printf('t%02d', n), 0, 0 FROM n; \
                 INSERT INTO warehouse_table (connection_id, schema_name, name, created_at, altered_at) \
                 VALUES (2, 'private', 't', 0, 0); \
                 INSERT INTO job VALUES (1, 'load', 'insert', '', NULL, 0, 0), (2, 'merge', 'merge', '', NULL, 0, 0);",
            )
            .unwrap();
        db
    }

    fn range(first: &[&str], last: Option<&str>) -> NameRange {
        NameRange {
            first: first.iter().map(|name| (*name).to_owned()).collect(),
            last: last.map(str::to_owned),
        }
    }

    #[test]
    fn names_begin_with_the_prefix() {
        let db = db();
        assert_eq!(db.job_names("", 9).unwrap(), range(&["load", "merge"], None));
        assert_eq!(db.job_names("m", 9).unwrap(), range(&["merge"], None));
        assert_eq!(
            db.schema_names("sales", "", 9).unwrap(),
            range(&["public", "staging"], None)
        );
        assert_eq!(db.schema_names("sales", "s", 9).unwrap(), range(&["staging"], None));
        assert_eq!(db.schema_names("nobody", "", 9).unwrap(), NameRange::default());
        assert_eq!(
            db.table_names("sales", "staging", "t91", 9).unwrap(),
            range(&["t91"], None)
        );
        assert_eq!(db.table_names("web", "public", "", 9).unwrap(), NameRange::default());
    }

    #[test]
    fn of_many_names_the_first_and_the_last_are_told() {
        let db = db();
        let tables = db.table_names("sales", "public", "", 2).unwrap();
        assert_eq!(tables, range(&["t00", "t01"], Some("t89")));
        assert_eq!(
            db.schema_names("sales", "", 1).unwrap(),
            range(&["public"], Some("staging"))
        );
        assert_eq!(db.job_names("", 2).unwrap(), range(&["load", "merge"], None));
    }
}
