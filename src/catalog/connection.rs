//! Connections in the catalog.

use compact_str::ToCompactString;
use rusqlite::{OptionalExtension, Row, named_params, params};

use super::like::Pattern;
use super::names::{read_name, read_word};
use super::sqlite_error::{Attempt, translate};
use super::{CatalogError, Db};
use crate::definition::{ConnectionKind, Limit};
use crate::name::ConnectionName;
use crate::value::{ResultSet, Value};

/// The place of a connection's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretReference {
    /// The name of the secret store.
    pub store: String,
    /// The password's id in that store.
    pub id: String,
}

/// A connection's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The kind.
    pub kind: ConnectionKind,
    /// The name.
    pub name: ConnectionName,
    /// The URL, verbatim.
    pub connection_string: String,
    /// The host from the URL.
    pub host: String,
    /// The port from the URL, or the default port.
    pub port: u16,
    /// The database from the URL.
    pub database: String,
    /// The database user that logs in.
    pub user_name: String,
    /// The place of the password.
    pub secret: SecretReference,
    /// The maximum number of concurrent sessions; None means no limit.
    pub limit: Option<Limit>,
    /// The comment.
    pub comment: Option<String>,
}

/// A connection as stored: its definition, id and dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConnection {
    /// The row's id; a rename keeps it.
    pub id: i64,
    /// The definition.
    pub definition: Definition,
    /// The creation time: `YYYY-MM-DD hh:mm:ss`, UTC.
    pub created_at: String,
    /// The time of the last change, in the same form.
    pub altered_at: String,
    /// The state of its password.
    pub password: PasswordState,
}

/// The state of a connection's password, as far as the catalog knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordState {
    /// The store in use should have the password.
    Stored,
    /// Another store has the password, or a process that has ended had it in memory.
    Missing,
}

impl PasswordState {
    /// The word in the column `password` of the view `connections`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Missing => "missing",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Stored, Self::Missing].into_iter().find(|state| state.word() == word)
    }
}

/// The result of looking a connection's limit up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitInCatalog {
    /// The limit; None is no limit.
    Known(Option<Limit>),
    /// The connection does not exist, or the catalog cannot be read.
    Unknown,
}

const FIND: &str = concat!(
    "WITH connections AS (",
    include_str!("view/connections.sql"),
    ") SELECT id, name, connection_string, host, port, database_name, user_name, secret_store, secret_id, \
     max_concurrent_connections, comment, datetime(created_at, 'unixepoch'), datetime(altered_at, 'unixepoch'), \
     (SELECT password FROM connections WHERE connections.name = c.name) FROM main.connection c WHERE name = :name"
);

const ALL: &str = concat!(
    "WITH connections AS (",
    include_str!("view/connections.sql"),
    ") SELECT c.id, c.name, c.connection_string, c.host, c.port, c.database_name, c.user_name, c.secret_store, \
     c.secret_id, c.max_concurrent_connections, c.comment, v.created_at, v.altered_at, v.password \
     FROM main.connection c JOIN connections v ON v.name = c.name ORDER BY c.name"
);

const LIST: &str = concat!(
    "WITH connections AS (",
    include_str!("view/connections.sql"),
    ") SELECT name, host, port, database, user_name, max_concurrent_connections, password, usages, comment \
     FROM connections ORDER BY name"
);

impl Db {
    /// Inserts a connection. `now` is in seconds since 1970, UTC. The name must be free.
    pub fn insert_connection(&self, definition: &Definition, now: i64) -> Result<(), CatalogError> {
        self.write_connection(
            "INSERT INTO connection (id, name, connection_string, host, port, database_name, user_name, secret_store, \
             secret_id, max_concurrent_connections, comment, created_at, altered_at) \
             VALUES (coalesce(?1, (SELECT last_connection_id + 1 FROM catalog)), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)",
            None,
            definition,
            now,
        )
    }

    /// Replaces the definition of the connection with this id.
    pub fn update_connection(
        &self,
        id: i64,
        definition: &Definition,
        now: i64,
    ) -> Result<(), CatalogError> {
        self.write_connection(
            "UPDATE connection SET name = ?2, connection_string = ?3, host = ?4, port = ?5, database_name = ?6, \
             user_name = ?7, secret_store = ?8, secret_id = ?9, max_concurrent_connections = ?10, comment = ?11, \
             altered_at = ?12 WHERE id = ?1",
            Some(id),
            definition,
            now,
        )
    }

    /// Without an id the row gets one that no connection has ever had.
    fn write_connection(
        &self,
        sql: &str,
        id: Option<i64>,
        definition: &Definition,
        now: i64,
    ) -> Result<(), CatalogError> {
        self.change(
            sql,
            params![
                id,
                definition.name.as_str(),
                definition.connection_string,
                definition.host,
                definition.port,
                definition.database,
                definition.user_name,
                definition.secret.store,
                definition.secret.id,
                definition.limit.map(Limit::get),
                definition.comment,
                now
            ],
        )
    }

