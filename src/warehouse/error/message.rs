//! What a failure says.

use std::fmt;
use std::time::Duration;

use super::WarehouseError;
use crate::warehouse::{Stage, TlsFault};

impl fmt::Display for WarehouseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost { host, .. } => write!(f, "the host {host} is not known"),
            Self::Refused { address } => write!(f, "{address} refuses the connection"),
            Self::Unreachable { address, .. } => write!(f, "{address} is out of reach"),
            Self::TimedOut { stage, host, limit } => write_timeout(f, *stage, host, *limit),
            Self::RootCertificate { path, .. } => {
                write!(f, "the file of certificates '{path}' cannot be used")
            }
            Self::TlsRefused => f.write_str("the server has no TLS"),
            Self::Tls { fault: TlsFault::Name { .. }, host } => {
                write!(f, "the certificate of the server is not for {host}")
            }
            Self::Tls { fault, .. } => fault.fmt(f),
            Self::UnsupportedLogin { method } => {
                write!(f, "the server asks for a login by {method}")
            }
            Self::ClearTextRefused => f.write_str(
                "the server asks for the password in clear text over a connection without TLS",
            ),
            Self::Server { message, .. } => message.fmt(f),
            Self::Protocol { .. } => f.write_str("the server does not keep to the protocol"),
            Self::Closed { stage: Stage::Query } => {
                f.write_str("the server has closed the session")
            }
            Self::Closed { .. } => {
                f.write_str("the server closed the connection before the login was done")
            }
            Self::Broken { stage: Stage::Query, .. } => f.write_str("the session is lost"),
            Self::Broken { .. } => f.write_str("the connection failed"),
            Self::Silent { limit, .. } => write!(f, "the server sent nothing for {limit:?}"),
            Self::Gone => f.write_str("the session was lost before"),
            Self::Cancelled { .. } => f.write_str("cancelled"),
            Self::Stopped => f.write_str("the rows were not wanted any more"),
            Self::CopyRefused => f.write_str("COPY from or to the client is not supported"),
            Self::RowTooLong { length, limit } => {
                write!(f, "a row has {length} bytes, and redwire takes {limit} at most")
            }
            Self::TooLong { what } => write!(f, "{what} is longer than 2 GiB"),
            Self::Nul { what } => write!(f, "{what} holds a NUL"),
        }
    }
}

fn write_timeout(
    f: &mut fmt::Formatter<'_>,
    stage: Stage,
    host: &str,
    limit: Duration,
) -> fmt::Result {
    match stage {
        Stage::Dns => write!(f, "the host {host} was not found within {limit:?}"),
        Stage::Tcp => write!(f, "{host} does not answer within {limit:?}"),
        Stage::Tls => write!(f, "{host} does not agree on TLS within {limit:?}"),
        Stage::Login => write!(f, "{host} does not let the user in within {limit:?}"),
        Stage::Query => write!(f, "{host} does not answer within {limit:?}"),
    }
}
