//! Usages: what depends on a connection.

use std::fmt;

/// The kind of a thing that depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsageKind {
    /// The definition of a table in the warehouse.
    Table,
    /// A job that reads from a connection or writes to it.
    Job,
}

impl UsageKind {
    /// The word in the column `usage`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Job => "job",
        }
    }
}

impl fmt::Display for UsageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One thing that depends on a connection, with the ties between the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// What kind of thing it is.
    pub kind: UsageKind,
    /// Its name as SQL: `my_redshift.public.orders`, `load_orders`.
    pub name: String,
    /// The distinct ties: `connection`, `target`, `source`, `table my_redshift.public.orders`.
    pub via: Vec<String>,
}

use std::collections::BTreeMap;

use rusqlite::params_from_iter;

use super::failure::{Attempt, translate};
use super::{CatalogError, Db};
use crate::name::Identifier;

/// A table or job with its identity, in the order in which usages are listed.
type Object = (UsageKind, String, i64);

impl Db {
    /// What depends on the connections of those identities, tables first, each by name.
    pub fn usages_of_connections(&self, ids: &[i64]) -> Result<Vec<Usage>, CatalogError> {
        let found = self.dependents(ids)?;
        let usage = |((kind, name, _), via): (Object, Vec<String>)| Usage { kind, name, via };
        Ok(found.into_iter().map(usage).collect())
    }

    /// Deletes what depends on the connections of those identities, jobs before the tables that they use.
    pub fn delete_dependents(&self, ids: &[i64]) -> Result<Vec<Usage>, CatalogError> {
        let found = self.dependents(ids)?;
        for kind in [UsageKind::Job, UsageKind::Table] {
            let sql = match kind {
                UsageKind::Job => "DELETE FROM job WHERE id = ?1",
                UsageKind::Table => "DELETE FROM warehouse_table WHERE id = ?1",
            };
            for (_, _, id) in found.keys().filter(|object| object.0 == kind) {
                self.change(sql, [id])?;
            }
        }
        Ok(found
            .into_iter()
            .map(|((kind, name, _), via)| Usage { kind, name, via })
            .collect())
    }

    fn dependents(&self, ids: &[i64]) -> Result<BTreeMap<Object, Vec<String>>, CatalogError> {
        let mut found: BTreeMap<Object, Vec<String>> = BTreeMap::new();
        let places = vec!["?"; ids.len()].join(", ");
        self.each_row(&format!("{TABLES} WHERE t.connection_id IN ({places})"), ids, |row| {
            let object = (UsageKind::Table, table_name(row, 1)?, row.get(0)?);
            found.entry(object).or_default().push("connection".to_owned());
            Ok(())
        })?;
        self.each_row(
            &format!("{JOBS_OF_CONNECTIONS} WHERE u.connection_id IN ({places}) ORDER BY u.tie DESC"),
            ids,
            |row| {
                let object = (UsageKind::Job, job_name(row)?, row.get(0)?);
                add_tie(found.entry(object).or_default(), row.get(2)?);
                Ok(())
            },
        )?;
        self.each_row(
            &format!("{JOBS_OF_TABLES} WHERE t.connection_id IN ({places})"),
            ids,
            |row| {
                let object = (UsageKind::Job, job_name(row)?, row.get(0)?);
                add_tie(
                    found.entry(object).or_default(),
                    format!("table {}", table_name(row, 2)?),
                );
                Ok(())
            },
        )?;
        Ok(found)
    }

    fn each_row(
        &self,
        sql: &str,
        ids: &[i64],
        mut each: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self.sqlite.prepare(sql).map_err(&translated)?;
        let mut rows = statement.query(params_from_iter(ids)).map_err(&translated)?;
        while let Some(row) = rows.next().map_err(&translated)? {
            each(row).map_err(&translated)?;
        }
        Ok(())
    }
}

const TABLES: &str = "SELECT t.id, c.name, t.schema_name, t.name \
     FROM main.warehouse_table t JOIN main.connection c ON c.id = t.connection_id";

const JOBS_OF_CONNECTIONS: &str =
    "SELECT j.id, j.name, u.tie FROM main.job_reference u JOIN main.job j ON j.id = u.job_id";

const JOBS_OF_TABLES: &str = "SELECT DISTINCT j.id, j.name, c.name, t.schema_name, t.name \
     FROM main.job_reference u JOIN main.job j ON j.id = u.job_id \
     JOIN main.warehouse_table t ON t.id = u.warehouse_table_id JOIN main.connection c ON c.id = t.connection_id";

fn job_name(row: &rusqlite::Row<'_>) -> rusqlite::Result<String> {
    Ok(Identifier(&row.get::<_, String>(1)?).to_string())
}

/// `connection.schema.table` as SQL, from three columns.
fn table_name(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<String> {
    let part = |index: usize| row.get::<_, String>(first + index);
    Ok(format!(
        "{}.{}.{}",
        Identifier(&part(0)?),
        Identifier(&part(1)?),
        Identifier(&part(2)?)
    ))
}

fn add_tie(ties: &mut Vec<String>, tie: String) {
    if !ties.contains(&tie) {
        ties.push(tie);
    }
}
