//! Backslash commands and their arguments.

use super::name::{NamePart, existing};
use super::{Candidate, Completion, Names, begins, in_case_of, on_warehouse, path};
use crate::render::Format;
use crate::shell::{CommandSpec, Target};
use crate::sql::grammar::{NameOf, statements};
use crate::sql::token::{TokenKind, tokens};
use crate::sqlstate::SqlState;

/// Completes the command before the cursor; only commands of the target are offered.
pub(super) fn complete(before: &str, target: &Target, names: &mut dyn Names) -> Completion {
    let Some(end) = before.find(char::is_whitespace) else {
        return Completion {
            start: 0,
            candidates: commands(before, target),
        };
    };
    let argument = before[end..].trim_start();
    let command = target.commands().find(|command| command.name == &before[..end]);
    if command.is_some_and(|command| command.argument == "[NAME]") {
        return connection_or_table(before, argument, names);
    }
    if command.is_some_and(|command| command.argument == "NAME") {
        return connection(before, argument, names);
    }
    if let Some(kind) =
        command.and_then(|command| on_warehouse::Argument::from_words(command.argument))
    {
        return on_warehouse::complete_argument(
            kind,
            before,
            before.len() - argument.len(),
            &names.warehouse(),
        );
    }
    Completion {
        start: before.len() - argument.len(),
        candidates: command.map_or_else(Vec::new, |command| arguments(command, argument, names)),
    }
}

/// A connection or, after a point, its schemas and tables.
fn connection_or_table(before: &str, argument: &str, names: &mut dyn Names) -> Completion {
    let start = name_start(before, argument);
    let of = match NamePart::read(before, start).parents.as_slice() {
        [] => NameOf::Connection,
        _ => NameOf::Table,
    };
    Completion {
        start,
        candidates: existing(of, before, start, names),
    }
}

fn connection(before: &str, argument: &str, names: &mut dyn Names) -> Completion {
    let start = name_start(before, argument);
    let is_first = start + argument.len() == before.len();
    Completion {
        start,
        candidates: if is_first {
            existing(NameOf::Connection, before, start, names)
        } else {
            Vec::new()
        },
    }
}

/// The byte at which the name at the end of the argument begins.
fn name_start(before: &str, argument: &str) -> usize {
    let last = tokens(argument).last();
    let typed = last.filter(|token| token.kind == TokenKind::Word || !token.closed);
    before.len() - typed.map_or(0, |token| token.span.len())
}

fn commands(typed: &str, target: &Target) -> Vec<Candidate> {
    let begun = target.commands().filter(|command| command.name.starts_with(typed));
    begun
        .map(|command| {
            let after = if command.argument.is_empty() { "" } else { " " };
            Candidate::new(format!("{}{after}", command.name), command.name)
        })
        .collect()
}

/// The table of commands names the kind of each argument in words.
fn arguments(command: &CommandSpec, typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    match command.argument.trim_matches(['[', ']']) {
        "FILE" => path::argument(typed, names),
        "STATEMENT" => words(statements().map(|statement| statement.name), typed)
            .into_iter()
            .map(|name| in_case_of(typed, typed, name))
            .map(|name| Candidate::new(name.clone(), name))
            .collect(),
        "FORMAT" => plain(words(Format::ALL.iter().map(|format| format.word()), typed)),
        "SQLSTATE" => plain(words(SqlState::ALL.iter().map(|state| state.code()), typed)),
        choices => plain(words(choices.split('|').filter(|choice| !choice.is_empty()), typed)),
    }
}

fn words<'a>(words: impl Iterator<Item = &'a str>, typed: &str) -> Vec<&'a str> {
    words.filter(|word| begins(word, typed)).collect()
}

fn plain(words: Vec<&str>) -> Vec<Candidate> {
    words.into_iter().map(|word| Candidate::new(word, word)).collect()
}
