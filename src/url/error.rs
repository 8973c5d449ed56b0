//! Errors in URLs.

use std::ops::Range;

use super::MAX_URL_BYTES;
use super::option::{PASSWORD_NOTE, UrlOption};
use super::scheme;
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
use crate::sqlstate::SqlState as S;

/// The kind of error in a URL. Contains no text of the URL except single marks such as `/`, so that
/// nothing made from it (messages, hints, Debug) can contain a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlErrorKind {
    /// The URL is longer than [`MAX_URL_BYTES`].
    TooLong,
    /// It does not begin with `jdbc:redshift://`.
    NotRedshift,
    /// The scheme is not in lower case.
    UpperCase,
    /// White space before or after the URL.
    WhiteSpace,
    /// `jdbc:redshift:iam://…` with an option that turns the verification of the server off.
    IamWithoutTls,
    /// `user:password@host`, or an `@` that may be the end of one.
    UserInfo,
    /// A placeholder: `<host_name>`, `[Host]`, `{host}`.
    Placeholder,
    /// The host is empty.
    HostMissing,
    /// The host is not a valid host name.
    HostInvalid,
    /// `a,b`
    SeveralHosts,
    /// `::1:5439`
    Ipv6NeedsBrackets,
    /// The text in brackets is not an IPv6 address.
    Ipv6Invalid,
    /// `[fe80::1%25eth0]`
    Ipv6Zone,
    /// The port is not a decimal number from 1 to 65535.
    PortInvalid,
    /// There is no `/`, or nothing after it.
    DatabaseMissing,
    /// The database contains a mark that other tools read differently: one of `/ # & = + ,`.
    DatabaseMark(char),
    /// `/dev:5439`, whose end looks like a port.
    PortBehindDatabase,
    /// `;a=1?b=2`
    BothSeparators,
    /// `?a=1?b=2`
    SecondQuestionMark,
    /// `%` without two hexadecimal digits.
    BadEscape,
    /// `%FF`
    EscapeNotUtf8,
    /// A control character, escaped or not.
    ControlCharacter,
    /// An error in an option.
    Option(UrlOptionError),
}

/// The kind of error in an option of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlOptionError {
    /// An option for logins through AWS.
    Iam(&'static UrlOption),
    /// A known option whose value is a secret.
    Secret(&'static UrlOption),
    /// An unknown option with a name like that of a secret: like this word in it, or this secret
    /// option.
    MaybeSecret(&'static str),
    /// `user`, `UID` and the like.
    UserName {
        /// True if a secret follows.
        and_secret: bool,
    },
    /// `=value`, or a name outside `[A-Za-z0-9_]`.
    Name,
    /// `?name`
    WithoutValue,
    /// A known option given twice, or under two of its names.
    Duplicate(&'static UrlOption),
    /// An unknown option given twice.
    DuplicateUnlisted,
    /// An option that redirects the connection or loads files or classes.
    Refused(&'static UrlOption),
    /// A value that the option does not allow.
    Value {
        /// The option.
        option: &'static UrlOption,
        /// The allowed values.
        expected: &'static str,
    },
    /// `ssl=false&sslmode=verify-full`
    Contradiction {
        /// One option.
        first: &'static str,
        /// The other option.
        second: &'static str,
    },
}

impl From<UrlOptionError> for UrlErrorKind {
    fn from(error: UrlOptionError) -> Self {
        Self::Option(error)
    }
}

/// An error in a URL and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlError {
    /// The kind of error.
    pub kind: UrlErrorKind,
    /// The bytes of the URL; for a secret those of its name, never of its value. Empty if something
    /// is missing.
    pub span: Range<usize>,
    /// The user's URL as it is probably meant, without user and password.
    pub corrected: Option<CorrectedUrl>,
}

/// The URL that is probably meant by one that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectedUrl {
    /// The URL.
    pub url: String,
    /// The options of a connection that stand in the URL of another tool, as SQL.
    pub options: Vec<String>,
    /// True if a user or a secret was taken out of it.
    pub had_login: bool,
}

impl UrlError {
    pub(super) fn new(kind: impl Into<UrlErrorKind>, span: Range<usize>) -> Self {
        Self { kind: kind.into(), span, corrected: None }
    }

    /// The error of something that is missing before the given byte.
    pub(super) fn missing_at(kind: impl Into<UrlErrorKind>, at: usize) -> Self {
        Self::new(kind, at..at)
    }
}

impl Diagnostic for UrlError {
    fn diagnosis(&self) -> Diagnosis {
        let diagnosis = self.kind.diagnosis();
        let Some(CorrectedUrl { url, options, had_login }) = &self.corrected else {
            return diagnosis;
        };
        let has_better_hint = matches!(
            self.kind,
            UrlErrorKind::Option(UrlOptionError::Secret(option)) if option.note != PASSWORD_NOTE
        );
        let hint = match &diagnosis.hint {
            _ if has_better_hint => return diagnosis,
            _ if url.starts_with(scheme::IAM) => {
                let options = options.iter().map(|option| format!(" {option}"));
                format!("write CONNECTION_STRING = '{url}'{}", options.collect::<String>())
            }
            _ if *had_login => format!("write {url}; {LOGIN_OPTIONS}"),
            // The name of the database is the user's to choose.
            Some(hint) if self.kind == UrlErrorKind::DatabaseMissing => format!("{hint}: {url}"),
            Some(_) | None => format!("did you mean {url}?"),
        };
        diagnosis.hint(hint)
    }
}

display_message!(UrlError);

impl Diagnostic for UrlErrorKind {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::TooLong => S::ProgramLimitExceeded
                .error(format!("the URL is longer than {MAX_URL_BYTES} bytes")),
            Self::NotRedshift => refused("this is not a Redshift JDBC URL")
                .hint("write jdbc:redshift://host:5439/database"),
            Self::UpperCase => refused("jdbc:redshift: must be in lower case")
                .hint("write jdbc:redshift:// in lower case"),
            Self::WhiteSpace => refused("white space stands before or after the URL")
                .hint("take the white space away, or write it as %20"),
            Self::IamWithoutTls => refused(
                "a login through AWS needs TLS that verifies the server: its password is worth the \
                 whole identity",
            )
            .hint("take ssl and sslmode out of the URL, or write sslmode=verify-ca for a tunnel"),
            Self::UserInfo => {
                refused("a user or a password cannot stand before the host").hint(USER_INFO)
            }
            Self::Placeholder => refused("the URL still has a placeholder in it").hint(
                "put your own host, port and database there: jdbc:redshift://host:5439/database",
            ),
            Self::HostMissing => {
                refused("the host is missing").hint("write the host after jdbc:redshift://")
            }
            Self::HostInvalid => refused("the host is not a host name")
                .hint("a host name is made of ASCII letters, digits, -, _ and dots"),
            Self::SeveralHosts => {
                refused("a connection has one host").hint("create a connection for each host")
            }
            Self::Ipv6NeedsBrackets => {
                refused("an IPv6 address must stand in brackets").hint("write [::1]:5439")
            }
            Self::Ipv6Invalid => refused("what stands in brackets is not an IPv6 address")
                .hint("brackets are for IPv6 addresses only, such as [::1]"),
            Self::Ipv6Zone => refused("an IPv6 address with a zone is not supported")
                .hint("use an address without a zone, or a host name"),
            Self::PortInvalid => {
                refused("the port is not a number from 1 to 65535").hint("leave :port out for 5439")
            }
            Self::DatabaseMissing => refused("the database is missing")
                .hint("add /dev, or a / and the name of your database"),
            Self::DatabaseMark(mark) => {
                refused(format!("the name of the database holds a plain {mark}"))
                    .hint(mark_hint(*mark))
            }
            Self::PortBehindDatabase => refused("the port stands behind the database")
                .hint("write host:port/database; in the name of a database write %3A for :"),
            Self::BothSeparators => {
                refused("the options begin with either ? or ;, and the URL has both")
                    .hint("begin the options with ? and separate them with &")
            }
            Self::SecondQuestionMark => refused("the URL has a second ?").hint(ENCODE_MARKS),
            Self::BadEscape => {
                refused("a % must be followed by two hexadecimal digits").hint(ENCODE_MARKS)
            }
            Self::EscapeNotUtf8 => refused("the %-escapes are not UTF-8").hint(ENCODE_MARKS),
            Self::ControlCharacter => refused("the URL holds a control character"),
            Self::Option(error) => error.diagnosis(),
        }
    }
}

