//! Queries that read the warehouse's tables, all in one snapshot.

use std::ops::ControlFlow;

use super::found::{
    ServerColumn, ServerConstraint, ServerDistStyle, ServerTable, ServerTables, Storage, Types,
    name_of, shown,
};
use super::pattern_of;
use crate::catalog::Pattern;
use crate::error::{Error, ImportError};
use crate::name::Identifier;
use crate::sql::keyword::nearest;
use crate::sql::{Encoding, ImportTables};
use crate::warehouse::views::{TableQuestion, TextRow, Views, each_row};
use crate::warehouse::{Cancel, Session, WarehouseError};

/// Redshift treats the other levels as SERIALIZABLE, and PostgreSQL needs this one for a single
/// snapshot (AWS documentation, BEGIN; PostgreSQL documentation, "Transaction Isolation").
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The maximum number of tables, which is that of the largest cluster (AWS documentation, "Quotas
/// and limits").
const MAX_TABLES: usize = 200_000;

/// The maximum size of their definitions in memory.
const MAX_BYTES: usize = 256 << 20;

/// The estimated memory for a schema, and for an entry in the map of tables, without their texts.
const BYTES_OF_A_TABLE: usize = 256;

/// Reads the tables that a statement asks for.
pub(super) struct TableReader<'a> {
    session: &'a mut Session,
    import: &'a ImportTables,
    pattern: Option<Pattern>,
    cancel: Cancel,
    /// The schema as a literal for the server.
    schema: Option<String>,
    collected: Collected,
}

/// The tables read so far.
#[derive(Default)]
struct Collected {
    found: ServerTables,
    types: Types,
    tables: usize,
    bytes: usize,
}

impl<'a> TableReader<'a> {
    pub fn new(session: &'a mut Session, import: &'a ImportTables, cancel: Cancel) -> Self {
        let schema = import.schema.as_ref();
        Self {
            pattern: pattern_of(import),
            schema: schema.map(|schema| session.quote_literal(schema.value.as_str())),
            session,
            import,
            cancel,
            collected: Collected::default(),
        }
    }

    /// Reads the tables in one snapshot.
    pub fn read(mut self) -> Result<ServerTables, Error> {
        let nothing = |_: &mut Collected, _: &TextRow<'_>| {};
        self.ask(BEGIN, nothing)?;
        let views = Views::detect(self.session, &self.cancel)?;
        self.check_schema(views)?;
        let pattern = self.pattern.take();
        self.answers(TableQuestion::Tables, views, |collected, row| {
            collected.table(row, pattern.as_ref(), views);
        })?;
        self.answers(TableQuestion::Columns, views, Collected::column)?;
        self.answers(TableQuestion::Storage, views, Collected::storage)?;
        self.answers(TableQuestion::Constraints, views, Collected::constraint)?;
        self.answers(TableQuestion::DistStyles, views, Collected::dist_style)?;
        self.ask("ROLLBACK", nothing)?;
        Ok(self.collected.checked())
    }

    fn check_schema(&mut self, views: Views) -> Result<(), Error> {
        let Some(schema) = &self.import.schema else {
            return Ok(());
        };
        let mut names = Vec::new();
        self.answers(TableQuestion::Schemas, views, |collected, row| {
            names.extend(row.text(0).map(shown));
            collected.bytes += BYTES_OF_A_TABLE;
        })?;
        if names.iter().any(|name| name == schema.value.as_str()) {
            return Ok(());
        }
        let nearest = nearest(schema.value.as_str(), names.iter().map(String::as_str));
        let error = ImportError::NoSuchSchema {
            connection: self.import.connection.value.clone(),
            schema: schema.value.clone(),
            nearest: nearest.map(|nearest| Identifier(nearest).shown()),
        };
        Err(Error::at(error, schema.span.clone()))
    }

    fn answers(
        &mut self,
        question: TableQuestion,
        views: Views,
        take: impl FnMut(&mut Collected, &TextRow<'_>),
    ) -> Result<(), Error> {
        match question.sql(views, self.schema.as_deref()) {
            Some(sql) => self.ask(&sql, take),
            None => Ok(()),
        }
    }

    fn ask(
        &mut self,
        sql: &str,
        mut take: impl FnMut(&mut Collected, &TextRow<'_>),
    ) -> Result<(), Error> {
        let collected = &mut self.collected;
        let mut take = |row: &TextRow<'_>| {
            take(collected, row);
            collected.while_it_fits()
        };
        each_row(self.session, sql, &mut take, None, &self.cancel).map_err(|error| match error {
            WarehouseError::Stopped => Error::new(ImportError::TooManyTables {
                connection: self.import.connection.value.clone(),
            }),
            error => error.into(),
        })
    }
}

impl Collected {
    fn table(&mut self, row: &TextRow<'_>, pattern: Option<&Pattern>, views: Views) {
        let (Some(schema), Some(table)) = (row.text(0), row.text(1)) else {
            return;
        };
        let is_wanted = pattern.is_none_or(|pattern| pattern.matches(table));
        if !is_wanted || (views == Views::Redshift && is_of_a_view(table)) {
            return;
        }
        match (name_of(schema), name_of(table)) {
            (Ok(schema), Ok(table)) => {
                let comment = row.text(2).filter(|comment| !comment.is_empty()).map(str::to_owned);
                self.bytes += comment.as_ref().map_or(0, String::len);
                let found = ServerTable { comment, ..ServerTable::default() };
                self.found.tables.insert((schema, table), Ok(found));
            }
            (Err(reason), _) => {
                self.nameless(schema, table, format!("the name of its schema {reason}"));
            }
            (Ok(_), Err(reason)) => self.nameless(schema, table, format!("its name {reason}")),
        }
        self.tables += 1;
        self.bytes += schema.len() + table.len() + BYTES_OF_A_TABLE;
    }

