//! The authorizer of SELECT: it allows the views of the catalog, the tables that they read, and
//! SQLite's functions.

use std::collections::HashSet;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::views::VIEWS;
use super::{CatalogError, Db};

/// Table-valued functions of SQLite that read nothing but their arguments.
const ROW_FUNCTIONS: &[&str] = &["json_each", "json_tree"];

/// Functions that reach outside the SELECT. SQLite has them switched off as well; the check here
/// gives them the same message as everything else that is not allowed.
const REACHING_OUT: &[&str] = &["load_extension", "fts3_tokenizer"];

/// The prefixes of SQLite's own tables and functions.
const KEPT_BY_SQLITE: &[&str] = &["sqlite_", "pragma_"];

/// Authorizes the actions of one SELECT.
pub(super) struct Guard {
    /// The suffix of the views that read the catalog.
    nonce: String,
    /// All tables and views, in lower case.
    objects: HashSet<String>,
    /// The tables that the views have read for this SELECT.
    read_by_views: HashSet<String>,
}

impl Guard {
    pub(super) fn new(db: &Db) -> Result<Self, CatalogError> {
        let objects = db.collect(
            "SELECT lower(name) FROM main.sqlite_schema UNION ALL SELECT lower(name) FROM temp.sqlite_schema",
            [],
            |row| row.get(0),
        )?;
        Ok(Self {
            nonce: db.nonce.clone(),
            objects: objects.into_iter().collect(),
            read_by_views: HashSet::new(),
        })
    }

    /// Answers SQLite's authorizer callback while it compiles the SELECT.
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

    /// SQLite names the view through which a column is read, but it names a common table expression
    /// in the same way. So the views that read the catalog end in a nonce, which no SELECT knows.
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

    /// Rows without a column, as for count(*). By then SQLite has replaced a view by its tables and
    /// no longer says through which view they are read; a name that is no object of the catalog is
    /// a common table expression.
    fn may_count(&self, table: &str) -> bool {
        let kept_by_sqlite = KEPT_BY_SQLITE.iter().any(|start| table.starts_with(start));
        self.read_by_views.contains(table) || !(kept_by_sqlite || self.objects.contains(table))
    }
}
