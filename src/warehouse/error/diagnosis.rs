//! The message, SQLSTATE, hint, cause and exit status of each error.

use std::net::SocketAddr;
use std::time::Duration;

use super::WarehouseError;
use crate::definition::{ConnectionKind, ssh_arguments};
use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::sign::shown;
use crate::sqlstate::{AnySqlState, SqlState as S};
use crate::warehouse::{ProtocolError, ServerMessage, Stage, TlsError};

/// The classes of SQLSTATEs of a refused login that may pass (PostgreSQL documentation, appendix A):
/// the connection, resources, the state of the server, an operator, the system, a fault inside. A
/// wrong user, password or database will be refused again.
const PASSING: [&str; 6] = ["08", "53", "55", "57", "58", "XX"];

impl Diagnostic for WarehouseError {
    fn diagnosis(&self) -> Diagnosis {
        let mut diagnosis = self.facts();
        diagnosis.exit_status = self.status_after(diagnosis.sqlstate);
        diagnosis
    }
}

display_message!(WarehouseError);

impl WarehouseError {
    /// The facts except the exit status.
    fn facts(&self) -> Diagnosis {
        match self {
            Self::Tunnel { destination, cause } => tunnel(destination, cause),
            Self::UnknownHost { host, cause } => not_made(
                format!("could not translate host name \"{host}\" to address"),
                "check the host in CONNECTION_STRING",
            )
            .cause(cause),
            Self::Refused { address } => not_made(
                format!("{} failed: Connection refused", server_at(*address)),
                "check the port in CONNECTION_STRING; Redshift's default is 5439",
            ),
            Self::Unreachable { address, cause } => not_made(
                format!("{} failed", server_at(*address)),
                "check the network of this machine: a VPN or a tunnel may be missing",
            )
            .cause(cause),
            Self::TimedOut { stage, host, limit } => timed_out(*stage, host, *limit),
            Self::RootCertificate { path, problem } => S::IoError
                .error(format!("could not read root certificate file \"{}\"", shown(path)))
                .hint("sslrootcert in the URL names a file of certificates in PEM")
                .cause(problem),
            Self::TlsRefused => not_made(
                "server does not support SSL, but SSL was required",
                "check host and port: Redshift has TLS. With sslmode=disable in the URL a session has \
                 none, and others on the network can read and change what is sent",
            ),
            // The words of libpq. The server is not authenticated yet, so its message is not read.
            Self::NoProcess => not_made(
                "server sent an error response during SSL exchange",
                "it has no process to spare for this connection: try again later",
            ),
            Self::Tls { error, host } => tls(error, host),
            Self::UnsupportedLogin { method } => S::NotSupported
                .error(format!("authentication method {method} not supported"))
                .hint("use a database user who has a password"),
            Self::ClearTextRefused => not_made(
                "server requested a cleartext password over a connection without SSL",
                "take sslmode=disable or ssl=false out of the URL",
            ),
            Self::Server { stage, message } => server(*stage, message),
            Self::Protocol { stage, error } => protocol(*stage, error),
            Self::Closed { stage } => closed(*stage),
            Self::Broken { stage, cause } => {
                broken(*stage, "connection to server was lost", "connection to server failed")
                    .cause(cause)
            }
            Self::Silent { stage, limit } => {
                Diagnosis::new(lost_at(*stage), format!("the server sent nothing for {limit:?}"))
                    .hint("a longer socketTimeout in the URL waits longer")
            }
            Self::Gone => {
                S::ConnectionLost.error("no connection to the server").hint(CONNECT_AGAIN)
            }
            Self::Cancelled { .. } => Diagnosis::cancelled(),
            Self::Stopped => S::QueryCanceled.error("stopped because the output was closed"),
            Self::CopyRefused => {
                S::NotSupported.error("COPY from or to the client is not supported").hint(
                    "COPY … FROM 's3://…' loads, and UNLOAD … TO 's3://…' unloads, on the server",
                )
            }
            Self::RowTooLong { length, limit } => S::ProgramLimitExceeded
                .error(format!("row of {length} bytes exceeds the limit of {limit} bytes"))
                .hint("select parts of its long columns, with substring; or UNLOAD … TO 's3://…'"),
            Self::TooLong { what } => {
                S::ProgramLimitExceeded.error(format!("{what} is longer than 2 GiB"))
            }
            Self::Nul { what } => S::CharacterNotInRepertoire.error(format!("{what} holds a NUL")),
        }
    }

