//! The findings of a connection test, stage by stage, as data.

mod fix;

use std::time::{Duration, Instant};

pub(super) use fix::{Wording, fix_for};

use crate::definition::PasswordKeeper;
use crate::diagnostic::{Diagnostic, ExitStatus};
use crate::error::{Cancelled, Error, ErrorKind, OpeningError};
use crate::name::ConnectionName;
use crate::value::{ResultSet, Value};
use crate::warehouse::slots::SlotError;
use crate::warehouse::{Stage, WarehouseError};

/// A stage of a test; the variants are in the order of the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProbeStage {
    /// The URL is parsed.
    Url,
    /// The password is read.
    Secret,
    /// The identity that AWS sees is found.
    Identity,
    /// AWS gives a user and a password.
    Credentials,
    /// A slot is taken.
    Slot,
    /// The session is opened and the server's version is read.
    Session(Stage),
    /// The limits of the server and of the catalog are compared.
    Limit,
}

impl ProbeStage {
    /// The stages of a test whose login has this keeper of its password.
    fn of_login(keeper: &PasswordKeeper, has_tunnel: bool) -> Vec<Self> {
        let login: &[Self] = match keeper {
            PasswordKeeper::Store | PasswordKeeper::Command(_) => &[Self::Secret],
            PasswordKeeper::SecretsManager => &[Self::Identity, Self::Secret],
            PasswordKeeper::Iam => &[Self::Identity, Self::Credentials],
        };
        let session = [Stage::Dns, Stage::Tcp, Stage::Tls, Stage::Login, Stage::Query];
        let mut stages = vec![Self::Url];
        stages.extend(login);
        stages.push(Self::Slot);
        stages.extend(has_tunnel.then_some(Self::Session(Stage::Ssh)));
        stages.extend(session.map(Self::Session));
        stages.push(Self::Limit);
        stages
    }

    fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Secret => "secret",
            Self::Identity => "identity",
            Self::Credentials => "credentials",
            Self::Slot => "slot",
            Self::Session(stage) => stage.name(),
            Self::Limit => "limit",
        }
    }
}

/// The result of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    Warning,
    Failed,
    Skipped,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The finding of a stage.
#[derive(Clone, Debug)]
struct Finding {
    stage: ProbeStage,
    verdict: Verdict,
    took: Option<Duration>,
    detail: String,
    fix: Option<String>,
}

/// The test of one connection, up to its last stage or the first that fails.
#[derive(Debug)]
pub(super) struct Probe {
    findings: Vec<Finding>,
    failure: Option<ErrorKind>,
    begun: Instant,
    /// The start of the current stage.
    stage_begun: Instant,
}

/// The error that ended a test, and its stage.
pub(super) struct ProbeError {
    pub stage: ProbeStage,
    pub failure: ErrorKind,
}

impl ProbeError {
    pub fn at(stage: ProbeStage) -> impl Fn(Error) -> Self {
        move |error| Self { stage, failure: error.kind().clone() }
    }
}

/// The error itself knows the stage of the session.
impl From<WarehouseError> for ProbeError {
    fn from(error: WarehouseError) -> Self {
        Self {
            stage: ProbeStage::Session(error.stage()),
            failure: ErrorKind::Warehouse(error),
        }
    }
}

impl Probe {
    /// The test of a connection whose password has this keeper.
    pub fn begin(keeper: &PasswordKeeper, has_tunnel: bool) -> Self {
        let finding = |stage| Finding {
            stage,
            verdict: Verdict::Skipped,
            took: None,
            detail: String::new(),
            fix: None,
        };
        let now = Instant::now();
        Self {
            findings: ProbeStage::of_login(keeper, has_tunnel).into_iter().map(finding).collect(),
            failure: None,
            begun: now,
            stage_begun: now,
        }
    }

    /// Records the stage as passed.
    pub fn done(&mut self, stage: ProbeStage, detail: String) {
        self.set(stage, Verdict::Ok, detail, None);
    }

    /// Records the stage as passed with a warning.
    pub fn warn(&mut self, stage: ProbeStage, detail: String, fix: Option<String>) {
        self.set(stage, Verdict::Warning, detail, fix);
    }

    /// Records the stage as skipped, with the reason.
    pub fn skip(&mut self, stage: ProbeStage, reason: &str) {
        if let Some(finding) = self.finding(stage) {
            reason.clone_into(&mut finding.detail);
        }
    }

    /// Ends the test at this stage; the later ones are skipped.
    pub fn stop(&mut self, error: ProbeError, fix: Option<String>) {
        let detail = detail_of(&error.failure);
        self.set(error.stage, Verdict::Failed, detail, fix);
        self.failure = Some(error.failure);
    }

    fn set(&mut self, stage: ProbeStage, verdict: Verdict, detail: String, fix: Option<String>) {
        let took = self.stage_begun.elapsed();
        self.stage_begun = Instant::now();
        if let Some(finding) = self.finding(stage) {
            *finding = Finding {
                stage,
                verdict,
                took: Some(took),
                detail,
                fix,
            };
        }
    }

