//! Logging in: the user and password of a session, from redwire's secret store, a program or AWS.
//!
//! Credentials, secrets and the output of a program change by themselves: they are fetched when a
//! session is opened, after its slot is there. Credentials are kept in memory, and nowhere else,
//! until they are about to expire.

mod command;
mod fix;
mod plan;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use secrecy::SecretString;

use super::Destination;
use crate::aws::{
    Address, AnswerError, AwsError, AwsSession, Caller, DatabaseCredentials, Grant, Identity,
    USUAL_VALIDITY,
};
use crate::definition::Moment;
use crate::error::Error;
use crate::host::SECRET_VARIABLES;
use crate::interruptible::on_a_thread;
use crate::warehouse::{Cancel, WarehouseError};

pub(super) use fix::Fixes;
use plan::LoginQuestion;
pub(super) use plan::{LoginPlan, keeper};

/// The time limit of a login's questions if the URL has no loginTimeout.
const LIMIT: Duration = Duration::from_mins(1);

/// The interval at which a wait checks the clock and the user's wish.
const LOOK: Duration = Duration::from_millis(20);

/// The time before their end at which credentials are given up, as in AWS's JDBC driver 2.2.6.
const MARGIN: Duration = Duration::from_mins(1);

/// The SQLSTATEs with which a server refuses a user or a password.
const REFUSALS: [&str; 2] = ["28P01", "28000"];

/// The user and password of a session.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The user.
    pub user: String,
    /// The user's password.
    pub password: Arc<SecretString>,
    /// The host and port, where AWS had to be asked for them.
    pub address: Option<Address>,
    /// The end of the password's validity; None if it has none.
    pub expires: Option<Moment>,
    /// True if an earlier login of this process has fetched them.
    pub is_from_memory: bool,
}

/// The way in which a session gets its user and password.
#[derive(Clone, Debug)]
pub(super) enum Login {
    /// They are known.
    Known(LoggedIn),
    /// They are asked for when a session is opened.
    Asked {
        question: LoginQuestion,
        cache: LoginCache,
    },
}

/// Credentials of AWS that are still valid. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct LoginCache(Arc<Mutex<HashMap<(Identity, Grant), LoggedIn>>>);

impl LoginCache {
    fn lock(&self) -> MutexGuard<'_, HashMap<(Identity, Grant), LoggedIn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: &(Identity, Grant)) -> Option<LoggedIn> {
        let found = self.lock().get(key)?.clone();
        let soon = Moment::from_clock(SystemTime::now() + MARGIN);
        let is_valid = |expires: Moment| expires > soon;
        let is_valid = found.expires.is_some_and(is_valid);
        is_valid.then_some(LoggedIn { is_from_memory: true, ..found })
    }
}

impl Login {
    /// A login with a password that is at hand.
    pub fn known(user: String, password: SecretString) -> Self {
        Self::Known(LoggedIn::new(user, password))
    }

    /// The user and password, fetched now unless they are at hand.
    pub fn log_in(&self, destination: &Destination, cancel: &Cancel) -> Result<LoggedIn, Error> {
        self.fetch(None, destination, cancel, USUAL_VALIDITY)
    }

    /// The same, by a session with AWS that is open already.
    pub fn log_in_by(
        &self,
        session: Option<AwsSession>,
        destination: &Destination,
        cancel: &Cancel,
    ) -> Result<LoggedIn, Error> {
        self.fetch(session, destination, cancel, USUAL_VALIDITY)
    }

    /// The same, with credentials of AWS that are valid for that many seconds. Longer ones are not
    /// taken from memory.
    pub fn log_in_for(
        &self,
        destination: &Destination,
        cancel: &Cancel,
        seconds: u32,
    ) -> Result<LoggedIn, Error> {
        self.fetch(None, destination, cancel, seconds)
    }

    fn fetch(
        &self,
        session: Option<AwsSession>,
        destination: &Destination,
        cancel: &Cancel,
        seconds: u32,
    ) -> Result<LoggedIn, Error> {
        let (question, cache) = match self {
            Self::Known(known) => return Ok(known.clone()),
            Self::Asked { question, cache } => (question, cache),
        };
        let limit = limit_of(destination);
        match question {
            LoginQuestion::Command { user, command } => {
                let password = command::run(command, destination, user, limit, cancel)?;
                Ok(LoggedIn::new(user.clone(), password))
            }
            LoginQuestion::Secret { identity, secret, user } => {
                let (identity, secret, user) = (identity.clone(), secret.clone(), user.clone());
                ask(limit, cancel, move || of_secret(&open(session, &identity)?, &secret, user))
            }
            LoginQuestion::Iam { identity, grant } => {
                let key = (identity.clone(), grant.clone());
                let needs_address = destination.endpoint.host.is_empty();
                // Another connection may lead to the same cluster by its own host.
                let is_usable = |found: &LoggedIn| {
                    seconds <= USUAL_VALIDITY && found.address.is_some() == needs_address
                };
                if let Some(found) = cache.find(&key).filter(is_usable) {
                    return Ok(found);
                }
                let (identity, grant) = key.clone();
                let fetched = ask(limit, cancel, move || {
                    of_identity(&open(session, &identity)?, &grant, needs_address, seconds)
                })?;
                cache.lock().insert(key, fetched.clone());
                Ok(fetched)
            }
        }
    }