    /// Errors of class 08 are worth another try, and so are all others that prevent a session,
    /// except those of a login that would be refused again. An error that the session survives is
    /// one of the statement.
    fn status_after(&self, state: AnySqlState) -> ExitStatus {
        let is_worth_another_try = match self {
            Self::Server { stage: Stage::Query, message } => message.ends_session(),
            Self::Server { .. } => PASSING.contains(&state.class()),
            Self::UnsupportedLogin { .. } | Self::ClearTextRefused => false,
            Self::Cancelled { .. } | Self::Stopped => return ExitStatus::Interrupted,
            Self::Tunnel { .. }
            | Self::UnknownHost { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::RootCertificate { .. }
            | Self::TlsRefused
            | Self::NoProcess
            | Self::Tls { .. }
            | Self::Protocol { .. }
            | Self::Closed { .. }
            | Self::Broken { .. }
            | Self::Silent { .. }
            | Self::Gone
            | Self::CopyRefused
            | Self::RowTooLong { .. }
            | Self::TooLong { .. }
            | Self::Nul { .. } => self.stage() != Stage::Query || state.class() == "08",
        };
        if is_worth_another_try {
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
    S::ConnectionNotMade.error(message).hint(hint)
}

/// The server as libpq names it.
fn server_at(address: SocketAddr) -> String {
    format!("connection to server at \"{}\", port {}", address.ip(), address.port())
}

fn lost_at(stage: Stage) -> S {
    match stage {
        Stage::Query => S::ConnectionLost,
        Stage::Ssh | Stage::Dns | Stage::Tcp | Stage::Tls | Stage::Login => S::ConnectionNotMade,
    }
}

/// `cause`: the messages of `ssh`, whose words decide on the hint.
fn tunnel(destination: &str, cause: &str) -> Diagnosis {
    let arguments = ssh_arguments(destination).unwrap_or_else(|| vec![destination.to_owned()]);
    let by_hand = format!("ssh {}", arguments.join(" "));
    let hint = if cause.contains("Host key verification failed") {
        format!("run {by_hand} once by hand, and check the key of the host before you accept it")
    } else if cause.contains("open failed") {
        "check host and port in CONNECTION_STRING, as they are called behind the tunnel, and that \
         the host of SSH_TUNNEL may forward to them"
            .to_owned()
    } else {
        format!(
            "{by_hand} tries the same without redwire; a key that asks for a passphrase has to be \
             in the agent (ssh-add)"
        )
    };
    let message = format!("could not open the SSH tunnel through {destination}");
    let diagnosis = not_made(message, &hint);
    if cause.is_empty() {
        diagnosis
    } else {
        diagnosis.cause(cause)
    }
}

fn protocol(stage: Stage, error: &ProtocolError) -> Diagnosis {
    S::ProtocolViolation
        .error("protocol violation by the server")
        .hint(match stage {
            Stage::Query => CONNECT_AGAIN,
            Stage::Ssh | Stage::Dns | Stage::Tcp | Stage::Tls | Stage::Login => ANOTHER_SERVER,
        })
        .cause(error.to_string())
}

fn closed(stage: Stage) -> Diagnosis {
    let opening = match stage {
        Stage::Tls => "server closed the connection unexpectedly during the SSL negotiation",
        Stage::Ssh | Stage::Dns | Stage::Tcp | Stage::Login | Stage::Query => {
            "server closed the connection unexpectedly during the login"
        }
    };
    broken(stage, "server closed the connection unexpectedly", opening)
}

fn broken(stage: Stage, in_session: &str, before: &str) -> Diagnosis {
    match stage {
        Stage::Query => S::ConnectionLost.error(in_session).hint(CONNECT_AGAIN),
        Stage::Ssh | Stage::Dns | Stage::Tcp | Stage::Tls | Stage::Login => not_made(
            before,
            "check host and port in CONNECTION_STRING, and whether the cluster is available",
        ),
    }
}

fn timed_out(stage: Stage, host: &str, limit: Duration) -> Diagnosis {
    let longer = "try again; a longer loginTimeout in the URL waits longer";
    let (message, hint) = match stage {
        Stage::Ssh => (
            format!("SSH tunnel through {host} timed out after {limit:?}"),
            "check the host in SSH_TUNNEL; a longer loginTimeout in the URL waits longer",
        ),
        Stage::Dns => (
            format!("translating host name \"{host}\" to address timed out after {limit:?}"),
            "check the name servers of this machine",
        ),
        Stage::Tcp => (
            format!("connection to server at \"{host}\" timed out after {limit:?}"),
            "let this machine through the security group of the cluster",
        ),
        Stage::Tls => (format!("SSL handshake with {host} timed out after {limit:?}"), longer),
        Stage::Login => (format!("login to {host} timed out after {limit:?}"), longer),
        Stage::Query => (format!("no answer from {host} within {limit:?}"), CONNECT_AGAIN),
    };
    Diagnosis::new(lost_at(stage), message).hint(hint)
}

/// The server's message, with a hint for errors of a login (PostgreSQL documentation, appendix A).
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
                format!("server certificate does not match host name \"{host}\""),
                "check that the host in CONNECTION_STRING is the cluster's endpoint, as the console \
                 of Redshift shows it; through a tunnel, sslmode=verify-ca",
            );
            if presented.is_empty() {
                diagnosis
            } else {
                diagnosis.cause(format!("it is for {}", listed(presented)))
            }
        }
        TlsError::UnknownAuthority => not_made(
            "SSL error: certificate verify failed: unable to get local issuer certificate",
            "sslrootcert=/path/to/ca.pem in the URL names the certificate of the authority",
        ),
        TlsError::Expired => not_made(
            "SSL error: certificate verify failed: certificate has expired",
            "check the clock of this machine; else the server needs a new certificate",
        ),
        TlsError::NotYetValid => not_made(
            "SSL error: certificate verify failed: certificate is not yet valid",
            "check the clock of this machine",
        ),
        TlsError::Certificate { cause } => not_made(
            "SSL error: certificate verify failed",
            "the server needs another certificate, one that an authority made for it; \
             sslmode=require verifies none",
        )
        .cause(cause),
        TlsError::NotTls => not_made("SSL error: the server's answer is not SSL", ANOTHER_SERVER),
        TlsError::Other { cause } => not_made(
            "SSL error: handshake failed",
            "check host and port in CONNECTION_STRING: the server needs TLS 1.2 or later",
        )
        .cause(cause),
    }
}

/// The maximum number of names of a certificate in a message.
const MAX_NAMES: usize = 5;

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(MAX_NAMES)].join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
