//! One query and its answer (PostgreSQL documentation, "Simple Query").

use std::time::{Duration, Instant};

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::{Link, Session, TransactionStatus};
use crate::sql::mask::Echo;
use crate::sqlstate::SqlState;
use crate::warehouse::deadline::{Deadline, Watch};
use crate::warehouse::message_mask::MessageMask;
use crate::warehouse::sink::Discard;
use crate::warehouse::transport::Transport;
use crate::warehouse::wire::{Inbox, Message, deliver_rows};
use crate::warehouse::{Cancel, ProtocolError, ResultSink, ServerMessage, WarehouseError};

/// The longest wait for the end of a cancelled query. After that the session is lost.
const PATIENCE: Duration = Duration::from_secs(15);

/// A second Ctrl-C within this time counts as the first. A later one drops the session.
const SAME_INTERRUPT: Duration = Duration::from_secs(1);

/// The message of CopyFail.
const NO_COPY: &str = "redwire sends no data for COPY";

/// A query in progress.
pub(super) struct Exchange<'a> {
    session: &'a mut Session,
    echo: &'a Echo<'a>,
    sink: &'a mut dyn ResultSink,
    watch: Watch<'a>,
    request: Request,
    /// The number of columns of the current result.
    columns: Option<usize>,
    /// The server's error.
    error: Option<Box<ServerMessage>>,
    /// The reason to discard the rest of the answer.
    ending: Option<CancelReason>,
    /// The time of the first Ctrl-C.
    interrupted_at: Option<Instant>,
    /// True if a part of the answer was discarded.
    discarded: bool,
}

/// The server's task with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// To run it.
    Run,
    /// To say which columns its result has.
    Describe,
}

impl Request {
    /// The messages that ask for it.
    fn message(self, statement: &str) -> std::io::Result<BytesMut> {
        let mut bytes = BytesMut::new();
        match self {
            Self::Run => frontend::query(statement, &mut bytes)?,
            Self::Describe => {
                frontend::parse("", statement, [], &mut bytes)?;
                frontend::describe(b'S', "", &mut bytes)?;
                frontend::sync(&mut bytes);
            }
        }
        Ok(bytes)
    }
}

/// The end of a query.
pub(super) enum QueryEnd {
    /// The server is ready for the next query, whether this one failed or not.
    Ready(Result<(), WarehouseError>),
    /// The session is lost.
    Lost(WarehouseError),
}

/// The client's reason to end a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CancelReason {
    Cancelled,
    Stopped,
    Copy,
}

/// The next step after a message.
enum QueryStep {
    Listen,
    RefuseData,
    Cancel(CancelReason),
    Ready(TransactionStatus),
}

impl<'a> Exchange<'a> {
    pub fn new(
        session: &'a mut Session,
        echo: &'a Echo<'a>,
        sink: &'a mut dyn ResultSink,
        watch: Watch<'a>,
        request: Request,
    ) -> Self {
        Self {
            session,
            echo,
            sink,
            watch,
            request,
            columns: None,
            error: None,
            ending: None,
            interrupted_at: None,
            discarded: false,
        }
    }

    /// Sends the query and reads its answer to the end.
    pub fn run(mut self, link: &mut Link) -> QueryEnd {
        let end = match self.ask(link) {
            Ok(()) => QueryEnd::Ready(self.outcome()),
            Err(error) => QueryEnd::Lost(error),
        };
        if let (Some(_), Some(cancel)) = (self.interrupted_at, self.watch.cancel) {
            // The flag was cleared to notice a second Ctrl-C; other code reads it too.
            cancel.set();
        }
        end
    }

    /// Returns when the server is ready for the next query; an error is the end of the session.
    fn ask(&mut self, link: &mut Link) -> Result<(), WarehouseError> {
        // The statement contains no NUL, so only its length can be wrong.
        let query = self.request.message(self.echo.statement());
        let query = query.map_err(|_| WarehouseError::TooLong { what: "the statement" })?;
        let Link { transport, inbox } = link;
        transport.write(&query, &self.watch)?;
        loop {
            let step = self.listen(transport, inbox)?;
            match step {
                QueryStep::Listen => {}
                QueryStep::RefuseData => self.refuse_data(transport)?,
                QueryStep::Cancel(ending) => self.cancel(ending),
                QueryStep::Ready(status) => {
                    self.session.status = status;
                    return Ok(());
                }
            }
        }
    }

