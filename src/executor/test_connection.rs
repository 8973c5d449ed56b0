//! TEST CONNECTION, and WITH TEST of CREATE and ALTER: sessions are opened stage by stage.

use std::ops::ControlFlow;
use std::time::Duration;

use secrecy::SecretString;

use super::credentials::find_login;
use super::login::{Fixes, LoggedIn, Login, LoginPlan, caller};
use super::lookup::find_connection;
use super::probe::{Probe, ProbeError, ProbeStage, Wording, fix_for};
use super::slot::SessionSlots;
use super::transaction::CatalogWriter;
use super::{
    Answer, Caller, Credentials, Destination, Mode, Notice, OpenSession, Outcome, StatementSpan,
};
use crate::catalog::{Definition, Pattern, StoredConnection};
use crate::definition::{Limit, LoginOption, PasswordKeeper};
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::{Error, ErrorKind};
use crate::name::ConnectionName;
use crate::sql::TestConnection;
use crate::sql::setting::PasswordSource;
use crate::url::SslMode;
use crate::warehouse::slots::{Claim, Purpose};
use crate::warehouse::views::{TextRow, each_row};
use crate::warehouse::{Cancel, CompletedStage, Session, Stage, WarehouseError};

/// The time limit of each query.
const QUERY_LIMIT: Duration = Duration::from_secs(30);

/// The maximum number of characters kept of an answer; the versions of servers are shorter.
const MAX_CELL_CHARACTERS: usize = 1_000;

/// A connection to test: a stored one, or the one that a statement would store.
pub(super) struct TestedConnection<'a> {
    /// The id of its row; None if it is not stored yet.
    pub id: Option<i64>,
    pub definition: &'a Definition,
    /// The password that the statement gives.
    pub password: Option<&'a SecretString>,
    pub wording: Wording<'a>,
}

impl<'a> TestedConnection<'a> {
    /// The connection that a statement would store. `id` is that of the connection that it changes
    /// or replaces, whose slots the test uses. Without a password of its own the statement keeps
    /// the stored one.
    pub fn unsaved(
        id: Option<i64>,
        definition: &'a Definition,
        source: Option<&PasswordSource>,
        password: Option<&'a SecretString>,
    ) -> Self {
        Self {
            id,
            definition,
            password,
            wording: Wording::Statement {
                was_asked: matches!(source, Some(PasswordSource::Prompt)),
            },
        }
    }

    fn stored(found: &'a StoredConnection) -> Self {
        Self {
            id: Some(found.id),
            definition: &found.definition,
            password: None,
            wording: Wording::Alter(&found.definition.name),
        }
    }

    fn limit(&self) -> Option<u32> {
        self.definition.limit.map(Limit::get)
    }
}

/// Tests connections.
pub(super) struct ConnectionTester<'a> {
    pub writer: &'a mut CatalogWriter,
    pub slots: &'a mut SessionSlots,
}

