//! A session: one query after another, and the known facts about the server.

mod exchange;
mod open;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use exchange::{Exchange, QueryEnd, Request};
use open::Opening;

use super::cancel::CancelKey;
use super::deadline::{Deadline, Watch};
use super::parameters::Parameters;
use super::sink::{ColumnsAlone, Discard};
use super::transport::Transport;
use super::tunnel::Tunnel;
use super::wire::Inbox;
use super::{
    Cancel, CompletedStage, ResultColumn, ResultSink, ServerMessage, SessionMark, SessionRequest,
    Stage, WarehouseError, quote_literal,
};
use crate::sql::mask::Echo;
use crate::url::Options;

/// The state of the session's transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    /// No transaction is open.
    Idle,
    /// A transaction is open.
    Open,
    /// A transaction has failed: the server accepts only its end.
    Failed,
}

/// An open session, which is closed when dropped.
pub struct Session {
    /// None if the session is lost.
    link: Option<Link>,
    /// Ends with the session, behind the link.
    tunnel: Option<Tunnel>,
    key: Option<CancelKey>,
    host: String,
    peer: SocketAddr,
    parameters: Parameters,
    status: TransactionStatus,
    login_notices: Vec<ServerMessage>,
    /// The password of the login, which messages of the server must not show.
    password: Arc<SecretString>,
    socket_timeout: Option<Duration>,
    /// True if closing the session waits for the server.
    is_counted: bool,
}

/// The connection and the bytes that have arrived.
struct Link {
    transport: Transport,
    inbox: Inbox,
}

/// The longest wait for the server to close its side of the connection.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// The time limit for a setting that the session can do without.
const SETTING_LIMIT: Duration = Duration::from_secs(15);

/// The longest time for sending the last message when a session is dropped.
const TERMINATE_LIMIT: Duration = Duration::from_millis(100);

impl Session {
    /// Opens a session. `progress` receives each completed stage; `cancel` stops it at any stage.
    pub fn open(
        login: &SessionRequest<'_>,
        progress: &mut dyn FnMut(&CompletedStage),
        cancel: &Cancel,
    ) -> Result<Self, WarehouseError> {
        let mut opening = Opening::new(login, progress, cancel);
        let (mut session, method) = opening.run()?;
        let watch = opening.watch_login();
        for statement in session.first_statements(&login.endpoint.options) {
            let echo = Echo::new(&statement, false);
            session.run(&echo, &mut Discard, watch, Request::Run)?;
        }
        opening.reached(Stage::Login, method.to_string());
        Ok(session)
    }

    /// The statements for options of the URL, as in AWS's JDBC driver 2.2.6 (`runInitialQueries`,
    /// `RedshiftConnectionImpl.setReadOnly`).
    fn first_statements(&self, options: &Options) -> Vec<String> {
        let group = options.query_group.as_ref();
        let group = group.map(|group| format!("SET query_group TO {}", self.quote_literal(group)));
        let read_only = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY".to_owned();
        group.into_iter().chain(options.read_only.then_some(read_only)).collect()
    }

    /// Runs a query of one or more statements; its results go to the sink as they arrive. After an
    /// error of the server or a cancellation the session can be used again, unless
    /// [`Session::is_lost`]; after the time limit it is lost.
    pub fn query(
        &mut self,
        sql: &str,
        sink: &mut dyn ResultSink,
        limit: Option<Duration>,
        cancel: &Cancel,
    ) -> Result<(), WarehouseError> {
        self.query_typed(&Echo::new(sql, false), sink, limit, cancel)
    }

    /// Like [`Self::query`], for a statement of the user: its secrets are not shown in messages.
    pub fn query_typed(
        &mut self,
        echo: &Echo<'_>,
        sink: &mut dyn ResultSink,
        limit: Option<Duration>,
        cancel: &Cancel,
    ) -> Result<(), WarehouseError> {
        self.request(echo, sink, limit, cancel, Request::Run)
    }