    /// Handles the next message, or all rows that have arrived, or waits for more bytes.
    fn listen(
        &mut self,
        transport: &mut Transport,
        inbox: &mut Inbox,
    ) -> Result<QueryStep, WarehouseError> {
        if let Some(columns) = self.columns {
            let delivered = self.deliver(inbox, columns)?;
            if delivered {
                return Ok(QueryStep::Cancel(CancelReason::Stopped));
            }
        }
        match inbox.message().map_err(|error| self.protocol(error))? {
            None => self.fill(transport, inbox),
            Some((header, body)) => {
                let step = self.handle(header.tag, body).map_err(|error| self.protocol(error))?;
                inbox.consume(header.bytes);
                self.end_of_session().map_or(Ok(step), Err)
            }
        }
    }

    /// Passes the rows that have arrived to the sink. Returns true if the sink stops the query.
    fn deliver(&mut self, inbox: &mut Inbox, columns: usize) -> Result<bool, WarehouseError> {
        let sink: &mut dyn ResultSink = match self.ending {
            None => &mut *self.sink,
            Some(_) => &mut Discard,
        };
        let delivered = deliver_rows(inbox.pending(), inbox.limit(), columns, sink);
        let delivered = delivered.map_err(|error| self.protocol(error))?;
        inbox.consume(delivered.bytes);
        self.discarded |= self.ending.is_some() && delivered.bytes > 0;
        Ok(delivered.stopped)
    }

