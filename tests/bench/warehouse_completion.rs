//! Completion at the prompt of a warehouse: names of a large one, which are in memory.

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redwire::executor::{NameRange, NameScope, WarehouseNames};
use redwire::name::ConnectionName;
use redwire::repl::completer::{Entry, Names, Uses, complete};
use redwire::shell::Target;

use crate::figure::{Figure, Limit};
use crate::measure::milliseconds;
use crate::stage::{MANY, Stage};

/// The number of columns in a table.
const COLUMNS: usize = 10;

/// The number of schemas that share the tables; all of them are in the search path.
const SCHEMAS: usize = 2;

/// The number of statements in the history.
const STATEMENTS: usize = 500;

/// The number of times that the user asks.
const ANSWERS: usize = 2_000;

pub fn measure(_stage: &Stage) -> io::Result<Vec<Figure>> {
    let target = Target::Warehouse {
        connection: ConnectionName::new("sales").map_err(io::Error::other)?,
        backslash_escapes: true,
    };
    let mut uses = Uses::default();
    for number in 0..STATEMENTS {
        uses.count(&statement(number), target.dialect());
    }
    let mut names = Known {
        names: Arc::new(large_warehouse()?),
        uses: Rc::new(uses),
    };
    let mut figure = |what: &str, line: fn(usize) -> String| {
        let mut times = Vec::with_capacity(ANSWERS);
        for number in 0..ANSWERS {
            let line = line(number * (MANY / ANSWERS));
            times.push(time(&line, &target, &mut names)?);
        }
        io::Result::Ok(Figure::milliseconds(
            format!("{what}: 99 of 100 answers"),
            milliseconds(times),
            99,
            Some(Limit::AtMost(16.0)),
        ))
    };
    Ok(vec![
        figure("tables after `FROM`, for prefixes of every length", |number| {
            let table = table(number);
            format!("SELECT * FROM {}", &table[..number % table.len()])
        })?,
        figure("tables after `FROM schema.`", |number| {
            format!("SELECT * FROM schema_{}.", number % SCHEMAS)
        })?,
        figure("columns of four tables", |number| {
            format!("SELECT 1 FROM {} WHERE ", four_tables(number))
        })?,
        figure("tables in which a later word begins so", |number| {
            format!("SELECT * FROM \"00{:03}", number % 1_000)
        })?,
        figure("tables with six letters in this order", |number| {
            format!("SELECT * FROM os_{:03}", number % 1_000)
        })?,
        figure("tables with two letters in this order, all of them", |_| {
            "SELECT * FROM od".to_owned()
        })?,
        figure("columns of four tables, with these letters in this order", |number| {
            format!("SELECT 1 FROM {} WHERE cn_{}", four_tables(number), number % COLUMNS)
        })?,
    ])
}

fn four_tables(number: usize) -> String {
    [0, 2, 4, 6].map(|next| table((number + next) % MANY)).join(", ")
}

/// A statement of the history.
fn statement(number: usize) -> String {
    let table = table(number);
    format!(
        "SELECT a.column_1, b.name_{number}, sum(a.total) FROM {table} a \
         JOIN customers b ON a.customer_{number} = b.id WHERE a.day > {number} GROUP BY 1, 2"
    )
}

fn time(line: &str, target: &Target, names: &mut Known) -> io::Result<Duration> {
    let started = Instant::now();
    let found = black_box(complete(black_box(line), line.len(), target, names));
    let took = started.elapsed();
    if found.candidates.is_empty() {
        return Err(io::Error::other(format!("no names for {line}")));
    }
    Ok(took)
}

fn table(number: usize) -> String {
    format!("orders_{number:06}")
}

fn large_warehouse() -> io::Result<WarehouseNames> {
    let full = |_| io::Error::other("the names do not all fit");
    let mut names = WarehouseNames::default();
    names.set_search_path((0..SCHEMAS).map(|number| format!("schema_{number}")).collect());
    for number in 0..MANY {
        let (schema, table) = (format!("schema_{}", number % SCHEMAS), table(number));
        names.add_table(&schema, &table).map_err(full)?;
        for column in 0..COLUMNS {
            let column = format!("column_{column}");
            names.add_column(&schema, &table, &column).map_err(full)?;
        }
    }
    Ok(names)
}

/// A warehouse whose names have been fetched, and the words of the history.
struct Known {
    names: Arc<WarehouseNames>,
    uses: Rc<Uses>,
}

impl Names for Known {
    fn catalog(&mut self, _scope: NameScope<'_>, _prefix: &str) -> NameRange {
        NameRange::default()
    }

    fn warehouse(&mut self) -> Arc<WarehouseNames> {
        Arc::clone(&self.names)
    }

    fn uses(&mut self) -> Rc<Uses> {
        Rc::clone(&self.uses)
    }

    fn entries(&mut self, _folder: &Path) -> Vec<Entry> {
        Vec::new()
    }
}
