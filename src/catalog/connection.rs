//! Connections in the catalog.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use super::names::{read_name, read_word};
use super::{CatalogError, Db};
use crate::definition::{
    ConnectionKind, Limit, LoginOption, LoginOptions, PasswordKeeper, PasswordPlace, Protection,
    StoreKind, TerminalColor,
};
use crate::name::ConnectionName;

/// The place of a connection's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretReference {
    /// The secret store.
    pub store: StoreKind,
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
    /// The host from the URL, or its cluster and region.
    pub host: String,
    /// The port from the URL, or the default port; 0 beside a cluster and region.
    pub port: u16,
    /// The database from the URL.
    pub database: String,
    /// The database user that logs in; None if it follows from elsewhere.
    pub user_name: Option<String>,
    /// The keeper of the password.
    pub keeper: PasswordKeeper,
    /// The place of the password; None if there is none yet, and in a store of a later version.
    /// Saving None keeps the place in the row, unless another keeper has the password.
    pub secret: Option<SecretReference>,
    /// The options of the login.
    pub login: LoginOptions,
    /// The maximum number of concurrent sessions; None means no limit.
    pub limit: Option<Limit>,
    /// The statements that it takes.
    pub protection: Option<Protection>,
    /// The colour of its prompt and tables.
    pub color: Option<TerminalColor>,
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
    /// The place of its password.
    pub password: PasswordPlace,
}

/// The result of looking a connection's limit up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitInCatalog {
    /// The limit; None is no limit.
    Known(Option<Limit>),
    /// The connection does not exist, or the catalog cannot be read.
    Unknown,
}

const SELECT: &str = "SELECT id, name, connection_string, host, port, database_name, user_name, secret_store, \
     secret_id, max_concurrent_connections, comment, datetime(created_at, 'unixepoch'), \
     datetime(altered_at, 'unixepoch'), password_place(secret_store, secret_id), password_command, aws_profile, \
     aws_role, external_id, aws_region, cluster, workgroup, auto_create_user, db_groups, aws_secret, \
     ssh_tunnel, protection, color FROM main.connection";

/// The number of the first column of [`SELECT`] with an option of logins, in the order of
/// [`LoginOption::ALL`].
const FIRST_LOGIN_OPTION: usize = 15;

/// The number of the column `protection`; `color` follows.
const PROTECTION: usize = FIRST_LOGIN_OPTION + LoginOption::ALL.len();

const SAVE: &str = "INSERT INTO connection (id, name, connection_string, host, port, database_name, user_name, \
     secret_store, secret_id, max_concurrent_connections, comment, created_at, altered_at, password_command, \
     aws_profile, aws_role, external_id, aws_region, cluster, workgroup, auto_create_user, db_groups, aws_secret, \
     ssh_tunnel, protection, color) \
     VALUES (coalesce(?1, (SELECT last_connection_id + 1 FROM catalog)), ?2, ?3, ?4, ?5, ?6, ?7, \
     coalesce(?8, (SELECT secret_store FROM connection WHERE id = ?1), 'none'), \
     coalesce(?9, (SELECT secret_id FROM connection WHERE id = ?1), ''), ?10, ?11, ?12, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
     ?19, ?20, ?21, ?22, ?23, ?24, ?25) \
     ON CONFLICT (id) DO UPDATE SET name = ?2, connection_string = ?3, host = ?4, port = ?5, database_name = ?6, \
     user_name = ?7, secret_store = excluded.secret_store, secret_id = excluded.secret_id, \
     max_concurrent_connections = ?10, comment = ?11, altered_at = ?12, password_command = ?13, aws_profile = ?14, \
     aws_role = ?15, external_id = ?16, aws_region = ?17, cluster = ?18, workgroup = ?19, auto_create_user = ?20, \
     db_groups = ?21, aws_secret = ?22, ssh_tunnel = ?23, \
     protection = ?24, color = ?25";

