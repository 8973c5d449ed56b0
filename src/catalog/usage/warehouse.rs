//! Usages of objects in a warehouse, by their names there. A warehouse may have several
//! connections, and jobs may name tables that the catalog lacks.

use rusqlite::{Row, params};

use super::{DependentTie, Tie, Usage, job_of_table};
use crate::catalog::names::read_table_name;
use crate::catalog::{CatalogError, Db, ObjectId};

/// A table or view in a warehouse, all that is in a schema, or all that is in a database. Names are
/// in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarehouseObject {
    /// The database; None is the connection's own.
    pub database: Option<String>,
    /// The schema; None is every schema.
    pub schema: Option<String>,
    /// The table; None is every table.
    pub table: Option<String>,
}

/// The connections `c` to the server of the connection ?1.
const SAME_SERVER: &str = "FROM main.connection o JOIN main.connection c ON c.host = o.host \
     AND c.port = o.port AND c.ssh_tunnel IS o.ssh_tunnel";

/// Uses the condition on every name that is given.
const IS_OBJECT: &str = "= coalesce(?2, lower(o.database_name)) \
     AND coalesce(coalesce(t.schema_name, u.schema_name) = ?3, true) \
     AND coalesce(coalesce(t.name, u.table_name) = ?4, true)";

impl Db {
    /// The dependents of those objects in the warehouse of the connection with this id, each once.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub fn usages_in_warehouse(
        &self,
        connection_id: i64,
        objects: &[WarehouseObject],
    ) -> Result<Vec<Usage>, CatalogError> {
        let defined = format!(
            "SELECT t.id {SAME_SERVER} JOIN main.warehouse_table t ON t.connection_id = c.id \
             LEFT JOIN (SELECT NULL AS schema_name, NULL AS table_name) u \
             WHERE o.id = ?1 AND lower(c.database_name) {IS_OBJECT}"
        );
        let named = format!(
            "SELECT j.id, j.name, u.tie, c.name, coalesce(t.schema_name, u.schema_name), \
             coalesce(t.name, u.table_name), ?4 IS NULL {SAME_SERVER} \
             JOIN main.job_reference u ON u.connection_id = c.id \
             JOIN main.job j ON j.id = u.job_id \
             LEFT JOIN main.warehouse_table t ON t.id = u.warehouse_table_id \
             WHERE o.id = ?1 AND coalesce(u.database_name, lower(c.database_name)) {IS_OBJECT}"
        );
        let (mut tables, mut jobs) = (Vec::new(), Vec::new());
        for object in objects {
            let searched = params![connection_id, object.database, object.schema, object.table];
            let table = |row: &Row<'_>| Ok(ObjectId::Table(row.get(0)?));
            tables.extend(self.collect(&defined, searched, table)?);
            jobs.extend(self.collect(&named, searched, job_of_object)?.into_iter().flatten());
        }
        let mut found = self.dependents(&tables)?;
        for (job, tie) in jobs {
            found.entry(job).or_default().insert(tie);
        }
        self.listed(found, &tables)
    }
}

/// The tie of a job, and the table if every table of a schema or database is asked for.
fn job_of_object(row: &Row<'_>) -> rusqlite::Result<Vec<DependentTie>> {
    let mut found = vec![job_of_table(row)?];
    if row.get(6)? {
        let tie = Tie::Table(read_table_name(row, 3)?.sql());
        found.push((found[0].0.clone(), tie));
    }
    Ok(found)
}
