//! Execution of backslash commands.

use std::io;
use std::path::PathBuf;

use super::command::{Command, Expanded, not_a_state};
use super::command_table::{command_help, name_and_argument};
use super::named_query::{self, QueryName};
use super::statement_end::RedirectTarget;
use super::warehouse::GuardState;
use super::{Flow, Input, Shell, Target};
use crate::diagnostic::Diagnostic;
use crate::error::{CommandError, ErrorKind, FileError, TransactionError};
use crate::executor::{Answer, Mode, Notice, Origin, TransactionState};
use crate::name::ConnectionName;
use crate::private_file;
use crate::render::{Format, render_tree};
use crate::sql::grammar::{self, StatementSyntax};
use crate::sql::{self, SqlError, SqlErrorKind};
use crate::sqlstate::SqlState;

impl Shell {
    pub(super) fn perform(&mut self, command: Command, input: &Input) -> Result<Flow, ErrorKind> {
        match command {
            Command::Help => Ok(self.print_help(&command_help(&self.target()))),
            Command::Syntax(words) => self.help(&words),
            Command::Connect(name) => self.switch_to(name, input),
            Command::Disconnect => self.switch_back(input),
            Command::Tree(name) => self.tree(&name),
            Command::Quit => Ok(Flow::Quit),
            Command::InScript(command) => self.perform_in_script(command, input),
            Command::Include(path) => Ok(Flow::Include(self.path(path))),
            Command::Edit(path) if input.origin == Origin::Prompt => {
                Ok(Flow::Edit(path.map(|path| self.path(path))))
            }
            Command::Edit(_) => Err(CommandError::new("\\e works at the prompt only").into()),
            Command::ListQueries => self.list_queries(),
            Command::RunQuery { name, arguments } => self.query(&name, &arguments),
            Command::SaveQuery { name, text } => {
                named_query::save(&self.writable_queries()?, &name, &text)?;
                Ok(self.show_notice(format!("saved the query {}", name.as_str())))
            }
            Command::EditQuery(name) if input.origin == Origin::Prompt => {
                let folder = self.writable_queries()?;
                let file = name.file(&folder);
                private_file::create_folder(&folder)
                    .map_err(|error| FileError::write(&folder, &error))?;
                Ok(Flow::EditQuery(file))
            }
            Command::EditQuery(_) => Err(CommandError::new("\\ne works at the prompt only").into()),
            Command::DeleteQuery(name) => {
                named_query::delete(&self.writable_queries()?, &name)?;
                Ok(self.show_notice(format!("deleted the query {}", name.as_str())))
            }
            Command::Expanded(expanded) => Ok(self.turn(expanded)),
            Command::Format(format) => Ok(self.set_format(format)),
            Command::Timing(timing) => {
                self.options.timing = timing.unwrap_or(!self.options.timing);
                Ok(self.show_notice(format!(
                    "timing is {}",
                    if self.options.timing { "on" } else { "off" }
                )))
            }
            Command::Guard(turn) => Ok(self.turn_guard(turn)),
            Command::Output(to) => self.redirect(to.as_ref()),
            Command::Objects(command) => Ok(self.show_objects(&command, input)),
            Command::Activity(activity, limit) => Ok(self.show_activity(activity, limit, input)),
            Command::Kill(process) => Ok(self.kill(process, input)),
            Command::Password(user) => Ok(self.change_password(user.as_deref(), input)),
            Command::ConnectionInfo => Ok(self.show_connection(input)),
            Command::Expect(state) => {
                if self.target() == Target::Catalog && state.code().parse::<SqlState>().is_err() {
                    return Err(not_a_state());
                }
                self.expected = Some(state);
                Ok(Flow::Go)
            }
        }
    }

    /// The folder of named queries.
    fn queries(&self) -> Result<PathBuf, ErrorKind> {
        let folder = self.options.queries.clone();
        folder.ok_or_else(|| CommandError::new("there is no home folder for queries").into())
    }

    /// The same, to change it.
    fn writable_queries(&self) -> Result<PathBuf, ErrorKind> {
        if self.executor.mode() == Mode::DryRun {
            return Err(CommandError::new("a dry run changes no named query").into());
        }
        self.queries()
    }

