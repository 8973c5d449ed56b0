//! The tree of dependents: connections, their tables, and the jobs that use those tables.

use std::collections::BTreeMap;

use rusqlite::{Row, params_from_iter};

use super::names::{read_name, read_table_name, read_table_path};
use super::{CatalogError, Db};
use crate::definition::JobState;
use crate::name::{ConnectionName, JobName, Name, Object, TableName};

/// An object and its dependents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The object.
    pub object: Object,
    /// The ties to its parent: `target`, `source`, `source sales.public.orders`, `foreign key`; empty for a
    /// connection, and for a table below its connection.
    pub ties: Vec<String>,
    /// The state of a job that is not idle.
    pub state: Option<JobState>,
    /// Its dependents.
    pub branches: Vec<Branch>,
}

/// Each connection, with its tables if it has any, and each table with the jobs that name it.
const TABLES: &str = "SELECT c.name, t.schema_name, t.name, j.name, u.tie \
     FROM main.connection c LEFT JOIN main.warehouse_table t ON t.connection_id = c.id \
     LEFT JOIN main.job_reference u ON u.warehouse_table_id = t.id LEFT JOIN main.job j ON j.id = u.job_id";

/// The tables that a foreign key references, and the tables with the foreign keys.
const FOREIGN_KEYS: &str = "SELECT DISTINCT c.name, t.schema_name, t.name, o.schema_name, o.name \
     FROM main.warehouse_constraint k JOIN main.warehouse_table t ON t.id = k.referenced_table_id \
     JOIN main.connection c ON c.id = t.connection_id JOIN main.warehouse_table o ON o.id = k.warehouse_table_id";

/// The jobs that name tables that the catalog does not have.
const MISSING_TABLES: &str = "SELECT c.name, u.schema_name, u.table_name, j.name, u.tie, \
     u.database_name FROM main.job_reference u JOIN main.connection c ON c.id = u.connection_id \
     JOIN main.job j ON j.id = u.job_id \
     WHERE u.warehouse_table_id IS NULL AND c.id = coalesce(?1, c.id) ORDER BY c.name, j.name, u.ordinal";

impl Db {
    /// Every connection by name, or the one with this id, with its tables and jobs. A job appears
    /// below the connection itself if the catalog does not have the table that it names.
    pub fn tree(&self, connection: Option<i64>) -> Result<Vec<Branch>, CatalogError> {
        let within = if connection.is_some() { "WHERE c.id = ?1" } else { "" };
        let mut tree = self.tree_of_tables(within, connection)?;
        self.collect(MISSING_TABLES, [connection], |row| {
            let connection = Object::Connection(read_name(row, 0, ConnectionName::new)?);
            let place = tree.binary_search_by(|branch| branch.object.cmp(&connection));
            let tie = format!("{} {}", row.get::<_, String>(4)?, read_table_path(row, 0, 5)?.sql());
            match place {
                Ok(place) => add_job(&mut tree[place], row, tie),
                // Another process has added the connection since.
                Err(_) => Ok(()),
            }
        })?;
        add_states(&mut tree, &self.job_states()?);
        Ok(tree)
    }

    /// The tree of the table with this id.
    pub fn tree_of_table(&self, id: i64) -> Result<Vec<Branch>, CatalogError> {
        let mut connections = self.tree_of_tables("WHERE t.id = ?1", Some(id))?;
        add_states(&mut connections, &self.job_states()?);
        Ok(connections.into_iter().flat_map(|connection| connection.branches).collect())
    }

    fn tree_of_tables(&self, within: &str, id: Option<i64>) -> Result<Vec<Branch>, CatalogError> {
        let sql =
            format!("{TABLES} {within} ORDER BY c.name, t.schema_name, t.name, j.name, u.ordinal");
        let mut tree = Vec::new();
        self.collect(&sql, params_from_iter(id), |row| {
            let name = read_name(row, 0, ConnectionName::new)?;
            let connection = child(&mut tree, Object::Connection(name));
            if is_null(row, 1)? {
                return Ok(());
            }
            let table = child(&mut connection.branches, Object::Table(read_table_name(row, 0)?));
            if is_null(row, 3)? {
                return Ok(());
            }
            add_job(table, row, row.get(4)?)
        })?;
        self.add_foreign_keys(&mut tree, within, id)?;
        Ok(tree)
    }

    /// Adds the tables with a foreign key below the tables that they reference.
    fn add_foreign_keys(
        &self,
        tree: &mut [Branch],
        within: &str,
        id: Option<i64>,
    ) -> Result<(), CatalogError> {
        let sql = format!("{FOREIGN_KEYS} {within} ORDER BY c.name, o.schema_name, o.name");
        self.collect(&sql, params_from_iter(id), |row| {
            let referenced = read_table_name(row, 0)?;
            let table = TableName {
                connection: referenced.connection.clone(),
                schema: read_name(row, 3, Name::new)?,
                table: read_name(row, 4, Name::new)?,
            };
            let connection = Object::Connection(referenced.connection.clone());
            let parent = find(tree, &connection)
                .and_then(|parent| find(&mut parent.branches, &Object::Table(referenced)));
            if let Some(parent) = parent {
                parent.branches.push(Branch {
                    object: Object::Table(table),
                    ties: vec!["foreign key".to_owned()],
                    state: None,
                    branches: Vec::new(),
                });
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn add_states(branches: &mut [Branch], states: &BTreeMap<JobName, JobState>) {
    for branch in branches {
        if let Object::Job(name) = &branch.object {
            branch.state = states.get(name).copied();
        }
        add_states(&mut branch.branches, states);
    }
}

/// The branch of the object; branches are in the order of names.
fn find<'a>(branches: &'a mut [Branch], object: &Object) -> Option<&'a mut Branch> {
    let place = branches.binary_search_by(|branch| branch.object.cmp(object)).ok()?;
    branches.get_mut(place)
}

fn is_null(row: &Row<'_>, index: usize) -> rusqlite::Result<bool> {
    Ok(row.get_ref(index)?.as_str_or_null()?.is_none())
}

/// The last branch if it is that of the object, or else a new one. Rows come in the order of names.
fn child(branches: &mut Vec<Branch>, object: Object) -> &mut Branch {
    if branches.last().is_none_or(|last| last.object != object) {
        branches.push(Branch {
            object,
            ties: Vec::new(),
            state: None,
            branches: Vec::new(),
        });
    }
    let last = branches.len() - 1;
    &mut branches[last]
}

/// Adds the job of the row below an object, or one more tie to a job that is there already.
fn add_job(parent: &mut Branch, row: &Row<'_>, tie: String) -> rusqlite::Result<()> {
    let job = child(&mut parent.branches, Object::Job(read_name(row, 3, JobName::new)?));
    if !job.ties.contains(&tie) {
        job.ties.push(tie);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::fixture::{connection, db, job, table, table_name};

    /// Each object, indented by its depth, with its ties.
    fn outline(branches: &[Branch], depth: usize, lines: &mut Vec<String>) {
        for branch in branches {
            let words = [vec![branch.object.kind_and_sql()], branch.ties.clone()].concat();
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
        let branches = db.tree_of_table(id).unwrap();
        assert_eq!(
            lines(&branches),
            ["0 table b.s.x", "1 job load target", "1 job mend target source"]
        );
    }
}
