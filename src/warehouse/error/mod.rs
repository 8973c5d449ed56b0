//! Why a session could not be opened, or why a query on it failed.

mod diagnosis;

use std::net::SocketAddr;
use std::time::Duration;

use super::deadline::WaitError;
use super::login::UnsupportedMethod;
use super::transport::{ConnectError, RootsError, TransportError};
use super::{ProtocolError, ServerMessage, Stage, TlsError};

/// What failed. Holds no secret; text of the server and of the operating system is not yet
/// printable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarehouseError {
    /// The host has no address.
    UnknownHost {
        /// The host.
        host: String,
        /// What the operating system said.
        cause: String,
    },
    /// Nothing listens at the address.
    Refused {
        /// The last address that was tried.
        address: SocketAddr,
    },
    /// There is no way to the address.
    Unreachable {
        /// The last address that was tried.
        address: SocketAddr,
        /// What the operating system said.
        cause: String,
    },
    /// A stage, or the whole of opening a session, took too long.
    TimedOut {
        /// The stage.
        stage: Stage,
        /// The host.
        host: String,
        /// The limit.
        limit: Duration,
    },
    /// The file that `sslrootcert` names cannot be used.
    RootCertificate {
        /// Its path as the URL has it.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// The server has no TLS.
    TlsRefused,
    /// TLS failed.
    Tls {
        /// How.
        error: TlsError,
        /// The host.
        host: String,
    },
    /// The server asks for a way of logging in that redwire does not have.
    UnsupportedLogin {
        /// Which one.
        method: UnsupportedMethod,
    },
    /// The server asks for the password itself, and everybody on the way could read it.
    ClearTextRefused,
    /// The server refused a login or a query, in its own words.
    Server {
        /// When.
        stage: Stage,
        /// Its words.
        message: Box<ServerMessage>,
    },
    /// The server does what none of its kind does.
    Protocol {
        /// When.
        stage: Stage,
        /// What.
        error: ProtocolError,
    },
    /// The server closed the connection without a word.
    Closed {
        /// When.
        stage: Stage,
    },
    /// The connection failed.
    Broken {
        /// When.
        stage: Stage,
        /// What the operating system said.
        cause: String,
    },
    /// The server sent nothing for as long as `socketTimeout` allows.
    Silent {
        /// When.
        stage: Stage,
        /// How long.
        limit: Duration,
    },
    /// The session was lost before.
    Gone,
    /// The user ended it.
    Cancelled {
        /// When.
        stage: Stage,
    },
    /// The receiver of the rows wanted no more of them.
    Stopped,
    /// COPY from or to the client: Redshift has none, and redwire neither.
    CopyRefused,
    /// A row is longer than redwire takes. What is left of it cannot be passed over, so the session
    /// is lost.
    RowTooLong {
        /// The length of the message, in bytes.
        length: usize,
        /// The most that it may have, in bytes.
        limit: usize,
    },
    /// A text is longer than the protocol can say.
    TooLong {
        /// What it is.
        what: &'static str,
    },
    /// A text with a NUL in it cannot be sent.
    Nul {
        /// What it is.
        what: &'static str,
    },
}

impl WarehouseError {
    /// What a wait that ended means at the stage.
    pub(super) fn interrupted(interruption: WaitError, stage: Stage, host: &str) -> Self {
        match interruption {
            WaitError::Cancelled => Self::Cancelled { stage },
            WaitError::Overdue(limit) => Self::TimedOut { stage, host: host.to_owned(), limit },
            WaitError::Silent(limit) => Self::Silent { stage, limit },
            WaitError::Closed => Self::Closed { stage },
            WaitError::Broken(cause) => Self::Broken { stage, cause },
            WaitError::Tls(error) if stage == Stage::Tls => Self::Tls {
                error: error.into(),
                host: host.to_owned(),
            },
            WaitError::Tls(error) => Self::Broken { stage, cause: error.to_string() },
        }
    }

    pub(super) fn protocol(fault: ProtocolError, stage: Stage) -> Self {
        match (stage, fault) {
            // The server keeps to the protocol: redwire does not go as far.
            (Stage::Query, ProtocolError::TooLong { tag: b'D', length, limit }) => {
                Self::RowTooLong { length, limit }
            }
            (stage, fault) => Self::Protocol { stage, error: fault },
        }
    }

    pub(super) fn transport(error: TransportError, stage: Stage, host: &str) -> Self {
        match error {
            TransportError::Interrupted(interruption) => {
                Self::interrupted(interruption, stage, host)
            }
            TransportError::TlsRefused => Self::TlsRefused,
            TransportError::Protocol(fault) => Self::protocol(fault, stage),
        }
    }

    pub(super) fn connect(failure: ConnectError, limit: Option<Duration>, host: &str) -> Self {
        match failure {
            ConnectError::Interrupted(interruption) => {
                Self::interrupted(interruption, Stage::Tcp, host)
            }
            ConnectError::Refused { address } => Self::Refused { address },
            ConnectError::Unreachable { address, cause } => Self::Unreachable { address, cause },
            ConnectError::TimedOut { address } => match limit {
                Some(limit) => Self::interrupted(WaitError::Overdue(limit), Stage::Tcp, host),
                None => Self::Unreachable {
                    address,
                    cause: "the operating system waits no longer".to_owned(),
                },
            },
        }
    }

    pub(super) fn roots(error: RootsError) -> Self {
        let RootsError { path, problem } = error;
        Self::RootCertificate { path, problem }
    }

    /// The stage at which it failed.
    pub fn stage(&self) -> Stage {
        match self {
            Self::UnknownHost { .. } => Stage::Dns,
            Self::Refused { .. } | Self::Unreachable { .. } => Stage::Tcp,
            Self::RootCertificate { .. } | Self::TlsRefused | Self::Tls { .. } => Stage::Tls,
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
    use crate::diagnostic::Diagnostic;

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
    fn what_fails_before_the_session_is_open_was_not_made_and_later_was_lost() {
        for (stage, state) in
            [(Stage::Tcp, "08001"), (Stage::Login, "08001"), (Stage::Query, "08006")]
        {
            assert_eq!(WarehouseError::Closed { stage }.sqlstate().code(), state);
        }
    }

    #[test]
    fn tls_that_breaks_later_is_a_lost_connection() {
        let broken = |stage| {
            let interruption = WaitError::Tls(rustls::Error::DecryptError);
            WarehouseError::interrupted(interruption, stage, "h")
        };
        assert!(matches!(broken(Stage::Tls), WarehouseError::Tls { .. }));
        assert_eq!(broken(Stage::Query).sqlstate().code(), "08006");
    }

    #[test]
    fn a_certificate_for_many_names_is_told_by_the_first_of_them() {
        let presented = (1..=100).map(|number| format!("h{number}")).collect();
        let fault = TlsError::Name { presented };
        let host = "h".to_owned();
        let cause = WarehouseError::Tls { error: fault, host }.cause();
        assert_eq!(cause.as_deref(), Some("it is for h1, h2, h3, h4, h5 and 95 more"));
    }

    #[test]
    fn limits_are_named() {
        let error = WarehouseError::interrupted(
            WaitError::Overdue(Duration::from_secs(10)),
            Stage::Tcp,
            "h",
        );
        assert_eq!(error.to_string(), "connection to server at h timed out after 10s");
    }
}
