//! The login: from the client's first message until the server is ready.

mod authenticator;
mod binding;
mod digest;
mod method;

use std::sync::Arc;

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use secrecy::SecretString;

pub use method::LoginMethod;

use authenticator::{Authenticator, Reply};

use super::deadline::Watch;
use super::message_mask::MessageMask;
use super::parameters::Parameters;
use super::transport::Transport;
use super::wire::{Inbox, Message};
use super::{ProtocolError, ServerMessage, Stage, TransactionStatus, WarehouseError};
use crate::sql::mask::Echo;
use crate::url::Endpoint;

/// The server, the user and the password of a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionRequest<'a> {
    /// The server, the database and the options.
    pub endpoint: &'a Endpoint,
    /// The destination of `ssh` on the way to the server.
    pub tunnel: Option<&'a str>,
    /// The user of the database.
    pub user: &'a str,
    /// The user's password.
    pub password: &'a Arc<SecretString>,
}

/// The default application name, for sessions whose URL has no `ApplicationName`.
const APPLICATION_NAME: &str = "redwire";

/// The maximum number of messages before the server is ready; PostgreSQL 15 sends fewer than 20.
const MAX_MESSAGES: usize = 1_000;

/// The maximum number of notices that are kept.
const MAX_NOTICES: usize = 20;

/// A completed login.
pub(super) struct LoginResult {
    /// The authentication method.
    pub method: LoginMethod,
    /// The state of the transaction.
    pub status: TransactionStatus,
    /// The reports of the server.
    pub reports: LoginReports,
}

/// The server's reports until it was ready.
#[derive(Default)]
pub(super) struct LoginReports {
    /// The settings.
    pub parameters: Parameters,
    /// The process id and the secret key of a CancelRequest.
    pub key: Option<(i32, i32)>,
    pub notices: Vec<ServerMessage>,
}

/// Logs in over the connection.
pub(super) fn log_in(
    login: &SessionRequest<'_>,
    transport: &mut Transport,
    inbox: &mut Inbox,
    watch: &Watch<'_>,
) -> Result<LoginResult, WarehouseError> {
    transport.write(&startup(login)?, watch)?;
    let certificate = transport.certificate().map(<[u8]>::to_vec);
    let is_private = transport.is_private();
    // A login has no statement.
    let echo = Echo::new("", false);
    let mask = MessageMask::new(login.password, &echo);
    let mut pending = PendingLogin {
        mask,
        authenticator: Authenticator::new(
            login.user,
            login.password,
            is_private,
            certificate.as_deref(),
        ),
        method: None,
        reports: LoginReports::default(),
    };
    let mut messages = 0;
    while messages < MAX_MESSAGES {
        let Some((header, body)) = inbox.message().map_err(protocol)? else {
            inbox.fill(transport, watch)?;
            continue;
        };
        messages += 1;
        let step = pending.handle(header.tag, body).map_err(|error| mask.error(error))?;
        inbox.consume(header.bytes);
        match step {
            LoginStep::Listen => {}
            LoginStep::Send(answer) => transport.write(&answer, watch)?,
            LoginStep::Ready(method, status) => {
                return Ok(LoginResult { method, status, reports: pending.reports });
            }
        }
    }
    Err(protocol(ProtocolError::Endless))
}

fn protocol(error: ProtocolError) -> WarehouseError {
    let stage = Stage::Login;
    WarehouseError::Protocol { stage, error }
}

/// The first message. It has `search_path` and the name of the program as in AWS's JDBC driver
/// 2.2.6 (`ConnectionFactoryImpl.getParametersForStartup`), but not `extra_float_digits`, which
/// some servers reject with a fatal error.
fn startup(login: &SessionRequest<'_>) -> Result<BytesMut, WarehouseError> {
    let options = &login.endpoint.options;
    let mut parameters = vec![
        ("user", "the name of the user", login.user),
        ("database", "the name of the database", &login.endpoint.database),
        ("client_encoding", "", "UTF8"),
        (
            "application_name",
            "ApplicationName",
            options.application_name.as_deref().unwrap_or(APPLICATION_NAME),
        ),
    ];
    if let Some(schema) = &options.current_schema {
        parameters.push(("search_path", "currentSchema", schema));
    }
    if let Some((_, what, _)) = parameters.iter().find(|(.., value)| value.contains('\0')) {
        return Err(WarehouseError::Nul { what });
    }
    let mut message = BytesMut::new();
    let pairs = parameters.into_iter().map(|(name, _, value)| (name, value));
    match frontend::startup_message(pairs, &mut message) {
        Ok(()) => Ok(message),
        Err(_) => Err(WarehouseError::TooLong { what: "the login" }),
    }
}