impl Diagnostic for UrlOptionError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Iam(option) => refused(format!(
                "the URL option {} is not allowed: it belongs to logins through AWS",
                option.name
            ))
            .hint(option.note),
            Self::Secret(option) => {
                refused(format!("the URL holds a secret, the option {}", option.name))
                    .hint(option.note)
            }
            Self::MaybeSecret(like) => refused(format!(
                "the URL holds what may be a secret, an option with a name like {like}"
            ))
            .hint(PASSWORD_NOTE),
            Self::UserName { and_secret } => {
                let and_secret = if *and_secret { " and a secret" } else { "" };
                refused(format!("the URL holds a user name{and_secret}")).hint(USER_OPTION)
            }
            Self::Name => refused("the name of a URL option is made of letters, digits and _")
                .hint("write name=value; white space around the name is not allowed"),
            Self::WithoutValue => refused("a URL option has no value")
                .hint("write name=value; inside a value write %3B for ; and %26 for &"),
            Self::Duplicate(option) => {
                refused(format!("the URL option {} is given twice", option.name))
                    .hint("leave one of them out")
            }
            Self::DuplicateUnlisted => {
                refused("a URL option is given twice").hint("leave one of them out")
            }
            Self::Refused(option) => {
                refused(format!("the URL option {} is not allowed", option.name)).hint(option.note)
            }
            Self::Value { option, expected } => {
                refused(format!("the URL option {} takes {expected}", option.name))
            }
            Self::Contradiction { first, second } => {
                refused(format!("the URL options {first} and {second} contradict each other"))
                    .hint("leave one of them out; TLS is on and verified unless told otherwise")
            }
        }
    }
}

const USER_OPTION: &str =
    "take it out of the URL: USER_NAME is the option for it, and PASSWORD for the password";
const LOGIN_OPTIONS: &str = "USER_NAME and PASSWORD are the options for user and password";
const USER_INFO: &str = "USER_NAME and PASSWORD are the options for them; an @ that belongs to a \
                         database or a value is written %40";
const ENCODE_MARKS: &str = "inside a value write %3F for ?, %3B for ;, %26 for & and %25 for %";

fn refused(message: impl Into<String>) -> Diagnosis {
    S::InvalidParameterValue.error(message)
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
