//! The arguments of `\dt` and `\d`.

use crate::error::{CommandError, ErrorKind};
use crate::sql::token::{TokenKind, tokens};
use crate::warehouse::views::Listing;

/// Parses the argument of `\dt`: nothing, or the name of a schema.
pub(in crate::shell) fn tables(argument: &str) -> Result<Listing, ErrorKind> {
    match names(argument).as_deref() {
        Some([]) => Ok(Listing::Tables(None)),
        Some([schema]) => Ok(Listing::Tables(Some(schema.clone()))),
        _ => Err(not_a_name(
            "\\dt takes the name of a schema, or nothing",
            "\\dt SCHEMA: it takes no patterns; \\dn lists the schemas",
        )),
    }
}

/// Parses the argument of `\d`: the name of a table, perhaps with its schema.
pub(in crate::shell) fn columns(argument: &str) -> Result<Listing, ErrorKind> {
    match names(argument).as_deref() {
        Some([table]) => Ok(Listing::Columns(None, table.clone())),
        Some([schema, table]) => Ok(Listing::Columns(Some(schema.clone()), table.clone())),
        _ => Err(not_a_name(
            "\\d takes the name of a table, such as sales or public.sales",
            "\\d TABLE, or \\dt, which lists the tables and views",
        )),
    }
}

fn not_a_name(message: &str, hint: &str) -> ErrorKind {
    ErrorKind::Command(CommandError {
        message: message.to_owned(),
        hint: Some(hint.to_owned()),
    })
}

/// The parts of a qualified name, folded as servers do. None if the text is not a name.
fn names(argument: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for (index, token) in tokens(argument).enumerate() {
        let text = token.text(argument);
        match token.kind {
            TokenKind::Word if index % 2 == 0 => names.push(text.to_lowercase()),
            TokenKind::QuotedName if index % 2 == 0 && token.closed => {
                names.push(token.unquoted(argument).into_owned());
            }
            TokenKind::Symbol('.') if index % 2 == 1 => {}
            _ => return None,
        }
    }
    (!argument.ends_with('.')).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_servers_do() {
        let text = |text: &str| text.to_owned();
        assert_eq!(columns("Sales").unwrap(), Listing::Columns(None, text("sales")));
        assert_eq!(
            columns("Public.\"My \"\"T\"\"\"").unwrap(),
            Listing::Columns(Some(text("public")), text("My \"T\""))
        );
        assert_eq!(tables("").unwrap(), Listing::Tables(None));
        for wrong in ["", "a.b.c", "a b", "'a'", "a.", ".a", "\"a"] {
            assert!(columns(wrong).is_err(), "{wrong}");
        }
        assert!(tables("a.b").is_err());
        for pattern in ["sales*", "*", "%", "public.*"] {
            let Err(ErrorKind::Command(CommandError { hint, .. })) = tables(pattern) else {
                panic!("{pattern} was read")
            };
            assert!(hint.is_some_and(|hint| hint.contains("no patterns")), "{pattern}");
        }
    }
}
