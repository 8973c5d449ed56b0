//! `\d` and the other commands that show the objects of a warehouse.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::statement::Batch;
use super::{StatementError, Warehouse};
use crate::error::{CommandError, Error, ErrorKind};
use crate::executor::{Answer, Executor, Notice};
use crate::render::{Format, one_line};
use crate::shell::listing::ObjectCommand;
use crate::shell::{Flow, Input, Output, Shell};
use crate::sign::shown;
use crate::sql::mask::Echo;
use crate::sqlstate::SqlState;
use crate::value::{ResultSet, Value};
use crate::warehouse::views::{
    FunctionDefinition, ListedKind, Listing, NamePattern, Relation, TextRow, Views, each_row,
};
use crate::warehouse::{WarehouseError, quote_literal};

/// The words of psql.
fn not_found(pattern: &NamePattern) -> ErrorKind {
    let message = format!("Did not find any relation named \"{}\".", shown(pattern.text()));
    let hint = "\\d lists tables and views, \\dt SCHEMA.* those of a schema, \\dn the schemas";
    let error = CommandError::new(message).with_state(SqlState::UndefinedTable);
    error.with_hint(hint).into()
}

impl Shell {
    /// Shows objects of the warehouse.
    pub(in crate::shell) fn show_objects(
        &mut self,
        command: &ObjectCommand,
        input: &Input,
    ) -> Flow {
        self.ask_warehouse(input, |objects| match command {
            ObjectCommand::List(listing) => objects.list(listing),
            ObjectCommand::Describe { pattern, has_details } => {
                objects.describe(pattern, *has_details)
            }
            ObjectCommand::ShowView(pattern) => objects.show_view(pattern),
            ObjectCommand::ShowFunction(pattern) => objects.show_function(pattern),
        })
    }

    /// Runs a command that asks the warehouse, and shows its end.
    pub(super) fn ask_warehouse(
        &mut self,
        input: &Input,
        ask: impl FnOnce(&mut Objects<'_>) -> Result<(), StatementError>,
    ) -> Flow {
        let Some(warehouse) = &mut self.warehouse else {
            return Flow::Go;
        };
        let shown = ask(&mut Objects {
            warehouse,
            executor: &mut self.executor,
            output: &mut self.output,
        });
        self.settle_command(shown, input)
    }

    /// Shows the end of a command that asked the warehouse.
    pub(super) fn settle_command(
        &mut self,
        shown: Result<(), StatementError>,
        input: &Input,
    ) -> Flow {
        let flow = match shown {
            Ok(()) => Flow::Go,
            Err(StatementError::Failed(error)) => {
                self.fail_command(Error::new(error.kind().clone()))
            }
            Err(StatementError::Output(error)) => self.output_failed(&error),
        };
        self.after_lost_session(flow, input)
    }
}

/// The parts that a command needs to ask a warehouse and to show the answer.
pub(super) struct Objects<'a> {
    pub warehouse: &'a mut Warehouse,
    pub executor: &'a mut Executor,
    pub output: &'a mut Output,
}

