//! Authentication methods by their codes (PostgreSQL documentation, "Authentication..."; AWS's JDBC
//! driver 2.2.6, `ConnectionFactoryImpl.doAuthentication`, for 13 and 14).

use std::fmt;

/// An authentication method that redwire supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMethod {
    /// None: the server asked for nothing.
    Trust,
    /// The password in clear text.
    ClearText,
    /// PostgreSQL's MD5.
    Md5,
    /// SCRAM-SHA-256.
    Scram {
        /// True with channel binding to the TLS connection.
        bound: bool,
    },
    /// Redshift's SHA-256 digest.
    Digest,
}

impl fmt::Display for LoginMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trust => "without a password",
            Self::ClearText => "clear-text password",
            Self::Md5 => "md5",
            Self::Scram { bound: false } => "SCRAM-SHA-256",
            Self::Scram { bound: true } => "SCRAM-SHA-256-PLUS",
            Self::Digest => "SHA-256 digest",
        })
    }
}

/// The name of an authentication method that redwire does not support.
pub(super) fn unsupported(code: i32) -> String {
    let name = match code {
        2 => "Kerberos V5",
        4 => "crypt",
        6 => "SCM credentials",
        7 => "GSSAPI",
        8 => "GSSAPI or SSPI",
        9 => "SSPI",
        14 => "identity token",
        _ => return format!("of the code {code}"),
    };
    format!("{name} (code {code})")
}
