//! The arguments of `\d` and the other commands that list a warehouse's objects.

use super::command_table::{self, relation_kinds};
use crate::error::{CommandError, ErrorKind};
use crate::warehouse::views::{ListedKind, Listing, NamePattern, PatternParts, RelationKind};

/// A command that shows objects of a warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ObjectCommand {
    /// Lists objects.
    List(Listing),
    /// Shows each table or view that matches, with its columns.
    Describe {
        pattern: NamePattern,
        has_details: bool,
    },
    /// Shows the statement that creates a view.
    ShowView(NamePattern),
    /// Shows the statement that creates a function or procedure.
    ShowFunction(NamePattern),
}

/// Parses a command that shows objects of a warehouse, whose name may end in `S` and `+`. None if
/// this is another command.
pub(super) fn parse(name: &str, argument: &str) -> Option<Result<ObjectCommand, ErrorKind>> {
    let base = command_table::base_name(name);
    let kind = match base {
        "\\d" => return Some(describe(name, argument)),
        "\\sv" | "\\sf" => return Some(definition(base, argument)),
        "\\l" => ListedKind::Databases,
        "\\dn" => ListedKind::Schemas,
        "\\df" => ListedKind::Functions,
        "\\du" => ListedKind::Users,
        "\\dg" => ListedKind::Groups,
        "\\dp" | "\\z" => ListedKind::Privileges,
        _ => ListedKind::Relations(relation_kinds(base)?),
    };
    Some(pattern(name, argument, kind.parts()).map(|pattern| list(name, kind, pattern)))
}

fn list(name: &str, kind: ListedKind, pattern: Option<NamePattern>) -> ObjectCommand {
    ObjectCommand::List(Listing {
        kind,
        pattern,
        has_details: name.contains('+'),
        has_system: name.contains('S'),
    })
}

fn describe(name: &str, argument: &str) -> Result<ObjectCommand, ErrorKind> {
    let kind = ListedKind::Relations(RelationKind::ALL.to_vec());
    Ok(match pattern(name, argument, kind.parts())? {
        None => list(name, kind, None),
        Some(pattern) => ObjectCommand::Describe { pattern, has_details: name.contains('+') },
    })
}

/// `\sv` and `\sf`. The arguments of a function may stand behind its name, as in psql.
fn definition(name: &str, argument: &str) -> Result<ObjectCommand, ErrorKind> {
    let is_view = name == "\\sv";
    let text = if is_view {
        argument
    } else {
        argument.split('(').next().unwrap_or_default()
    };
    let Some(pattern) = pattern(name, text.trim_end(), PatternParts::Object)? else {
        let missing = if is_view {
            "view name is required"
        } else {
            "function name is required"
        };
        return Err(CommandError::new(missing).into());
    };
    Ok(if is_view {
        ObjectCommand::ShowView(pattern)
    } else {
        ObjectCommand::ShowFunction(pattern)
    })
}

/// The pattern in the argument; None without one.
fn pattern(
    name: &str,
    argument: &str,
    parts: PatternParts,
) -> Result<Option<NamePattern>, ErrorKind> {
    let Some(text) = single_argument(name, argument)? else {
        return Ok(None);
    };
    let parsed = NamePattern::parse(&text, parts);
    parsed.map(Some).map_err(|error| CommandError::new(error.to_string()).into())
}

/// The argument without its single quotes. As in psql double quotes stay, and blanks inside quotes
/// do not end the argument.
fn single_argument(name: &str, argument: &str) -> Result<Option<String>, ErrorKind> {
    let mut text = String::new();
    let mut chars = argument.chars();
    let mut quote = None;
    for c in chars.by_ref() {
        match (c, quote) {
            ('\'', None | Some('\'')) | ('"', None | Some('"')) => {
                quote = if quote.is_none() { Some(c) } else { None };
                if c == '"' {
                    text.push(c);
                }
            }
            (c, None) if c.is_whitespace() => break,
            (c, _) => text.push(c),
        }
    }
    let extra = chars.as_str().trim();
    if quote.is_some() {
        return Err(CommandError::new("unterminated quoted string").into());
    }
    if !extra.is_empty() {
        return Err(CommandError::new(format!("{name} takes one pattern")).into());
    }
    Ok((!argument.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(name: &str, argument: &str) -> Listing {
        match parse(name, argument) {
            Some(Ok(ObjectCommand::List(listing))) => listing,
            other => panic!("{name} {argument}: {other:?}"),
        }
    }

    #[test]
    fn letters_behind_a_command_choose_kinds_details_and_system_objects() {
        use RelationKind::{Table, View};
        let plain = listing("\\dt", "");
        assert_eq!(plain.kind, ListedKind::Relations(vec![Table]));
        assert!(!plain.has_details && !plain.has_system && plain.pattern.is_none());
        let both = listing("\\dtvS+", "crm.*");
        assert_eq!(both.kind, ListedKind::Relations(vec![Table, View]));
        assert!(both.has_details && both.has_system && both.pattern.is_some());
        assert_eq!(listing("\\d", "").kind, ListedKind::Relations(RelationKind::ALL.to_vec()));
        assert!(listing("\\dn+", "").has_details);
        for other in ["\\dx", "\\dtx", "\\tree", "\\q"] {
            assert!(parse(other, "").is_none(), "{other}");
        }
    }

    #[test]
    fn an_argument_is_read_as_psql_reads_it() {
        let read = |argument| single_argument("\\dt", argument);
        assert_eq!(read("crm.* ").unwrap().unwrap(), "crm.*");
        assert_eq!(read("\"a b\".c").unwrap().unwrap(), "\"a b\".c");
        assert_eq!(read("'a b'").unwrap().unwrap(), "a b");
        assert_eq!(read("").unwrap(), None);
        for wrong in ["a b", "\"a", "'a"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(matches!(parse("\\d", "a.b.c.d"), Some(Err(_))));
        assert!(matches!(parse("\\sf", "f(int)"), Some(Ok(ObjectCommand::ShowFunction(_)))));
        assert!(matches!(parse("\\sv", ""), Some(Err(_))));
    }
}
