//! The queries that fetch the names of a server's schemas, tables, columns and functions, and its
//! foreign keys.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::{
    ForeignKey, MAX_COLUMNS, MAX_FUNCTIONS, MAX_KEYS, MAX_SCHEMAS, MAX_TABLES, NamesFull,
    WarehouseNames, search_path,
};
use crate::sql::token::{Token, TokenList, tokens};
use crate::warehouse::sink::Discard;
use crate::warehouse::views::{ATTRIBUTES, CLASSES, Views, not_system};
use crate::warehouse::{Cancel, ResultSink, Session, WarehouseError};

/// The time limit of all queries together. The server ends a query that takes longer; names fetched
/// before are kept.
const LIMIT: Duration = Duration::from_secs(30);

/// The time after the limit at which redwire gives up on a server that does not end the query.
const GRACE: Duration = Duration::from_secs(5);

/// The maximum number of columns of system tables and views.
const MAX_SYSTEM_COLUMNS: usize = 50_000;

/// Fetches the names of a server's objects, within half a minute. `publish` gets them twice: once
/// the tables are known, and at the end with their columns; [`MAX_TABLES`] and the other constants
/// limit them. `user` is the user of the session.
///
/// # Errors
/// A query failed, or `cancel` ended it. Names published before stay valid.
pub fn fetch(
    session: &mut Session,
    user: &str,
    cancel: &Cancel,
    publish: &mut dyn FnMut(WarehouseNames),
) -> Result<(), WarehouseError> {
    let end = Instant::now() + LIMIT;
    let views = Views::detect(session, cancel)?;
    let mut questions = Questions { session, cancel, end };
    let mut names = WarehouseNames::default();
    let mut path = String::new();
    questions.ask("SHOW search_path", &mut |cells| {
        cells.first().copied().unwrap_or_default().clone_into(&mut path);
        Ok(())
    })?;
    names.set_search_path(search_path(&path, user));
    questions.ask(&Question::Schemas.sql(views), &mut |cells| match cells {
        [schema] => names.add_schema(schema),
        _ => Ok(()),
    })?;
    questions.ask(&Question::Tables.sql(views), &mut |cells| match cells {
        [schema, table] => names.add_table(schema, table),
        _ => Ok(()),
    })?;
    let system = questions.ask(&Question::System.sql(views), &mut |cells| match cells {
        [schema, table, column] => {
            names.add_table(schema, table)?;
            names.add_column(schema, table, column)
        }
        _ => Ok(()),
    });
    publish(names.clone());
    let functions = questions.ask(&Question::Functions.sql(views), &mut |cells| match cells {
        [schema, function] => names.add_function(schema, function),
        _ => Ok(()),
    });
    let keys = questions.ask(&Question::Keys.sql(views), &mut |cells| match cells {
        [schema, table, its_schema, its_table, definition] => {
            match foreign_key(its_schema, its_table, definition) {
                Some(key) => names.add_key(schema, table, key),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    });
    let columns = questions.ask(&Question::Columns.sql(views), &mut |cells| match cells {
        [schema, table, column] => names.add_column(schema, table, column),
        _ => Ok(()),
    });
    publish(names);
    columns.and(system).and(functions).and(keys)
}

/// Reads a foreign key from its definition, `FOREIGN KEY (a, b) REFERENCES t(c, d)`.
fn foreign_key(schema: &str, table: &str, definition: &str) -> Option<ForeignKey> {
    let tokens: Vec<Token> = tokens(definition).collect();
    let list = TokenList { source: definition, tokens: &tokens };
    let mut lists = (0..tokens.len()).filter(|at| list.is_symbol(*at, '(')).map(|open| {
        let inside = &tokens[open + 1..list.end_of_group(open + 1)];
        let names = inside.iter().filter(|token| token.is_name());
        names.map(|name| name.unquoted(definition).into_owned()).collect::<Vec<_>>()
    });
    let key = ForeignKey {
        columns: lists.next()?,
        schema: schema.to_owned(),
        table: table.to_owned(),
        referenced: lists.next()?,
    };
    (key.columns.len() == key.referenced.len()).then_some(key)
}

/// One of the queries.
#[derive(Clone, Copy, Debug)]
enum Question {
    Schemas,
    Tables,
    Columns,
    Functions,
    Keys,
    /// The system tables and views with their columns. Redshift's views do not list them.
    System,
}

impl Question {
    fn sql(self, views: Views) -> String {
        match (self, views) {
            (Self::Schemas, Views::Redshift) => format!(
                "SELECT schema_name FROM pg_catalog.svv_all_schemas WHERE database_name = current_database() AND {} \
                 ORDER BY 1 LIMIT {MAX_SCHEMAS}",
                not_system("schema_name")
            ),
            (Self::Schemas, Views::PostgreSql) => format!(
                "SELECT nspname FROM pg_catalog.pg_namespace WHERE {} ORDER BY 1 LIMIT {MAX_SCHEMAS}",
                not_system("nspname")
            ),
            (Self::Tables, Views::Redshift) => format!(
                "SELECT schema_name, table_name FROM pg_catalog.svv_all_tables WHERE database_name = current_database() \
                 AND {} ORDER BY 1, 2 LIMIT {MAX_TABLES}",
                not_system("schema_name")
            ),
            (Self::Tables, Views::PostgreSql) => format!(
                "SELECT n.nspname, c.relname FROM {CLASSES} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {} ORDER BY 1, 2 LIMIT {MAX_TABLES}",
                not_system("n.nspname")
            ),
            // Not svv_all_columns, which asks other services for external tables and may take
            // minutes.
            (Self::Columns, Views::Redshift) => format!(
                "SELECT schema_name, table_name, column_name FROM pg_catalog.svv_redshift_columns \
                 WHERE database_name = current_database() AND {} ORDER BY 1, 2, ordinal_position LIMIT {MAX_COLUMNS}",
                not_system("schema_name")
            ),
            (Self::Columns, Views::PostgreSql) => columns(&not_system("n.nspname"), MAX_COLUMNS),
            // AWS documentation, "PG_PROC_INFO": procedures have `prokind = 'p'`.
            (Self::Functions, Views::Redshift) => functions("pg_catalog.pg_proc_info"),
            (Self::Functions, Views::PostgreSql) => functions("pg_catalog.pg_proc"),
            (Self::Keys, _) => format!(
                "SELECT n.nspname, c.relname, m.nspname, r.relname, \
                 pg_catalog.pg_get_constraintdef(p.oid) \
                 FROM {CLASSES} JOIN pg_catalog.pg_constraint p ON p.conrelid = c.oid \
                 JOIN pg_catalog.pg_class r ON r.oid = p.confrelid \
                 JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace \
                 WHERE p.contype = 'f' AND {} ORDER BY 1, 2 LIMIT {MAX_KEYS}",
                not_system("n.nspname")
            ),
            (Self::System, _) => {
                columns("n.nspname IN ('pg_catalog', 'information_schema')", MAX_SYSTEM_COLUMNS)
            }
        }
    }
}

fn columns(condition: &str, limit: usize) -> String {
    format!(
        "SELECT n.nspname, c.relname, a.attname FROM {CLASSES} JOIN {ATTRIBUTES} \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {condition} ORDER BY 1, 2, a.attnum LIMIT {limit}"
    )
}

fn functions(from: &str) -> String {
    format!(
        "SELECT DISTINCT n.nspname, p.proname FROM {from} p \
         JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
         WHERE (p.prokind = 'p') IS NOT TRUE AND {} ORDER BY 1, 2 LIMIT {MAX_FUNCTIONS}",
        not_system("n.nspname")
    )
}

/// Runs one query after another until the time is over.
struct Questions<'a> {
    session: &'a mut Session,
    cancel: &'a Cancel,
    end: Instant,
}

impl Questions<'_> {
    fn ask(
        &mut self,
        sql: &str,
        take: &mut dyn FnMut(&[&str]) -> Result<(), NamesFull>,
    ) -> Result<(), WarehouseError> {
        // A limit of 0 would mean no limit.
        let left = self.end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let limit = format!("SET statement_timeout TO {}", left.as_millis());
        let most = Some(left + GRACE);
        self.session.query(&limit, &mut Discard, most, self.cancel)?;
        let mut rows = NameRows { take };
        match self.session.query(sql, &mut rows, most, self.cancel) {
            // The maximum number of names has been reached.
            Err(WarehouseError::Stopped) => Ok(()),
            other => other,
        }
    }
}

