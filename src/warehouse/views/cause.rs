//! Questions after an error: the server's views that know its cause.
//!
//! Sources are the AWS documentation of each view. The SYS views are on serverless and new clusters,
//! the STL views on provisioned ones.

use super::{CLASSES, not_system};

/// The rows of the last COPY of this session that could not be loaded: file, line, column, value,
/// reason. `SYS_LOAD_ERROR_DETAIL` has no value.
pub const LOAD_ERRORS: [&str; 2] = [
    "SELECT trim(file_name), line_number, trim(column_name), NULL, trim(error_message) \
     FROM pg_catalog.sys_load_error_detail WHERE query_id = (SELECT max(query_id) \
     FROM pg_catalog.sys_load_error_detail WHERE session_id = pg_backend_pid()) LIMIT 3",
    "SELECT trim(filename), line_number, trim(colname), trim(raw_field_value), trim(err_reason) \
     FROM pg_catalog.stl_load_errors WHERE query = (SELECT max(query) \
     FROM pg_catalog.stl_load_errors WHERE session = pg_backend_pid()) LIMIT 3",
];

/// The statements of other sessions in these transactions, which are numbers separated by commas:
/// transaction, process, user, statement.
pub fn transactions(ids: &str) -> [String; 2] {
    [
        format!(
            "SELECT q.transaction_id, q.session_id, trim(u.usename), trim(q.query_text) \
             FROM pg_catalog.sys_query_history q \
             LEFT JOIN pg_catalog.pg_user u ON u.usesysid = q.user_id \
             WHERE q.transaction_id IN ({ids}) AND q.session_id <> pg_backend_pid() \
             ORDER BY q.start_time DESC LIMIT 3"
        ),
        format!(
            "SELECT q.xid, q.pid, trim(u.usename), trim(q.querytxt) FROM pg_catalog.stl_query q \
             LEFT JOIN pg_catalog.pg_user u ON u.usesysid = q.userid \
             WHERE q.xid IN ({ids}) AND q.pid <> pg_backend_pid() \
             ORDER BY q.starttime DESC LIMIT 3"
        ),
    ]
}

/// The locks of other sessions on tables: table, process, user, mode, start of the transaction.
/// First Redshift's view, then PostgreSQL's.
pub const LOCKS: [&str; 2] = [
    "SELECT c.relname, t.pid, trim(t.txn_owner), trim(t.lock_mode), t.txn_start \
     FROM pg_catalog.svv_transactions t JOIN pg_catalog.pg_class c ON c.oid = t.relation \
     WHERE t.granted AND t.pid <> pg_backend_pid() AND t.lock_mode <> 'AccessShareLock'",
    "SELECT c.relname, l.pid, a.usename, l.mode, a.xact_start FROM pg_catalog.pg_locks l \
     JOIN pg_catalog.pg_class c ON c.oid = l.relation \
     JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
     WHERE l.granted AND l.pid <> pg_backend_pid() AND l.mode <> 'AccessShareLock'",
];

/// Tables and views of users, with their schemas, that begin with one of these letters; `letter` is
/// a literal.
pub fn relations_like(letter: &str) -> String {
    let is_of_users = not_system("n.nspname");
    format!(
        "SELECT n.nspname, c.relname FROM {CLASSES} WHERE {is_of_users} \
         AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
         AND lower(substring(c.relname, 1, 1)) = {letter} \
         ORDER BY pg_catalog.pg_table_is_visible(c.oid) DESC, n.nspname LIMIT 10000"
    )
}

/// The columns of the tables with these names, which are literals separated by commas.
pub fn columns_of(tables: &str) -> String {
    format!(
        "SELECT DISTINCT a.attname FROM {CLASSES} JOIN pg_catalog.pg_attribute a \
         ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         WHERE lower(c.relname) IN ({tables}) LIMIT 10000"
    )
}

/// The functions that begin with this letter, a literal.
pub fn functions_like(letter: &str) -> String {
    format!(
        "SELECT DISTINCT proname FROM pg_catalog.pg_proc \
         WHERE lower(substring(proname, 1, 1)) = {letter} LIMIT 10000"
    )
}

/// Schema and owner of the tables with this name, a literal; those without a schema before them
/// come first.
pub fn owners_of(table: &str) -> String {
    format!(
        "SELECT n.nspname, pg_catalog.pg_get_userbyid(c.relowner) FROM {CLASSES} \
         WHERE c.relname = {table} AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
         ORDER BY pg_catalog.pg_table_is_visible(c.oid) DESC LIMIT 100"
    )
}

/// The owner of the schema with this name, a literal.
pub fn owner_of_schema(schema: &str) -> String {
    format!(
        "SELECT n.nspname, pg_catalog.pg_get_userbyid(n.nspowner) \
         FROM pg_catalog.pg_namespace n WHERE n.nspname = {schema}"
    )
}