impl ConnectionTester<'_> {
    /// Tests each connection, even if others fail. The rows are the answer even if a test fails.
    pub fn test_connections(
        &mut self,
        test: &TestConnection,
        caller: &mut Caller<'_>,
    ) -> Result<Outcome, Error> {
        let names = self.names_to_test(test)?;
        if self.writer.catalog.mode == Mode::DryRun {
            let would = |(name, _): &(ConnectionName, StatementSpan)| Notice::new(would_test(name));
            return Ok(Outcome {
                notices: names.iter().map(would).collect(),
                ..Outcome::default()
            });
        }
        let has_name = names.len() > 1 || matches!(test, TestConnection::Like(_));
        let mut rows = Probe::headings(has_name);
        let mut failures = Vec::new();
        for (name, place) in &names {
            let found = find_connection(self.writer.catalog.reader()?, name, place.clone())?;
            let probe = self.probe(&TestedConnection::stored(&found), caller);
            probe.add_rows(has_name.then(|| name.as_str()), &mut rows);
            let status = probe.failure().map(Diagnostic::exit_status);
            if status.is_some() {
                failures.push((name, place, probe));
            }
            if status == Some(ExitStatus::Interrupted) {
                break;
            }
        }
        Ok(Outcome {
            answer: Some(Answer::Stages(rows)),
            failure: deciding_error(&failures, names.len()),
            ..Outcome::default()
        })
    }

    /// The connections to test; each of them exists.
    fn names_to_test(
        &mut self,
        test: &TestConnection,
    ) -> Result<Vec<(ConnectionName, StatementSpan)>, Error> {
        match test {
            TestConnection::Named(names) => {
                for name in names {
                    find_connection(self.writer.catalog.reader()?, &name.value, name.span.clone())?;
                }
                let names = names.iter().cloned();
                Ok(names.map(|name| (name.value, Some(name.span))).collect())
            }
            TestConnection::Like(like) => {
                let pattern = like.as_deref().map(Pattern::new);
                let fits = |name: &ConnectionName| {
                    pattern.as_ref().is_none_or(|pattern| pattern.matches(name.as_str()))
                };
                let all = self.writer.catalog.reader()?.all_connections()?.into_iter();
                let names = all.map(|found| found.definition.name).filter(fits);
                Ok(names.map(|name| (name, None)).collect())
            }
        }
    }

    /// WITH TEST: the statement fails if the connection cannot be opened. `place` is the place of
    /// the connection's name in the statement.
    pub fn test_before(
        &mut self,
        candidate: &TestedConnection<'_>,
        place: StatementSpan,
        caller: &mut Caller<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let name = &candidate.definition.name;
        if self.writer.catalog.mode == Mode::DryRun {
            outcome.notices.push(Notice::new(would_test(name)));
            return Ok(());
        }
        let probe = self.probe(candidate, caller);
        if let Some(error) = probe.error(name, (1, 1)) {
            return Err(error.or_at(place));
        }
        let milliseconds = probe.took().as_millis();
        let passed = format!("the test of connection {} passed in {milliseconds} ms", name.shown());
        outcome.notices.push(Notice::new(passed));
        let warnings =
            probe.warnings().map(|text| Notice::warning(format!("the test says: {text}")));
        outcome.add_notices(warnings);
        Ok(())
    }

    fn probe(&mut self, candidate: &TestedConnection<'_>, caller: &mut Caller<'_>) -> Probe {
        let definition = candidate.definition;
        let has_tunnel = definition.login.get(LoginOption::SshTunnel).is_some();
        let mut probe = Probe::begin(&definition.keeper, has_tunnel);
        if let Err(error) = self.run_stages(candidate, caller, &mut probe) {
            let Definition { connection_string: url, keeper, .. } = definition;
            let fix = fix_for(&error.failure, url, keeper, candidate.wording);
            probe.stop(error, fix);
        }
        probe
    }

    fn run_stages(
        &mut self,
        candidate: &TestedConnection<'_>,
        caller: &mut Caller<'_>,
        probe: &mut Probe,
    ) -> Result<(), ProbeError> {
        let destination = read_url(candidate, probe)?;
        let login = self
            .find_login(candidate, &destination, probe)
            .map_err(ProbeError::at(ProbeStage::Secret))?;
        // From here on an interrupt cancels the wait. Reading the keyring, which comes before,
        // cannot be cancelled.
        let _orderly = self.slots.signals.defer();
        let cancel = self.slots.cancel();
        let credentials = Credentials { destination, login };
        let logged_in = log_in(&credentials, candidate, probe, &cancel)?;
        let slot = self
            .take_slot(candidate, &credentials.destination, caller, probe)
            .map_err(ProbeError::at(ProbeStage::Slot))?;
        let mut open = open(&credentials, &logged_in, slot, probe, &cancel)?;
        ask(open.session(), candidate, probe, &cancel)
    }

    /// The way to log in; a password that is at hand is read here.
    fn find_login(
        &mut self,
        candidate: &TestedConnection<'_>,
        destination: &Destination,
        probe: &mut Probe,
    ) -> Result<Login, Error> {
        let definition = candidate.definition;
        let plan = LoginPlan::new(definition, &destination.endpoint, false)
            .map_err(|broken| Error::new(broken.error(definition, Fixes::Stored)))?;
        let user = definition.user_name.clone().unwrap_or_default();
        if let Some(password) = candidate.password {
            probe.done(ProbeStage::Secret, "as the statement gives it".to_owned());
            return Ok(Login::known(user, password.clone()));
        }
        let secret = definition.secret.as_ref();
        let login = find_login(self.writer, &definition.name, plan, secret)?;
        if let Login::Known(_) = login {
            let detail = match secret {
                Some(reference) => format!("store: {}", reference.store),
                None => "as another process stored it".to_owned(),
            };
            probe.done(ProbeStage::Secret, detail);
        }
        Ok(login)
    }

    fn take_slot(
        &mut self,
        candidate: &TestedConnection<'_>,
        destination: &Destination,
        caller: &mut Caller<'_>,
        probe: &mut Probe,
    ) -> Result<Claim, Error> {
        let wanted = destination.wanted(1, &Purpose::TEST);
        if candidate.id.is_none() {
            probe.skip(ProbeStage::Slot, "a new connection has no other sessions");
            return Ok(Claim::uncounted(&wanted));
        }
        let mut has_waited = false;
        let mut notify = |notice| {
            has_waited = true;
            (caller.notify)(notice);
        };
        let claim = self.slots.take(&mut self.writer.catalog, &wanted, destination, &mut notify)?;
        let number = claim.numbers().next();
        let limit = candidate
            .limit()
            .map_or(", no limit".to_owned(), |limit| format!(" of {limit}"));
        let after_waiting = if has_waited { ", after waiting" } else { "" };
        let slot = number.map_or("not counted".to_owned(), |number| format!("slot {number}"));
        probe.done(ProbeStage::Slot, format!("{slot}{limit}{after_waiting}"));
        Ok(claim)
    }
}

