//! DESCRIBE CONNECTION and SHOW CREATE CONNECTION.

use crate::catalog::{Definition, StoredConnection};
use crate::definition::{PasswordKeeper, TerminalColor};
use crate::sql::option::{
    COLOR, COMMENT, CONNECTION_STRING, MAX_CONCURRENT_CONNECTIONS, PASSWORD, PROTECTION, USER_NAME,
};
use crate::sql::setting::PasswordSource;
use crate::sql::{ConnectionOptions, ConnectionPlaces, CreateConnection};
use crate::value::{ResultSet, Value};

/// One row per option, then the dates, the endpoint, and the options of the URL that are in effect.
pub(super) fn describe(found: &StoredConnection) -> ResultSet {
    let mut rows = ResultSet::with_columns(["property", "value"]);
    let mut add = |name: &str, value: Value| rows.rows.push(vec![name.into(), value]);
    let Definition {
        connection_string,
        user_name,
        keeper,
        login,
        limit,
        protection,
        color,
        comment,
        ..
    } = &found.definition;
    add(CONNECTION_STRING.name, connection_string.as_str().into());
    add(USER_NAME.name, Value::optional_text(user_name.as_deref()));
    let password = match keeper {
        PasswordKeeper::Command(command) => {
            PasswordSource::Command(command.clone()).to_string().into()
        }
        PasswordKeeper::Store | PasswordKeeper::SecretsManager | PasswordKeeper::Iam => {
            found.password.word().into()
        }
    };
    add(PASSWORD.name, password);
    for (option, value) in login.iter() {
        add(option.spec().name, value.into());
    }
    let sessions = limit.map(|limit| Value::Integer(limit.get().into()));
    add(MAX_CONCURRENT_CONNECTIONS.name, sessions.unwrap_or(Value::Null));
    add(PROTECTION.name, protection.unwrap_or_default().word().into());
    add(COLOR.name, Value::optional_text(color.map(TerminalColor::name)));
    add(COMMENT.name, Value::optional_text(comment.as_deref()));
    add("created_at", found.created_at.as_str().into());
    add("altered_at", found.altered_at.as_str().into());
    if let Ok(endpoint) = found.definition.kind.endpoint(&found.definition.connection_string) {
        add("host", endpoint.shown_host().into());
        if !endpoint.host.is_empty() {
            add("port", Value::Integer(i64::from(endpoint.port)));
        }
        add("database", endpoint.database.as_str().into());
        for (name, value) in endpoint.options_in_force() {
            add(name, value.into());
        }
    }
    rows
}

/// A statement that creates the same connection, with PASSWORD = PROMPT where redwire's secret store
/// has the password.
pub(in crate::executor) fn statement_of(found: &StoredConnection) -> CreateConnection {
    let definition = &found.definition;
    CreateConnection {
        kind: definition.kind,
        or_replace: false,
        if_not_exists: false,
        name: definition.name.clone(),
        options: ConnectionOptions {
            connection_string: definition.connection_string.clone(),
            user_name: definition.user_name.clone(),
            password: match &definition.keeper {
                PasswordKeeper::Store => Some(PasswordSource::Prompt),
                PasswordKeeper::Command(command) => Some(PasswordSource::Command(command.clone())),
                PasswordKeeper::SecretsManager | PasswordKeeper::Iam => None,
            },
            login: definition.login.clone(),
            limit: definition.limit,
            protection: definition.protection,
            color: definition.color,
            comment: definition.comment.clone(),
        },
        with_test: false,
        places: ConnectionPlaces::default(),
    }
}
