//! Sessions of the library: against PostgreSQL, with and without TLS, and against servers that do
//! not keep to the protocol.

pub mod adversary;
mod cancel;
mod faults;
mod login;
mod query;
mod recorder;
mod standin;
mod tls;

use std::sync::Arc;

use redwire::url::Endpoint;
use redwire::warehouse::{Cancel, CompletedStage, Session, SessionRequest, WarehouseError};
use secrecy::SecretString;

use crate::support::postgres::{Database, Postgres, TRUSTED_USER, User, Wire};

/// Opens a session; the stages that it went through come with it.
fn open(url: &str, user: User) -> Result<(Session, Vec<CompletedStage>), WarehouseError> {
    open_until(url, user, &Cancel::default())
}

/// Opens a session unless it is cancelled.
fn open_until(
    url: &str,
    user: User,
    cancel: &Cancel,
) -> Result<(Session, Vec<CompletedStage>), WarehouseError> {
    let endpoint = Endpoint::parse(url).expect("a URL");
    open_endpoint(&endpoint, user, cancel)
}

fn open_endpoint(
    endpoint: &Endpoint,
    user: User,
    cancel: &Cancel,
) -> Result<(Session, Vec<CompletedStage>), WarehouseError> {
    let password = Arc::new(SecretString::from(user.password));
    let login = SessionRequest {
        endpoint,
        tunnel: None,
        user: user.name,
        password: &password,
    };
    let mut stages = Vec::new();
    let session = Session::open(&login, &mut |reached| stages.push(reached.clone()), cancel)?;
    Ok((session, stages))
}

/// Opens a session that must be refused.
#[track_caller]
fn refusal(url: &str, user: User) -> WarehouseError {
    open(url, user).map(|(session, _)| session).expect_err("a refusal")
}

/// A fresh database on the server without TLS, and a session on it.
fn plain_session(options: &str) -> Option<(Database, Session)> {
    let database = Postgres::database(Wire::Plain)?;
    let url = database.url("127.0.0.1", &format!("?sslmode=disable{options}"));
    let (session, _) = open(&url, TRUSTED_USER).expect("a session");
    Some((database, session))
}
