//! The table of backslash commands, which help and completion read.

use std::fmt::Write as _;

use super::Target;
use crate::warehouse::views::RelationKind;
use ArgumentNames::{Others, Relations, Schemas};
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
    /// The names that complete the argument.
    pub names: ArgumentNames,
    /// The letters that may follow the name, as in psql: `S` for system objects, `+` for details.
    suffixes: &'static str,
}

/// The names of a warehouse that complete the argument of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentNames {
    /// Other words, or none.
    Others,
    /// Tables and views, perhaps behind their schema.
    Relations,
    /// Schemas.
    Schemas,
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
    CommandSpec {
        name,
        argument,
        help,
        place,
        names: ArgumentNames::Others,
        suffixes: "",
    }
}

/// A command that lists objects of a warehouse by a pattern.
const fn list(
    name: &'static str,
    names: ArgumentNames,
    suffixes: &'static str,
    help: &'static str,
) -> CommandSpec {
    CommandSpec {
        name,
        argument: "[PATTERN]",
        help,
        place: Warehouse,
        names,
        suffixes,
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
        "[(OPTION=VALUE…)] [FILE or |COMMAND]",
        "end a statement or run the last one again, with options of \\pset for it alone; a file or \
         a command gets the rows",
    ),
    command(
        Everywhere,
        "\\gx",
        "[(OPTION=VALUE…)] [FILE or |COMMAND]",
        "the same, and draw the rows vertically",
    ),
    command(
        Everywhere,
        "\\gset",
        "[PREFIX]",
        "the same, and set variables from the only row",
    ),
    command(
        Warehouse,
        "\\gdesc",
        "",
        "end a statement and show the columns of its result without running it",
    ),
    command(Everywhere, "\\gexec", "", "the same, and run each value as a statement"),
    command(Everywhere, "\\watch", "[SECONDS]", "the same, every 2 seconds, until Ctrl-C"),
    command(Everywhere, "\\set", "[NAME [VALUE]]", "set a variable, or list them"),
    command(Everywhere, "\\unset", "VARIABLE", "remove a variable"),
    command(Everywhere, "\\prompt", "[TEXT] NAME", "set a variable to a line that is typed"),
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
        "\\n",
        "[QUERY [VALUE…]]",
        "run a named query, in which $1 is the first value as a literal, or list them",
    ),
    command(Everywhere, "\\ns", "QUERY TEXT", "save a named query"),
    command(Everywhere, "\\ne", "QUERY", "edit a named query in $EDITOR"),
    command(Everywhere, "\\nd", "QUERY", "delete a named query"),
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
        "[FILE or |COMMAND]",
        "send results to a file or a command, or back to standard output",
    ),
    command(Everywhere, "\\p", "", "show the last statement, without secrets"),
    command(
        Everywhere,
        "\\w",
        "FILE or |COMMAND",
        "write the last statement, without secrets",
    ),
    command(Everywhere, "\\r", "", "drop what is typed"),
    command(Everywhere, "\\s", "[FILE]", "show the history, or write it to a file"),
    command(
        Everywhere,
        "\\expect",
        "SQLSTATE",
        "the next statement must fail with this state",
    ),
    list("\\l", Others, "+", "list databases"),
    list("\\dn", Schemas, "S+", "list schemas"),
    list(
        "\\d",
        Relations,
        "S+",
        "describe each table or view that matches; without a pattern list those of the search path",
    ),
    list(
        "\\dt",
        Relations,
        "S+",
        "list tables; + adds size, rows, skew, unsorted rows and the age of statistics on Redshift",
    ),
    list("\\dv", Relations, "S+", "list views"),
    list("\\dm", Relations, "S+", "list materialized views"),
    list("\\dE", Relations, "S+", "list external tables"),
    list("\\df", Others, "S+", "list functions and procedures"),
    list("\\du", Others, "S+", "list users"),
    list("\\dg", Others, "S+", "list groups and their members"),
    list("\\dp", Relations, "S", "list privileges on tables and views"),
    list("\\z", Relations, "S", "the same as \\dp"),
    CommandSpec {
        argument: "VIEW",
        ..list("\\sv", Relations, "", "show the statement that creates a view")
    },
    CommandSpec {
        argument: "FUNCTION",
        ..list("\\sf", Others, "", "show the statement that creates a function or procedure")
    },
    command(Warehouse, "\\ps", "", "list running and queued queries"),
    command(Warehouse, "\\locks", "", "list locks on tables, and who waits for whom"),
    command(
        Warehouse,
        "\\kill",
        "PID",
        "cancel the query of a process, asking first at the prompt",
    ),
    command(Warehouse, "\\queue", "", "list the queues of workload management on Redshift"),
    command(
        Warehouse,
        "\\errors",
        "[N]",
        "list the last N errors of COPY on Redshift; 10 without N",
    ),
    command(
        Warehouse,
        "\\password",
        "[USER]",
        "change a user's password on the warehouse, which gets its hash alone",
    ),
    command(
        Warehouse,
        "\\conninfo",
        "",
        "show database, user, server and encryption of the session",
    ),
];

/// The command with this name. Letters of psql may follow the name of a list, and `\dtv` lists
/// several kinds of relations.
pub fn find(name: &str) -> Option<&'static CommandSpec> {
    let base = base_name(name);
    let base = if relation_kinds(base).is_some() { "\\dt" } else { base };
    let exact = COMMANDS.iter().find(|command| command.name == name);
    exact.or_else(|| {
        let spec = COMMANDS.iter().find(|command| command.name == base)?;
        let suffixes = &name[base_name(name).len()..];
        suffixes.chars().all(|letter| spec.suffixes.contains(letter)).then_some(spec)
    })
}

/// The name of a command without the letters `S` and `+` behind it.
pub(super) fn base_name(name: &str) -> &str {
    name.trim_end_matches(['S', '+'])
}

/// The kinds of relations whose letters stand behind `\d`, such as `\dtv`; None if there are other
/// letters, or none.
pub(super) fn relation_kinds(base: &str) -> Option<Vec<RelationKind>> {
    let letters = base.strip_prefix("\\d").filter(|letters| !letters.is_empty())?;
    let kind = |letter| RelationKind::ALL.into_iter().find(|kind| kind.letter() == letter);
    letters.chars().map(kind).collect()
}

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