impl Db {
    /// Saves the definition of the connection with this id, or of a new one, whose id no connection
    /// has ever had. `now` is in seconds since 1970, UTC. The name must be free.
    pub fn save_connection(
        &self,
        id: Option<i64>,
        definition: &Definition,
        now: i64,
    ) -> Result<(), CatalogError> {
        let secret = definition.secret.as_ref();
        let (store, secret_id) = match definition.keeper.word() {
            Some(keeper) => (Some(keeper), Some("")),
            None => (
                secret.map(|secret| secret.store.word()),
                secret.map(|secret| secret.id.as_str()),
            ),
        };
        let option = |option| definition.login.get(option);
        let database_before = match id {
            Some(id) => self.database_of(id)?,
            None => None,
        };
        self.change(
            SAVE,
            params![
                id,
                definition.name.as_str(),
                definition.connection_string,
                definition.host,
                definition.port,
                definition.database,
                definition.user_name.as_deref().unwrap_or_default(),
                store,
                secret_id,
                definition.limit.map(Limit::get),
                definition.comment,
                now,
                definition.keeper.command(),
                option(LoginOption::AwsProfile),
                option(LoginOption::AwsRole),
                option(LoginOption::ExternalId),
                option(LoginOption::AwsRegion),
                option(LoginOption::Cluster),
                option(LoginOption::Workgroup),
                option(LoginOption::AutoCreateUser),
                option(LoginOption::DbGroups),
                option(LoginOption::AwsSecret),
                option(LoginOption::SshTunnel),
                definition.protection.map(Protection::word),
                definition.color.map(TerminalColor::name),
            ],
        )?;
        match id {
            Some(id) if database_before.as_ref() != Some(&definition.database) => {
                self.link_database(id, &definition.database)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn database_of(&self, id: i64) -> Result<Option<String>, CatalogError> {
        let sql = "SELECT database_name FROM main.connection WHERE id = ?1";
        self.first(sql, [id], |row| row.get(0))
    }

    /// The id of the connection with this name.
    pub fn find_connection_id(&self, name: &ConnectionName) -> Result<Option<i64>, CatalogError> {
        let sql = "SELECT id FROM main.connection WHERE name = ?1";
        self.first(sql, [name.as_str()], |row| row.get(0))
    }

    /// The limit of the connection with this id.
    pub fn find_limit(&self, id: i64) -> Result<LimitInCatalog, CatalogError> {
        let sql = "SELECT max_concurrent_connections FROM main.connection WHERE id = ?1";
        let found = self.first(sql, [id], |row| read_limit(row, 0))?;
        Ok(found.map_or(LimitInCatalog::Unknown, LimitInCatalog::Known))
    }

    /// The connection with this name.
    pub fn find_connection(
        &self,
        name: &ConnectionName,
    ) -> Result<Option<StoredConnection>, CatalogError> {
        self.first(&format!("{SELECT} WHERE name = ?1"), [name.as_str()], read_connection)
    }

    /// Every connection, in the order of their names.
    pub fn all_connections(&self) -> Result<Vec<StoredConnection>, CatalogError> {
        self.collect(&format!("{SELECT} ORDER BY name"), [], read_connection)
    }

    /// True if a row refers to the secret, so that it must be kept.
    pub fn refers_to_secret(&self, secret_id: &str) -> Result<bool, CatalogError> {
        let sql = "SELECT 1 FROM main.connection WHERE secret_id = ?1";
        Ok(self.first(sql, [secret_id], |_| Ok(()))?.is_some())
    }
}

fn read_limit(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Limit>> {
    let limit = |sessions| {
        Limit::new(sessions).ok_or(rusqlite::Error::IntegralValueOutOfRange(index, sessions))
    };
    row.get::<_, Option<i64>>(index)?.map(limit).transpose()
}

fn read_secret(row: &Row<'_>) -> rusqlite::Result<Option<SecretReference>> {
    let (store, id) = (row.get::<_, String>(7)?, row.get(8)?);
    Ok(store.parse().ok().map(|store| SecretReference { store, id }))
}

fn read_login(row: &Row<'_>) -> rusqlite::Result<LoginOptions> {
    let mut login = LoginOptions::default();
    for (index, option) in (FIRST_LOGIN_OPTION..).zip(LoginOption::ALL) {
        login.set(option, row.get(index)?);
    }
    Ok(login)
}

/// NULL is none; a word that is not known is an error.
fn read_protection(row: &Row<'_>) -> rusqlite::Result<Option<Protection>> {
    match row.get_ref(PROTECTION)? {
        ValueRef::Null => Ok(None),
        _ => read_word(row, PROTECTION, Protection::from_word).map(Some),
    }
}

fn read_color(row: &Row<'_>) -> rusqlite::Result<Option<TerminalColor>> {
    match row.get_ref(PROTECTION + 1)? {
        ValueRef::Null => Ok(None),
        _ => read_word(row, PROTECTION + 1, TerminalColor::from_name).map(Some),
    }
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
            user_name: Some(row.get(6)?).filter(|user: &String| !user.is_empty()),
            keeper: PasswordKeeper::from_catalog(row.get_ref(7)?.as_str()?, row.get(14)?),
            secret: read_secret(row)?,
            login: read_login(row)?,
            limit: read_limit(row, 9)?,
            protection: read_protection(row)?,
            color: read_color(row)?,
            comment: row.get(10)?,
        },
        created_at: row.get(11)?,
        altered_at: row.get(12)?,
        password: PasswordPlace::from_word(&row.get::<_, String>(13)?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_store_of_a_later_version_stays_until_there_is_a_new_password() {
        let db = fixture::db();
        let id = fixture::connection(&db, "a");
        let name = ConnectionName::new("a").unwrap();
        db.change("UPDATE connection SET secret_store = 'cloud', secret_id = '7'", [])
            .unwrap();
        let place = || {
            let sql = "SELECT secret_store || secret_id FROM main.connection";
            db.first(sql, [], |row| row.get::<_, String>(0)).unwrap().unwrap()
        };
        let mut definition = db.find_connection(&name).unwrap().unwrap().definition;
        assert_eq!(definition.secret, None);
        db.save_connection(Some(id), &definition, 1).unwrap();
        assert_eq!(place(), "cloud7");
        definition.secret = Some(SecretReference {
            store: StoreKind::Vault,
            id: "8".to_owned(),
        });
        db.save_connection(Some(id), &definition, 2).unwrap();
        assert_eq!(place(), "vault8");
    }
}
