//! The ways of logging in, by their codes (PostgreSQL documentation, "Authentication..."; AWS's
//! JDBC driver 2.2.6, `ConnectionFactoryImpl.doAuthentication`, for 13 and 14).

use std::fmt;

/// An authentication method that redwire has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMethod {
    /// The server asked for nothing.
    Trust,
    /// The password itself.
    ClearText,
    /// The md5 sum of PostgreSQL.
    Md5,
    /// SCRAM-SHA-256, tied to the TLS connection or not.
    Scram {
        /// It was tied to the TLS connection.
        bound: bool,
    },
    /// The SHA-256 digest of Redshift.
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

/// A way of logging in that redwire does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnsupportedMethod {
    /// One of a known code.
    Known {
        /// The code.
        code: i32,
        /// Its name.
        name: &'static str,
    },
    /// One of a code that is not known.
    Unknown {
        /// The code.
        code: i32,
    },
    /// SASL without SCRAM-SHA-256.
    Sasl {
        /// The mechanisms that the server offers.
        offered: Vec<String>,
    },
}

impl UnsupportedMethod {
    pub(super) fn from_code(code: i32) -> Self {
        let name = match code {
            2 => "Kerberos V5",
            4 => "crypt",
            6 => "SCM credentials",
            7 => "GSSAPI",
            8 => "GSSAPI or SSPI",
            9 => "SSPI",
            14 => "an identity token",
            _ => return Self::Unknown { code },
        };
        Self::Known { code, name }
    }
}

impl fmt::Display for UnsupportedMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known { code, name } => {
                write!(f, "{name} (code {code}), which redwire does not support")
            }
            Self::Unknown { code } => write!(f, "the code {code}, which redwire does not know"),
            Self::Sasl { offered } => {
                write!(f, "SASL with {}, and redwire has SCRAM-SHA-256 only", offered.join(", "))
            }
        }
    }
}