    /// The names of the named queries, for completion.
    pub fn query_names(&self) -> Vec<String> {
        let folder = self.options.queries.as_deref();
        let names = folder.map(named_query::names).unwrap_or_default();
        names.iter().map(|name| name.as_str().to_owned()).collect()
    }

    fn list_queries(&mut self) -> Result<Flow, ErrorKind> {
        let rows = named_query::list(&self.queries()?)?;
        let written = self.output.answer(&Answer::Rows(rows));
        Ok(self.flow_after(written))
    }

    fn query(&mut self, name: &QueryName, arguments: &[String]) -> Result<Flow, ErrorKind> {
        let folder = self.queries()?;
        let text = named_query::read(&folder, name)?;
        let text = named_query::with_arguments(&text, arguments, self.target().dialect())?;
        let file = name.file(&folder);
        Ok(Flow::RunText { text, name: file.display().to_string() })
    }

    pub(super) fn check_place(&self, line: &str) -> Result<(), ErrorKind> {
        let (name, _) = name_and_argument(line);
        if self.target().command(name).is_some() {
            return Ok(());
        }
        let error = CommandError::new(match self.target() {
            Target::Warehouse { .. } => {
                "this command is for redwire's own definitions, not for a warehouse"
            }
            Target::Catalog => "this command is for a warehouse: \\connect NAME goes to one",
        });
        Err(error.with_hint("\\? lists the commands that work here").into())
    }

    /// Shows the help of the current target.
    pub fn show_help(&mut self) -> Flow {
        let target = self.target();
        let statements = match target {
            Target::Catalog => {
                "Statements end with ; \\h lists them, \\h STATEMENT shows the syntax of one. Commands:"
            }
            Target::Warehouse { .. } => {
                "Statements end with ; and run on the warehouse; \\h shows their syntax. Commands:"
            }
        };
        self.print_help(&format!("{statements}\n{}", command_help(&target)))
    }

    fn help(&mut self, words: &str) -> Result<Flow, ErrorKind> {
        match self.target() {
            Target::Catalog => syntax_help(words).map(|text| self.print_help(&text)),
            Target::Warehouse { connection, .. } => {
                let name = connection.shown();
                Ok(self.print_help(&format!(
                    "Statements go to the warehouse of {name} as they stand. {HELP_ELSEWHERE}\n"
                )))
            }
        }
    }

    fn switch_to(&mut self, name: ConnectionName, input: &Input) -> Result<Flow, ErrorKind> {
        self.check_may_move(input)?;
        match self.connect(name) {
            Ok(()) => {
                self.show_target();
                Ok(Flow::Go)
            }
            Err(error) => Err(error.kind().clone()),
        }
    }

    fn switch_back(&mut self, input: &Input) -> Result<Flow, ErrorKind> {
        self.check_may_move(input)?;
        if let Some(name) = self.disconnect() {
            self.show_notice(format!("disconnected from {}", name.shown()));
        }
        Ok(Flow::Go)
    }

    /// A transaction belongs to one target. At the prompt the user sees that the server rolls it
    /// back; a script would lose it and succeed.
    fn check_may_move(&mut self, input: &Input) -> Result<(), ErrorKind> {
        if !self.options.single_transaction {
            let is_open = self.warehouse.is_some() && self.transaction() != TransactionState::None;
            return if is_open && input.origin != Origin::Prompt {
                Err(ErrorKind::Transaction(TransactionError::Open))
            } else {
                Ok(())
            };
        }
        let error = CommandError::new(
            "\\connect and \\disconnect cannot stand in a script that runs with --single-transaction",
        );
        Err(error.with_hint("leave the option or the command out").into())
    }

    fn print_help(&mut self, text: &str) -> Flow {
        let written = self.output.help(text);
        self.flow_after(written)
    }

    pub(super) fn flow_after(&mut self, written: io::Result<()>) -> Flow {
        match written {
            Ok(()) => Flow::Go,
            Err(error) => self.output_failed(&error),
        }
    }

