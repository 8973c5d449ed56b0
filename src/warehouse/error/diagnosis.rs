//! The message, SQLSTATE, hint, cause and exit status of each error.

use std::time::Duration;

use super::WarehouseError;
use crate::definition::ConnectionKind;
use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::sqlstate::{AnySqlState, SqlState as S};
use crate::warehouse::{ServerMessage, Stage, TlsError};

/// Class 28 of the SQLSTATEs: the server does not take the user or the password. A wrong password
/// is 28P01 from PostgreSQL, and 28000 from Redshift (issue aws/amazon-redshift-python-driver 237).
const CLASS_OF_USERS: &str = "28";

impl Diagnostic for WarehouseError {
    fn diagnosis(&self) -> Diagnosis {
        let mut diagnosis = self.facts();
        diagnosis.exit_status = self.status_after(diagnosis.sqlstate);
        diagnosis
    }
}

display_message!(WarehouseError);

impl WarehouseError {
    /// All but the exit status.
    fn facts(&self) -> Diagnosis {
        match self {
            Self::UnknownHost { host, cause } => not_made(
                format!("the host {host} is not known"),
                "check the host in CONNECTION_STRING",
            )
            .cause(cause),
            Self::Refused { address } => not_made(
                format!("{address} refuses the connection"),
                "check the port in CONNECTION_STRING; Redshift's default is 5439",
            ),
            Self::Unreachable { address, cause } => not_made(
                format!("{address} is out of reach"),
                "check the network of this machine: a VPN or a tunnel may be missing",
            )
            .cause(cause),
            Self::TimedOut { stage, host, limit } => timed_out(*stage, host, *limit),
            Self::RootCertificate { path, problem } => Diagnosis::new(
                S::IoError,
                format!("the file of certificates '{path}' cannot be used"),
            )
            .hint("sslrootcert in the URL names a file of certificates in PEM")
            .cause(problem),
            Self::TlsRefused => not_made(
                "the server has no TLS",
                "check host and port: Redshift has TLS; for a server that has none write \
                 sslmode=disable into the URL",
            ),
            Self::Tls { error, host } => tls(error, host),
            Self::UnsupportedLogin { method } => {
                Diagnosis::new(S::NotSupported, format!("the server asks for a login by {method}"))
                    .hint("use a database user who has a password")
            }
            Self::ClearTextRefused => not_made(
                "the server asks for the password in clear text over a connection without TLS",
                "take sslmode=disable or ssl=false out of the URL",
            ),
            Self::Server { stage, message } => server(*stage, message),
            Self::Protocol { stage, error } => {
                Diagnosis::new(S::ProtocolViolation, "the server does not keep to the protocol")
                    .hint(match stage {
                        Stage::Query => CONNECT_AGAIN,
                        Stage::Dns | Stage::Tcp | Stage::Tls | Stage::Login => ANOTHER_SERVER,
                    })
                    .cause(error.to_string())
            }
            Self::Closed { stage } => broken(
                *stage,
                "the server has closed the session",
                "the server closed the connection before the login was done",
            ),
            Self::Broken { stage, cause } => {
                broken(*stage, "the session is lost", "the connection failed").cause(cause)
            }
            Self::Silent { stage, limit } => {
                Diagnosis::new(lost_at(*stage), format!("the server sent nothing for {limit:?}"))
                    .hint("a longer socketTimeout in the URL waits longer")
            }
            Self::Gone => {
                Diagnosis::new(S::ConnectionLost, "the session was lost before").hint(CONNECT_AGAIN)
            }
            Self::Cancelled { .. } => Diagnosis::cancelled(),
            Self::Stopped => Diagnosis::new(S::QueryCanceled, "the rows were not wanted any more"),
            Self::CopyRefused => {
                Diagnosis::new(S::NotSupported, "COPY from or to the client is not supported").hint(
                    "COPY … FROM 's3://…' loads, and UNLOAD … TO 's3://…' unloads, on the server",
                )
            }
            Self::RowTooLong { length, limit } => Diagnosis::new(
                S::ProgramLimitExceeded,
                format!("a row has {length} bytes, and redwire takes {limit} at most"),
            )
            .hint("select parts of its long columns, with substring; or UNLOAD … TO 's3://…'"),
            Self::TooLong { what } => {
                Diagnosis::new(S::ProgramLimitExceeded, format!("{what} is longer than 2 GiB"))
            }
            Self::Nul { what } => {
                Diagnosis::new(S::CharacterNotInRepertoire, format!("{what} holds a NUL"))
            }
        }
    }

    /// Class 08 is worth another try, and so is whatever else keeps a session from being opened,
    /// but for a user or a password that the server does not take. An error within a session that
    /// goes on is the statement's.
    fn status_after(&self, state: AnySqlState) -> ExitStatus {
        if let Self::Cancelled { .. } | Self::Stopped = self {
            return ExitStatus::Interrupted;
        }
        let needs_another_session = if let Self::Server { stage: Stage::Query, message } = self {
            message.ends_session()
        } else if self.stage() == Stage::Query {
            state.class() == "08"
        } else {
            state.class() != CLASS_OF_USERS
        };
        if needs_another_session {
            ExitStatus::NoConnection
        } else {
            ExitStatus::Failed
        }
    }
}

