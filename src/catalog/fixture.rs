//! Objects that the tests put into a catalog.

use super::{Db, Definition, JobDefinition, JobReference, Location, SecretReference};
use crate::definition::{
    ConnectionKind, JobKind, LoginOptions, PasswordKeeper, StoreKind, TableDefinition,
};
use crate::name::{ConnectionName, JobName, Name, TableName};

pub(super) fn db() -> Db {
    Db::open_or_create(&Location::Memory, "id").unwrap()
}

/// The id of the connection with this name, which is inserted if it does not exist.
pub(super) fn connection(db: &Db, name: &str) -> i64 {
    let name = ConnectionName::new(name).unwrap();
    if let Some(id) = db.find_connection_id(&name).unwrap() {
        return id;
    }
    let definition = Definition {
        kind: ConnectionKind::Redshift,
        name: name.clone(),
        connection_string: "jdbc:redshift://h/dev".to_owned(),
        host: "h".to_owned(),
        port: 5439,
        database: "dev".to_owned(),
        user_name: Some("etl".to_owned()),
        keeper: PasswordKeeper::Store,
        login: LoginOptions::default(),
        secret: Some(SecretReference {
            store: StoreKind::Memory,
            id: "00".to_owned(),
        }),
        limit: None,
        protection: None,
        color: None,
        comment: None,
    };
    db.save_connection(None, &definition, 0).unwrap();
    db.find_connection_id(&name).unwrap().unwrap()
}

/// The name `connection.schema.table`; no part may contain a point.
pub(super) fn table_name(name: &str) -> TableName {
    let parts: Vec<&str> = name.split('.').collect();
    TableName {
        connection: ConnectionName::new(parts[0]).unwrap(),
        schema: Name::new(parts[1]).unwrap(),
        table: Name::new(parts[2]).unwrap(),
    }
}

/// Inserts a table without columns.
pub(super) fn table(db: &Db, name: &str) -> i64 {
    let name = table_name(name);
    connection(db, name.connection.as_str());
    db.save_table(None, &TableDefinition::new(name), 0).unwrap()
}

/// The definition of a job that writes the first table and reads the others. Their connections are
/// inserted.
pub(super) fn job_definition(db: &Db, name: &str, tables: &[&str]) -> JobDefinition {
    let mut body = String::new();
    let mut references = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        body.push_str(match index {
            0 => "INSERT INTO ",
            1 => "\nSELECT 1 FROM ",
            _ => ", ",
        });
        let start = body.len();
        let name = table_name(table);
        body.push_str(&name.sql());
        connection(db, name.connection.as_str());
        references.push(JobReference {
            span: start..body.len(),
            name: name.into(),
            alias: None,
        });
    }
    JobDefinition {
        name: JobName::new(name).unwrap(),
        kind: JobKind::Insert,
        is_sync: false,
        run_key: name.to_owned(),
        body,
        options: Vec::new(),
        comment: None,
        references,
    }
}

/// Inserts a job that writes the first table and reads the others.
pub(super) fn job(db: &Db, name: &str, tables: &[&str]) -> i64 {
    db.save_job(None, &job_definition(db, name, tables), 0).unwrap()
}

/// SQLite's plan for a query, one line per step.
pub(super) fn plan(db: &Db, sql: &str) -> Vec<String> {
    let mut statement = db.sqlite.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let rows = statement.raw_query().mapped(|row| row.get(3)).collect::<Result<_, _>>();
    rows.unwrap()
}
