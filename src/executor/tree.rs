//! The tree of dependents, as data.

use super::Executor;
use super::lookup::no_such;
use crate::catalog::Branch;
use crate::error::Error;
use crate::name::Object;
use crate::sql::Spanned;

impl Executor {
    /// Every connection with its tables and jobs, or one connection, or one table with its jobs.
    pub fn tree(&mut self, of: Option<&Spanned<Object>>) -> Result<Vec<Branch>, Error> {
        let Some(Spanned { value, span }) = of else {
            return Ok(self.catalog.reader()?.tree(None)?);
        };
        let db = self.catalog.reader()?;
        let tree = match value {
            Object::Connection(name) => {
                let id = db.find_connection_id(name)?;
                id.map(|id| db.tree(Some(id)))
            }
            Object::Table(name) => {
                let id = db.find_table_id(name)?;
                id.map(|id| db.tree_of_table(id, name).map(|branch| vec![branch]))
            }
            // A job has no dependents.
            Object::Job(_) => None,
        };
        match tree {
            Some(tree) => Ok(tree?),
            None => Err(no_such(db, value.clone(), span.clone())),
        }
    }
}
