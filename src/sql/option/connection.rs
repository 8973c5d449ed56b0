//! The options of a connection.

use crate::definition::{ConnectionKind, Limit, Protection, TerminalColor};
use crate::url::{Class, OPTIONS};

use super::login::{LOGIN_OPTIONS, OF_PASSWORD, OF_USER_NAME};
use super::{COMMENT, OPTIONAL, OptionSpec, OptionType};

/// The URL of the database.
pub static CONNECTION_STRING: OptionSpec = OptionSpec {
    name: "CONNECTION_STRING",
    kind: OptionType::Url,
    required: true,
    mutable: true,
    example: "'jdbc:redshift://host:5439/database'",
    help: "JDBC URL that names the database, without user and password",
    ..OPTIONAL
};

/// The database user.
pub static USER_NAME: OptionSpec = OptionSpec {
    name: "USER_NAME",
    kind: OptionType::NonEmptyText,
    required: true,
    mutable: true,
    logins: OF_USER_NAME,
    example: "'user'",
    help: "database user that logs in",
    ..OPTIONAL
};

/// The user's password.
pub static PASSWORD: OptionSpec = OptionSpec {
    name: "PASSWORD",
    kind: OptionType::Password,
    required: true,
    mutable: true,
    secret: true,
    logins: OF_PASSWORD,
    example: "PROMPT",
    help: "the user's password, kept in the secret store; not for logins through AWS",
    ..OPTIONAL
};

/// The maximum number of concurrent sessions.
pub static MAX_CONCURRENT_CONNECTIONS: OptionSpec = OptionSpec {
    name: "MAX_CONCURRENT_CONNECTIONS",
    kind: OptionType::Integer { minimum: Limit::MIN, maximum: Limit::MAX },
    mutable: true,
    default: Some("no limit"),
    example: "5",
    help: "sessions that may be open at once",
    ..OPTIONAL
};

/// The statements that the connection takes.
pub static PROTECTION: OptionSpec = OptionSpec {
    name: "PROTECTION",
    kind: OptionType::Word { words: Protection::WORDS },
    mutable: true,
    default: Some("NONE"),
    example: "CONFIRM",
    help: "CONFIRM asks before statements that remove or change; READ_ONLY sends none that write",
    ..OPTIONAL
};

/// The colour of the connection's prompt and tables.
pub static COLOR: OptionSpec = OptionSpec {
    name: "COLOR",
    kind: OptionType::Choice { texts: TerminalColor::NAMES },
    mutable: true,
    default: Some("none"),
    example: "'red'",
    help: "colour of the prompt and of the frames of tables",
    ..OPTIONAL
};

/// The options of a Redshift connection, in the order in which completion offers them.
pub static CONNECTION_OPTIONS: &[&OptionSpec] = &[
    &CONNECTION_STRING,
    &USER_NAME,
    &PASSWORD,
    LOGIN_OPTIONS[0],
    LOGIN_OPTIONS[1],
    LOGIN_OPTIONS[2],
    LOGIN_OPTIONS[3],
    LOGIN_OPTIONS[4],
    LOGIN_OPTIONS[5],
    LOGIN_OPTIONS[6],
    LOGIN_OPTIONS[7],
    LOGIN_OPTIONS[8],
    &MAX_CONCURRENT_CONNECTIONS,
    &PROTECTION,
    &COLOR,
    LOGIN_OPTIONS[9],
    &COMMENT,
];

impl ConnectionKind {
    /// The options of a connection of this kind.
    pub fn options(self) -> &'static [&'static OptionSpec] {
        match self {
            Self::Redshift => CONNECTION_OPTIONS,
        }
    }
}

/// The options of a URL that have an effect.
pub fn url_option_names() -> impl Iterator<Item = &'static str> {
    let used = OPTIONS.iter().filter(|option| matches!(option.class, Class::Used(_)));
    used.map(|option| option.name)
}
