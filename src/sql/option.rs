//! Options: what each one is.
//!
//! The table of options exists once. The parser, ALTER's checks, SHOW CREATE, masking, completion, the help and the
//! reference page read it.

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionType {
    /// Any string.
    Text,
    /// A string with at least one character.
    NonEmptyText,
    /// A Redshift JDBC URL; it is checked where it is used, and shown only once it has passed.
    Url,
    /// A string, or where to read one: PROMPT, ENV, FILE.
    Password,
    /// A whole number within limits.
    Integer {
        /// The smallest number.
        minimum: i64,
        /// The largest number.
        maximum: i64,
    },
}

impl OptionType {
    /// The type in words, as the reference and an error name it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text | Self::NonEmptyText | Self::Url => "a string",
            Self::Password => "a string, PROMPT, ENV 'NAME' or FILE 'path'",
            Self::Integer { .. } => "a whole number",
        }
    }
}

/// What an option is.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its name, in upper case.
    pub name: &'static str,
    /// The type of its value.
    pub kind: OptionType,
    /// Whether CREATE needs it.
    pub required: bool,
    /// Whether its value is a secret.
    pub secret: bool,
    /// What it has when it is not given, in words.
    pub default: Option<&'static str>,
    /// A value as it could be written.
    pub example: &'static str,
    /// What it is for, in one line.
    pub help: &'static str,
}

/// Where the database is.
pub static CONNECTION_STRING: OptionSpec = OptionSpec {
    name: "CONNECTION_STRING",
    kind: OptionType::Url,
    required: true,
    secret: false,
    default: None,
    example: "'jdbc:redshift://host:5439/database'",
    help: "Redshift JDBC URL; it names the database, and holds no user and no password",
};

/// Who logs in.
pub static USER_NAME: OptionSpec = OptionSpec {
    name: "USER_NAME",
    kind: OptionType::NonEmptyText,
    required: true,
    secret: false,
    default: None,
    example: "'user'",
    help: "database user that logs in",
};

/// The user's password.
pub static PASSWORD: OptionSpec = OptionSpec {
    name: "PASSWORD",
    kind: OptionType::Password,
    required: true,
    secret: true,
    default: None,
    example: "PROMPT",
    help: "password of USER_NAME; kept in the secret store, never in the catalog",
};

/// How many sessions may be open at once.
pub static MAX_CONCURRENT_CONNECTIONS: OptionSpec = OptionSpec {
    name: "MAX_CONCURRENT_CONNECTIONS",
    kind: OptionType::Integer {
        minimum: 1,
        maximum: 2000,
    },
    required: false,
    secret: false,
    default: Some("no limit"),
    example: "5",
    help: "how many sessions may be open at the same time",
};

/// A remark.
pub static COMMENT: OptionSpec = OptionSpec {
    name: "COMMENT",
    kind: OptionType::Text,
    required: false,
    secret: false,
    default: Some("none"),
    example: "'what it is for'",
    help: "remark that SHOW CONNECTIONS prints",
};

/// The options of a Redshift connection, in the order in which SHOW CREATE prints them.
pub static CONNECTION_OPTIONS: &[&OptionSpec] = &[
    &CONNECTION_STRING,
    &USER_NAME,
    &PASSWORD,
    &MAX_CONCURRENT_CONNECTIONS,
    &COMMENT,
];

/// The option of that name, in any letter case.
pub fn connection_option(name: &str) -> Option<&'static OptionSpec> {
    CONNECTION_OPTIONS
        .iter()
        .copied()
        .find(|option| option.name.eq_ignore_ascii_case(name))
}
