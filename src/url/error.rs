//! Why a URL is refused.

use std::borrow::Cow;
use std::ops::Range;

use super::MAX_URL_BYTES;
use super::option::{OptionSpec, PASSWORD_NOTE};
use crate::sqlstate::SqlState;

/// What is wrong with a URL. Holds nothing of the URL's own text but single marks such as `/`, so
/// that whatever is made of it (messages, hints, Debug) cannot hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlErrorKind {
    /// More than [`MAX_URL_BYTES`].
    #[error("the URL is longer than {MAX_URL_BYTES} bytes")]
    TooLong,
    /// It does not begin with `jdbc:redshift://`.
    #[error("this is not a Redshift JDBC URL")]
    NotRedshift,
    /// It begins so, but not in lower case.
    #[error("jdbc:redshift: must be in lower case")]
    UpperCase,
    /// White space before or after the URL.
    #[error("white space stands before or after the URL")]
    WhiteSpace,
    /// `jdbc:redshift:iam://…`
    #[error("logging in through AWS IAM (jdbc:redshift:iam:) is not supported")]
    IamUrl,
    /// An option that has to do with IAM or an identity provider.
    #[error("the URL option {} is not supported: it logs in through AWS IAM or an identity provider", option.name)]
    IamOption {
        /// The option.
        option: &'static OptionSpec,
    },
    /// `user:password@host`, or an `@` that may be the end of one.
    #[error("a user or a password cannot stand before the host")]
    UserInfo,
    /// A listed option whose value is a secret.
    #[error("the URL holds a secret, the option {}", option.name)]
    Secret {
        /// The option.
        option: &'static OptionSpec,
    },
    /// An option that is not listed, with a name like that of a secret.
    #[error("the URL holds what may be a secret, an option with a name like {like}")]
    MaybeSecret {
        /// The word in the name, or the secret option that is nearly it.
        like: &'static str,
    },
    /// `user`, `UID` and the like.
    #[error("the URL holds a user name{}", if *and_secret { " and a secret" } else { "" })]
    UserName {
        /// True if a secret follows.
        and_secret: bool,
    },
    /// `<host_name>`, `[Host]`, `{host}`.
    #[error("the URL still has a placeholder in it")]
    Placeholder,
    /// Nothing stands between `//` and the port or the database.
    #[error("the host is missing")]
    HostMissing,
    /// Not a host name.
    #[error("the host is not a host name")]
    HostInvalid,
    /// `a,b`
    #[error("a connection has one host")]
    SeveralHosts,
    /// `::1:5439`
    #[error("an IPv6 address must stand in brackets")]
    Ipv6NeedsBrackets,
    /// What stands in brackets is not an address.
    #[error("what stands in brackets is not an IPv6 address")]
    Ipv6Invalid,
    /// `[fe80::1%25eth0]`
    #[error("an IPv6 address with a zone is not supported")]
    Ipv6Zone,
    /// Not a plain decimal number from 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    PortInvalid,
    /// No `/`, or nothing after it.
    #[error("the database is missing")]
    DatabaseMissing,
    /// A mark that other tools read as something else.
    #[error("the name of the database holds a plain {mark}")]
    DatabaseMark {
        /// One of `/ # & = + ,`.
        mark: char,
    },
    /// `;a=1?b=2`
    #[error("the options begin with either ? or ;, and the URL has both")]
    BothSeparators,
    /// `?a=1?b=2`
    #[error("the URL has a second ?")]
    SecondQuestionMark,
    /// `%` without two hexadecimal digits.
    #[error("a % must be followed by two hexadecimal digits")]
    BadEscape,
    /// `%FF`
    #[error("the %-escapes are not UTF-8")]
    EscapeNotUtf8,
    /// A NUL, a line break or the like, escaped or not.
    #[error("the URL holds a control character")]
    ControlCharacter,
    /// `=value`, or a name outside `[A-Za-z0-9_]`.
    #[error("the name of a URL option is made of letters, digits and _")]
    OptionName,
    /// `?name`
    #[error("a URL option has no value")]
    OptionWithoutValue,
    /// A listed option that stands twice, or under two of its names.
    #[error("the URL option {} is given twice", option.name)]
    Duplicate {
        /// The option.
        option: &'static OptionSpec,
    },
    /// An option that is not listed stands twice.
    #[error("a URL option is given twice")]
    DuplicateUnlisted,
    /// An option that moves the connection or loads files or classes.
    #[error("the URL option {} is not allowed", option.name)]
    Refused {
        /// The option.
        option: &'static OptionSpec,
    },
    /// A value that the option does not take.
    #[error("the URL option {} takes {expected}", option.name)]
    Value {
        /// The option.
        option: &'static OptionSpec,
        /// What it takes.
        expected: &'static str,
    },
    /// `ssl=false&sslmode=verify-full`
    #[error("the URL options {first} and {second} contradict each other")]
    Contradiction {
        /// One option.
        first: &'static str,
        /// The other option.
        second: &'static str,
    },
}