    fn finding(&mut self, stage: ProbeStage) -> Option<&mut Finding> {
        self.findings.iter_mut().find(|finding| finding.stage == stage)
    }

    /// The error that ended the test.
    pub fn failure(&self) -> Option<&ErrorKind> {
        self.failure.as_ref()
    }

    /// The error that ended the test of a connection, with its fix. `failed`: the number of tests
    /// that failed, and that of all.
    pub fn error(&self, name: &ConnectionName, failed: (usize, usize)) -> Option<Error> {
        let fix = self.fix();
        self.error_with(name, failed, |own| fix.or(own))
    }

    /// The error beside the rows of the test, which show the fix.
    pub fn error_beside_rows(
        &self,
        name: &ConnectionName,
        failed: (usize, usize),
    ) -> Option<Error> {
        let is_shown = self.fix().is_some();
        self.error_with(name, failed, |own| own.filter(|_| !is_shown))
    }

    fn fix(&self) -> Option<String> {
        let finding = self.findings.iter().find(|found| found.verdict == Verdict::Failed)?;
        finding.fix.clone()
    }

    fn error_with(
        &self,
        name: &ConnectionName,
        failed: (usize, usize),
        hint: impl FnOnce(Option<String>) -> Option<String>,
    ) -> Option<Error> {
        let kind = self.failure.clone()?;
        if kind.exit_status() == ExitStatus::Interrupted {
            return Some(Error::new(Cancelled));
        }
        Some(Error::new(OpeningError {
            name: name.clone(),
            hint: hint(kind.diagnosis().hint),
            kind: Box::new(kind),
            failed,
        }))
    }

    /// The warnings of a test that passed.
    pub fn warnings(&self) -> impl Iterator<Item = &str> {
        let warnings = self.findings.iter().filter(|found| found.verdict == Verdict::Warning);
        warnings.map(|finding| finding.detail.as_str())
    }

    /// The time taken so far.
    pub fn took(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The headings of the rows; with several connections the first column is the name.
    pub fn headings(has_name: bool) -> ResultSet {
        let columns = ["connection", "stage", "verdict", "ms", "detail", "fix"];
        ResultSet::with_columns(columns.into_iter().skip(usize::from(!has_name)))
    }

    /// Adds a row for each stage.
    pub fn add_rows(&self, name: Option<&str>, rows: &mut ResultSet) {
        for finding in &self.findings {
            let mut row: Vec<Value> = name.into_iter().map(Value::from).collect();
            row.push(finding.stage.name().into());
            row.push(finding.verdict.word().into());
            row.push(finding.took.map_or(Value::Null, milliseconds));
            let detail = (!finding.detail.is_empty()).then_some(finding.detail.as_str());
            row.push(Value::optional_text(detail));
            row.push(Value::optional_text(finding.fix.as_deref()));
            rows.rows.push(row);
        }
    }
}

/// Milliseconds with one decimal.
fn milliseconds(took: Duration) -> Value {
    Value::Real((took.as_secs_f64() * 10_000.0).round() / 10.0)
}

/// The message with its cause.
fn detail_of(failure: &ErrorKind) -> String {
    let behind = if let ErrorKind::Slot(SlotError::NoneFree { holders, .. }) = failure {
        Some(super::slot::holders_text(holders))
    } else {
        failure.cause()
    };
    match behind {
        Some(behind) => format!("{failure} ({behind})"),
        None => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PasswordError;
    use crate::name::ConnectionName;

    fn texts(set: &ResultSet, column: usize) -> Vec<&str> {
        set.rows
            .iter()
            .map(|row| match &row[column] {
                Value::Text(text) => text.as_str(),
                _ => "",
            })
            .collect()
    }

    #[test]
    fn every_stage_has_a_row_also_where_the_test_ends_early() {
        let mut probe = Probe::begin(&PasswordKeeper::Store, false);
        probe.done(ProbeStage::Url, "h:5439/dev".to_owned());
        let failure = PasswordError::NotStored {
            name: ConnectionName::new("sales").unwrap(),
        };
        let stopped = ProbeError::at(ProbeStage::Secret)(failure.into());
        probe.stop(stopped, Some("mend it".to_owned()));
        let mut rows = Probe::headings(false);
        probe.add_rows(None, &mut rows);
        assert_eq!(
            texts(&rows, 0),
            ["url", "secret", "slot", "dns", "tcp", "tls", "login", "query", "limit"]
        );
        assert_eq!(texts(&rows, 1)[..3], ["ok", "failed", "skipped"]);
        assert_eq!(texts(&rows, 4)[1], "mend it");
        assert_eq!(rows.rows[8][2], Value::Null);
    }

    #[test]
    fn rows_of_several_connections_begin_with_the_name() {
        let mut rows = Probe::headings(true);
        Probe::begin(&PasswordKeeper::Store, false).add_rows(Some("a"), &mut rows);
        assert_eq!(rows.columns.len(), rows.rows[0].len());
        assert_eq!(rows.columns[0].name, "connection");
        assert_eq!(texts(&rows, 0)[8], "a");
    }
}
