//! Definitions in a file: CREATE statements, read as descriptions and not as commands.

use crate::error::Error;
use crate::executor::StatementSpan;
use crate::name::{ConnectionName, Object};
use crate::sql::{CreateConnection, CreateJob, CreateTable, Statement, WithTest};

/// A statement in a file of definitions.
pub struct DefinitionStatement {
    /// The object that it defines.
    pub create: CreateStatement,
    /// Adds the place of the statement in the file to an error with a place in the statement.
    pub locate: Box<dyn Fn(Error) -> Error>,
}

/// The CREATE statement of an object. In a file of definitions OR REPLACE and IF NOT EXISTS have no
/// effect; WITH TEST is refused.
#[derive(Clone, Debug)]
pub enum CreateStatement {
    /// `CREATE REDSHIFT CONNECTION`
    Connection(CreateConnection),
    /// `CREATE TABLE`
    Table(CreateTable),
    /// `CREATE JOB`
    Job(CreateJob),
}

impl CreateStatement {
    /// The statement if it is a definition.
    pub fn from_statement(statement: Statement) -> Option<Self> {
        match statement {
            Statement::CreateConnection(create) if !create.with_test => {
                Some(Self::Connection(create))
            }
            Statement::CreateTable(create) => Some(Self::Table(create)),
            Statement::CreateJob(create) if create.with_test == WithTest::No => {
                Some(Self::Job(create))
            }
            // A file of definitions has no WITH TEST.
            Statement::CreateConnection(_)
            | Statement::CreateJob(_)
            | Statement::AlterConnection(_)
            | Statement::DropConnection(_)
            | Statement::AlterTable(_)
            | Statement::DropTable(_)
            | Statement::AlterJob(_)
            | Statement::DropJob(_)
            | Statement::RunJob(_)
            | Statement::RewindJob(_)
            | Statement::TestJob(_)
            | Statement::Pause(_)
            | Statement::Export(_)
            | Statement::Show(_)
            | Statement::Test(_)
            | Statement::ImportTables(_)
            | Statement::ImportConnections(_)
            | Statement::Query(_)
            | Statement::Transaction(_) => None,
        }
    }

    /// The object, and the place of its name in the statement.
    pub(super) fn object(&self) -> (Object, StatementSpan) {
        match self {
            Self::Connection(create) => {
                (Object::Connection(create.name.clone()), create.places.name.clone())
            }
            Self::Table(create) => {
                (Object::Table(create.definition.name.clone()), Some(create.name_span.clone()))
            }
            Self::Job(create) => {
                (Object::Job(create.name.value.clone()), Some(create.name.span.clone()))
            }
        }
    }

    /// The connections that the object needs, each with its place in the statement.
    pub(super) fn needs(&self) -> Vec<(&ConnectionName, StatementSpan)> {
        match self {
            Self::Connection(_) => Vec::new(),
            Self::Table(create) => {
                let connection = &create.definition.name.connection;
                vec![(connection, Some(create.connection_span.clone()))]
            }
            Self::Job(create) => create
                .body
                .places()
                .map(|place| (&place.name.table.connection, Some(place.span.clone())))
                .collect(),
        }
    }
}