    /// Forgets what was fetched after the server has refused it. True if the same question may
    /// get another answer: credentials from memory have expired, or a secret has just been rotated.
    pub fn may_be_stale(&self, logged_in: &LoggedIn, error: &WarehouseError) -> bool {
        let (WarehouseError::Server { message, .. }, Self::Asked { question, cache }) =
            (error, self)
        else {
            return false;
        };
        let is_refusal = REFUSALS.contains(&message.code.as_str());
        match question {
            LoginQuestion::Command { .. } => false,
            LoginQuestion::Secret { .. } => is_refusal,
            LoginQuestion::Iam { identity, grant } => {
                if is_refusal {
                    cache.lock().remove(&(identity.clone(), grant.clone()));
                }
                is_refusal && logged_in.is_from_memory
            }
        }
    }

    /// The identity that asks AWS; None if the login does not.
    pub fn identity(&self) -> Option<&Identity> {
        match self.question()? {
            LoginQuestion::Command { .. } => None,
            LoginQuestion::Secret { identity, .. } | LoginQuestion::Iam { identity, .. } => {
                Some(identity)
            }
        }
    }

    /// The origin of user and password, for a test; None if they were at hand.
    pub fn detail(&self, logged_in: &LoggedIn) -> Option<String> {
        let user = &logged_in.user;
        Some(match self.question()? {
            LoginQuestion::Command { command, .. } => format!("command: {command}"),
            LoginQuestion::Secret { secret, .. } => format!("AWS secret {secret}: {user}"),
            LoginQuestion::Iam { identity, grant } => {
                let until =
                    logged_in.expires.map_or(String::new(), |expires| format!(" until {expires}"));
                format!("{user}{until}, by {} in {}", grant.action(), identity.region)
            }
        })
    }

    fn question(&self) -> Option<&LoginQuestion> {
        match self {
            Self::Known(_) => None,
            Self::Asked { question, .. } => Some(question),
        }
    }
}

impl LoggedIn {
    /// A user with a password that is valid until it is changed.
    fn new(user: String, password: SecretString) -> Self {
        Self {
            user,
            password: Arc::new(password),
            address: None,
            expires: None,
            is_from_memory: false,
        }
    }
}

/// A session with AWS, and the identity as AWS sees it. The inner error is one of that question
/// alone: there are credentials.
pub(super) fn caller(
    identity: &Identity,
    destination: &Destination,
    cancel: &Cancel,
) -> Result<(AwsSession, Result<Caller, AwsError>), Error> {
    let identity = identity.clone();
    ask(limit_of(destination), cancel, move || {
        let session = open(None, &identity)?;
        let caller = session.caller();
        Ok((session, caller))
    })
}

/// The session, or else a new one.
fn open(session: Option<AwsSession>, identity: &Identity) -> Result<AwsSession, AwsError> {
    session.map_or_else(|| AwsSession::open(identity, &SECRET_VARIABLES), Ok)
}

fn limit_of(destination: &Destination) -> Duration {
    destination.endpoint.options.login_timeout.unwrap_or(LIMIT)
}

fn of_secret(
    session: &AwsSession,
    secret: &str,
    user: Option<String>,
) -> Result<LoggedIn, AwsError> {
    let login = session.secret(secret)?;
    let user = login.user.or(user);
    let user = user.ok_or_else(|| AnswerError::SecretWithoutUser { secret: secret.to_owned() })?;
    Ok(LoggedIn::new(user, login.password))
}

fn of_identity(
    session: &AwsSession,
    grant: &Grant,
    needs_address: bool,
    seconds: u32,
) -> Result<LoggedIn, AwsError> {
    let address = match grant {
        Grant::ClusterUser { cluster, .. } | Grant::ClusterIdentity { cluster, .. } => {
            needs_address.then(|| session.cluster_address(cluster))
        }
        Grant::Workgroup { workgroup, .. } => {
            needs_address.then(|| session.workgroup_address(workgroup))
        }
    };
    let address = address.transpose()?;
    let DatabaseCredentials { user, password, expires } =
        session.database_credentials(grant, seconds)?;
    Ok(LoggedIn {
        user,
        password: Arc::new(password),
        address,
        expires: Some(Moment::from_clock(expires)),
        is_from_memory: false,
    })
}

/// Asks AWS on a thread of its own, since nothing can interrupt the question. If the wait ends
/// first, the thread runs on until it has its answer.
fn ask<T: Send + 'static>(
    limit: Duration,
    cancel: &Cancel,
    question: impl FnOnce() -> Result<T, AwsError> + Send + 'static,
) -> Result<T, Error> {
    let begun = Instant::now();
    let look = || {
        if cancel.is_set() {
            Err(AwsError::Cancelled)
        } else if begun.elapsed() >= limit {
            Err(AwsError::TimedOut { limit })
        } else {
            Ok(())
        }
    };
    on_a_thread("aws", || LOOK, look, |cause| AwsError::Machine { cause }, question)
        .and_then(|answer| answer)
        .map_err(Error::new)
}
