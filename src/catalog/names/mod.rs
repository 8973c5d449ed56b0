//! Names of objects in the catalog: read from rows, and listed by prefix for completion.

use rusqlite::types::{ToSql, Type, ValueRef};
use rusqlite::{Error, Row, params_from_iter};

use super::{CatalogError, Db, watch};
use crate::name::{ConnectionName, Name, NameError, TableName, TablePath};

/// CROSS JOIN keeps SQLite from reading the tables first: in this order both indexes return sorted
/// rows.
pub(super) const FROM_TABLES: &str =
    "FROM main.connection c CROSS JOIN main.warehouse_table t ON t.connection_id = c.id";

/// Names with a common prefix: the first ones, and the last one if some are left out. These are
/// enough to find the longest common prefix of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameRange {
    /// The first names, in order.
    pub first: Vec<String>,
    /// The last name, if `first` does not reach it.
    pub last: Option<String>,
}

impl NameRange {
    /// Up to `limit` names, and the last one if there may be more.
    pub(super) fn new<E>(
        limit: usize,
        first: Vec<String>,
        last: impl FnOnce() -> Result<Option<String>, E>,
    ) -> Result<Self, E> {
        let last = if first.len() < limit { None } else { last()? };
        Ok(Self {
            last: last.filter(|last| first.last() != Some(last)),
            first,
        })
    }
}

/// The objects whose names are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameScope<'a> {
    /// The connections.
    Connections,
    /// The schemas in which the connection with this name has tables.
    Schemas(&'a str),
    /// The tables in a schema, by their unqualified names; first the connection, then the schema.
    Tables(&'a str, &'a str),
    /// The jobs.
    Jobs,
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

/// The name in the columns from `first` on, with its database in another column.
pub(super) fn read_table_path(
    row: &Row<'_>,
    first: usize,
    database: usize,
) -> rusqlite::Result<TablePath> {
    Ok(TablePath {
        table: read_table_name(row, first)?,
        database: read_optional_name(row, database)?,
    })
}

/// The name in the column, or None for NULL.
pub(super) fn read_optional_name(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Name>> {
    let text: Option<String> = row.get(index)?;
    text.map(|_| read_name(row, index, Name::new)).transpose()
}

/// A loose index scan from each schema to the next, since a schema may have very many tables.
const SCHEMAS: &str = "WITH RECURSIVE schema (name) AS ( \
     SELECT (SELECT min(t.schema_name) FROM main.connection c \
     CROSS JOIN main.warehouse_table t ON t.connection_id = c.id WHERE c.name = ?4 AND t.schema_name >= ?1) \
     UNION ALL \
     SELECT (SELECT min(t.schema_name) FROM main.connection c \
     CROSS JOIN main.warehouse_table t ON t.connection_id = c.id WHERE c.name = ?4 AND t.schema_name > schema.name) \
     FROM schema WHERE schema.name < ?2) \
     SELECT name FROM schema WHERE name < ?2 LIMIT ?3";

impl Db {
    /// Up to `limit` names with this prefix, and the last one.
    pub fn names(
        &self,
        scope: NameScope<'_>,
        prefix: &str,
        limit: usize,
    ) -> Result<NameRange, CatalogError> {
        // U+10FFFF sorts after every character that can follow in a name.
        let end = format!("{prefix}\u{10FFFF}");
        let names = |sql: &str, limit| self.names_between(sql, [prefix, &end], limit, scope);
        // At the prompt Ctrl-C is a key while Tab is at work.
        self.watch.allow(watch::COMPLETION);
        let first = match scope {
            NameScope::Schemas(_) => names(SCHEMAS, limit),
            NameScope::Connections | NameScope::Tables(..) | NameScope::Jobs => {
                names(&sorted_names(scope, "ASC"), limit)
            }
        };
        let range = first.and_then(|first| {
            NameRange::new(limit, first, || Ok(names(&sorted_names(scope, "DESC"), 1)?.pop()))
        });
        self.watch.allow_all();
        range
    }

    /// Up to `limit` names that have these letters in this order.
    pub fn names_with_letters(
        &self,
        scope: NameScope<'_>,
        letters: &str,
        limit: usize,
    ) -> Result<Vec<String>, CatalogError> {
        let part = |letter| match letter {
            '*' | '?' | '[' => format!("*[{letter}]"),
            _ => format!("*{letter}"),
        };
        let pattern: String = letters.chars().map(part).collect();
        let (column, from) = scope.column();
        let distinct = match scope {
            NameScope::Schemas(_) => "DISTINCT ",
            NameScope::Connections | NameScope::Tables(..) | NameScope::Jobs => "",
        };
        let sql = format!(
            "SELECT {distinct}{column} {from} AND {column} GLOB ?1 AND {column} >= ?2 \
             ORDER BY {column} LIMIT ?3"
        );
        self.watch.allow(watch::COMPLETION);
        let names = self.names_between(&sql, [&format!("{pattern}*"), ""], limit, scope);
        self.watch.allow_all();
        names
    }

    /// The names that a query with two texts `?1` and `?2`, a limit `?3` and the scope's parents
    /// returns.
    fn names_between(
        &self,
        sql: &str,
        texts: [&str; 2],
        limit: usize,
        scope: NameScope<'_>,
    ) -> Result<Vec<String>, CatalogError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let bounds: [&dyn ToSql; 3] = [&texts[0], &texts[1], &limit];
        let parents = scope.parents();
        let parents = parents.iter().map(|parent| parent as &dyn ToSql);
        let parameters = params_from_iter(bounds.into_iter().chain(parents));
        self.collect(sql, parameters, |row| row.get(0))
    }
}

impl<'a> NameScope<'a> {
    /// The names of the objects that contain these.
    fn parents(self) -> Vec<&'a str> {
        match self {
            Self::Connections | Self::Jobs => Vec::new(),
            Self::Schemas(connection) => vec![connection],
            Self::Tables(connection, schema) => vec![connection, schema],
        }
    }

    /// The column of the names, and the clauses FROM and WHERE; the parents are `?4` and `?5`.
    fn column(self) -> (&'static str, String) {
        match self {
            Self::Connections => ("name", "FROM main.connection WHERE true".to_owned()),
            Self::Jobs => ("name", "FROM main.job WHERE true".to_owned()),
            Self::Schemas(_) => ("t.schema_name", format!("{FROM_TABLES} WHERE c.name = ?4")),
            Self::Tables(..) => {
                ("t.name", format!("{FROM_TABLES} WHERE c.name = ?4 AND t.schema_name = ?5"))
            }
        }
    }
}

/// The query of names between `?1` and `?2`, up to `?3`.
fn sorted_names(scope: NameScope<'_>, order: &str) -> String {
    let (column, from) = scope.column();
    format!(
        "SELECT {column} {from} AND {column} >= ?1 AND {column} < ?2 \
         ORDER BY {column} {order} LIMIT ?3"
    )
}

#[cfg(test)]
mod tests;