/// Receives rows of names. A row with an invalid name is skipped.
struct NameRows<'a> {
    take: &'a mut dyn FnMut(&[&str]) -> Result<(), NamesFull>,
}

impl ResultSink for NameRows<'_> {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let names: Option<Vec<&str>> = cells
            .iter()
            .map(|cell| cell.and_then(|bytes| std::str::from_utf8(bytes).ok()))
            .collect();
        match names.map_or(Ok(()), |names| (self.take)(&names)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(NamesFull) => ControlFlow::Break(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_key_is_read_from_its_definition() {
        let read = |definition: &str| {
            let key = foreign_key("s", "t", definition)?;
            Some((key.columns.join("|"), key.referenced.join("|")))
        };
        let pair = |one: &str, other: &str| Some((one.to_owned(), other.to_owned()));
        for (definition, expected) in [
            ("FOREIGN KEY (a) REFERENCES t(b)", pair("a", "b")),
            (
                "FOREIGN KEY (a, \"B (\"\"1\") REFERENCES \"S\".t(x, y) ON DELETE SET NULL",
                pair("a|B (\"1", "x|y"),
            ),
            ("FOREIGN KEY (a, b) REFERENCES t(x)", None),
            ("FOREIGN KEY (a) REFERENCES t", None),
            ("", None),
        ] {
            assert_eq!(read(definition), expected, "{definition}");
        }
    }
}