/// Why a URL is refused, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct UrlError {
    /// What is wrong.
    pub kind: UrlErrorKind,
    /// The bytes of the URL that it is about; of a secret its name, never its value. Empty where
    /// something is missing.
    pub span: Range<usize>,
}

impl UrlError {
    pub(super) fn new(kind: UrlErrorKind, span: Range<usize>) -> Self {
        Self { kind, span }
    }

    /// The same failure, pointing at nothing from the given byte on.
    pub(super) fn clipped(mut self, end: usize) -> Self {
        self.span = self.span.start.min(end)..self.span.end.min(end);
        self
    }

    /// The SQLSTATE of the failure.
    #[must_use]
    pub fn sqlstate(&self) -> SqlState {
        self.kind.sqlstate()
    }

    /// What to type.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.kind.hint().map(Cow::into_owned)
    }
}

const LOG_IN_WITH_PASSWORD: &str = "redwire logs in with USER_NAME and PASSWORD; write \
                                    jdbc:redshift://host:5439/database";
const USER_OPTION: &str =
    "take it out of the URL: USER_NAME is the option for it, and PASSWORD for the password";
const USER_INFO: &str = "USER_NAME and PASSWORD are the options for them; an @ that belongs to a database or a value \
                         is written %40";
const ENCODE_MARKS: &str = "inside a value write %3F for ?, %3B for ;, %26 for & and %25 for %";

impl UrlErrorKind {
    fn sqlstate(self) -> SqlState {
        use UrlErrorKind as K;
        match self {
            K::IamUrl | K::IamOption { .. } => SqlState::NotSupported,
            K::TooLong => SqlState::ProgramLimitExceeded,
            K::NotRedshift
            | K::UpperCase
            | K::WhiteSpace
            | K::UserInfo
            | K::Secret { .. }
            | K::MaybeSecret { .. }
            | K::UserName { .. }
            | K::Placeholder
            | K::HostMissing
            | K::HostInvalid
            | K::SeveralHosts
            | K::Ipv6NeedsBrackets
            | K::Ipv6Invalid
            | K::Ipv6Zone
            | K::PortInvalid
            | K::DatabaseMissing
            | K::DatabaseMark { .. }
            | K::BothSeparators
            | K::SecondQuestionMark
            | K::BadEscape
            | K::EscapeNotUtf8
            | K::ControlCharacter
            | K::OptionName
            | K::OptionWithoutValue
            | K::Duplicate { .. }
            | K::DuplicateUnlisted
            | K::Refused { .. }
            | K::Value { .. }
            | K::Contradiction { .. } => SqlState::InvalidParameterValue,
        }
    }

    fn hint(self) -> Option<Cow<'static, str>> {
        let hint = match self {
            Self::TooLong | Self::ControlCharacter | Self::Value { .. } => return None,
            Self::DatabaseMark { mark } => return Some(mark_hint(mark).into()),
            Self::Secret { option } | Self::Refused { option } => option.note,
            Self::NotRedshift => "write jdbc:redshift://host:5439/database",
            Self::UpperCase => "write jdbc:redshift:// in lower case",
            Self::WhiteSpace => "take the white space away, or write it as %20",
            Self::IamUrl | Self::IamOption { .. } => LOG_IN_WITH_PASSWORD,
            Self::UserInfo => USER_INFO,
            Self::MaybeSecret { .. } => PASSWORD_NOTE,
            Self::UserName { .. } => USER_OPTION,
            Self::Placeholder => {
                "put your own host, port and database there: jdbc:redshift://host:5439/database"
            }
            Self::HostMissing => "write the host after jdbc:redshift://",
            Self::HostInvalid => "a host name is made of ASCII letters, digits, -, _ and dots",
            Self::SeveralHosts => "create a connection for each host",
            Self::Ipv6NeedsBrackets => "write [::1]:5439",
            Self::Ipv6Invalid => "brackets are for IPv6 addresses only, such as [::1]",
            Self::Ipv6Zone => "use an address without a zone, or a host name",
            Self::PortInvalid => "leave :port out for 5439",
            Self::DatabaseMissing => "add /dev, or a / and the name of your database",
            Self::BothSeparators => "begin the options with ? and separate them with &",
            Self::SecondQuestionMark | Self::BadEscape | Self::EscapeNotUtf8 => ENCODE_MARKS,
            Self::OptionName => "write name=value; white space around the name is not allowed",
            Self::OptionWithoutValue => {
                "write name=value; inside a value write %3B for ; and %26 for &"
            }
            Self::Duplicate { .. } | Self::DuplicateUnlisted => "leave one of them out",
            Self::Contradiction { .. } => {
                "leave one of them out; TLS is on and verified unless told otherwise"
            }
        };
        Some(hint.into())
    }
}

fn mark_hint(mark: char) -> String {
    let escaped = u32::from(mark);
    match mark {
        '+' => "write %20 for a space and %2B for a +".to_owned(),
        '&' | '=' => format!(
            "options begin with ?, as in /dev?ssl=true; in the name write %{escaped:02X} for {mark}"
        ),
        _ => format!("write %{escaped:02X} for {mark}"),
    }
}