    /// Returns the columns of a statement's result without running it; none if it has no result.
    pub fn describe(
        &mut self,
        echo: &Echo<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<ResultColumn>, WarehouseError> {
        let mut sink = ColumnsAlone::default();
        self.request(echo, &mut sink, None, cancel, Request::Describe)?;
        Ok(sink.0)
    }

    fn request(
        &mut self,
        echo: &Echo<'_>,
        sink: &mut dyn ResultSink,
        limit: Option<Duration>,
        cancel: &Cancel,
        request: Request,
    ) -> Result<(), WarehouseError> {
        let host = self.host.clone();
        let watch = Watch {
            stage: Stage::Query,
            host: &host,
            cancel: Some(cancel),
            deadline: Deadline::after(limit),
            silence: self.socket_timeout,
        };
        self.run(echo, sink, watch, request)
    }

    /// Asks for floating-point numbers that read back exactly; Redshift shows 15 digits by default.
    /// 2 is the most that it takes, and a server that refuses it is left as it is.
    pub fn show_all_digits(&mut self, cancel: &Cancel) {
        let asked =
            self.query("SET extra_float_digits TO 2", &mut Discard, Some(SETTING_LIMIT), cancel);
        if let Err(error) = asked {
            tracing::info!("extra_float_digits stays as it is: {error:?}");
        }
    }

    /// Makes closing the session not wait for the server, which takes some milliseconds: sessions
    /// without a limit are not counted.
    pub fn leave_at_once(&mut self) {
        self.is_counted = false;
    }

    /// Closes the session and waits up to a second for the server to close its side. False if the
    /// server may still have the session.
    pub fn close(&mut self) -> bool {
        let watch = Watch::within(CLOSE_LIMIT);
        let Some(mut link) = self.link.take() else {
            return false;
        };
        let mut read = link.transport.write(TERMINATE, &watch).map(|()| 0);
        while read.is_ok() {
            read = link.transport.read(&mut [0; 512], &watch);
        }
        matches!(read, Err(WarehouseError::Closed { .. }))
    }

    /// The session's identity at the server; None if the server sent no key.
    pub fn mark(&self) -> Option<&SessionMark> {
        self.key.as_ref().map(|key| &key.mark)
    }

    fn run(
        &mut self,
        echo: &Echo<'_>,
        sink: &mut dyn ResultSink,
        watch: Watch<'_>,
        request: Request,
    ) -> Result<(), WarehouseError> {
        if echo.statement().contains('\0') {
            return Err(WarehouseError::Nul { what: "the statement" });
        }
        if watch.cancel.is_some_and(Cancel::is_set) {
            return Err(WarehouseError::Cancelled { stage: watch.stage });
        }
        // The link is put back only when the server is ready again: after any other end nothing
        // more may be sent on it.
        let mut link = self.link.take().ok_or(WarehouseError::Gone)?;
        let end = Exchange::new(self, echo, sink, watch, request).run(&mut link);
        match end {
            QueryEnd::Lost(error) => Err(match self.tunnel.take() {
                Some(tunnel) => tunnel.explain(error),
                None => error,
            }),
            QueryEnd::Ready(answer) => {
                self.link = Some(link);
                answer
            }
        }
    }

    /// True if the session is lost: no query can be sent, and an open transaction is gone.
    pub fn is_lost(&self) -> bool {
        self.link.is_none()
    }

    /// The state of the transaction; for a lost session, the state before its last query.
    pub fn transaction_status(&self) -> TransactionStatus {
        self.status
    }

    /// A setting that the server reported, such as `server_version`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// The text as a string literal for this server.
    pub fn quote_literal(&self, text: &str) -> String {
        quote_literal(text, self.parameter("standard_conforming_strings") == Some("on"))
    }

    /// The notices of the login.
    pub fn login_notices(&self) -> &[ServerMessage] {
        &self.login_notices
    }

    /// The process id at the server, if it sent one.
    pub fn process(&self) -> Option<i32> {
        self.key.as_ref().map(|key| key.mark.process)
    }

    /// The version of TLS and the cipher suite; None without TLS, or after the session is lost.
    pub fn tls(&self) -> Option<(String, String)> {
        self.link.as_ref()?.transport.encryption()
    }

    /// The address of the server.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }
}

/// Sends Terminate. If sessions are counted it waits a moment for the server to close the
/// connection: until then the server counts the session.
impl Drop for Session {
    fn drop(&mut self) {
        let watch = Watch::within(TERMINATE_LIMIT);
        if let Some(link) = &mut self.link {
            // The session is over even if sending fails.
            let sent = link.transport.write(TERMINATE, &watch);
            while self.is_counted
                && sent.is_ok()
                && link.transport.read(&mut [0; 64], &watch).is_ok()
            {}
        }
    }
}

/// The message X (PostgreSQL documentation, "Message Formats", Terminate).
const TERMINATE: &[u8] = b"X\0\0\0\x04";

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("host", &self.host)
            .field("peer", &self.peer)
            .field("status", &self.status)
            .field("is_lost", &self.is_lost())
            .finish_non_exhaustive()
    }
}
