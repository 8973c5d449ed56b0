//! Names for completion. If the catalog cannot be read there are none, and no error.

use super::{Executor, NameRange};
use crate::catalog::{CatalogError, Db};
use crate::name::TableName;

impl Executor {
    /// Up to `limit` names of connections with this prefix, and the last one.
    pub fn connection_names(&mut self, prefix: &str, limit: usize) -> NameRange {
        self.names(|db| db.connection_names(prefix, limit))
    }

    /// Up to `limit` names of schemas in which the connection has tables, and the last one.
    pub fn schema_names(&mut self, connection: &str, prefix: &str, limit: usize) -> NameRange {
        self.names(|db| db.schema_names(connection, prefix, limit))
    }

    /// Up to `limit` unqualified names of tables in a schema of a connection, and the last one.
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

    /// Up to `limit` names of jobs with this prefix, and the last one.
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
