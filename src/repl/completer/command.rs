//! Backslash commands and their arguments.

use super::name::{NamePart, candidates};
use super::{Candidate, Completion, Names, begins, on_warehouse, path, variable, word};
use crate::render::Format;
use crate::shell::{ArgumentNames, CommandSpec, Target};
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
    let start = before.len() - argument.len();
    let Some(command) = target.command(&before[..end]) else {
        return Completion::default();
    };
    let is_relation = match command.names {
        ArgumentNames::Others => None,
        ArgumentNames::Relations => Some(true),
        ArgumentNames::Schemas => Some(false),
    };
    if let Some(is_relation) = is_relation {
        let (names, uses) = (names.warehouse(), names.uses());
        return on_warehouse::complete_argument(is_relation, before, start, &names, &uses);
    }
    match command.argument {
        "NAME" | "[NAME]" => name(command, before, argument, names),
        _ => Completion {
            start,
            candidates: arguments(command, argument, names),
        },
    }
}

/// A connection or, if the command takes tables too, the next part of a table's name.
fn name(command: &CommandSpec, before: &str, argument: &str, names: &mut dyn Names) -> Completion {
    let last = tokens(argument).last();
    let typed = last.filter(|token| token.kind == TokenKind::Word || !token.closed);
    let start = before.len() - typed.map_or(0, |token| token.span.len());
    let is_first = start + argument.len() == before.len();
    let of = match NamePart::read(before, start).parents.as_slice() {
        [] => NameOf::Connection,
        _ => NameOf::Table,
    };
    let candidates = if is_first || command.argument == "[NAME]" {
        candidates(of, false, before, start, names)
    } else {
        Vec::new()
    };
    Completion { start, candidates }
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

/// The first word behind the command is the name of a query.
fn query_names(typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    let begun = names.queries().into_iter().filter(|name| name.starts_with(typed));
    begun.map(|name| Candidate::new(name.as_str(), name.as_str())).collect()
}

/// The table of commands names the kind of each argument in words.
fn arguments(command: &CommandSpec, typed: &str, names: &mut dyn Names) -> Vec<Candidate> {
    if ["\\set", "\\unset"].contains(&command.name) {
        return variable::candidates(typed, "", names);
    }
    let words: Vec<&str> = match command.argument.trim_matches(['[', ']']) {
        file if file.ends_with("FILE") || file.ends_with("FILE or |COMMAND") => {
            return path::argument(typed, names);
        }
        query if query.starts_with("QUERY") => return query_names(typed, names),
        "STATEMENT" => {
            let begun = statements().filter_map(|spec| word(typed, typed, spec.name, ""));
            return begun.collect();
        }
        "FORMAT" => Format::ALL.iter().map(|format| format.word()).collect(),
        "SQLSTATE" => SqlState::ALL.iter().map(|state| state.code()).collect(),
        choices if choices.contains('|') => choices.split('|').collect(),
        _ => Vec::new(),
    };
    let begun = words.into_iter().filter(|word| begins(word, typed));
    begun.map(|word| Candidate::new(word, word)).collect()
}
