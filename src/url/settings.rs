//! The options of a session and their defaults.

use std::time::Duration;

/// The level of TLS; the words are those of `sslmode` in libpq and in AWS's JDBC driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS without verification of the server's certificate. AWS's JDBC driver 2.x refuses it.
    Require,
    /// The certificate must be issued by a trusted root.
    VerifyCa,
    /// The certificate must also match the host.
    VerifyFull,
}

impl SslMode {
    pub(super) const ALL: [Self; 4] =
        [Self::Disable, Self::Require, Self::VerifyCa, Self::VerifyFull];
    pub(super) const NAMES: &'static str = "verify-full, verify-ca, require or disable";

    /// The word for the mode in `sslmode`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// The options in effect: those of the URL, and the defaults of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The level of TLS; default verify-full.
    pub sslmode: SslMode,
    /// True if `sslmode` was set by naming the class `NonValidatingFactory`.
    pub non_validating_factory: bool,
    /// A file of root certificates, in PEM, to trust instead of the built-in ones.
    pub sslrootcert: Option<String>,
    /// The time limit of the whole login; None leaves each stage its own.
    pub login_timeout: Option<Duration>,
    /// The time limit of the TCP connection, default 10 s; None means no limit.
    pub connect_timeout: Option<Duration>,
    /// The longest silence of the server while an answer is due; None means no limit.
    pub socket_timeout: Option<Duration>,
    /// True if idle sessions are kept alive; default true.
    pub tcp_keep_alive: bool,
    /// The name of the program in the server's log.
    pub application_name: Option<String>,
    /// The `search_path`.
    pub current_schema: Option<String>,
    /// The `query_group`.
    pub query_group: Option<String>,
    /// True if sessions are read-only; default false.
    pub read_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sslmode: SslMode::VerifyFull,
            non_validating_factory: false,
            sslrootcert: None,
            login_timeout: None,
            connect_timeout: Some(DEFAULT_CONNECT_TIMEOUT),
            socket_timeout: None,
            tcp_keep_alive: true,
            application_name: None,
            current_schema: None,
            query_group: None,
            read_only: false,
        }
    }
}

/// The driver's own default (`RedshiftProperty.java`, `CONNECT_TIMEOUT`).
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// An option of the URL without an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredOption {
    /// The name as written.
    pub name: String,
    /// The value, decoded.
    pub value: String,
    /// True if AWS's JDBC driver has an option with this name.
    pub is_listed: bool,
}
