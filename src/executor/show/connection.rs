//! DESCRIBE CONNECTION and SHOW CREATE CONNECTION.

use crate::catalog::StoredConnection;
use crate::sql::option::{
    COMMENT, CONNECTION_OPTIONS, CONNECTION_STRING, MAX_CONCURRENT_CONNECTIONS, OptionSpec,
    PASSWORD, USER_NAME,
};
use crate::sql::setting::{OptionValue, PasswordSource, Setting, Settings};
use crate::sql::{CreateConnection, Spanned};
use crate::url::Endpoint;
use crate::value::{ResultSet, Value};

/// One row an option, then the dates, the endpoint, and the options of the URL that are in force.
pub(super) fn describe(found: &StoredConnection) -> ResultSet {
    let mut rows = ResultSet::with_columns(["property", "value"]);
    let mut add = |name: &str, value: Value| rows.rows.push(vec![name.into(), value]);
    for option in CONNECTION_OPTIONS {
        add(option.name, value_of(found, option));
    }
    add("created_at", found.created_at.as_str().into());
    add("altered_at", found.altered_at.as_str().into());
    if let Ok(endpoint) = Endpoint::parse(&found.definition.connection_string) {
        add("host", endpoint.host.as_str().into());
        add("port", Value::Integer(i64::from(endpoint.port)));
        add("database", endpoint.database.as_str().into());
        for (name, value) in endpoint.options_in_force() {
            add(name, value.into());
        }
    }
    rows
}

fn value_of(found: &StoredConnection, option: &OptionSpec) -> Value {
    if option.secret {
        return found.password.as_str().into();
    }
    match setting_of(found, option) {
        Some(OptionValue::Text(text)) => text.into(),
        Some(OptionValue::Integer(number)) => Value::Integer(number),
        Some(other) => other.to_string().into(),
        None => Value::Null,
    }
}

/// A statement that makes the same connection, and asks for its password.
pub(in crate::executor) fn statement_of(found: &StoredConnection) -> CreateConnection {
    let setting = |option: &&'static OptionSpec| {
        setting_of(found, option).map(|value| Setting { option, value, span: 0..0 })
    };
    CreateConnection {
        or_replace: false,
        if_not_exists: false,
        name: Spanned {
            value: found.definition.name.clone(),
            span: 0..0,
        },
        settings: Settings(CONNECTION_OPTIONS.iter().filter_map(setting).collect()),
        with_test: false,
    }
}

/// What the connection has for the option; None is the option's default.
fn setting_of(found: &StoredConnection, option: &OptionSpec) -> Option<OptionValue> {
    let definition = &found.definition;
    let text = |text: &String| OptionValue::Text(text.clone());
    match option.name {
        name if name == CONNECTION_STRING.name => Some(text(&definition.connection_string)),
        name if name == USER_NAME.name => Some(text(&definition.user_name)),
        name if name == PASSWORD.name => Some(OptionValue::Password(PasswordSource::Prompt)),
        name if name == MAX_CONCURRENT_CONNECTIONS.name => {
            definition.max_concurrent_connections.map(OptionValue::Integer)
        }
        name if name == COMMENT.name => definition.comment.as_ref().map(text),
        _ => None,
    }
}
