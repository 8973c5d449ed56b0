//! Objects of any kind.

use super::{CatalogError, Db};
use crate::name::Object;

/// The id of an object; a rename keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectId {
    /// A connection, which tables and jobs use.
    Connection(i64),
    /// A table, which jobs use.
    Table(i64),
    /// A job, which nothing uses.
    Job(i64),
}

impl Db {
    /// The id of the object with this name.
    pub fn find_id(&self, object: &Object) -> Result<Option<ObjectId>, CatalogError> {
        Ok(match object {
            Object::Connection(name) => self.find_connection_id(name)?.map(ObjectId::Connection),
            Object::Table(name) => self.find_table_id(name)?.map(ObjectId::Table),
            Object::Job(name) => self.find_job_id(name)?.map(ObjectId::Job),
        })
    }

    /// Deletes the object with this id; a foreign key forbids it while anything depends on it.
    pub fn delete(&self, id: ObjectId) -> Result<(), CatalogError> {
        match id {
            ObjectId::Connection(id) => self.change("DELETE FROM connection WHERE id = ?1", [id]),
            ObjectId::Table(id) => self.change("DELETE FROM warehouse_table WHERE id = ?1", [id]),
            ObjectId::Job(id) => self.change("DELETE FROM job WHERE id = ?1", [id]),
        }
    }
}
