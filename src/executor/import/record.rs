//! Recording the warehouse's tables in the catalog, inside its transaction.

use std::collections::BTreeMap;

use super::found::{ServerTable, ServerTables};
use super::keep::definition;
use super::pattern_of;
use crate::catalog::Db;
use crate::error::Error;
use crate::executor::lookup::no_such_connection;
use crate::executor::plan::table_differences;
use crate::executor::transaction::CatalogChange;
use crate::executor::{Answer, Notice, Outcome, counted};
use crate::name::{ConnectionName, TableName};
use crate::sql::ImportTables;
use crate::value::ResultSet;

/// The maximum number of tables left out that are named one by one.
const MAX_WARNINGS: usize = 50;

/// The verdict on each table that is not the same here and in the warehouse.
type Verdicts = BTreeMap<TableName, Verdict>;

/// The difference between a table here and in the warehouse.
enum Verdict {
    New {
        columns: usize,
    },
    Changed {
        differences: String,
    },
    /// The warehouse lacks the table, which that many jobs use.
    Gone {
        jobs: i64,
    },
}

impl Verdict {
    /// The word in the column `verdict`.
    fn word(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Changed { .. } => "changed",
            Self::Gone { .. } => "gone",
        }
    }

    /// The text in the column `differs`.
    fn text(&self, name: &TableName) -> String {
        match self {
            Self::New { columns } => counted(columns, "column"),
            Self::Changed { differences } => differences.clone(),
            Self::Gone { jobs: 0 } => {
                format!("nothing uses it; DROP TABLE {name} removes the definition")
            }
            Self::Gone { jobs: 1 } => {
                format!("used by 1 job; SHOW USAGES OF TABLE {name} names it")
            }
            Self::Gone { jobs } => {
                format!("used by {jobs} jobs; SHOW USAGES OF TABLE {name} names them")
            }
        }
    }
}

/// The number of tables with each result.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    new: usize,
    changed: usize,
    same: usize,
    gone: usize,
    left_out: usize,
}

/// Records the tables in the catalog. The connection must still have this id.
pub(super) fn record_tables(
    change: &CatalogChange<'_>,
    import: &ImportTables,
    connection_id: i64,
    found: ServerTables,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let connection = &import.connection;
    if change.db.find_connection_id(&connection.value)? != Some(connection_id) {
        return Err(no_such_connection(change.db, &connection.value, connection.span.clone()));
    }
    let mut counts = Counts::default();
    let mut verdicts = gone_tables(change.db, import, connection_id, &found)?;
    counts.gone = verdicts.len();
    let mut left_out = nameless(&connection.value, found.nameless);
    for ((schema, table), found) in found.tables {
        let name = TableName {
            connection: connection.value.clone(),
            schema,
            table,
        };
        match found {
            Ok(found) => {
                record_table(change, &name, &found, &mut verdicts, &mut counts)?;
            }
            Err(reason) => left_out.push(left_out_warning(&name.to_string(), &reason)),
        }
    }
    counts.left_out = left_out.len();
    outcome.answer = Some(Answer::List(rows(verdicts)));
    outcome.notices.extend(capped(left_out));
    outcome.notices.push(counts.notice());
    Ok(())
}

fn record_table(
    change: &CatalogChange<'_>,
    name: &TableName,
    found: &ServerTable,
    verdicts: &mut Verdicts,
    counts: &mut Counts,
) -> Result<(), Error> {
    let (now, db) = (change.now, change.db);
    let stored = db.find_table(name)?;
    let wanted = definition(name, found, stored.as_ref().map(|stored| &stored.definition));
    let Some(stored) = stored else {
        db.save_table(None, &wanted, now)?;
        counts.new += 1;
        verdicts.insert(name.clone(), Verdict::New { columns: wanted.columns.len() });
        return Ok(());
    };
    let differences = table_differences(&stored.definition, &wanted);
    if differences.is_empty() {
        counts.same += 1;
        return Ok(());
    }
    db.save_table(Some(stored.id), &wanted, now)?;
    counts.changed += 1;
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    verdicts.insert(name.clone(), Verdict::Changed { differences: differences.join(", ") });
    Ok(())
}

/// Tables that the catalog has and the warehouse lacks, among those that the statement asks for. A
/// table that is left out exists.
fn gone_tables(
    db: &Db,
    import: &ImportTables,
    connection_id: i64,
    found: &ServerTables,
) -> Result<Verdicts, Error> {
    let schema = import.schema.as_ref().map(|schema| &schema.value);
    let pattern = pattern_of(import);
    let known = db.tables_of(connection_id, schema)?;
    let is_gone = |(name, _): &(TableName, i64)| {
        let fits = pattern.as_ref().is_none_or(|pattern| pattern.matches(name.table.as_str()));
        fits && !found.tables.contains_key(&(name.schema.clone(), name.table.clone()))
    };
    let gone = known.into_iter().filter(is_gone);
    Ok(gone.map(|(name, jobs)| (name, Verdict::Gone { jobs })).collect())
}

impl Counts {
    fn notice(self) -> Notice {
        let read = self.new + self.changed + self.same + self.left_out;
        if read + self.gone == 0 {
            return Notice::new("there are no such tables, neither in the warehouse nor here");
        }
        let mut parts = vec![
            format!("{} new", self.new),
            format!("{} changed", self.changed),
            format!("{} the same", self.same),
        ];
        if self.left_out > 0 {
            parts.push(format!("{} left out", self.left_out));
        }
        let gone = match self.gone {
            0 => String::new(),
            gone => format!("; {} gone from the warehouse, kept here", counted(&gone, "table")),
        };
        Notice::new(format!("read {}: {}{gone}", counted(&read, "table"), parts.join(", ")))
    }
}

fn rows(verdicts: Verdicts) -> ResultSet {
    let mut set = ResultSet::with_columns(["table", "verdict", "differs"]);
    for (name, verdict) in verdicts {
        let text = verdict.text(&name);
        set.rows.push(vec![name.to_string().into(), verdict.word().into(), text.into()]);
    }
    set
}

fn nameless(connection: &ConnectionName, tables: Vec<(String, String)>) -> Vec<Notice> {
    let warning = |(name, reason): (String, String)| {
        left_out_warning(&format!("{connection}.{name}"), &reason)
    };
    tables.into_iter().map(warning).collect()
}

fn left_out_warning(name: &str, reason: &str) -> Notice {
    Notice::warning(format!("{name} is left out: {reason}"))
}

/// The first warnings, and one with the number of further ones.
fn capped(mut warnings: Vec<Notice>) -> Vec<Notice> {
    let more = warnings.len().saturating_sub(MAX_WARNINGS);
    if more > 0 {
        warnings.truncate(MAX_WARNINGS);
        let text = format!("{} more left out; LIKE imports fewer at once", counted(&more, "table"));
        warnings.push(Notice::warning(text));
    }
    warnings
}
