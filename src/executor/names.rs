//! Names for completion. A catalog that cannot be read has none, and says nothing.

use super::{Executor, NameRange};
use crate::catalog::{CatalogError, Db};
use crate::name::TableName;

impl Executor {
    /// Up to `limit` names of connections that begin with the prefix, and the last such name.
    pub fn connection_names(&mut self, prefix: &str, limit: usize) -> NameRange {
        self.names(|db| db.connection_names(prefix, limit))
    }

    /// The same of the schemas in which a connection has tables.
    pub fn schema_names(&mut self, connection: &str, prefix: &str, limit: usize) -> NameRange {
        self.names(|db| db.schema_names(connection, prefix, limit))
    }

    /// The same of the tables in a schema of a connection, by their own names.
    pub fn table_names(
        &mut self,
        connection: &str,
        schema: &str,
        prefix: &str,
        limit: usize,
    ) -> NameRange {
        let quoted = |part: &str| format!("\"{}\"", part.replace('"', "\"\""));
        let typed = [connection, schema, prefix].map(quoted).join(".");
        let range = self.names(|db| db.table_names(&typed, limit));
        let own = |name: TableName| name.table.as_str().to_owned();
        NameRange {
            first: range.first.into_iter().map(own).collect(),
            last: range.last.map(own),
        }
    }

    /// The same of jobs.
    pub fn job_names(&mut self, prefix: &str, limit: usize) -> NameRange {
        self.names(|db| db.job_names(prefix, limit))
    }

    fn names<T>(
        &mut self,
        read: impl FnOnce(&Db) -> Result<NameRange<T>, CatalogError>,
    ) -> NameRange<T> {
        let read = self.catalog.reader().ok().and_then(|db| read(db).ok());
        read.unwrap_or_default()
    }
}
