//! Definitions in a file: CREATE statements, read as descriptions and not as commands.

use std::collections::BTreeMap;

use super::Prune;
use super::diff::DesiredCatalog;
use crate::catalog::Contents;
use crate::error::{Error, ObjectError, PasswordError, PlanError};
use crate::executor::define::{checked_endpoint, definition_of};
use crate::executor::job::{self, unused_options_notice};
use crate::executor::lookup::no_such_connection;
use crate::executor::{Executor, Notice, Outcome, StatementSpan, table};
use crate::name::{ConnectionName, Object};
use crate::sql::setting::PasswordSource;
use crate::sql::{CreateConnection, CreateJob, CreateTable, Statement};

/// An object that a file describes. OR REPLACE and IF NOT EXISTS have no effect; WITH TEST is
/// refused.
#[derive(Clone, Debug)]
pub enum Described {
    /// `CREATE REDSHIFT CONNECTION`
    Connection(CreateConnection),
    /// `CREATE TABLE`
    Table(CreateTable),
    /// `CREATE JOB`
    Job(CreateJob),
}

/// The notices about each object that is created or altered.
pub(super) type NoticesByObject = BTreeMap<Object, Vec<Notice>>;

/// An error in a file of definitions.
#[derive(Debug)]
pub struct DefinitionError {
    /// The index of the definition that the error is about, if any; the error's place is in that
    /// statement.
    pub index: Option<usize>,
    /// The error.
    pub error: Error,
}

impl From<Error> for DefinitionError {
    fn from(error: Error) -> Self {
        Self { index: None, error }
    }
}

impl DefinitionError {
    /// Wraps an error that is about the definition with this index.
    pub(super) fn at_index(index: usize) -> impl Fn(Error) -> Self {
        move |error| Self { index: Some(index), error }
    }
}

impl Described {
    /// The object that the statement describes; None if it is not a definition.
    pub fn from_statement(statement: Statement) -> Option<Self> {
        match statement {
            Statement::CreateConnection(create) if !create.with_test => {
                Some(Self::Connection(create))
            }
            Statement::CreateTable(create) => Some(Self::Table(create)),
            Statement::CreateJob(create) => Some(Self::Job(create)),
            // A file of definitions has no WITH TEST.
            Statement::CreateConnection(_)
            | Statement::AlterConnection(_)
            | Statement::DropConnection(_)
            | Statement::AlterTable(_)
            | Statement::DropTable(_)
            | Statement::AlterJob(_)
            | Statement::DropJob(_)
            | Statement::Export(_)
            | Statement::Show(_)
            | Statement::Test(_)
            | Statement::Import(_)
            | Statement::Query(_)
            | Statement::Transaction(_) => None,
        }
    }

    /// The kind and the name of the object.
    pub fn object(&self) -> Object {
        match self {
            Self::Connection(create) => Object::Connection(create.name.clone()),
            Self::Table(create) => Object::Table(create.definition.name.clone()),
            Self::Job(create) => Object::Job(create.name.value.clone()),
        }
    }

    /// The place of the name in the statement.
    pub fn name_span(&self) -> StatementSpan {
        match self {
            Self::Connection(create) => create.places.name.clone(),
            Self::Table(create) => Some(create.name_span.clone()),
            Self::Job(create) => Some(create.name.span.clone()),
        }
    }

    /// The connections that the object needs, each with its place in the statement.
    fn needs(&self) -> Vec<(&ConnectionName, StatementSpan)> {
        match self {
            Self::Connection(_) => Vec::new(),
            Self::Table(create) => {
                let name = &create.definition.name;
                vec![(&name.connection, Some(create.connection_span.clone()))]
            }
            Self::Job(create) => create
                .body
                .places()
                .map(|place| (&place.name.connection, Some(place.span.clone())))
                .collect(),
        }
    }
}

/// The source of the password; a file must give one, since there is nobody to ask.
pub(super) fn source_of(create: &CreateConnection) -> Result<&PasswordSource, Error> {
    let missing = || Error::at(PasswordError::Missing, create.places.name.clone());
    create.options.password.as_ref().ok_or_else(missing)
}

/// The definitions in the file, once each URL is checked and each connection has a source for its
/// password. The notices are those that CREATE would raise.
pub(super) fn wanted(
    described: &[Described],
    contents: &Contents,
) -> Result<(DesiredCatalog, NoticesByObject), DefinitionError> {
    let (mut wanted, mut all_notices) = (DesiredCatalog::default(), NoticesByObject::new());
    for (index, described) in described.iter().enumerate() {
        match described {
            Described::Connection(create) => {
                let mut outcome = Outcome::default();
                let endpoint = checked_endpoint(
                    create.kind,
                    &create.options.connection_string,
                    &create.places,
                    &mut outcome,
                )
                .map_err(DefinitionError::at_index(index))?;
                all_notices.insert(described.object(), outcome.notices);
                source_of(create).map_err(DefinitionError::at_index(index))?;
                let definition = definition_of(create, endpoint);
                wanted.connections.insert(create.name.clone(), definition);
            }
            Described::Table(create) => {
                let definition = table::definition_of(create, |like| {
                    let stored = contents.tables.iter().map(|found| &found.definition);
                    let mut known = wanted.tables.values().chain(stored);
                    known.find(|known| known.name == like.value).cloned().ok_or_else(|| {
                        let object = Object::Table(like.value.clone());
                        Error::at(ObjectError::Missing { object, nearest: None }, like.span.clone())
                    })
                })
                .map_err(DefinitionError::at_index(index))?;
                wanted.tables.insert(definition.name.clone(), definition);
            }
            Described::Job(create) => {
                let notices = unused_options_notice(&create.settings).into_iter().collect();
                all_notices.insert(described.object(), notices);
                wanted.jobs.insert(create.name.value.clone(), job::definition_of(create));
            }
        }
    }
    Ok((wanted, all_notices))
}

impl Executor {
    /// Each connection that an object needs must be in the file, or in the catalog without being
    /// dropped.
    pub(super) fn check_connections(
        &mut self,
        described: &[Described],
        wanted: &DesiredCatalog,
        contents: &Contents,
        prune: Prune,
    ) -> Result<(), DefinitionError> {
        for (index, described) in described.iter().enumerate() {
            for (name, span) in described.needs() {
                if wanted.connections.contains_key(name) {
                    continue;
                }
                let error = match (contents.connection(name), prune) {
                    (Some(_), Prune::No) => continue,
                    (Some(_), Prune::Yes) => {
                        let connection = name.clone();
                        Error::at(PlanError::WouldBePruned { connection }, span)
                    }
                    (None, _) => no_such_connection(self.catalog.reader()?, name, span),
                };
                return Err(DefinitionError::at_index(index)(error));
            }
        }
        Ok(())
    }
}
