//! IMPORT TABLES and IMPORT CONNECTIONS.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};

use super::lexical::{Parsed, expect, keyword, span_between, string, wanted};
use super::literal::StringLiteral;
use super::name::{Spanned, expect_name};
use super::show::{like, schema};
use crate::definition::ForeignTool;
use crate::name::{ConnectionName, Name};

/// A statement that begins with IMPORT.
pub(super) enum Import {
    Tables(ImportTables),
    Connections(ImportConnections),
}

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

/// `IMPORT CONNECTIONS FROM tool ['file'] [LIKE 'pattern']`
#[derive(Clone, Debug)]
pub struct ImportConnections {
    /// The tool whose file is read.
    pub tool: ForeignTool,
    /// The path of the file; without it, the tool's own rule finds the file.
    pub file: Option<Spanned<String>>,
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

impl fmt::Display for ImportConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IMPORT CONNECTIONS FROM {}", self.tool.keyword())?;
        if let Some(file) = &self.file {
            write!(f, " {}", StringLiteral(&file.value))?;
        }
        match &self.like {
            Some(pattern) => write!(f, " LIKE {}", StringLiteral(pattern)),
            None => Ok(()),
        }
    }
}

/// ```ebnf
/// import = "IMPORT", ( "TABLES", "FROM", name, [ ".", name ], [ like ]
///        | "CONNECTIONS", "FROM", tool, [ string ], [ like ] ) ;
/// tool   = "DBT" | "PGPASS" | "PG_SERVICE" | "DBEAVER" | "SLING" ;
/// ```
pub(super) fn parse_import<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Import> {
    let (rest, ()) = keyword("IMPORT")(input)?;
    expect(
        "TABLES or CONNECTIONS",
        alt((
            map(|input| tables(source, input), Import::Tables),
            map(|input| connections(source, input), Import::Connections),
        )),
    )(rest)
}

fn tables<'a>(source: &'a str, input: &'a str) -> Parsed<'a, ImportTables> {
    let (rest, ()) = keyword("TABLES")(input)?;
    let (rest, ()) = expect("FROM", keyword("FROM"))(rest)?;
    let (rest, connection) = expect_name(source, rest)?;
    let (rest, schema) = schema(source, rest)?;
    let (rest, like) = like(rest)?;
    let import = ImportTables { connection, schema, like };
    Ok((rest, import))
}

fn connections<'a>(source: &'a str, input: &'a str) -> Parsed<'a, ImportConnections> {
    let (rest, ()) = keyword("CONNECTIONS")(input)?;
    let (rest, ()) = expect("FROM", keyword("FROM"))(rest)?;
    let (begin, tool) = expect("DBT, PGPASS, PG_SERVICE, DBEAVER or SLING", tool)(rest)?;
    let (rest, file) = opt(string).parse(begin)?;
    let span = span_between(source, begin, rest);
    let file = file.map(|value| Spanned { value, span });
    let (rest, like) = like(rest)?;
    Ok((rest, ImportConnections { tool, file, like }))
}

fn tool(input: &str) -> Parsed<'_, ForeignTool> {
    let read = |tool: ForeignTool| value(tool, keyword(tool.keyword())).parse(input).ok();
    match ForeignTool::ALL.into_iter().find_map(read) {
        Some(found) => Ok(found),
        None => wanted(input, "the name of a tool"),
    }
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
    fn an_import_takes_its_source_and_a_pattern() {
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
            ("import connections from dbt;", "IMPORT CONNECTIONS FROM DBT"),
            (
                "IMPORT CONNECTIONS FROM Pg_Service 'it''s.conf' LIKE 's%'",
                "IMPORT CONNECTIONS FROM PG_SERVICE 'it''s.conf' LIKE 's%'",
            ),
            (
                "IMPORT CONNECTIONS FROM PGPASS LIKE 's%'",
                "IMPORT CONNECTIONS FROM PGPASS LIKE 's%'",
            ),
        ] {
            assert_eq!(printed(text), canonical);
        }
    }

    #[test]
    fn the_places_of_connection_and_schema_are_kept() {
        let text = "IMPORT TABLES FROM sales . \"p q\"";
        let Statement::ImportTables(import) = parse(text).unwrap() else {
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
            ("IMPORT", "TABLES or CONNECTIONS", ""),
            ("IMPORT TABLE t", "TABLES or CONNECTIONS", "TABLE"),
            ("IMPORT CONNECTIONS", "FROM", ""),
            (
                "IMPORT CONNECTIONS FROM psql",
                "DBT, PGPASS, PG_SERVICE, DBEAVER or SLING",
                "psql",
            ),
            ("IMPORT CONNECTIONS FROM DBT x", "the end of the statement", "x"),
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