/// A login in progress.
struct PendingLogin<'a> {
    mask: MessageMask<'a>,
    authenticator: Authenticator<'a>,
    method: Option<LoginMethod>,
    reports: LoginReports,
}

/// The next step after a message.
enum LoginStep {
    Listen,
    Send(zeroize::Zeroizing<Vec<u8>>),
    Ready(LoginMethod, TransactionStatus),
}

impl PendingLogin<'_> {
    fn handle(&mut self, tag: u8, body: &[u8]) -> Result<LoginStep, WarehouseError> {
        let message = Message::parse(tag, body).map_err(protocol)?;
        let reports = &mut self.reports;
        match (message, self.method) {
            (Message::Authentication { code, rest }, None) => {
                match self.authenticator.answer(code, rest)? {
                    Reply::Send(bytes) => return Ok(LoginStep::Send(bytes)),
                    Reply::Wait => {}
                    Reply::In(method) => self.method = Some(method),
                }
            }
            (Message::Error(message), _) => {
                let (stage, message) = (Stage::Login, self.mask.message(message));
                return Err(WarehouseError::Server { stage, message });
            }
            (Message::Notice(notice), _) if reports.notices.len() < MAX_NOTICES => {
                reports.notices.push(*self.mask.message(notice));
            }
            (Message::Notice(_) | Message::Aside, _) => {}
            (Message::Parameter { name, value }, Some(_)) => reports.parameters.set(&name, &value),
            (Message::BackendKey { process, secret }, Some(_)) => {
                reports.key = Some((process, secret));
            }
            (Message::Ready(status), Some(method)) => return Ok(LoginStep::Ready(method, status)),
            (
                Message::Authentication { .. }
                | Message::Parameter { .. }
                | Message::BackendKey { .. }
                | Message::Ready(_)
                | Message::Columns(_)
                | Message::Row
                | Message::Tag(_)
                | Message::Empty
                | Message::CopyIn
                | Message::CopyOut
                | Message::CopyData
                | Message::Described
                | Message::Unasked,
                _,
            ) => return Err(protocol(ProtocolError::OutOfOrder { tag })),
        }
        Ok(LoginStep::Listen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(url: &str, user: &str) -> Result<String, WarehouseError> {
        let endpoint = Endpoint::parse(url).unwrap();
        let login = SessionRequest {
            endpoint: &endpoint,
            tunnel: None,
            user,
            password: &Arc::new(SecretString::from("s3cret")),
        };
        assert!(!format!("{login:?}").contains("s3cret"));
        startup(&login).map(|message| String::from_utf8_lossy(&message[8..]).replace('\0', " "))
    }

    #[test]
    fn the_first_message_names_user_database_encoding_and_program() {
        assert_eq!(
            start("jdbc:redshift://h/dev", "etl").unwrap(),
            "user etl database dev client_encoding UTF8 application_name redwire  "
        );
    }

    #[test]
    fn options_of_the_url_stand_in_the_first_message() {
        assert_eq!(
            start("jdbc:redshift://h/dev?ApplicationName=dbt&currentSchema=a,b", "etl").unwrap(),
            "user etl database dev client_encoding UTF8 application_name dbt search_path a,b  "
        );
    }

    #[test]
    fn a_user_with_a_nul_is_not_sent() {
        let what = "the name of the user";
        assert_eq!(start("jdbc:redshift://h/dev", "e\0tl"), Err(WarehouseError::Nul { what }));
    }
}
