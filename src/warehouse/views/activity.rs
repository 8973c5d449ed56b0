//! The queries of `\ps`, `\locks`, `\queue` and `\errors`, as data: each column with the expression
//! that it comes from, for each family of views.

use std::ops::ControlFlow;

use super::{TextRow, each_row};
use crate::warehouse::{Cancel, Session, WarehouseError};

/// The views in which a server shows its activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityViews {
    /// Redshift's SYS views, which Redshift Serverless and newer clusters have.
    Sys,
    /// Redshift's STV and STL views.
    Stl,
    /// PostgreSQL's `pg_stat_activity` and the like.
    PostgreSql,
}

impl ActivityViews {
    /// Finds out which views the server has, without an error if one does not exist: an error
    /// would abort an open transaction.
    ///
    /// # Errors
    /// The query failed, or `cancel` ended it.
    pub fn detect(session: &mut Session, cancel: &Cancel) -> Result<Self, WarehouseError> {
        let mut names = Vec::new();
        let mut take = |row: &TextRow<'_>| {
            names.extend(row.text(0).map(str::to_owned));
            ControlFlow::Continue(())
        };
        each_row(session, FIND_VIEWS, &mut take, None, cancel)?;
        let has = |view: &str| names.iter().any(|name| name == view);
        Ok(if has("sys_query_history") {
            Self::Sys
        } else if has("stv_inflight") {
            Self::Stl
        } else {
            Self::PostgreSql
        })
    }
}

const FIND_VIEWS: &str = "SELECT c.relname FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pg_catalog' \
     AND c.relname IN ('sys_query_history', 'stv_inflight')";

/// A list of what a server does.
#[derive(Debug, PartialEq, Eq)]
pub struct Activity {
    /// The command that shows it.
    pub command: &'static str,
    /// The columns.
    pub columns: &'static [ActivityColumn],
    /// The part of the query behind the columns, for each family of views; None if the server has
    /// nothing of the kind. `{limit}` stands for the number of rows, `{own}` for the session's process:
    /// Redshift's function for it runs on the leader node alone, and these views may not.
    sys: Option<&'static str>,
    stl: Option<&'static str>,
    postgresql: Option<&'static str>,
}

/// A column, and its expression for each family of views.
#[derive(Debug, PartialEq, Eq)]
pub struct ActivityColumn {
    /// The heading.
    pub name: &'static str,
    sys: &'static str,
    stl: &'static str,
    postgresql: &'static str,
}

const fn column(
    name: &'static str,
    sys: &'static str,
    stl: &'static str,
    postgresql: &'static str,
) -> ActivityColumn {
    ActivityColumn { name, sys, stl, postgresql }
}

/// Running and queued queries. Users come from `pg_user`, which AWS's `running_queues.sql` joins
/// with STV views too (awslabs/amazon-redshift-utils).
pub static QUERIES: Activity = Activity {
    command: "\\ps",
    columns: &[
        column("pid", "h.session_id", "s.pid", "a.pid"),
        column("user", "trim(u.usename)", "trim(u.usename)", "a.usename"),
        column("since", "h.start_time", "q.wlm_start_time", "a.query_start"),
        column("state", "trim(h.status)", "trim(q.state)", "a.state"),
        column("queue", "trim(h.service_class_name)", "q.service_class", "a.wait_event_type"),
        column("label", "trim(h.query_label)", "trim(i.label)", "a.application_name"),
        column("text", "trim(h.query_text)", "trim(s.text)", "a.query"),
    ],
    sys: Some(
        "pg_catalog.sys_query_history h LEFT JOIN pg_catalog.pg_user u ON u.usesysid = h.user_id \
         WHERE h.status IN ('planning', 'queued', 'running', 'returning') \
         AND h.session_id <> {own} ORDER BY h.start_time",
    ),
    stl: Some(
        "pg_catalog.stv_wlm_query_state q \
         LEFT JOIN pg_catalog.stl_querytext s ON s.query = q.query AND s.sequence = 0 \
         LEFT JOIN pg_catalog.stv_inflight i ON i.query = q.query \
         LEFT JOIN pg_catalog.pg_user u ON u.usesysid = s.userid \
         WHERE coalesce(s.pid, 0) <> {own} ORDER BY q.wlm_start_time",
    ),
    postgresql: Some(
        "pg_catalog.pg_stat_activity a WHERE a.backend_type = 'client backend' \
         AND a.state <> 'idle' AND a.pid <> {own} ORDER BY a.query_start",
    ),
};

/// Locks on tables, with the session that each waits for (AWS re:Post, "How do I detect and release
/// locks in Amazon Redshift?").
pub static LOCKS: Activity = Activity {
    command: "\\locks",
    columns: &[
        column("pid", "t.pid", "t.pid", "l.pid"),
        column("user", "trim(t.txn_owner)", "trim(t.txn_owner)", "a.usename"),
        column("relation", "c.relname", "c.relname", "n.nspname || '.' || c.relname"),
        column("mode", "trim(t.lock_mode)", "trim(t.lock_mode)", "l.mode"),
        column("granted", "t.granted", "t.granted", "l.granted"),
        column(
            "waits for",
            "b.pid",
            "b.pid",
            "pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(l.pid), ', ')",
        ),
        column("since", "t.txn_start", "t.txn_start", "a.xact_start"),
    ],
    sys: Some(REDSHIFT_LOCKS),
    stl: Some(REDSHIFT_LOCKS),
    postgresql: Some(
        "pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         JOIN pg_catalog.pg_class c ON c.oid = l.relation \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database() \
         WHERE l.locktype = 'relation' AND n.nspname !~ '^pg_' \
         AND l.pid <> {own} ORDER BY c.relname, l.granted DESC, l.pid",
    ),
};