const CONNECT_AGAIN: &str = "connect again";
const ANOTHER_SERVER: &str =
    "check host and port in CONNECTION_STRING: this may be another kind of server";

fn not_made(message: impl Into<String>, hint: &str) -> Diagnosis {
    Diagnosis::new(S::ConnectionNotMade, message).hint(hint)
}

fn lost_at(stage: Stage) -> S {
    match stage {
        Stage::Query => S::ConnectionLost,
        Stage::Dns | Stage::Tcp | Stage::Tls | Stage::Login => S::ConnectionNotMade,
    }
}

fn broken(stage: Stage, in_session: &str, before: &str) -> Diagnosis {
    match stage {
        Stage::Query => Diagnosis::new(S::ConnectionLost, in_session).hint(CONNECT_AGAIN),
        Stage::Dns | Stage::Tcp | Stage::Tls | Stage::Login => not_made(
            before,
            "check host and port in CONNECTION_STRING, and whether the cluster is available",
        ),
    }
}

fn timed_out(stage: Stage, host: &str, limit: Duration) -> Diagnosis {
    let longer = "try again; a longer loginTimeout in the URL waits longer";
    let (message, hint) = match stage {
        Stage::Dns => (
            format!("the host {host} was not found within {limit:?}"),
            "check the name servers of this machine",
        ),
        Stage::Tcp => (
            format!("{host} does not answer within {limit:?}"),
            "let this machine through the security group of the cluster",
        ),
        Stage::Tls => (format!("{host} does not agree on TLS within {limit:?}"), longer),
        Stage::Login => (format!("{host} does not let the user in within {limit:?}"), longer),
        Stage::Query => (format!("{host} does not answer within {limit:?}"), CONNECT_AGAIN),
    };
    Diagnosis::new(lost_at(stage), message).hint(hint)
}

/// The server's own words, with a hint for the errors that a login may meet (PostgreSQL
/// documentation, appendix A).
fn server(stage: Stage, message: &ServerMessage) -> Diagnosis {
    let alter = ConnectionKind::Redshift.alter();
    let ask_again = format!("{alter} … SET PASSWORD = PROMPT asks for another");
    let own = match (stage, message.code.as_str()) {
        (Stage::Login, "28000") if message.is_of_access_rules() => Some(
            "check USER_NAME and the database, and whether sslmode or ssl in CONNECTION_STRING \
             turns TLS off",
        ),
        (Stage::Login, "28P01" | "28000") => Some(ask_again.as_str()),
        (Stage::Login, "3D000") => {
            Some("check the database in CONNECTION_STRING; it stands after the /")
        }
        (Stage::Login, "53300") => {
            Some("wait for a session to end, or lower MAX_CONCURRENT_CONNECTIONS of others")
        }
        _ => None,
    };
    let sqlstate = AnySqlState::new(&message.code).unwrap_or_else(|| S::InternalError.into());
    Diagnosis {
        hint: message.hint.clone().or(own.map(str::to_owned)),
        ..Diagnosis::new(sqlstate, message.to_string())
    }
}

fn tls(error: &TlsError, host: &str) -> Diagnosis {
    match error {
        TlsError::Name { presented } => {
            let diagnosis = not_made(
                format!("the certificate of the server is not for {host}"),
                "write a name that the certificate is for as the host; through a tunnel, \
                 sslmode=verify-ca",
            );
            if presented.is_empty() {
                diagnosis
            } else {
                diagnosis.cause(format!("it is for {}", listed(presented)))
            }
        }
        TlsError::UnknownAuthority => not_made(
            "the certificate of the server comes from an authority that is not trusted",
            "sslrootcert=/path/to/ca.pem in the URL names the certificate of the authority",
        ),
        TlsError::Expired => not_made(
            "the certificate of the server has expired",
            "check the clock of this machine; else the server needs a new certificate",
        ),
        TlsError::NotYetValid => not_made(
            "the certificate of the server is not valid yet",
            "check the clock of this machine",
        ),
        TlsError::Certificate { cause } => not_made(
            "the certificate of the server cannot be verified",
            "the server needs another certificate, one that an authority made for it; \
             sslmode=require verifies none",
        )
        .cause(cause),
        TlsError::NotTls => {
            not_made("the server agreed to TLS, and what it sent then is not TLS", ANOTHER_SERVER)
        }
        TlsError::Other { cause } => not_made(
            "TLS with the server failed",
            "check host and port in CONNECTION_STRING: the server needs TLS 1.2 or later",
        )
        .cause(cause),
    }
}

/// The most names of a certificate that a text lists.
const MAX_NAMES: usize = 5;

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(MAX_NAMES)].join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