    fn tree(&mut self, name: &str) -> Result<Flow, ErrorKind> {
        let of = match name {
            "" => None,
            name => Some(sql::parse_connection_or_table(name).map_err(|error| not_a_name(&error))?),
        };
        match self.executor.tree(of.as_ref()) {
            Ok(branches) if branches.is_empty() => {
                Ok(self.show_notice("there are no connections".to_owned()))
            }
            Ok(branches) => {
                let tree = render_tree(&branches, self.output.style_mut());
                let written = self.output.text(&tree);
                Ok(self.flow_after(written))
            }
            Err(error) => Err(error.kind().clone()),
        }
    }

    pub(super) fn show_notice(&mut self, text: String) -> Flow {
        self.output.notice(&Notice::new(text));
        Flow::Go
    }

    fn turn(&mut self, expanded: Expanded) -> Flow {
        let style = self.output.style_mut();
        let is_expanded = match expanded {
            Expanded::On => true,
            Expanded::Off | Expanded::Auto => false,
            Expanded::Toggle => !style.is_expanded(),
        };
        style.expand(is_expanded);
        style.vertical_when_wide = expanded == Expanded::Auto;
        let text = match (is_expanded, style.vertical_when_wide) {
            (true, _) => "rows are drawn vertically",
            (false, true) => "rows are drawn vertically where a table is too wide",
            (false, false) if style.format == Format::Unaligned => "rows have a line each",
            (false, false) => "rows are drawn as tables",
        };
        self.show_notice(text.to_owned())
    }

    /// Turns the guard of the warehouse on or off, and shows its state.
    fn turn_guard(&mut self, turn: Option<bool>) -> Flow {
        let Some(warehouse) = &mut self.warehouse else {
            return Flow::Go;
        };
        if let Some(on) = turn {
            warehouse.guard = if on { GuardState::On } else { GuardState::Off };
        }
        let state = match warehouse.guard {
            GuardState::On => "on",
            GuardState::Off => "off",
        };
        self.show_notice(format!("the guard is {state}"))
    }

    fn set_format(&mut self, format: Option<Format>) -> Flow {
        if let Some(format) = format {
            self.output.set_format(format);
        }
        let format = self.output.style_mut().format;
        self.show_notice(format!("the format is {format}"))
    }

    fn redirect(&mut self, to: Option<&RedirectTarget>) -> Result<Flow, ErrorKind> {
        match to {
            None => self.output.end_redirection(),
            Some(to) => self.redirect_to(to)?,
        }
        Ok(Flow::Go)
    }
}

/// The text that points to the warehouse's own documentation.
const HELP_ELSEWHERE: &str = "Amazon Redshift's are described at\n\
    https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html\n\
    \\? lists the commands that work here; after \\disconnect, \\h lists redwire's own statements.";

fn not_a_name(error: &SqlError) -> ErrorKind {
    let message = error.to_string();
    let hint = if matches!(*error.kind, SqlErrorKind::Expected { hint: None, .. }) {
        Some("\\tree takes the name of a connection, or connection.schema.table".to_owned())
    } else {
        error.hint()
    };
    ErrorKind::Command(CommandError { hint, ..CommandError::new(message) })
}

/// The syntax of the statements that the words name; a list of all statements if there are none.
fn syntax_help(words: &str) -> Result<String, ErrorKind> {
    if words.trim().is_empty() {
        return Ok(grammar::statement_list() + "\\h STATEMENT shows the syntax of one.\n");
    }
    let found = grammar::statements_named(words);
    if found.is_empty() {
        let error = CommandError::new("no help available for these words");
        return Err(error.with_hint("\\h lists the statements").into());
    }
    let mut text = String::new();
    for statement in &found {
        text.push_str(&statement.synopsis());
        text.push_str("\n    ");
        text.push_str(statement.summary);
        text.push('\n');
        if found.len() == 1 {
            text.push_str(&details(statement));
        }
    }
    Ok(text)
}

/// The options, data types and tables of a statement.
fn details(statement: &StatementSyntax) -> String {
    let mut text = String::new();
    let mut add = |heading: &str, lines: &str| text.extend([heading, ":\n", lines]);
    if !statement.options().is_empty() {
        add("Options", &grammar::option_help(statement.options()));
    }
    if statement.has_types() {
        add("Types", &crate::sql::data_type::type_help());
    }
    if statement.reads_catalog() {
        add("Tables", &grammar::table_help());
    }
    text
}