const REDSHIFT_LOCKS: &str = "pg_catalog.svv_transactions t \
     LEFT JOIN (SELECT pid, relation FROM pg_catalog.pg_locks WHERE granted GROUP BY 1, 2) b \
     ON b.relation = t.relation AND NOT t.granted \
     LEFT JOIN pg_catalog.pg_class c ON c.oid = t.relation \
     WHERE t.relation IS NOT NULL ORDER BY t.relation, t.granted DESC, t.pid";

/// The queues of workload management. Service classes up to 4 are Redshift's own (AWS
/// documentation, "WLM service class IDs"; -1 slots are managed by Redshift).
pub static QUEUES: Activity = Activity {
    command: "\\queue",
    columns: &[
        column("queue", "trim(h.service_class_name)", "trim(c.name)", ""),
        column("slots", "NULL", "c.num_query_tasks", ""),
        column(
            "running",
            "sum(CASE WHEN h.status IN ('running', 'returning') THEN 1 ELSE 0 END)",
            "s.num_executing_queries",
            "",
        ),
        column(
            "queued",
            "sum(CASE WHEN h.status = 'queued' THEN 1 ELSE 0 END)",
            "s.num_queued_queries",
            "",
        ),
        column("longest wait (s)", "max(h.queue_time) / 1000000", "NULL", ""),
    ],
    sys: Some(
        "pg_catalog.sys_query_history h \
         WHERE h.status IN ('planning', 'queued', 'running', 'returning') GROUP BY 1 ORDER BY 1",
    ),
    stl: Some(
        "pg_catalog.stv_wlm_service_class_config c \
         JOIN pg_catalog.stv_wlm_service_class_state s ON s.service_class = c.service_class \
         WHERE c.service_class > 4 ORDER BY c.service_class",
    ),
    postgresql: None,
};

/// The last errors of COPY.
pub static LOAD_ERRORS: Activity = Activity {
    command: "\\errors",
    columns: &[
        column("at", "e.start_time", "e.starttime", ""),
        column("query", "e.query_id", "e.query", ""),
        column("file", "trim(e.file_name)", "trim(e.filename)", ""),
        column("line", "e.line_number", "e.line_number", ""),
        column("column", "trim(e.column_name)", "trim(e.colname)", ""),
        column("type", "trim(e.column_type)", "trim(e.type)", ""),
        column("value", "NULL", "trim(e.raw_field_value)", ""),
        column("reason", "trim(e.error_message)", "trim(e.err_reason)", ""),
    ],
    sys: Some("pg_catalog.sys_load_error_detail e ORDER BY e.start_time DESC LIMIT {limit}"),
    stl: Some("pg_catalog.stl_load_errors e ORDER BY e.starttime DESC LIMIT {limit}"),
    postgresql: None,
};

/// All of them.
pub static ACTIVITIES: [&Activity; 4] = [&QUERIES, &LOCKS, &QUEUES, &LOAD_ERRORS];

impl Activity {
    /// The query of a session with this process for at most `limit` rows, where the list has a
    /// limit; None if the server has nothing of the kind.
    pub fn sql(&self, views: ActivityViews, own: i32, limit: u32) -> Option<String> {
        let source = self.source(views)?;
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("{} AS \"{}\"", column.source(views), column.name))
            .collect();
        let source = source.replace("{limit}", &limit.to_string());
        let source = source.replace("{own}", &own.to_string());
        Some(format!("SELECT {} FROM {source}", columns.join(", ")))
    }

    /// The part of the query that names the views.
    pub fn source(&self, views: ActivityViews) -> Option<&'static str> {
        match views {
            ActivityViews::Sys => self.sys,
            ActivityViews::Stl => self.stl,
            ActivityViews::PostgreSql => self.postgresql,
        }
    }
}

impl ActivityColumn {
    /// The expression that the column comes from.
    pub fn source(&self, views: ActivityViews) -> &'static str {
        match views {
            ActivityViews::Sys => self.sys,
            ActivityViews::Stl => self.stl,
            ActivityViews::PostgreSql => self.postgresql,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_each_column_and_its_limit() {
        let sql = LOAD_ERRORS.sql(ActivityViews::Sys, 4711, 7).unwrap();
        assert!(
            sql.starts_with("SELECT e.start_time AS \"at\", e.query_id AS \"query\", "),
            "{sql}"
        );
        assert!(sql.ends_with(" LIMIT 7"), "{sql}");
        assert_eq!(QUEUES.sql(ActivityViews::PostgreSql, 4711, 7), None);
        let sql = QUERIES.sql(ActivityViews::Stl, 4711, 0).unwrap();
        assert!(sql.contains("<> 4711 "), "{sql}");
    }

    #[test]
    fn a_column_has_a_source_wherever_its_list_has_one() {
        for activity in ACTIVITIES {
            for views in [ActivityViews::Sys, ActivityViews::Stl, ActivityViews::PostgreSql] {
                let has_source = activity.source(views).is_some();
                for column in activity.columns {
                    assert_eq!(!column.source(views).is_empty(), has_source, "{}", column.name);
                }
            }
        }
    }
}