    /// Deletes the connection with this id; a foreign key forbids it while anything depends on it.
    pub fn delete_connection(&self, id: i64) -> Result<(), CatalogError> {
        self.change("DELETE FROM connection WHERE id = ?1", [id])
    }

    /// True if a connection has this name.
    pub fn has_connection(&self, name: &ConnectionName) -> Result<bool, CatalogError> {
        Ok(self.find_connection_id(name)?.is_some())
    }

    /// The id of the connection with this name.
    pub fn find_connection_id(&self, name: &ConnectionName) -> Result<Option<i64>, CatalogError> {
        self.find_id("SELECT id FROM main.connection WHERE name = ?1", [name.as_str()])
    }

    /// The limit of the connection with this id.
    pub fn find_limit(&self, id: i64) -> Result<LimitInCatalog, CatalogError> {
        let sql = "SELECT max_concurrent_connections FROM main.connection WHERE id = ?1";
        let found = self.collect(sql, [id], |row| read_limit(row, 0))?;
        Ok(found.into_iter().next().map_or(LimitInCatalog::Unknown, LimitInCatalog::Known))
    }

    /// The connection with this name.
    pub fn find_connection(
        &self,
        name: &ConnectionName,
    ) -> Result<Option<StoredConnection>, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self.sqlite.prepare_cached(FIND).map_err(&translated)?;
        let found = statement
            .query_row(
                named_params! {":name": name.as_str(), ":kind": self.kind, ":process": self.process},
                read_connection,
            )
            .optional()
            .map_err(&translated)?;
        Ok(found)
    }

    /// Every connection, in the order of their names.
    pub fn all_connections(&self) -> Result<Vec<StoredConnection>, CatalogError> {
        self.collect(
            ALL,
            named_params! {":kind": self.kind, ":process": self.process},
            read_connection,
        )
    }

    /// The rows of SHOW CONNECTIONS, in the order of their names.
    pub fn list_connections(&self, like: Option<&str>) -> Result<ResultSet, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let pattern = like.map(Pattern::new);
        let mut statement = self.sqlite.prepare_cached(LIST).map_err(&translated)?;
        let mut rows = statement
            .query(named_params! {":kind": self.kind, ":process": self.process})
            .map_err(&translated)?;
        let mut set = ResultSet::with_columns([
            "name",
            "endpoint",
            "user_name",
            "max_connections",
            "password",
            "usages",
            "comment",
        ]);
        while let Some(row) = rows.next().map_err(&translated)? {
            let name = row.get_ref(0).and_then(|name| Ok(name.as_str()?)).map_err(&translated)?;
            if pattern.as_ref().is_none_or(|pattern| pattern.matches(name)) {
                set.rows.push(read_listing(row).map_err(&translated)?);
            }
        }
        Ok(set)
    }

    /// True if a row refers to the secret, so that it must be kept.
    pub fn refers_to_secret(&self, secret_id: &str) -> Result<bool, CatalogError> {
        let translated = translate(&self.path, Attempt::Open);
        let mut statement = self
            .sqlite
            .prepare_cached("SELECT 1 FROM main.connection WHERE secret_id = ?1")
            .map_err(&translated)?;
        statement.exists([secret_id]).map_err(&translated)
    }
}

fn read_limit(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Limit>> {
    let limit = |sessions| {
        Limit::new(sessions).ok_or(rusqlite::Error::IntegralValueOutOfRange(index, sessions))
    };
    row.get::<_, Option<i64>>(index)?.map(limit).transpose()
}

fn read_connection(row: &Row<'_>) -> rusqlite::Result<StoredConnection> {
    Ok(StoredConnection {
        id: row.get(0)?,
        definition: Definition {
            // The catalog gets a column for the kind when there is a second one.
            kind: ConnectionKind::Redshift,
            name: read_name(row, 1, ConnectionName::new)?,
            connection_string: row.get(2)?,
            host: row.get(3)?,
            port: row.get(4)?,
            database: row.get(5)?,
            user_name: row.get(6)?,
            secret: SecretReference { store: row.get(7)?, id: row.get(8)? },
            limit: read_limit(row, 9)?,
            comment: row.get(10)?,
        },
        created_at: row.get(11)?,
        altered_at: row.get(12)?,
        password: read_word(row, 13, PasswordState::from_word)?,
    })
}

fn read_listing(row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    let (host, database) = (row.get_ref(1)?.as_str()?, row.get_ref(3)?.as_str()?);
    let port = row.get_ref(2)?.as_i64()?.to_compact_string();
    let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
    let endpoint = [open, host, close, ":", &port, "/", database].concat();
    Ok(vec![
        row.get_ref(0)?.as_str()?.into(),
        endpoint.into(),
        row.get_ref(4)?.as_str()?.into(),
        row.get::<_, Option<i64>>(5)?.map_or(Value::Null, Value::Integer),
        row.get_ref(6)?.as_str()?.into(),
        Value::Integer(row.get(7)?),
        Value::optional_text(row.get_ref(8)?.as_str_or_null()?),
    ])
}