/// Logs in, and notes the identity and the credentials of a login that asks AWS.
fn log_in(
    credentials: &Credentials,
    candidate: &TestedConnection<'_>,
    probe: &mut Probe,
    cancel: &Cancel,
) -> Result<LoggedIn, ProbeError> {
    let Credentials { destination, login } = credentials;
    let mut session = None;
    if let Some(identity) = login.identity() {
        let (opened, caller) =
            caller(identity, destination, cancel).map_err(ProbeError::at(ProbeStage::Identity))?;
        session = Some(opened);
        match caller {
            Ok(caller) => {
                probe.done(ProbeStage::Identity, format!("{identity}: {}", caller.arn));
            }
            // A network may let only Redshift's service through.
            Err(error) => {
                probe.warn(ProbeStage::Identity, format!("{identity}: {error}"), error.hint());
            }
        }
    }
    let stage = match candidate.definition.keeper {
        PasswordKeeper::Store | PasswordKeeper::Command(_) | PasswordKeeper::SecretsManager => {
            ProbeStage::Secret
        }
        PasswordKeeper::Iam => ProbeStage::Credentials,
    };
    let logged_in = login.log_in_by(session, destination, cancel).map_err(ProbeError::at(stage))?;
    if let Some(detail) = login.detail(&logged_in) {
        probe.done(stage, detail);
    }
    Ok(logged_in)
}

fn would_test(name: &ConnectionName) -> String {
    format!("connection {} would be tested", name.shown())
}

/// The error of the connection that the user interrupted, or else of the first with exit status 1,
/// or else of the first that failed.
fn deciding_error(
    failures: &[(&ConnectionName, &StatementSpan, Probe)],
    tested: usize,
) -> Option<Error> {
    let first = |status| {
        let has_status = |failure: &ErrorKind| failure.exit_status() == status;
        failures.iter().find(|(.., probe)| probe.failure().is_some_and(has_status))
    };
    let decides = first(ExitStatus::Interrupted).or_else(|| first(ExitStatus::Failed));
    let (name, place, probe) = decides.or(failures.first())?;
    let error = probe.error_beside_rows(name, (failures.len(), tested))?;
    Some(error.or_at((*place).clone()))
}

fn read_url(
    candidate: &TestedConnection<'_>,
    probe: &mut Probe,
) -> Result<Destination, ProbeError> {
    let destination = Destination::new(candidate.id.unwrap_or(0), candidate.definition)
        .map_err(|error| ProbeError::at(ProbeStage::Url)(error.into()))?;
    match destination.endpoint.tls_warning() {
        Some(warning) => {
            probe.warn(
                ProbeStage::Url,
                warning,
                Some("take sslmode and ssl out of the URL".to_owned()),
            );
        }
        None => probe.done(ProbeStage::Url, destination.endpoint.to_string()),
    }
    Ok(destination)
}

