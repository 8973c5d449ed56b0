//! The cause of an error, asked of the server after it: the rows that a COPY could not load, the
//! other transaction, the holder of a lock, the nearest name, the missing grant.
//!
//! The answer stands in the detail or the hint of the server's error. Nothing is asked while a
//! transaction is open, and without an answer the error stays as it is.

use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::Warehouse;
use super::statement::{first_keyword, span_at};
use crate::executor::{Executor, OpenSession, TransactionState};
use crate::name::Identifier;
use crate::sql::keyword::nearest;
use crate::sql::token::{Token, tokens};
use crate::warehouse::views::{TextRow, cause, each_row};
use crate::warehouse::{Cancel, ServerMessage, WarehouseError};

/// The interval at which the limit and an interrupt are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// The number of those intervals that the questions may take: 2 s.
const LOOKS: usize = 20;

/// A row of an answer; NULL is an empty text.
type AnswerRow = Vec<String>;

/// The texts that a cause adds to an error.
#[derive(Default)]
struct Cause {
    detail: Option<String>,
    hint: Option<String>,
}

impl Warehouse {
    /// The error with its cause, if the server tells it in time.
    pub(super) fn explained(
        &mut self,
        executor: &Executor,
        text: &str,
        mut error: WarehouseError,
    ) -> WarehouseError {
        if let WarehouseError::Server { message, .. } = &mut error
            && message.code == "25006"
        {
            add(&mut message.hint, self.read_only_reason(), " ");
            return error;
        }
        let is_idle = self.transaction() == TransactionState::None;
        if let (WarehouseError::Server { message, .. }, Some(open)) = (&mut error, &mut self.open)
            && is_idle
            && !open.session().is_lost()
        {
            let _orderly = executor.signals().defer();
            let found = within_limit(&executor.cancel(), |cancel| {
                Inquiry { open, cancel, text, message }.cause()
            });
            add(&mut message.detail, found.detail, "\n");
            add(&mut message.hint, found.hint, " ");
        }
        error
    }
}

/// Adds a text behind the server's own.
fn add(own: &mut Option<String>, text: Option<String>, between: &str) {
    let Some(text) = text else { return };
    *own = Some(match own.take() {
        Some(before) => format!("{before}{between}{text}"),
        None => text,
    });
}

/// Runs the questions, and cancels the last one when the limit has passed or the user interrupts.
fn within_limit<T>(user: &Cancel, work: impl FnOnce(&Cancel) -> T) -> T {
    let cancel = Cancel::default();
    let (done, waits) = mpsc::channel::<()>();
    let timer = cancel.clone();
    thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..LOOKS {
                if waits.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                if user.is_set() {
                    break;
                }
            }
            timer.set();
        });
        let result = work(&cancel);
        drop(done);
        result
    })
}

/// The questions about one error.
struct Inquiry<'a> {
    open: &'a mut OpenSession,
    cancel: &'a Cancel,
    text: &'a str,
    message: &'a ServerMessage,
}

