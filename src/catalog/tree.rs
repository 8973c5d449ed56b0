//! The tree of dependents: connections, their tables, and the jobs that use those tables.

use std::collections::BTreeMap;

use rusqlite::{Row, params_from_iter};

use super::names::{read_name, read_table_name};
use super::table::FROM_TABLES;
use super::{CatalogError, Db};
use crate::name::{ConnectionName, JobName, Object, TableName};

/// An object and its dependents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The object.
    pub object: Object,
    /// The ties to its parent: `target`, `source`, `source sales.public.orders`, `foreign key`; empty
    /// for a connection, and for a table below its connection.
    pub ties: Vec<String>,
    /// Its dependents.
    pub branches: Vec<Branch>,
}

impl Branch {
    fn new(object: Object) -> Self {
        Self {
            object,
            ties: Vec::new(),
            branches: Vec::new(),
        }
    }

    /// Adds a table that has a foreign key to this one.
    fn add_table(&mut self, table: TableName) {
        let ties = vec!["foreign key".to_owned()];
        self.branches.push(Self { ties, ..Self::new(Object::Table(table)) });
    }

    /// Adds a job below this object, or one more tie to a job that is there already.
    fn add_job(&mut self, job: JobName, tie: String) {
        let job = Object::Job(job);
        match self.branches.last_mut().filter(|last| last.object == job) {
            Some(last) if last.ties.contains(&tie) => {}
            Some(last) => last.ties.push(tie),
            None => self.branches.push(Self { ties: vec![tie], ..Self::new(job) }),
        }
    }
}

/// A reference of a job to a table.
struct Reference {
    job: JobName,
    /// `target` or `source`, and the table's name if the catalog does not have the table.
    tie: String,
    connection_id: i64,
    table_id: Option<i64>,
}

const REFERENCES: &str = "SELECT j.name, u.tie, u.connection_id, u.warehouse_table_id, c.name, u.schema_name, \
     u.table_name FROM main.job_reference u JOIN main.job j ON j.id = u.job_id \
     JOIN main.connection c ON c.id = u.connection_id";

/// The id of a table, and the name of a table with a foreign key to it.
type ForeignKey = (i64, TableName);

const FOREIGN_KEYS: &str = "SELECT DISTINCT k.referenced_table_id, c.name, t.schema_name, t.name \
     FROM main.warehouse_constraint k JOIN main.warehouse_table t ON t.id = k.warehouse_table_id \
     JOIN main.connection c ON c.id = t.connection_id WHERE k.referenced_table_id";

impl Db {
    /// Every connection by name, or the one with this id, with its tables and jobs. A job appears
    /// below the connection itself if the catalog does not have the table that it names.
    pub fn tree(&self, connection: Option<i64>) -> Result<Vec<Branch>, CatalogError> {
        let within = if connection.is_some() { "WHERE c.id = ?1" } else { "" };
        let connections = self.collect(
            &format!("SELECT c.id, c.name FROM main.connection c {within} ORDER BY c.name"),
            params_from_iter(connection),
            |row| Ok((row.get(0)?, read_name(row, 1, ConnectionName::new)?)),
        )?;
        let tables = self.collect(
            &format!(
                "SELECT t.id, t.connection_id, c.name, t.schema_name, t.name {FROM_TABLES} {within} \
                 ORDER BY c.name, t.schema_name, t.name"
            ),
            params_from_iter(connection),
            |row| Ok((row.get(0)?, row.get(1)?, read_table_name(row, 2)?)),
        )?;
        let references = self.collect(
            &format!("{REFERENCES} {within} ORDER BY j.name, u.ordinal"),
            params_from_iter(connection),
            read_reference,
        )?;
        let within = if connection.is_some() {
            "IS NOT NULL AND c.id = ?1"
        } else {
            "IS NOT NULL"
        };
        let foreign_keys = self.collect(
            &format!("{FOREIGN_KEYS} {within} ORDER BY t.schema_name, t.name"),
            params_from_iter(connection),
            read_foreign_key,
        )?;
        Ok(build_tree(connections, tables, foreign_keys, references))
    }

    /// The tree of one table.
    pub fn tree_of_table(&self, id: i64, name: TableName) -> Result<Branch, CatalogError> {
        let references =
            format!("{REFERENCES} WHERE u.warehouse_table_id = ?1 ORDER BY j.name, u.ordinal");
        let mut branch = Branch::new(Object::Table(name));
        let foreign_keys = format!("{FOREIGN_KEYS} = ?1 ORDER BY t.schema_name, t.name");
        for (_, table) in self.collect(&foreign_keys, [id], read_foreign_key)? {
            branch.add_table(table);
        }
        for reference in self.collect(&references, [id], read_reference)? {
            branch.add_job(reference.job, reference.tie);
        }
        Ok(branch)
    }
}

