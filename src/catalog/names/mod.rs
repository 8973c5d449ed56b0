//! Names of objects in the catalog: read from rows, and listed by prefix for completion.

use rusqlite::types::{ToSql, Type, ValueRef};
use rusqlite::{Error, Row, params, params_from_iter};

use super::table::FROM_TABLES;
use super::{CatalogError, Db};
use crate::name::{ConnectionName, Name, NameError, TableName};

/// Names with a common prefix: the first ones, and the last one if some are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRange<T = String> {
    /// The first names, in order.
    pub first: Vec<T>,
    /// The last name, if `first` does not reach it.
    pub last: Option<T>,
}

impl<T> Default for NameRange<T> {
    fn default() -> Self {
        Self { first: Vec::new(), last: None }
    }
}

/// Reads a name from a column.
pub(super) fn read_name<T>(
    row: &Row<'_>,
    index: usize,
    check: fn(&str) -> Result<T, NameError>,
) -> rusqlite::Result<T> {
    let text = row.get_ref(index)?.as_str()?;
    check(text).map_err(|error| Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))
}

/// Reads a word from a column and converts it to its value.
pub(super) fn read_word<T>(
    row: &Row<'_>,
    index: usize,
    find: fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let word = row.get_ref(index)?.as_str()?;
    find(word).ok_or_else(|| {
        let unknown = format!("unknown word {word}");
        Error::FromSqlConversionFailure(index, Type::Text, unknown.into())
    })
}

/// Reads a word from a column that may be NULL.
pub(super) fn read_optional_word<T>(
    row: &Row<'_>,
    index: usize,
    find: fn(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let is_null = matches!(row.get_ref(index)?, ValueRef::Null);
    if is_null {
        Ok(None)
    } else {
        read_word(row, index, find).map(Some)
    }
}

/// Reads a table's name from three columns: connection, schema, table.
pub(super) fn read_table_name(row: &Row<'_>, first: usize) -> rusqlite::Result<TableName> {
    Ok(TableName {
        connection: read_name(row, first, ConnectionName::new)?,
        schema: read_name(row, first + 1, Name::new)?,
        table: read_name(row, first + 2, Name::new)?,
    })
}

/// A loose index scan from each schema to the next, since a schema may have very many tables.
const SCHEMAS: &str = "WITH RECURSIVE schema (name) AS ( \
     SELECT (SELECT min(t.schema_name) FROM main.connection c \
     CROSS JOIN main.warehouse_table t ON t.connection_id = c.id WHERE c.name = ?1 AND t.schema_name >= ?2) \
     UNION ALL \
     SELECT (SELECT min(t.schema_name) FROM main.connection c \
     CROSS JOIN main.warehouse_table t ON t.connection_id = c.id WHERE c.name = ?1 AND t.schema_name > schema.name) \
     FROM schema WHERE schema.name < ?3) \
     SELECT name FROM schema WHERE name < ?3 LIMIT ?4";

impl Db {
    /// Up to `limit` names of connections with this prefix, and the last one: enough to find their
    /// longest common prefix.
    pub fn connection_names(&self, prefix: &str, limit: usize) -> Result<NameRange, CatalogError> {
        self.range("SELECT name FROM main.connection", &["name"], &[prefix], limit, |row| {
            row.get(0)
        })
    }

    /// Up to `limit` names of jobs with this prefix, and the last one.
    pub fn job_names(&self, prefix: &str, limit: usize) -> Result<NameRange, CatalogError> {
        self.range("SELECT name FROM main.job", &["name"], &[prefix], limit, |row| row.get(0))
    }

    /// Up to `limit` names of tables, and the last one. The prefix is a partial name in SQL:
    /// `connection.sch`, with or without quotes.
    pub fn table_names(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<NameRange<TableName>, CatalogError> {
        let parts = typed_parts(prefix);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let columns = ["c.name", "t.schema_name", "t.name"];
        if parts.len() > columns.len() {
            return Ok(NameRange::default());
        }
        let tables = format!("SELECT c.name, t.schema_name, t.name {FROM_TABLES}");
        self.range(&tables, &columns, &parts, limit, |row| read_table_name(row, 0))
    }

    /// Up to `limit` names of schemas in which the connection has tables, and the last one.
    pub fn schema_names(
        &self,
        connection: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<NameRange, CatalogError> {
        let end = format!("{prefix}\u{10FFFF}");
        let rows = i64::try_from(limit).unwrap_or(i64::MAX);
        let first: Vec<String> =
            self.collect(SCHEMAS, params![connection, prefix, end, rows], |row| row.get(0))?;
        if first.len() < limit {
            return Ok(NameRange { first, last: None });
        }
        let ends = self.range(
            &format!("SELECT t.schema_name {FROM_TABLES}"),
            &["c.name", "t.schema_name"],
            &[connection, prefix],
            1,
            |row| row.get(0),
        )?;
        let last = ends.last.filter(|last| first.last() != Some(last));
        Ok(NameRange { first, last })
    }

    /// The rows whose columns match the parts: the last part is a prefix, all others match as a
    /// whole.
    fn range<T: PartialEq>(
        &self,
        select: &str,
        columns: &[&str],
        parts: &[&str],
        limit: usize,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<NameRange<T>, CatalogError> {
        let Some((prefix, whole)) = parts.split_last() else {
            return Ok(NameRange::default());
        };
        // U+10FFFF sorts after every character that can follow in a name.
        let end = format!("{prefix}\u{10FFFF}");
        let mut bounds: Vec<&str> = whole.to_vec();
        bounds.extend([*prefix, end.as_str()]);
        let names = |order: &str, limit: usize| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let parameters = bounds.iter().map(|bound| bound as &dyn ToSql);
            let parameters = parameters.chain(std::iter::once(&limit as &dyn ToSql));
            let sql = range_query(select, columns, whole.len(), order);
            self.collect(&sql, params_from_iter(parameters), &read)
        };
        let first = names("ASC", limit)?;
        if first.len() < limit {
            return Ok(NameRange { first, last: None });
        }
        let last = names("DESC", 1)?.pop().filter(|last| first.last() != Some(last));
        Ok(NameRange { first, last })
    }
}

/// The first `whole` columns have given values; the next one lies between two bounds.
fn range_query(select: &str, columns: &[&str], whole: usize, order: &str) -> String {
    use std::fmt::Write as _;
    let mut sql = format!("{select} WHERE ");
    // Writing to a String cannot fail.
    for column in &columns[..whole] {
        let _ = write!(sql, "{column} = ? AND ");
    }
    let column = columns[whole];
    let ordered: Vec<String> = columns.iter().map(|column| format!("{column} {order}")).collect();
    let _ = write!(sql, "{column} >= ? AND {column} < ? ORDER BY {} LIMIT ?", ordered.join(", "));
    sql
}

/// The parts of a qualified name typed so far, folded and without quotes.
fn typed_parts(typed: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = typed.chars().peekable();
    while let Some(c) = characters.next() {
        let last = parts.len() - 1;
        match c {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => parts[last].push('"'),
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => parts.push(String::new()),
            c if c.is_whitespace() && !is_quoted => {}
            c => parts[last].push(c.to_ascii_lowercase()),
        }
    }
    parts
}

#[cfg(test)]
mod tests;
