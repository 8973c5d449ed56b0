//! Errors of sessions: while they are opened, and of their queries.

mod diagnosis;

use std::net::SocketAddr;
use std::time::Duration;

use super::{ProtocolError, ServerMessage, Stage, TlsError};

/// An error of a session. Contains no secret; text of the server and of the operating system is not
/// escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarehouseError {
    /// The SSH tunnel cannot be opened, or does not lead to the warehouse.
    Tunnel {
        /// The destination of `ssh`.
        destination: String,
        /// The messages of `ssh`; empty if it printed none.
        cause: String,
    },
    /// The host has no address.
    UnknownHost {
        /// The host.
        host: String,
        /// The message of the operating system.
        cause: String,
    },
    /// The connection was refused.
    Refused {
        /// The last address that was tried.
        address: SocketAddr,
    },
    /// The network or host is unreachable.
    Unreachable {
        /// The last address that was tried.
        address: SocketAddr,
        /// The message of the operating system.
        cause: String,
    },
    /// A stage, or opening the session as a whole, timed out.
    TimedOut {
        /// The stage.
        stage: Stage,
        /// The host.
        host: String,
        /// The time limit.
        limit: Duration,
    },
    /// The file that `sslrootcert` names cannot be used.
    RootCertificate {
        /// The path in the URL.
        path: String,
        /// The problem.
        problem: String,
    },
    /// The server does not support TLS.
    TlsRefused,
    /// The server answers the request for TLS with an error: it has no process to spare.
    NoProcess,
    /// TLS failed.
    Tls {
        /// The error.
        error: TlsError,
        /// The host.
        host: String,
    },
    /// The server asks for an authentication method that redwire does not support.
    UnsupportedLogin {
        /// The method.
        method: String,
    },
    /// The server asks for the password in clear text over an unencrypted connection.
    ClearTextRefused,
    /// The server refused a login or a query.
    Server {
        /// The stage.
        stage: Stage,
        /// The server's message.
        message: Box<ServerMessage>,
    },
    /// The server violates the protocol.
    Protocol {
        /// The stage.
        stage: Stage,
        /// The violation.
        error: ProtocolError,
    },
    /// The server closed the connection without a message.
    Closed {
        /// The stage.
        stage: Stage,
    },
    /// The connection failed.
    Broken {
        /// The stage.
        stage: Stage,
        /// The message of the operating system.
        cause: String,
    },
    /// The server sent nothing within `socketTimeout`.
    Silent {
        /// The stage.
        stage: Stage,
        /// The time limit.
        limit: Duration,
    },
    /// The session was lost earlier.
    Gone,
    /// The user cancelled.
    Cancelled {
        /// The stage.
        stage: Stage,
    },
    /// The receiver of the rows stopped the query.
    Stopped,
    /// COPY from or to the client, which neither Redshift nor redwire supports.
    CopyRefused,
    /// A row is longer than redwire allows. The rest of it cannot be skipped, so the session is
    /// lost.
    RowTooLong {
        /// The length of the message.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// A text is longer than the protocol allows.
    TooLong {
        /// The text, by its role.
        what: &'static str,
    },
    /// A text contains a NUL and cannot be sent.
    Nul {
        /// The text, by its role.
        what: &'static str,
    },
}

impl WarehouseError {
    /// The error of a message that violates the protocol.
    pub(super) fn protocol(error: ProtocolError, stage: Stage) -> Self {
        match (stage, error) {
            // The message is valid, but longer than redwire allows.
            (Stage::Query, ProtocolError::TooLong { tag: b'D', length, limit }) => {
                Self::RowTooLong { length, limit }
            }
            (stage, error) => Self::Protocol { stage, error },
        }
    }

    /// The stage at which the error occurred.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Tunnel { .. } => Stage::Ssh,
            Self::UnknownHost { .. } => Stage::Dns,
            Self::Refused { .. } | Self::Unreachable { .. } => Stage::Tcp,
            Self::RootCertificate { .. }
            | Self::TlsRefused
            | Self::NoProcess
            | Self::Tls { .. } => Stage::Tls,
            Self::UnsupportedLogin { .. } | Self::ClearTextRefused => Stage::Login,
            Self::TimedOut { stage, .. }
            | Self::Server { stage, .. }
            | Self::Protocol { stage, .. }
            | Self::Closed { stage }
            | Self::Broken { stage, .. }
            | Self::Silent { stage, .. }
            | Self::Cancelled { stage } => *stage,
            Self::Gone
            | Self::Stopped
            | Self::CopyRefused
            | Self::RowTooLong { .. }
            | Self::TooLong { .. }
            | Self::Nul { .. } => Stage::Query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, ExitStatus};

    fn server(stage: Stage, code: &str, hint: Option<&str>) -> WarehouseError {
        let message = Box::new(ServerMessage {
            code: code.to_owned(),
            hint: hint.map(str::to_owned),
            ..ServerMessage::default()
        });
        WarehouseError::Server { stage, message }
    }

    #[test]
    fn the_hint_of_the_server_goes_before_that_of_redwire() {
        assert_eq!(server(Stage::Login, "28P01", Some("own")).hint().as_deref(), Some("own"));
        assert!(
            server(Stage::Login, "28P01", None)
                .hint()
                .unwrap()
                .contains("PASSWORD = PROMPT")
        );
        assert!(server(Stage::Login, "3D000", None).hint().unwrap().contains("after the /"));
        assert_eq!(server(Stage::Query, "28P01", None).hint(), None);
    }

    #[test]
    fn a_login_is_worth_another_try_only_if_one_may_help() {
        let status = |code| server(Stage::Login, code, None).exit_status();
        for code in ["3D000", "28P01", "28000", "42501", "0A000"] {
            assert_eq!(status(code), ExitStatus::Failed, "{code}");
        }
        for code in ["53300", "57P03", "08006", "55000", "58000", "XX000"] {
            assert_eq!(status(code), ExitStatus::NoConnection, "{code}");
        }
        let method = "14".to_owned();
        let unsupported = WarehouseError::UnsupportedLogin { method };
        for error in [unsupported, WarehouseError::ClearTextRefused] {
            assert_eq!(error.exit_status(), ExitStatus::Failed, "{error:?}");
        }
    }

    #[test]
    fn an_error_before_the_session_is_open_says_not_opened_and_a_later_one_lost() {
        for (stage, state) in
            [(Stage::Tcp, "08001"), (Stage::Login, "08001"), (Stage::Query, "08006")]
        {
            assert_eq!(WarehouseError::Closed { stage }.sqlstate().code(), state);
        }
    }

    #[test]
    fn a_certificate_for_many_names_is_told_by_the_first_of_them() {
        let presented = (1..=100).map(|number| format!("h{number}")).collect();
        let error = TlsError::Name { presented };
        let host = "h".to_owned();
        let cause = WarehouseError::Tls { error, host }.cause();
        assert_eq!(cause.as_deref(), Some("it is for h1, h2, h3, h4, h5 and 95 more"));
    }

    #[test]
    fn limits_are_named() {
        let error = WarehouseError::TimedOut {
            stage: Stage::Tcp,
            host: "h".to_owned(),
            limit: Duration::from_secs(10),
        };
        assert_eq!(error.to_string(), "connection to server at \"h\" timed out after 10s");
    }
}