impl Objects<'_> {
    fn list(&mut self, listing: &Listing) -> Result<(), StatementError> {
        let views = self.prepare(listing.pattern.as_ref())?;
        let literal = self.literal();
        let sql = listing.sql(views, &literal);
        let is_relations = matches!(listing.kind, ListedKind::Relations(_));
        let count = match listing.storage_sql(views, &literal) {
            Some(storage) => self.list_with_storage(&sql, &storage)?,
            None => self.show(&sql, is_relations)?,
        };
        match &listing.pattern {
            Some(pattern) if is_relations && count == 0 => {
                Err(Error::new(not_found(pattern)).into())
            }
            None if is_relations && count == 0 => {
                self.output.notice(&Notice::new("Did not find any relations."));
                Ok(())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Shows tables with their storage, which is another query. A user who may not read it gets
    /// the tables alone: an error would abort an open transaction.
    fn list_with_storage(&mut self, sql: &str, storage: &str) -> Result<u64, StatementError> {
        let mut rows = self.collect(sql, texts)?;
        let may_read =
            "SELECT pg_catalog.has_table_privilege('pg_catalog.svv_table_info', 'SELECT')";
        let allowed = self.collect(may_read, |row| row.text(0) == Some("t"))?;
        let mut storage_of = HashMap::new();
        if allowed.contains(&true) {
            let storage = self.collect(storage, texts)?;
            storage_of.extend(storage.into_iter().map(|mut row| {
                let cells = row.split_off(2);
                (row, cells)
            }));
        } else {
            self.output.notice(&Notice::warning(format!(
                "permission denied for svv_table_info, so sizes are missing: {}",
                GRANT.replace("view", "svv_table_info")
            )));
        }
        for row in &mut rows {
            let cells = storage_of.remove(&row[..2]);
            row.extend(cells.unwrap_or_else(|| vec![None; 5]));
        }
        let count = rows.len() as u64;
        if count > 0 {
            let rows = rows.into_iter();
            let answer = ResultSet {
                rows: rows.map(|row| row.into_iter().map(Value::optional_text).collect()).collect(),
                ..ResultSet::with_columns(Listing::COLUMNS_WITH_STORAGE)
            };
            let shown = self.output.answer(&Answer::Rows(answer));
            shown.map_err(StatementError::Output)?;
        }
        Ok(count)
    }

    fn describe(&mut self, pattern: &NamePattern, has_details: bool) -> Result<(), StatementError> {
        let views = self.prepare(Some(pattern))?;
        let literal = self.literal();
        let relations = self.relations(pattern)?;
        if relations.is_empty() {
            // The catalog does not have external tables.
            if views == Views::Redshift && pattern.has_schema() {
                let external = Relation::external_columns_sql(pattern, &literal);
                if self.show(&external, true)? > 0 {
                    return Ok(());
                }
            }
            return Err(Error::new(not_found(pattern)).into());
        }
        let has_titles = matches!(self.output.style_mut().format, Format::Table | Format::Vertical);
        for (index, relation) in relations.iter().enumerate() {
            if has_titles {
                let title = relation.title();
                let between = if index > 0 { "\n" } else { "" };
                self.write(&format!("{between}{}\n", one_line(&title)))?;
            }
            self.show(&relation.columns_sql(views, !has_titles, has_details, &literal), false)?;
            if has_titles {
                self.footer(&relation.footer_sql(views, has_details))?;
            }
        }
        Ok(())
    }

    /// Writes the text below the columns of a table. A heading stands once.
    fn footer(&mut self, queries: &[String]) -> Result<(), StatementError> {
        let mut text = String::new();
        let mut heading = String::new();
        for query in queries {
            for (next, line) in self.collect(query, |row| {
                let text = |index| row.text(index).unwrap_or_default().to_owned();
                (text(0), text(1))
            })? {
                if next != heading {
                    text.extend([next.as_str(), "\n"]);
                    heading = next;
                }
                for line in line.lines() {
                    text.extend([one_line(line).as_ref(), "\n"]);
                }
            }
        }
        self.write(&text)?;
        self.output.end_page().map_err(StatementError::Output)
    }

    fn show_view(&mut self, pattern: &NamePattern) -> Result<(), StatementError> {
        self.prepare(Some(pattern))?;
        let relations = self.relations(pattern)?;
        if relations.is_empty() {
            return Err(does_not_exist("relation", SqlState::UndefinedTable, pattern));
        }
        for relation in relations {
            let Some(sql) = relation.view_sql() else {
                let message = format!("\"{}.{}\" is not a view", relation.schema, relation.name);
                let error = CommandError::new(message).with_state(SqlState::WrongObjectType);
                return Err(Error::new(error).into());
            };
            for statement in self.collect(&sql, first_text)? {
                self.show_statement(&statement)?;
            }
        }
        Ok(())
    }

    fn show_function(&mut self, pattern: &NamePattern) -> Result<(), StatementError> {
        let views = self.prepare(Some(pattern))?;
        let sql = FunctionDefinition::find_sql(views, pattern, &self.literal());
        let definitions = self.collect(&sql, |row| FunctionDefinition::from_row(views, row))?;
        if definitions.is_empty() {
            return Err(does_not_exist("function", SqlState::UndefinedFunction, pattern));
        }
        for definition in definitions.into_iter().flatten() {
            match definition {
                FunctionDefinition::Statement(statement) => self.show_statement(&statement)?,
                FunctionDefinition::Query(query) => {
                    for statement in self.collect(&query, first_text)? {
                        self.show_statement(&statement)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn show_statement(&mut self, statement: &str) -> Result<(), StatementError> {
        let answer = Answer::Sql(statement.trim_end().to_owned());
        self.output.answer(&answer).map_err(StatementError::Output)
    }

    fn relations(&mut self, pattern: &NamePattern) -> Result<Vec<Relation>, StatementError> {
        let sql = Relation::find_sql(pattern, &self.literal());
        let relations = self.collect(&sql, Relation::from_row)?;
        Ok(relations.into_iter().flatten().collect())
    }

    /// Opens a session if there is none, and checks the database of the pattern.
    fn prepare(&mut self, pattern: Option<&NamePattern>) -> Result<Views, Error> {
        let views = self.warehouse.find_views(self.executor, self.output)?;
        let open = self.warehouse.ready(self.executor, self.output)?;
        if let Some(pattern) = pattern {
            let database = &open.destination().endpoint.database;
            pattern
                .check_database(database)
                .map_err(|error| Error::new(CommandError::new(error.to_string())))?;
        }
        Ok(views)
    }

    /// Quotes a text for the server.
    fn literal(&self) -> impl Fn(&str) -> String + use<> {
        let backslash_is_plain = !self.warehouse.backslash_escapes;
        move |text: &str| quote_literal(text, backslash_is_plain)
    }

    /// Shows the rows of a query as they arrive; with `needs_rows`, nothing if there are none.
    pub fn show(&mut self, sql: &str, needs_rows: bool) -> Result<u64, StatementError> {
        let echo = Echo::new(sql, false);
        let batch = Batch::new(sql, self.warehouse.target().dialect());
        // As in psql, nothing stands for a default or a comment that is not there.
        let null = std::mem::replace(&mut self.output.style_mut().null, "".into());
        let asked = self.warehouse.ask(self.executor, self.output, &echo, &batch, needs_rows);
        self.output.style_mut().null = null;
        asked.map_err(|error| match error {
            StatementError::Failed(error) => StatementError::Failed(self.with_grant(error)),
            StatementError::Output(error) => StatementError::Output(error),
        })
    }

    /// Reads all rows of a query.
    pub fn collect<T>(
        &mut self,
        sql: &str,
        read: impl Fn(&TextRow<'_>) -> T,
    ) -> Result<Vec<T>, StatementError> {
        let open = self.warehouse.ready(self.executor, self.output)?;
        let _orderly = self.executor.signals().defer();
        let cancel = self.executor.cancel();
        let mut rows = Vec::new();
        let mut take = |row: &TextRow<'_>| {
            rows.push(read(row));
            ControlFlow::Continue(())
        };
        let asked = each_row(open.session(), sql, &mut take, None, &cancel);
        asked.map_err(|error| self.with_grant(Error::new(error)))?;
        Ok(rows)
    }

    /// The refusal by Redshift with the grant that its system views need.
    fn with_grant(&self, error: Error) -> Error {
        if let ErrorKind::Warehouse(WarehouseError::Server { stage, mut message }) =
            error.kind().clone()
            && message.code == INSUFFICIENT_PRIVILEGE
            && self.warehouse.views != Some(Views::PostgreSql)
        {
            message.hint = Some(GRANT.to_owned());
            return Error::new(WarehouseError::Server { stage, message });
        }
        error
    }

    /// Writes a text to the results.
    fn write(&mut self, text: &str) -> Result<(), StatementError> {
        let written = self.output.write_rows(text.as_bytes());
        written.map(drop).map_err(StatementError::Output)
    }
}

pub(super) fn texts(row: &TextRow<'_>) -> Vec<Option<String>> {
    row.to_texts()
}

fn first_text(row: &TextRow<'_>) -> String {
    row.text(0).unwrap_or_default().to_owned()
}

/// PostgreSQL's words for a name that is not there.
fn does_not_exist(what: &str, state: SqlState, pattern: &NamePattern) -> StatementError {
    let message = format!("{what} \"{}\" does not exist", shown(pattern.text()));
    Error::new(CommandError::new(message).with_state(state)).into()
}

/// The statement that lets a user read a system view (AWS documentation, "Amazon Redshift
/// system-defined roles").
const GRANT: &str =
    "a superuser lets you read it by GRANT ROLE sys:monitor TO you, or GRANT SELECT ON view TO you";

/// The SQLSTATE `insufficient_privilege` of a server.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

impl Warehouse {
    fn find_views(&mut self, executor: &mut Executor, output: &mut Output) -> Result<Views, Error> {
        if let Some(views) = self.views {
            return Ok(views);
        }
        let open = self.ready(executor, output)?;
        let _orderly = executor.signals().defer();
        let views = Views::detect(open.session(), &executor.cancel()).map_err(Error::new)?;
        Ok(*self.views.insert(views))
    }
}
