//! The tables of options.
//!
//! Each exists once. The parser, ALTER's checks, SHOW CREATE, masking, completion,
//! the help and the reference page read them.

mod connection;
mod job;
mod login;

pub use connection::{
    COLOR, CONNECTION_OPTIONS, CONNECTION_STRING, MAX_CONCURRENT_CONNECTIONS, PASSWORD, PROTECTION,
    USER_NAME, url_option_names,
};
pub use job::{
    ADD_MISSING_COLUMNS, CREATE_TABLE_IF_MISSING, END_AT, JOB_OPTIONS, RUN_DELAY, RUN_INTERVAL,
    RUN_KEY, RUN_PARALLELISM, SKIP_ALL_VALIDATIONS, START_FROM,
};
pub use login::{LoginRule, LoginRules};

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionType {
    /// Any string.
    Text,
    /// A string with at least one character.
    NonEmptyText,
    /// A Redshift JDBC URL, which the executor checks; it is shown only after that.
    Url,
    /// A string, or the source of one: PROMPT, ENV, FILE, COMMAND.
    Password,
    /// A whole number within limits.
    Integer {
        /// The smallest number.
        minimum: i64,
        /// The largest number.
        maximum: i64,
    },
    /// TRUE or FALSE.
    Boolean,
    /// A time span of at least one minute: `5 MINUTES`.
    Interval,
    /// One of these words, or TIMESTAMP '…' in UTC.
    Moment {
        /// The keywords.
        words: &'static [&'static str],
    },
    /// One of these words.
    Word {
        /// The keywords.
        words: &'static [&'static str],
    },
    /// One of these strings.
    Choice {
        /// The strings, in lower case.
        texts: &'static [&'static str],
    },
    /// A string or a name.
    TextOrName,
    /// Strings in parentheses.
    List,
}

impl OptionType {
    /// The type in words, for the reference and for errors.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text | Self::NonEmptyText | Self::Url => "a string",
            Self::Password => "a string, PROMPT, ENV 'NAME', FILE 'path' or COMMAND 'program args'",
            Self::Integer { .. } => "an integer",
            Self::Boolean => "TRUE or FALSE",
            Self::Interval => "an interval of at least 1 minute, such as 5 MINUTES",
            Self::Moment { words: ["BEGINNING", ..] } => "BEGINNING, NOW or TIMESTAMP '…'",
            Self::Moment { .. } => "NOW, NEVER or TIMESTAMP '…'",
            Self::Word { .. } => "NONE, CONFIRM or READ_ONLY",
            Self::Choice { .. } => {
                "'black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan' or 'white'"
            }
            Self::TextOrName => "a string or a name",
            Self::List => "strings in parentheses",
        }
    }

    /// The keywords with which a value may begin, in upper case.
    pub fn value_words(self) -> Vec<&'static str> {
        match self {
            Self::Password => vec!["PROMPT", "ENV", "FILE", "COMMAND"],
            Self::Boolean => vec!["TRUE", "FALSE"],
            Self::Moment { words } => [words, &["TIMESTAMP"]].concat(),
            Self::Word { words } => words.to_vec(),
            Self::Text
            | Self::NonEmptyText
            | Self::Url
            | Self::Integer { .. }
            | Self::Interval
            | Self::Choice { .. }
            | Self::TextOrName
            | Self::List => Vec::new(),
        }
    }
}

/// The units of an interval, of one and of several.
pub const INTERVAL_UNITS: &[&str] = &["MINUTE", "MINUTES", "HOUR", "HOURS", "DAY", "DAYS"];

/// An option of a statement.
#[derive(Debug, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a column of the tables of options"
)]
pub struct OptionSpec {
    /// The name, in upper case.
    pub name: &'static str,
    /// The type of the value.
    pub kind: OptionType,
    /// CREATE needs it.
    pub required: bool,
    /// ALTER can change it.
    pub mutable: bool,
    /// The value is a secret.
    pub secret: bool,
    /// Kept without effect in redwire.
    pub unused: bool,
    /// The rule for each way to log in.
    pub logins: LoginRules,
    /// The default, in words.
    pub default: Option<&'static str>,
    /// An example of a value.
    pub example: &'static str,
    /// The purpose, in one line.
    pub help: &'static str,
}

/// The common case: optional, not changed by ALTER, not secret.
const OPTIONAL: OptionSpec = OptionSpec {
    name: "",
    kind: OptionType::Text,
    required: false,
    mutable: false,
    secret: false,
    unused: false,
    logins: LoginRules::ANY,
    default: None,
    example: "",
    help: "",
};

/// A comment that SHOW prints.
pub static COMMENT: OptionSpec = OptionSpec {
    name: "COMMENT",
    mutable: true,
    default: Some("none"),
    example: "'what it is for'",
    help: "comment that SHOW prints",
    ..OPTIONAL
};

impl OptionSpec {
    /// True if no way to log in does without it.
    pub fn is_always_required(&self) -> bool {
        self.required && !self.logins.may_lack()
    }

    /// The default as SQL; None if the default is no value.
    pub fn default_value(&self) -> Option<&'static str> {
        if self.unused {
            return None;
        }
        match self.kind {
            OptionType::Boolean | OptionType::Moment { .. } | OptionType::Word { .. } => {
                self.default
            }
            OptionType::Integer { .. } => self.default.filter(|text| text.parse::<i64>().is_ok()),
            OptionType::Text
            | OptionType::NonEmptyText
            | OptionType::Url
            | OptionType::Password
            | OptionType::Interval
            | OptionType::Choice { .. }
            | OptionType::TextOrName
            | OptionType::List => None,
        }
    }
}

/// The options of a table, beside the clauses of CREATE TABLE.
pub static TABLE_OPTIONS: &[&OptionSpec] = &[&COMMENT];

/// The option with this name, in any letter case.
pub fn find_option(options: &[&'static OptionSpec], name: &str) -> Option<&'static OptionSpec> {
    options.iter().copied().find(|option| option.name.eq_ignore_ascii_case(name))
}
