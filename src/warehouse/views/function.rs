//! The queries of `\sf`: the statement that creates a function or procedure.

use super::{NamePattern, TextRow, Views};
use crate::warehouse::quote_identifier;

/// A function as its server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionDefinition {
    /// The statement that creates it.
    Statement(String),
    /// The query for the statement: SHOW PROCEDURE.
    Query(String),
}

impl FunctionDefinition {
    /// The query for the functions that match, for [`Self::from_row`].
    ///
    /// Redshift shows procedures itself (AWS documentation, SHOW PROCEDURE); other functions are
    /// put together from their parts, as awslabs/amazon-redshift-utils does
    /// (`v_generate_udf_ddl.sql`).
    pub fn find_sql(
        views: Views,
        pattern: &NamePattern,
        literal: &dyn Fn(&str) -> String,
    ) -> String {
        let (columns, from, oid, order) = match views {
            Views::Redshift => (
                "n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes), \
                 pg_catalog.array_to_string(p.proargnames, ','), p.prokind, \
                 pg_catalog.format_type(p.prorettype, NULL), p.provolatile, l.lanname, p.prosrc",
                "pg_catalog.pg_proc_info",
                "p.prooid",
                "1, 2, 3",
            ),
            Views::PostgreSql => {
                ("pg_catalog.pg_get_functiondef(p.oid)", "pg_catalog.pg_proc", "p.oid", "1")
            }
        };
        format!(
            "SELECT {columns} FROM {from} p JOIN pg_catalog.pg_namespace n ON n.oid = \
             p.pronamespace \
             LEFT JOIN pg_catalog.pg_language l ON l.oid = p.prolang \
             WHERE coalesce(p.prokind, 'f') <> 'a'{} ORDER BY {order}",
            pattern.condition(
                ("n.nspname", "p.proname"),
                &format!("pg_catalog.pg_function_is_visible({oid})"),
                literal
            )
        )
    }

    /// Reads a row of the query; None if the server sent something else.
    pub fn from_row(views: Views, row: &TextRow<'_>) -> Option<Self> {
        let text = |index| row.text(index);
        if views == Views::PostgreSql {
            return Some(Self::Statement(text(0)?.to_owned()));
        }
        let name = format!("{}.{}", quote_identifier(text(0)?), quote_identifier(text(1)?));
        let types = text(2).unwrap_or_default();
        if text(4) == Some("p") {
            return Some(Self::Query(format!("SHOW PROCEDURE {name} ({types})")));
        }
        let volatility = match text(6) {
            Some("i") => "IMMUTABLE",
            Some("s") => "STABLE",
            Some(_) | None => "VOLATILE",
        };
        Some(Self::Statement(format!(
            "CREATE OR REPLACE FUNCTION {name} ({})\nRETURNS {}\n{volatility}\nAS $${}$$ LANGUAGE \
             {}",
            arguments(text(3).unwrap_or_default(), types),
            text(5)?,
            text(8)?,
            text(7)?
        )))
    }
}

/// The arguments with their names, which functions in Python have.
fn arguments(names: &str, types: &str) -> String {
    let mut names = names.split(',').filter(|name| !name.is_empty());
    let types = types.split(", ").map(|of_type| match names.next() {
        Some(name) => format!("{name} {of_type}"),
        None => of_type.to_owned(),
    });
    types.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_have_their_names_where_there_are_some() {
        assert_eq!(
            arguments("a,b", "integer, character varying"),
            "a integer, b character varying"
        );
        assert_eq!(arguments("", "integer, date"), "integer, date");
        assert_eq!(arguments("", ""), "");
    }
}