impl Inquiry<'_> {
    fn cause(&mut self) -> Cause {
        if first_keyword(self.text) == "COPY" {
            return detail(self.load_errors());
        }
        if let Some(ids) = conflicting(self.message) {
            return detail(self.transactions(&ids));
        }
        match self.message.code.as_str() {
            "57014" | "55P03" => detail(self.lock_holders()),
            "42P01" => hint(self.nearest_relation()),
            "42703" => hint(self.nearest_column()),
            "42883" => hint(self.nearest_function()),
            "42501" => hint(self.missing_grant()),
            _ => Cause::default(),
        }
    }

    /// The rows of the first query that the server knows, empty without one.
    fn ask(&mut self, queries: &[&str]) -> Vec<AnswerRow> {
        for sql in queries {
            let mut rows = Vec::new();
            let mut take = |row: &TextRow<'_>| {
                let cells = row.to_texts().into_iter();
                rows.push(cells.map(|cell| cell.unwrap_or(String::new())).collect());
                ControlFlow::Continue(())
            };
            match each_row(self.open.session(), sql, &mut take, None, self.cancel) {
                Ok(()) => return rows,
                // The view does not exist, or the user may not read it.
                Err(WarehouseError::Server { message, .. }) => {
                    tracing::debug!("the cause stays unknown: {message}");
                }
                Err(_) => return Vec::new(),
            }
        }
        Vec::new()
    }

    fn load_errors(&mut self) -> Option<String> {
        lines(&self.ask(&cause::LOAD_ERRORS), |row| {
            let [file, line, column, value, reason] = row else {
                return None;
            };
            let value = if value.is_empty() {
                String::new()
            } else {
                format!(", value '{value}'")
            };
            Some(format!("{file}, line {line}, column {column}{value}: {reason}"))
        })
    }

    fn transactions(&mut self, ids: &str) -> Option<String> {
        let queries = cause::transactions(ids);
        lines(&self.ask(&queries.each_ref().map(String::as_str)), |row| {
            let [transaction, process, user, statement] = row else {
                return None;
            };
            Some(format!("transaction {transaction} of {user} (pid {process}): {statement}"))
        })
    }

    /// The locks on tables that the statement names.
    fn lock_holders(&mut self) -> Option<String> {
        let rows = self.ask(&cause::LOCKS);
        let names = self.names();
        lines(&rows, |row| {
            let [table, process, user, mode, since] = row else {
                return None;
            };
            let is_named = names.iter().any(|name| name.eq_ignore_ascii_case(table));
            is_named
                .then(|| format!("{user} (pid {process}) holds {mode} on {table} since {since}"))
        })
    }

    fn nearest_relation(&mut self) -> Option<String> {
        let missing = self.subject()?;
        let (schema, table) = match missing.rsplit_once('.') {
            Some((schema, table)) => (Some(schema), table),
            None => (None, missing.as_str()),
        };
        let letter = self.literal_of_first(table)?;
        let rows = self.ask(&[&cause::relations_like(&letter)]);
        let of_schema = |row: &&AnswerRow| schema.is_none_or(|schema| row[0] == schema);
        let found = nearest(table, rows.iter().filter(of_schema).map(|row| row[1].as_str()))
            .or_else(|| nearest(table, rows.iter().map(|row| row[1].as_str())))?;
        let mut named = rows.iter().filter(|row| row[1] == found);
        let row = named.clone().find(of_schema).or_else(|| named.next())?;
        Some(did_you_mean(&[&row[0], &row[1]]))
    }

    fn nearest_column(&mut self) -> Option<String> {
        // PostgreSQL has its own proposal.
        if self.message.hint.is_some() {
            return None;
        }
        let missing = self.subject()?;
        let column = missing.rsplit_once('.').map_or(missing.as_str(), |(_, column)| column);
        let literals: Vec<String> = self.names().iter().map(|name| self.literal(name)).collect();
        let rows = self.ask(&[&cause::columns_of(&literals.join(", "))]);
        nearest(column, rows.iter().map(|row| row[0].as_str())).map(|found| did_you_mean(&[found]))
    }

    fn nearest_function(&mut self) -> Option<String> {
        let (_, rest) = self.message.message.split_once("function ")?;
        let (path, _) = rest.split_once('(')?;
        let missing = path.rsplit('.').next()?.to_owned();
        let letter = self.literal_of_first(&missing)?;
        let rows = self.ask(&[&cause::functions_like(&letter)]);
        let found = nearest(&missing, rows.iter().map(|row| row[0].as_str()))?;
        // The arguments are wrong if the name is right.
        (found != missing).then(|| did_you_mean(&[found]))
    }

    fn missing_grant(&mut self) -> Option<String> {
        let message = &self.message.message;
        let object = message.strip_prefix("permission denied for ")?;
        let (kind, name) = object.split_once(' ')?;
        let name = name.trim_matches('"').to_owned();
        let literal = self.literal(&name);
        let user = self.open.destination().user.clone()?;
        let to = Identifier(&user).shown();
        if kind == "schema" {
            let rows = self.ask(&[&cause::owner_of_schema(&literal)]);
            let owner = rows.first()?.get(1)?;
            let schema = Identifier(&name).shown();
            return Some(ask_owner(owner, &format!("GRANT USAGE ON SCHEMA {schema} TO {to}")));
        }
        if !["relation", "table", "view"].contains(&kind) {
            return None;
        }
        let privilege = match first_keyword(self.text).as_str() {
            "WITH" | "COPY" | "EXPLAIN" => "SELECT".to_owned(),
            word @ ("SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE") => word.to_owned(),
            _ => return None,
        };
        let rows = self.ask(&[&cause::owners_of(&literal)]);
        let names = self.names();
        let is_named = |row: &&AnswerRow| names.contains(&row[0]);
        let row = rows.iter().find(is_named).or_else(|| rows.first())?;
        let table = format!("{}.{}", Identifier(&row[0]).shown(), Identifier(&name).shown());
        Some(ask_owner(&row[1], &format!("GRANT {privilege} ON {table} TO {to}")))
    }

    /// The name that the message has in quotes, or else the word at the place of the error.
    fn subject(&self) -> Option<String> {
        let mut parts = self.message.message.split('"');
        if let (Some(_), Some(name)) = (parts.next(), parts.next()) {
            return Some(name.to_owned());
        }
        let place = span_at(self.text, self.message.position?);
        self.text.get(place).filter(|word| !word.is_empty()).map(str::to_owned)
    }

    /// The names and words of the statement, in lower case.
    fn names(&self) -> Vec<String> {
        let name = |token: Token| token.unquoted(self.text).to_ascii_lowercase();
        tokens(self.text).filter(Token::is_name).map(name).collect()
    }

    fn literal(&mut self, text: &str) -> String {
        self.open.session().quote_literal(text)
    }

    fn literal_of_first(&mut self, name: &str) -> Option<String> {
        let first = name.chars().next()?.to_lowercase().to_string();
        Some(self.literal(&first))
    }
}