fn open(
    credentials: &Credentials,
    logged_in: &LoggedIn,
    slot: Claim,
    probe: &mut Probe,
    cancel: &Cancel,
) -> Result<OpenSession, ProbeError> {
    if credentials.destination.endpoint.options.sslmode == SslMode::Disable {
        probe.skip(ProbeStage::Session(Stage::Tls), "the URL turns TLS off");
    }
    if credentials.destination.tunnel.is_some() {
        for stage in [Stage::Dns, Stage::Tcp] {
            probe.skip(ProbeStage::Session(stage), "left to the other end of the tunnel");
        }
    }
    let mut progress = |reached: &CompletedStage| {
        probe.done(ProbeStage::Session(reached.stage), reached.detail.clone());
    };
    OpenSession::open_as(credentials, logged_in, slot, &mut progress, cancel).map_err(|error| {
        if let ErrorKind::Warehouse(error) = error.kind() {
            error.clone().into()
        } else {
            ProbeError::at(ProbeStage::Slot)(error)
        }
    })
}

/// Asks the server for its version and its limit of sessions.
fn ask(
    session: &mut Session,
    candidate: &TestedConnection<'_>,
    probe: &mut Probe,
    cancel: &Cancel,
) -> Result<(), ProbeError> {
    let version = first_cell(session, "SELECT version()", cancel)?;
    match redshift_version(&version) {
        Some(version) => probe.done(ProbeStage::Session(Stage::Query), version.to_owned()),
        None => {
            let detail = match version.split(" on ").next() {
                None | Some("") => "this is not Redshift".to_owned(),
                Some(name) => format!("this is not Redshift: {name}"),
            };
            let fix = "check host and port in CONNECTION_STRING, if it is to be Redshift";
            probe.warn(ProbeStage::Session(Stage::Query), detail, Some(fix.to_owned()));
        }
    }
    let servers = match first_cell(session, "SHOW max_connections", cancel) {
        Ok(text) => text.trim().parse().ok(),
        // A server need not have this setting.
        Err(WarehouseError::Server { .. }) if !session.is_lost() => None,
        Err(error) => return Err(ProbeError::at(ProbeStage::Limit)(error.into())),
    };
    compare_limits(servers, candidate, probe);
    Ok(())
}

/// The first value of the query's result, truncated; empty if there is none.
fn first_cell(session: &mut Session, sql: &str, cancel: &Cancel) -> Result<String, WarehouseError> {
    let mut first = None;
    let mut take = |row: &TextRow<'_>| {
        let text = row.text(0).unwrap_or_default();
        first.get_or_insert_with(|| text.chars().take(MAX_CELL_CHARACTERS).collect());
        ControlFlow::Continue(())
    };
    each_row(session, sql, &mut take, Some(QUERY_LIMIT), cancel)?;
    Ok(first.unwrap_or_default())
}

/// `Redshift 1.0.12103` from `version()`, which returns `PostgreSQL 8.0.2 on i686-pc-linux-gnu, …,
/// Redshift 1.0.12103` (issue aws/amazon-redshift-python-driver 167).
fn redshift_version(version: &str) -> Option<&str> {
    let begin = version.find("Redshift ")?;
    version[begin..].split(',').next()
}

fn compare_limits(servers: Option<u32>, candidate: &TestedConnection<'_>, probe: &mut Probe) {
    let ours = candidate.limit();
    let server = servers.map_or("the server does not say its own".to_owned(), |limit| {
        format!("{limit} on the server")
    });
    let detail = match ours {
        Some(limit) => format!("{limit} here, {server}"),
        None => format!("none here, {server}"),
    };
    match (servers, ours) {
        (Some(servers), Some(ours)) if ours > servers => {
            let option = format!("MAX_CONCURRENT_CONNECTIONS = {servers}");
            probe.warn(ProbeStage::Limit, detail, Some(candidate.wording.set(&option)));
        }
        _ => probe.done(ProbeStage::Limit, detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redshift_is_known_by_its_version() {
        let version = "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.12103";
        assert_eq!(redshift_version(version), Some("Redshift 1.0.12103"));
        assert_eq!(redshift_version("PostgreSQL 15.4 on x86_64-pc-linux-gnu"), None);
    }
}
