//! The table of backslash commands, as help and completion see them.

use std::fmt::Write as _;

use super::Target;
use Workplace::{Catalog, Everywhere, Warehouse};

/// One backslash command, as help and completion see it.
#[derive(Debug)]
pub struct CommandSpec {
    /// Its name, with the backslash.
    pub name: &'static str,
    /// What may follow it.
    pub argument: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    /// True if it works at the prompt only.
    pub prompt_only: bool,
    /// Where it works.
    pub place: Workplace,
}

/// Where a backslash command works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workplace {
    /// Everywhere.
    Everywhere,
    /// On redwire's own statements and definitions.
    Catalog,
    /// On a warehouse.
    Warehouse,
}

/// A command that works in scripts too.
const fn command(
    place: Workplace,
    name: &'static str,
    argument: &'static str,
    help: &'static str,
) -> CommandSpec {
    CommandSpec {
        name,
        argument,
        help,
        prompt_only: false,
        place,
    }
}

/// Every backslash command.
pub static COMMANDS: &[CommandSpec] = &[
    command(Everywhere, "\\?", "", "list these commands"),
    command(Everywhere, "\\h", "[STATEMENT]", "show the syntax of statements"),
    command(
        Catalog,
        "\\tree",
        "[NAME]",
        "draw what hangs on what: on everything, on a connection, or on a table",
    ),
    command(
        Everywhere,
        "\\connect",
        "NAME",
        "run statements on the warehouse of a connection",
    ),
    command(Everywhere, "\\c", "NAME", "the short form of \\connect"),
    command(Warehouse, "\\disconnect", "", "go back to redwire's own statements"),
    command(Everywhere, "\\q", "", "quit"),
    command(Everywhere, "\\i", "FILE", "run the statements in a file"),
    CommandSpec {
        prompt_only: true,
        ..command(
            Everywhere,
            "\\e",
            "[FILE]",
            "edit the last statement, or a file, in $EDITOR, and run it; passwords are masked",
        )
    },
    command(
        Everywhere,
        "\\x",
        "[on|off|auto]",
        "draw rows vertically: always, never, or where a table is too wide",
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
        "\\o",
        "[FILE]",
        "send results to a file, or back to the standard output",
    ),
    command(
        Everywhere,
        "\\expect",
        "SQLSTATE",
        "the next statement must fail with this state; then that counts as success",
    ),
    command(Warehouse, "\\l", "", "list the databases of the warehouse"),
    command(Warehouse, "\\dn", "", "list the schemas of the warehouse"),
    command(
        Warehouse,
        "\\dt",
        "[SCHEMA]",
        "list the tables and views of the warehouse, or of one schema",
    ),
    command(
        Warehouse,
        "\\d",
        "TABLE",
        "list the columns of a table of the warehouse, with types and Redshift's distribution and sort keys",
    ),
];

/// The name of a command, with its backslash, and what follows it. As in psql, a `;` behind it is
/// no part of it.
pub fn name_and_argument(line: &str) -> (&str, &str) {
    let line = line.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    (&line[..end], line[end..].trim_start())
}

/// The commands that work there as a text: name, argument, what it does.
pub(super) fn command_help(target: &Target) -> String {
    let mut text = String::new();
    for command in target.commands() {
        let call = format!("{} {}", command.name, command.argument);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {call:<24} {}", command.help);
    }
    text
}