/// The transactions that form a cycle, as numbers separated by commas (Redshift's error 1023).
fn conflicting(message: &ServerMessage) -> Option<String> {
    let texts = [Some(message.message.as_str()), message.detail.as_deref()];
    let violation = texts.into_iter().flatten().find(|text| {
        text.contains("Serializable isolation violation") && text.contains("cycle are:")
    })?;
    let (_, list) = violation.split_once("cycle are:")?;
    let list = list.split('(').next()?;
    let ids: Vec<&str> = list
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .collect();
    (!ids.is_empty()).then(|| ids.join(", "))
}

fn detail(detail: Option<String>) -> Cause {
    Cause { detail, hint: None }
}

fn hint(hint: Option<String>) -> Cause {
    Cause { detail: None, hint }
}

/// A line for each row that has one; None without any.
fn lines(rows: &[AnswerRow], line: impl Fn(&[String]) -> Option<String>) -> Option<String> {
    let lines: Vec<String> = rows.iter().filter_map(|row| line(row)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn did_you_mean(path: &[&str]) -> String {
    let path: Vec<String> = path.iter().map(|part| Identifier(part).shown()).collect();
    format!("did you mean {}?", path.join("."))
}

fn ask_owner(owner: &str, grant: &str) -> String {
    format!("{}, the owner, or a superuser can {grant}", Identifier(owner).shown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transactions_of_a_cycle_are_read_from_the_message() {
        let text = "1023 DETAIL: Serializable isolation violation on table - 142443, \
             transactions forming the cycle are: 388224, 388226 (pid:19868)";
        let message = ServerMessage {
            message: text.to_owned(),
            ..ServerMessage::default()
        };
        assert_eq!(conflicting(&message).as_deref(), Some("388224, 388226"));
        assert_eq!(conflicting(&ServerMessage::default()), None);
    }

    #[test]
    fn the_limit_cancels_and_an_interrupt_does_too() {
        let user = Cancel::default();
        assert!(!within_limit(&user, Cancel::is_set));
        user.set();
        let is_cancelled = within_limit(&user, |cancel| {
            while !cancel.is_set() {
                thread::yield_now();
            }
            true
        });
        assert!(is_cancelled);
    }
}
