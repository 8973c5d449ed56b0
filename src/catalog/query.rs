//! SELECT over `system.information_schema` and `system.monitoring`: SQLite runs it, and may read
//! only the views of the catalog.

use rusqlite::hooks::{AuthContext, Authorization};
use rusqlite::{Error, ErrorCode, Row, Statement};

use super::guard::Guard;
use super::rows::value;
use super::sqlite_error::{Attempt, cause_of, translate};
use super::views::{VIEWS, view_path};
use super::{CatalogError, Db};
use crate::sqlstate::SqlState;
use crate::value::{Column, ResultSet, Value};

impl Db {
    /// Runs a SELECT, which sees the views as `temp.name`.
    pub fn query(&mut self, sql: &str) -> Result<ResultSet, CatalogError> {
        self.create_views()?;
        let mut guard = Guard::new(self)?;
        let translated = translate(&self.path, Attempt::Open);
        self.sqlite
            .authorizer(Some(move |context: AuthContext<'_>| guard.judge(&context)))
            .map_err(&translated)?;
        let result = self.run_query(sql);
        let remove: Option<fn(AuthContext<'_>) -> Authorization> = None;
        self.sqlite.authorizer(remove).map_err(&translated)?;
        result
    }

    fn run_query(&self, sql: &str) -> Result<ResultSet, CatalogError> {
        let failed = |error: Error| self.query_failure(sql, error);
        let mut statement = self.sqlite.prepare(sql).map_err(failed)?;
        if !statement.readonly() {
            return Err(only_select());
        }
        if statement.parameter_count() > 0 {
            return Err(query_error(
                sql,
                "there are no values for parameters such as ? and :name",
                None,
            ));
        }
        let mut set = ResultSet {
            columns: columns(&statement),
            rows: Vec::new(),
        };
        let count = set.columns.len();
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            set.rows.push(read_values(row, count).map_err(failed)?);
        }
        Ok(set)
    }

    /// An error that SQLite reports about the text is an error of the statement; any other is one
    /// of the catalog.
    fn query_failure(&self, sql: &str, error: Error) -> CatalogError {
        let cause = cause_of(&error);
        match &error {
            Error::SqlInputError { offset, .. } => {
                query_error(sql, &cause, usize::try_from(*offset).ok())
            }
            Error::SqliteFailure(code, _)
                if code.code == ErrorCode::AuthorizationForStatementDenied =>
            {
                match denied_table(&cause) {
                    Some(table) => query_error(sql, &format!("no such table: {table}"), None),
                    None => only_select(),
                }
            }
            Error::SqliteFailure(code, _)
                if matches!(
                    code.code,
                    ErrorCode::Unknown | ErrorCode::TooBig | ErrorCode::TypeMismatch
                ) =>
            {
                query_error(sql, &cause, None)
            }
            _ => translate(&self.path, Attempt::Open)(error),
        }
    }
}

/// A table behind the views, in the words of SQLite's refusal, with a name like that of a view.
fn denied_table(cause: &str) -> Option<&str> {
    let (table, _) = cause.strip_prefix("access to ")?.split_once('.')?;
    nearest_table(table).map(|_| table)
}

fn only_select() -> CatalogError {
    CatalogError::Query {
        message: "a SELECT may read the tables of the catalog and change nothing".to_owned(),
        offset: None,
        sqlstate: SqlState::NotSupported,
        hint: tables_hint(),
    }
}

fn tables_hint() -> String {
    let names: Vec<String> = VIEWS.iter().map(|view| view_path(view)).collect();
    format!("the tables are: {}", names.join(", "))
}

/// SQLite has no codes for errors in a text, only its words. Each row has these, the SQLSTATE, and
/// the words of PostgreSQL; `*` is a name or a token.
const MESSAGES: [(&str, SqlState, &str); 6] = [
    ("no such table: *", SqlState::UndefinedTable, "relation \"*\" does not exist"),
    ("no such column: *", SqlState::UndefinedColumn, "column \"*\" does not exist"),
    ("no such function: *", SqlState::UndefinedFunction, "function * does not exist"),
    (
        "ambiguous column name: *",
        SqlState::SyntaxError,
        "column reference \"*\" is ambiguous",
    ),
    ("near *: syntax error", SqlState::SyntaxError, "syntax error at or near *"),
    (INCOMPLETE, SqlState::SyntaxError, "syntax error at end of input"),
];

const INCOMPLETE: &str = "incomplete input";

/// An error in the text, in PostgreSQL's words and with the names that the user wrote.
fn query_error(sql: &str, cause: &str, offset: Option<usize>) -> CatalogError {
    let translated = MESSAGES.iter().find_map(|(theirs, sqlstate, ours)| {
        let name = filling(theirs, cause)?.trim_start_matches("temp.");
        let shown = name.replacen("monitoring_", "monitoring.", 1);
        Some((*sqlstate, ours.replace('*', &shown), name))
    });
    let (sqlstate, message, name) = translated.unwrap_or_else(|| {
        if cause.contains("prohibited") {
            let message = cause.replace("temp.", "system.information_schema.");
            (SqlState::UndefinedTable, message, "")
        } else if cause.contains("BY term out of range") {
            (SqlState::SyntaxError, "position is not in select list".to_owned(), "")
        } else {
            (SqlState::SyntaxError, cause.to_owned(), "")
        }
    });
    CatalogError::Query {
        message,
        offset: match cause {
            INCOMPLETE => Some(sql.trim_end().len()),
            // For a table SQLite gives no place.
            _ => offset.or_else(|| place_of_table(sql, name)),
        },
        sqlstate,
        hint: if sqlstate == SqlState::UndefinedTable {
            match nearest_table(name) {
                Some(table) => format!("did you mean {}?", view_path(table)),
                None => {
                    format!("{}; \\connect NAME goes to a warehouse and its own", tables_hint())
                }
            }
        } else {
            "\\h SELECT lists the tables and their columns".to_owned()
        },
    }
}

/// The table with a name like this one.
fn nearest_table(name: &str) -> Option<&'static str> {
    const MAX_TYPING_ERRORS: usize = 2;
    let errors = |view: &&&str| strsim::osa_distance(&name.to_ascii_lowercase(), view);
    let nearest = VIEWS.iter().min_by_key(errors);
    nearest.filter(|view| errors(view) <= MAX_TYPING_ERRORS).copied()
}

/// The part of the text at the `*` of the pattern; None if the text has another form.
fn filling<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    let (start, end) = pattern.split_once('*').unwrap_or((pattern, ""));
    text.strip_prefix(start)?.strip_suffix(end)
}

/// The first place of the name behind FROM, JOIN or a point.
fn place_of_table(sql: &str, name: &str) -> Option<usize> {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    let is_table = |at: usize| {
        let before = sql[..at].trim_end();
        let word = &before[before.trim_end_matches(in_name).len()..];
        let opens = ["FROM", "JOIN"].iter().any(|opener| opener.eq_ignore_ascii_case(word));
        let begins = !sql[..at].ends_with(in_name);
        begins && (opens || before.ends_with('.')) && !sql[at + name.len()..].starts_with(in_name)
    };
    let places = sql.match_indices(name).map(|(at, _)| at);
    places.filter(|_| !name.is_empty()).find(|at| is_table(*at))
}

fn columns(statement: &Statement<'_>) -> Vec<Column> {
    statement.column_names().map(Column::named).collect()
}

/// The first `count` values of a row.
pub(super) fn read_values(row: &Row<'_>, count: usize) -> rusqlite::Result<Vec<Value>> {
    (0..count).map(|index| row.get_ref(index).map(value)).collect()
}
