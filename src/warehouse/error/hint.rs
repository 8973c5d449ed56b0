//! What to do about a failure: one fix for each.

use super::WarehouseError;
use crate::definition::ConnectionKind;
use crate::warehouse::{ServerMessage, Stage, TlsFault};

impl WarehouseError {
    /// One fix; for an error of the server the server's own hint, where it has one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Server { stage, message } => {
                let own = login_hint(*stage, message);
                return message.hint.clone().or(own);
            }
            Self::UnknownHost { .. } => "check the host in CONNECTION_STRING",
            Self::Refused { .. } => {
                "check the port in CONNECTION_STRING; Redshift's default is 5439"
            }
            Self::Unreachable { .. } => {
                "check the network of this machine: a VPN or a tunnel may be missing"
            }
            Self::TimedOut { stage, .. } => time_hint(*stage),
            Self::RootCertificate { .. } => {
                "sslrootcert in the URL names a file of certificates in PEM"
            }
            Self::TlsRefused => {
                "check host and port: Redshift has TLS; for a server that has none write sslmode=disable into the URL"
            }
            Self::Tls { fault, .. } => tls_hint(fault),
            Self::UnsupportedLogin { .. } => "use a database user who has a password",
            Self::ClearTextRefused => "take sslmode=disable or ssl=false out of the URL",
            Self::Protocol { stage: Stage::Query, .. } | Self::Gone => "connect again",
            Self::Protocol { .. } => {
                "check host and port in CONNECTION_STRING: this may be another kind of server"
            }
            Self::Closed { stage: Stage::Query } | Self::Broken { stage: Stage::Query, .. } => {
                "connect again"
            }
            Self::Closed { .. } | Self::Broken { .. } => {
                "check host and port in CONNECTION_STRING, and whether the cluster is available"
            }
            Self::Silent { .. } => "a longer socketTimeout in the URL waits longer",
            Self::CopyRefused => {
                "COPY … FROM 's3://…' loads, and UNLOAD … TO 's3://…' unloads, on the server"
            }
            Self::RowTooLong { .. } => {
                "select parts of its long columns, with substring; or UNLOAD … TO 's3://…'"
            }
            Self::TooLong { .. } | Self::Nul { .. } | Self::Cancelled { .. } | Self::Stopped => {
                return None;
            }
        };
        Some(hint.to_owned())
    }
}

/// A fix for the errors that a login may meet (PostgreSQL documentation, appendix A).
fn login_hint(stage: Stage, message: &ServerMessage) -> Option<String> {
    let hint = match (stage, message.code.as_str()) {
        (Stage::Login, "28000") if message.is_of_access_rules() => {
            "check USER_NAME and the database, and whether sslmode or ssl in CONNECTION_STRING turns TLS off"
        }
        (Stage::Login, "28P01" | "28000") => {
            let alter = ConnectionKind::Redshift.alter();
            return Some(format!("{alter} … SET PASSWORD = PROMPT asks for another"));
        }
        (Stage::Login, "3D000") => "check the database in CONNECTION_STRING; it stands after the /",
        (Stage::Login, "53300") => {
            "wait for a session to end, or lower MAX_CONCURRENT_CONNECTIONS of others"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

fn time_hint(stage: Stage) -> &'static str {
    match stage {
        Stage::Dns => "check the name servers of this machine",
        Stage::Tcp => "let this machine through the security group of the cluster",
        Stage::Tls | Stage::Login => "try again; a longer loginTimeout in the URL waits longer",
        Stage::Query => "connect again",
    }
}

fn tls_hint(fault: &TlsFault) -> &'static str {
    match fault {
        TlsFault::Name { .. } => {
            "write a name that the certificate is for as the host; through a tunnel, sslmode=verify-ca"
        }
        TlsFault::UnknownAuthority => {
            "sslrootcert=/path/to/ca.pem in the URL names the certificate of the authority"
        }
        TlsFault::Expired => {
            "check the clock of this machine; else the server needs a new certificate"
        }
        TlsFault::NotYetValid => "check the clock of this machine",
        TlsFault::NotTls => {
            "check host and port in CONNECTION_STRING: this may be another kind of server"
        }
        TlsFault::Certificate { .. } => {
            "the server needs another certificate, one that an authority made for it; sslmode=require verifies none"
        }
        TlsFault::Other { .. } => {
            "check host and port in CONNECTION_STRING: the server needs TLS 1.2 or later"
        }
    }
}
