//! The options that a connection is opened with, and their defaults.

use std::time::Duration;

/// How far TLS goes; the words are those of `sslmode` in libpq and in AWS's JDBC driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS without any check of the server's certificate. AWS's JDBC driver 2.x refuses it.
    Require,
    /// The certificate must come from a trusted root.
    VerifyCa,
    /// And it must be for the host.
    VerifyFull,
}

impl SslMode {
    pub(super) const ALL: [Self; 4] =
        [Self::Disable, Self::Require, Self::VerifyCa, Self::VerifyFull];
    pub(super) const NAMES: &'static str = "verify-full, verify-ca, require or disable";

    /// The mode as `sslmode` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// The options in force: those of the URL, and the defaults of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How far TLS goes; default verify-full.
    pub sslmode: SslMode,
    /// True if `sslmode` was set by naming the class `NonValidatingFactory`.
    pub non_validating_factory: bool,
    /// A file of root certificates, in PEM, to trust instead of the built-in ones.
    pub sslrootcert: Option<String>,
    /// The limit for the whole login; None leaves each stage its own.
    pub login_timeout: Option<Duration>,
    /// The limit for the TCP connection, default 10 s; None is no limit.
    pub connect_timeout: Option<Duration>,
    /// The longest silence of the server while an answer is due; None is no limit.
    pub socket_timeout: Option<Duration>,
    /// True if idle sessions are kept alive; default true.
    pub tcp_keep_alive: bool,
    /// The name of the program, as the server logs it.
    pub application_name: Option<String>,
    /// The `search_path`.
    pub current_schema: Option<String>,
    /// The `query_group`.
    pub query_group: Option<String>,
    /// True if sessions only read; default false.
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

/// An option of the URL that is kept and has no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredOption {
    /// Its name as written.
    pub name: String,
    /// Its value, decoded.
    pub value: String,
    /// True if AWS's JDBC driver has an option of that name.
    pub is_listed: bool,
}
