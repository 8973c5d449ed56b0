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
pub(super) fn parse(
    name: &str,
    argument: Option<&str>,
) -> Option<Result<ObjectCommand, ErrorKind>> {
    let base = command_table::base_name(name);
    let kind = match base {
        "\\d" => return Some(describe(name, argument)),
        "\\l" => ListedKind::Databases,
        "\\dn" => ListedKind::Schemas,
        "\\df" => ListedKind::Functions,
        "\\du" => ListedKind::Users,
        "\\dg" => ListedKind::Groups,
        "\\dp" | "\\z" => ListedKind::Privileges,
        _ => ListedKind::Relations(relation_kinds(base)?),
    };
    Some(pattern(argument, kind.parts()).map(|pattern| list(name, kind, pattern)))
}

fn list(name: &str, kind: ListedKind, pattern: Option<NamePattern>) -> ObjectCommand {
    ObjectCommand::List(Listing {
        kind,
        pattern,
        has_details: name.contains('+'),
        has_system: name.contains('S'),
    })
}

fn describe(name: &str, argument: Option<&str>) -> Result<ObjectCommand, ErrorKind> {
    let kind = ListedKind::Relations(RelationKind::ALL.to_vec());
    Ok(match pattern(argument, kind.parts())? {
        None => list(name, kind, None),
        Some(pattern) => ObjectCommand::Describe { pattern, has_details: name.contains('+') },
    })
}

/// `\sv` and `\sf`. The arguments of a function may stand behind its name, as in psql.
pub(super) fn definition(name: &str, argument: &str) -> Result<ObjectCommand, ErrorKind> {
    let is_view = name == "\\sv";
    let text = if is_view {
        argument
    } else {
        argument.split('(').next().unwrap_or_default()
    };
    let text = Some(text.trim_end()).filter(|text| !text.is_empty());
    let Some(pattern) = pattern(text, PatternParts::Object)? else {
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

fn pattern(text: Option<&str>, parts: PatternParts) -> Result<Option<NamePattern>, ErrorKind> {
    let parsed = text.map(|text| NamePattern::parse(text, parts)).transpose();
    parsed.map_err(|error| CommandError::new(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(name: &str, argument: &str) -> Listing {
        match parse(name, Some(argument).filter(|text| !text.is_empty())) {
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
            assert!(parse(other, None).is_none(), "{other}");
        }
    }

    #[test]
    fn a_pattern_may_not_have_too_many_parts() {
        assert!(matches!(parse("\\d", Some("a.b.c.d")), Some(Err(_))));
        let function = definition("\\sf", "f(int, text)");
        assert!(matches!(function, Ok(ObjectCommand::ShowFunction(_))));
        assert!(definition("\\sv", "").is_err());
    }
}
