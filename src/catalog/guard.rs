//! What a SELECT may touch: the views of the catalog, what they read, and the functions of SQLite;
//! nothing else.

use std::collections::HashSet;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::sqlite_error::{Attempt, translate};
use super::views::VIEWS;
use super::{CatalogError, Db};

/// Functions of SQLite that answer with rows and read nothing but their arguments.
const ROW_FUNCTIONS: &[&str] = &["json_each", "json_tree"];

/// Functions that reach out of the SELECT. They are switched off in SQLite, too; here they get the
/// message that everything out of bounds gets.
const REACHING_OUT: &[&str] = &["load_extension", "fts3_tokenizer"];

/// Tables and functions that SQLite has for itself begin with these.
const KEPT_BY_SQLITE: &[&str] = &["sqlite_", "pragma_"];

/// Judges what one SELECT is about to do.
pub(super) struct Guard {
    /// What the names of the views end in that read the catalog.
    nonce: String,
    /// The tables and views that there are, in lower case.
    objects: HashSet<String>,
    /// The tables that the views have read for this SELECT.
    read_by_views: HashSet<String>,
}

impl Guard {
    /// A guard for one SELECT on the catalog.
    pub(super) fn new(db: &Db) -> Result<Self, CatalogError> {
        let translated = translate(&db.path, Attempt::Open);
        let mut statement = db
            .sqlite
            .prepare_cached(
                "SELECT lower(name) FROM main.sqlite_schema UNION ALL SELECT lower(name) FROM temp.sqlite_schema",
            )
            .map_err(&translated)?;
        let objects = statement
            .query_map([], |row| row.get(0))
            .and_then(Iterator::collect)
            .map_err(&translated)?;
        Ok(Self {
            nonce: db.nonce.clone(),
            objects,
            read_by_views: HashSet::new(),
        })
    }

    /// SQLite's question, while it compiles the SELECT.
    pub(super) fn judge(&mut self, context: &AuthContext<'_>) -> Authorization {
        let is_allowed = match context.action {
            AuthAction::Select | AuthAction::Recursive => true,
            AuthAction::Function { function_name } => {
                !REACHING_OUT.iter().any(|name| function_name.eq_ignore_ascii_case(name))
            }
            AuthAction::Read { table_name, column_name } => {
                self.may_read(&table_name.to_ascii_lowercase(), column_name, context.accessor)
            }
            _ => false,
        };
        if is_allowed {
            Authorization::Allow
        } else {
            Authorization::Deny
        }
    }

    /// SQLite tells through which view a column is read, but names a common table expression in the
    /// same way. So the views that read the catalog end in a nonce, which no SELECT knows.
    fn may_read(&mut self, table: &str, column: &str, accessor: Option<&str>) -> bool {
        if accessor.is_some_and(|view| view.ends_with(&self.nonce)) {
            self.read_by_views.insert(table.to_owned());
            return true;
        }
        VIEWS.contains(&table)
            || ROW_FUNCTIONS.contains(&table)
            || table.ends_with(&self.nonce.to_ascii_lowercase())
            || (column.is_empty() && self.may_count(table))
    }

    /// Rows without a column, as for count(*). By then SQLite has put a view's tables in its place
    /// and no longer says whose they are; a name that is nothing in the catalog is that of a common
    /// table expression.
    fn may_count(&self, table: &str) -> bool {
        let kept_by_sqlite = KEPT_BY_SQLITE.iter().any(|start| table.starts_with(start));
        self.read_by_views.contains(table) || !(kept_by_sqlite || self.objects.contains(table))
    }
}
