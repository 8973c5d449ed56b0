//! The table of backslash commands, which help and completion read.

use std::fmt::Write as _;

use super::Target;
use Workplace::{Catalog, Everywhere, Warehouse};

/// A backslash command.
#[derive(Debug)]
pub struct CommandSpec {
    /// The name, with the backslash.
    pub name: &'static str,
    /// The argument, as help shows it.
    pub argument: &'static str,
    /// The help text, in one line.
    pub help: &'static str,
    /// The targets on which the command works.
    pub place: Workplace,
}

/// The targets on which a backslash command works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workplace {
    /// On every target.
    Everywhere,
    /// On the catalog.
    Catalog,
    /// On a warehouse.
    Warehouse,
}

const fn command(
    place: Workplace,
    name: &'static str,
    argument: &'static str,
    help: &'static str,
) -> CommandSpec {
    CommandSpec { name, argument, help, place }
}

/// Every backslash command.
pub static COMMANDS: &[CommandSpec] = &[
    command(Everywhere, "\\?", "", "list these commands"),
    command(Everywhere, "\\h", "[STATEMENT]", "show the syntax of statements"),
    command(
        Catalog,
        "\\tree",
        "[NAME]",
        "draw the dependents of everything, a connection or a table",
    ),
    command(
        Everywhere,
        "\\connect",
        "NAME",
        "run statements on the warehouse of a connection",
    ),
    command(Everywhere, "\\c", "NAME", "the short form of \\connect"),
    command(Warehouse, "\\disconnect", "", "go back to redwire's own statements"),
    command(
        Warehouse,
        "\\guard",
        "[on|off]",
        "refuse statements that remove what the catalog's jobs and foreign keys use",
    ),
    command(Everywhere, "\\q", "", "quit"),
    command(
        Everywhere,
        "\\g",
        "[FILE||COMMAND]",
        "end a statement or run the last one again; a file or a command gets the rows",
    ),
    command(Everywhere, "\\gx", "[FILE||COMMAND]", "the same, and draw the rows vertically"),
    command(
        Everywhere,
        "\\gset",
        "[PREFIX]",
        "the same, and set variables from the only row",
    ),
    command(Everywhere, "\\gexec", "", "the same, and run each value as a statement"),
    command(Everywhere, "\\watch", "[SECONDS]", "the same, every 2 seconds, until Ctrl-C"),
    command(Everywhere, "\\set", "[NAME [VALUE]]", "set a variable, or list them"),
    command(Everywhere, "\\unset", "NAME", "remove a variable"),
    command(Everywhere, "\\if", "EXPRESSION", "run what follows if the expression is true"),
    command(Everywhere, "\\elif", "EXPRESSION", "else, if this expression is true"),
    command(Everywhere, "\\else", "", "else"),
    command(Everywhere, "\\endif", "", "end of \\if"),
    command(Everywhere, "\\echo", "[-n] [TEXT]", "write a text to standard output"),
    command(Everywhere, "\\qecho", "[-n] [TEXT]", "write a text to where results go"),
    command(Everywhere, "\\warn", "[-n] [TEXT]", "write a text to standard error"),
    command(Everywhere, "\\i", "FILE", "run the statements in a file"),
    command(
        Everywhere,
        "\\ir",
        "FILE",
        "the same, in the folder of the script that names it",
    ),
    command(Everywhere, "\\cd", "[FOLDER]", "change the folder of files and programs"),
    command(Everywhere, "\\!", "[COMMAND]", "run a command line, or your shell"),
    command(Everywhere, "\\getenv", "NAME VARIABLE", "set a variable from the environment"),
    command(
        Everywhere,
        "\\setenv",
        "VARIABLE [VALUE]",
        "set or remove a variable in the environment of programs",
    ),
    command(Everywhere, "\\errverbose", "", "show the last error again"),
    command(
        Everywhere,
        "\\e",
        "[FILE]",
        "edit the last statement, masked, or a file in $EDITOR, and run it",
    ),
    command(
        Everywhere,
        "\\x",
        "[on|off|auto]",
        "draw rows vertically: always, never, or if a table is too wide",
    ),
    command(
        Everywhere,
        "\\format",
        "[FORMAT]",
        "set the format: table, vertical, markdown, csv, tsv, json or jsonl",
    ),
    command(Everywhere, "\\timing", "[on|off]", "report the time of each statement"),
    command(
        Everywhere,
        "\\pset",
        "[OPTION [VALUE]]",
        "set how results are written: null, border, linestyle, title and others; or list that",
    ),
    command(Everywhere, "\\a", "", "values with a separator, or tables again"),
    command(Everywhere, "\\t", "[on|off]", "rows without headings and count"),
    command(Everywhere, "\\f", "[TEXT]", "the separator of values"),
    command(Everywhere, "\\C", "[TEXT]", "the title above results"),
    command(
        Everywhere,
        "\\o",
        "[FILE||COMMAND]",
        "send results to a file or a command, or back to standard output",
    ),
    command(Everywhere, "\\p", "", "show the last statement, without secrets"),
    command(Everywhere, "\\w", "FILE||COMMAND", "write the last statement, without secrets"),
    command(Everywhere, "\\r", "", "drop what is typed"),
    command(Everywhere, "\\s", "[FILE]", "show the history, or write it to a file"),
    command(
        Everywhere,
        "\\expect",
        "SQLSTATE",
        "the next statement must fail with this state",
    ),
    command(Warehouse, "\\l", "", "list databases"),
    command(Warehouse, "\\dn", "", "list schemas"),
    command(
        Warehouse,
        "\\dt",
        "[SCHEMA|TABLE]",
        "list tables and views: all, or those of a schema or of this name",
    ),
    command(
        Warehouse,
        "\\d",
        "TABLE",
        "list the columns of a table, with types, distribution and sort keys",
    ),
];

/// Splits a line into the name of the command, with its backslash, and the argument. As in psql, a
/// final `;` belongs to neither.
pub fn name_and_argument(line: &str) -> (&str, &str) {
    let line = line.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    (&line[..end], line[end..].trim_start())
}

/// The commands that work on the target, one per line: name, argument, help.
pub(super) fn command_help(target: &Target) -> String {
    let mut text = String::new();
    for command in target.commands() {
        let call = format!("{} {}", command.name, command.argument);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {call:<24} {}", command.help);
    }
    text
}