    fn nameless(&mut self, schema: &str, table: &str, reason: String) {
        let name = format!("{}.{}", printed(schema), printed(table));
        self.found.nameless.push((name, reason));
    }

    fn column(&mut self, row: &TextRow<'_>) {
        let Some(entry) = self.found.entry(row) else { return };
        let Ok(found) = entry else { return };
        match read_column(row, &mut self.types) {
            Ok(column) => {
                self.bytes += size_of::<ServerColumn>() + column.name.as_str().len();
                found.columns.push(column);
            }
            Err(reason) => *entry = Err(reason),
        }
    }

    fn storage(&mut self, row: &TextRow<'_>) {
        let Some(entry) = self.found.entry(row) else { return };
        let Ok(table) = entry else { return };
        let is_it = |column: &&mut ServerColumn| Some(column.name.as_str()) == row.text(2);
        let Some(column) = table.columns.iter_mut().find(is_it) else {
            return;
        };
        column.default = row.text(6).map(str::to_owned);
        column.comment = row.text(7).filter(|text| !text.is_empty()).map(str::to_owned);
        let texts = [&column.default, &column.comment];
        self.bytes += texts.into_iter().flatten().map(String::len).sum::<usize>();
        let Some(encoding) = row.text(3) else {
            return;
        };
        // Some views have it as CHAR, padded with blanks.
        let Some(known) = Encoding::named(encoding.trim_end()) else {
            let reason =
                format!("column {} has the encoding {}", column.name.shown(), shown(encoding));
            *entry = Err(reason);
            return;
        };
        let Ok(sort_place) = row.text(5).map_or(Ok(0), str::parse) else {
            *entry =
                Err(format!("column {} has no valid place in the sort key", column.name.shown()));
            return;
        };
        column.storage = Some(Storage {
            encoding: known,
            is_dist_key: is_true(row.text(4)),
            sort_place,
        });
    }

    fn constraint(&mut self, row: &TextRow<'_>) {
        let Some(Ok(table)) = self.found.entry(row) else { return };
        let (Some(name), Some(text)) = (row.text(2), row.text(3)) else {
            return;
        };
        let part = |index| row.text(index).and_then(|part| name_of(part).ok());
        self.bytes += size_of::<ServerConstraint>() + name.len() + text.len();
        table.constraints.push(ServerConstraint {
            name: name.to_owned(),
            text: text.to_owned(),
            references: part(4).zip(part(5)),
        });
    }

    fn dist_style(&mut self, row: &TextRow<'_>) {
        if let Some(Ok(table)) = self.found.entry(row) {
            table.dist_style = row.text(2).and_then(ServerDistStyle::numbered);
        }
    }

    fn while_it_fits(&self) -> ControlFlow<()> {
        if self.tables > MAX_TABLES || self.bytes > MAX_BYTES {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn checked(mut self) -> ServerTables {
        for table in self.found.tables.values_mut() {
            if let Ok(found) = table
                && let Err(reason) = found.check()
            {
                *table = Err(reason);
            }
        }
        self.found
    }
}

impl ServerTables {
    /// The entry of the row's table, if the statement asks for that table.
    fn entry(&mut self, row: &TextRow<'_>) -> Option<&mut Result<ServerTable, String>> {
        let key = (name_of(row.text(0)?).ok()?, name_of(row.text(1)?).ok()?);
        self.tables.get_mut(&key)
    }
}

/// A name of the server as SQL in a message.
fn printed(name: &str) -> String {
    Identifier(&shown(name)).shown()
}

fn read_column(row: &TextRow<'_>, types: &mut Types) -> Result<ServerColumn, String> {
    let name = row.text(2).ok_or("a column has no name")?;
    let named = || printed(name);
    let data_type = row.text(4).ok_or_else(|| format!("column {} has no type", named()))?;
    let number = row.text(3).and_then(|number| number.parse().ok());
    Ok(ServerColumn {
        name: name_of(name).map_err(|reason| format!("the name of column {} {reason}", named()))?,
        number: number.ok_or_else(|| format!("column {} has no number", named()))?,
        data_type: types.read(data_type).map_err(|reason| {
            format!("column {} has the type {}: {reason}", named(), shown(data_type))
        })?,
        is_nullable: !is_true(row.text(5)),
        default: None,
        comment: None,
        storage: None,
    })
}

/// True for the table in which Redshift stores a materialized view (issues
/// open-metadata/OpenMetadata 31450 and awslabs/amazon-redshift-utils 503).
fn is_of_a_view(table: &str) -> bool {
    table.starts_with("mv_tbl__") && table.ends_with(|c: char| c.is_ascii_digit())
}

/// A boolean as text: `t`, or `true` in a view that converts it.
fn is_true(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.starts_with(['t', 'T']))
}