    fn fill(
        &mut self,
        transport: &mut Transport,
        inbox: &mut Inbox,
    ) -> Result<QueryStep, WarehouseError> {
        match inbox.fill(transport, &self.watch) {
            Ok(()) => Ok(QueryStep::Listen),
            Err(WarehouseError::Cancelled { .. }) if self.is_first_interrupt() => {
                Ok(QueryStep::Cancel(CancelReason::Cancelled))
            }
            // The server's error was its last message.
            Err(WarehouseError::Closed { stage }) if let Some(message) = self.error.take() => {
                Err(WarehouseError::Server { stage, message })
            }
            Err(
                WarehouseError::TimedOut { .. }
                | WarehouseError::Silent { .. }
                | WarehouseError::Cancelled { .. },
            ) if let Some(ending) = self.ending => Err(self.ended(ending)),
            Err(error @ WarehouseError::TimedOut { .. }) => {
                // The session is given up, and a server may go on with a query without a client.
                self.request_cancel();
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// The error with which the server ends the session, even if it leaves the connection open.
    fn end_of_session(&mut self) -> Option<WarehouseError> {
        let (stage, message) =
            (self.watch.stage, self.error.take_if(|error| error.ends_session())?);
        Some(WarehouseError::Server { stage, message })
    }

    fn handle(&mut self, tag: u8, body: &[u8]) -> Result<QueryStep, ProtocolError> {
        let message = Message::parse(tag, body)?;
        let has_result = self.columns.is_some();
        let mask = MessageMask::new(&self.session.password, self.echo);
        match message {
            Message::Notice(notice) => self.sink.notice(&mask.message(notice)),
            Message::Parameter { name, value } => self.session.parameters.set(&name, &value),
            Message::Aside => {}
            Message::Error(error) => {
                self.columns = None;
                self.error.get_or_insert_with(|| mask.message(error));
            }
            Message::Ready(status) if !has_result => return Ok(QueryStep::Ready(status)),
            _ if self.error.is_some() => return Err(ProtocolError::OutOfOrder { tag }),
            Message::Columns(columns) if self.request == Request::Describe => {
                // No rows follow.
                let _ = self.sink.columns(&columns);
            }
            Message::Described if self.request == Request::Describe => {}
            Message::Columns(columns) if !has_result => {
                self.columns = Some(columns.len());
                self.discarded |= self.ending.is_some();
                if self.ending.is_none() && self.sink.columns(&columns).is_break() {
                    return Ok(QueryStep::Cancel(CancelReason::Stopped));
                }
            }
            Message::Tag(tag) => {
                self.columns = None;
                if self.is_whole() {
                    self.sink.tag(&mask.without_password(&tag));
                }
            }
            Message::Empty if !has_result => {}
            Message::CopyIn if !has_result => return Ok(QueryStep::RefuseData),
            Message::CopyOut if !has_result => return Ok(QueryStep::Cancel(CancelReason::Copy)),
            Message::CopyData if self.ending == Some(CancelReason::Copy) => {}
            Message::Ready(_)
            | Message::Columns(_)
            | Message::Empty
            | Message::CopyIn
            | Message::CopyOut
            | Message::CopyData
            | Message::Row
            | Message::Authentication { .. }
            | Message::BackendKey { .. }
            | Message::Described
            | Message::Unasked => return Err(ProtocolError::OutOfOrder { tag }),
        }
        Ok(QueryStep::Listen)
    }

    /// True if the sink got the whole answer: a query may be complete before the CancelRequest
    /// reaches the server.
    fn is_whole(&self) -> bool {
        match self.ending {
            None => true,
            Some(CancelReason::Cancelled) => !self.discarded,
            Some(CancelReason::Stopped | CancelReason::Copy) => false,
        }
    }

    fn refuse_data(&mut self, transport: &mut Transport) -> Result<(), WarehouseError> {
        self.end(CancelReason::Copy);
        let mut refusal = BytesMut::new();
        frontend::copy_fail(NO_COPY, &mut refusal)
            .map_err(|_| WarehouseError::TooLong { what: "a refusal" })?;
        transport.write(&refusal, &self.watch)
    }

    /// Sends a CancelRequest, once. Even if that fails, the answer is read to its end, unless the
    /// user presses Ctrl-C again.
    fn cancel(&mut self, ending: CancelReason) {
        self.take_interrupt();
        if self.ending.is_none() {
            self.request_cancel();
        }
        self.end(ending);
    }

    fn request_cancel(&self) {
        if let Some(key) = &self.session.key
            && let Err(error) = key.request()
        {
            tracing::info!("the request to cancel failed: {error}");
        }
    }

    /// Clears the user's flag, so that the next Ctrl-C is noticed.
    fn take_interrupt(&mut self) {
        if self.watch.cancel.is_some_and(Cancel::take) {
            self.interrupted_at.get_or_insert_with(Instant::now);
        }
    }

    fn is_first_interrupt(&self) -> bool {
        self.interrupted_at.is_none_or(|at| at.elapsed() < SAME_INTERRUPT)
    }

    fn end(&mut self, ending: CancelReason) {
        if self.ending.is_none() {
            self.ending = Some(ending);
            self.watch.deadline = Deadline::after(Some(PATIENCE));
        }
    }

    fn outcome(&mut self) -> Result<(), WarehouseError> {
        let stage = self.watch.stage;
        match (self.ending, self.error.take()) {
            (None | Some(CancelReason::Cancelled), None) if self.is_whole() => Ok(()),
            (Some(CancelReason::Cancelled), Some(message))
                if message.code != SqlState::QueryCanceled.code() =>
            {
                Err(WarehouseError::Server { stage, message })
            }
            (None, Some(message)) => Err(WarehouseError::Server { stage, message }),
            (Some(ending), _) => Err(self.ended(ending)),
            (None, None) => Ok(()),
        }
    }

    fn ended(&self, ending: CancelReason) -> WarehouseError {
        match ending {
            CancelReason::Cancelled => WarehouseError::Cancelled { stage: self.watch.stage },
            CancelReason::Stopped => WarehouseError::Stopped,
            CancelReason::Copy => WarehouseError::CopyRefused,
        }
    }

    fn protocol(&self, error: ProtocolError) -> WarehouseError {
        WarehouseError::protocol(error, self.watch.stage)
    }
}
