//! IMPORT TABLES.

use std::fmt;

use super::lexical::{Parsed, expect, keyword};
use super::literal::StringLiteral;
use super::name::{Spanned, expect_name};
use super::show::{like, schema};
use crate::name::{ConnectionName, Name};

/// `IMPORT TABLES FROM connection[.schema] [LIKE 'pattern']`
#[derive(Clone, Debug)]
pub struct ImportTables {
    /// The connection to the tables' warehouse.
    pub connection: Spanned<ConnectionName>,
    /// Their schema; without it, all schemas.
    pub schema: Option<Spanned<Name>>,
    /// A pattern that their names must match.
    pub like: Option<String>,
}

impl fmt::Display for ImportTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IMPORT TABLES FROM {}", self.connection.value.sql())?;
        if let Some(schema) = &self.schema {
            write!(f, ".{}", schema.value.sql())?;
        }
        match &self.like {
            Some(pattern) => write!(f, " LIKE {}", StringLiteral(pattern)),
            None => Ok(()),
        }
    }
}

/// ```ebnf
/// import = "IMPORT", "TABLES", "FROM", name, [ ".", name ], [ like ] ;
/// ```
pub(super) fn parse_import<'a>(source: &'a str, input: &'a str) -> Parsed<'a, ImportTables> {
    let (rest, ()) = keyword("IMPORT")(input)?;
    let (rest, ()) = expect("TABLES", keyword("TABLES"))(rest)?;
    let (rest, ()) = expect("FROM", keyword("FROM"))(rest)?;
    let (rest, connection) = expect_name(source, rest)?;
    let (rest, schema) = schema(source, rest)?;
    let (rest, like) = like(rest)?;
    let import = ImportTables { connection, schema, like };
    Ok((rest, import))
}

#[cfg(test)]
mod tests {
    use super::super::{SqlErrorKind as Kind, Statement, parse};

    /// Prints the statement of the text, which reads back and prints the same.
    fn printed(text: &str) -> String {
        let printed = parse(text).unwrap().to_string();
        assert_eq!(parse(&printed).unwrap().to_string(), printed);
        printed
    }

    #[test]
    fn an_import_takes_a_connection_a_schema_and_a_pattern() {
        for (text, canonical) in [
            ("import tables from Sales;", "IMPORT TABLES FROM sales"),
            (
                "IMPORT TABLES FROM \"my sales\" . \"A.b\"",
                "IMPORT TABLES FROM \"my sales\".\"a.b\"",
            ),
            (
                "IMPORT /* of */ TABLES FROM sales.Public LIKE 'it''s%'",
                "IMPORT TABLES FROM sales.public LIKE 'it''s%'",
            ),
            ("IMPORT TABLES FROM sales LIKE ''", "IMPORT TABLES FROM sales LIKE ''"),
        ] {
            assert_eq!(printed(text), canonical);
        }
    }

    #[test]
    fn the_places_of_connection_and_schema_are_kept() {
        let text = "IMPORT TABLES FROM sales . \"p q\"";
        let Statement::Import(import) = parse(text).unwrap() else {
            panic!("another statement")
        };
        assert_eq!(&text[import.connection.span], "sales");
        assert_eq!(&text[import.schema.unwrap().span], "\"p q\"");
    }

    // Errors.

    #[test]
    fn a_missing_part_is_named_at_its_place() {
        let expected = |text: &str| {
            let error = parse(text).unwrap_err();
            match *error.kind {
                Kind::Expected { expected, .. } => (expected, text[error.span].to_owned()),
                other => panic!("{other:?}"),
            }
        };
        for (text, what, part) in [
            ("IMPORT", "TABLES", ""),
            ("IMPORT TABLE t", "TABLES", "TABLE"),
            ("IMPORT TABLES sales", "FROM", "sales"),
            ("IMPORT TABLES FROM", "the name of a connection", ""),
            ("IMPORT TABLES FROM sales.", "the name of a schema", ""),
            ("IMPORT TABLES FROM sales.public.orders", "the end of the statement", "."),
            ("IMPORT TABLES FROM sales LIKE ord", "a pattern, as a string", "ord"),
        ] {
            assert_eq!(expected(text), (what.to_owned(), part.to_owned()), "{text}");
        }
    }
}