/// Builds the tree; tables, foreign keys, and references by the names of their jobs, are in order.
fn build_tree(
    connections: Vec<(i64, ConnectionName)>,
    tables: Vec<(i64, i64, TableName)>,
    foreign_keys: Vec<ForeignKey>,
    references: Vec<Reference>,
) -> Vec<Branch> {
    let mut on_tables: BTreeMap<i64, Branch> = BTreeMap::new();
    let mut on_connections: BTreeMap<i64, Branch> = BTreeMap::new();
    for (id, name) in &connections {
        on_connections.insert(*id, Branch::new(Object::Connection(name.clone())));
    }
    for (id, _, name) in &tables {
        on_tables.insert(*id, Branch::new(Object::Table(name.clone())));
    }
    for (id, table) in foreign_keys {
        if let Some(place) = on_tables.get_mut(&id) {
            place.add_table(table);
        }
    }
    for reference in references {
        let place = match reference.table_id {
            Some(id) => on_tables.get_mut(&id),
            None => on_connections.get_mut(&reference.connection_id),
        };
        if let Some(place) = place {
            place.add_job(reference.job, reference.tie);
        }
    }
    let mut tables = tables.into_iter().peekable();
    let whole = |(id, name): (i64, ConnectionName)| {
        let mut branch = Branch::new(Object::Connection(name));
        while let Some((table, ..)) = tables.next_if(|(_, connection, _)| *connection == id) {
            branch.branches.extend(on_tables.remove(&table));
        }
        let jobs = on_connections.remove(&id).map(|connection| connection.branches);
        branch.branches.extend(jobs.unwrap_or_default());
        branch
    };
    connections.into_iter().map(whole).collect()
}

fn read_foreign_key(row: &Row<'_>) -> rusqlite::Result<ForeignKey> {
    Ok((row.get(0)?, read_table_name(row, 1)?))
}

fn read_reference(row: &Row<'_>) -> rusqlite::Result<Reference> {
    let table_id: Option<i64> = row.get(3)?;
    let mut tie: String = row.get(1)?;
    if table_id.is_none() {
        tie = format!("{tie} {}", read_table_name(row, 4)?);
    }
    Ok(Reference {
        job: read_name(row, 0, JobName::new)?,
        tie,
        connection_id: row.get(2)?,
        table_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::fixture::{connection, db, job, table, table_name};

    /// Each object, indented by its depth, with its ties.
    fn outline(branches: &[Branch], depth: usize, lines: &mut Vec<String>) {
        for branch in branches {
            let words = [vec![branch.object.to_string()], branch.ties.clone()].concat();
            lines.push(format!("{depth} {}", words.join(" ")));
            outline(&branch.branches, depth + 1, lines);
        }
    }

    fn lines(branches: &[Branch]) -> Vec<String> {
        let mut lines = Vec::new();
        outline(branches, 0, &mut lines);
        lines
    }

    fn catalog() -> Db {
        let db = db();
        connection(&db, "empty");
        for name in ["b.s.y", "b.s.x", "a.s.z"] {
            table(&db, name);
        }
        job(&db, "mend", &["b.s.x", "b.s.x", "b.s.gone"]);
        job(&db, "load", &["b.s.x", "b.s.y"]);
        db
    }

    #[test]
    fn everything_hangs_where_it_belongs() {
        let of_b = [
            "0 connection b",
            "1 table b.s.x",
            "2 job load target",
            "2 job mend target source",
            "1 table b.s.y",
            "2 job load source",
            "1 job mend source b.s.gone",
        ];
        let db = catalog();
        let whole = lines(&db.tree(None).unwrap());
        assert_eq!(whole[..2], ["0 connection a", "1 table a.s.z"]);
        assert_eq!(whole[2..9], of_b);
        assert_eq!(whole[9..], ["0 connection empty"]);
        let id = connection(&db, "b");
        assert_eq!(lines(&db.tree(Some(id)).unwrap()), of_b);
    }

    #[test]
    fn the_tree_of_a_table_has_its_jobs() {
        let db = catalog();
        let name = table_name("b.s.x");
        let id = db.find_table_id(&name).unwrap().unwrap();
        let branch = db.tree_of_table(id, name).unwrap();
        assert_eq!(
            lines(&[branch]),
            ["0 table b.s.x", "1 job load target", "1 job mend target source"]
        );
    }
}
