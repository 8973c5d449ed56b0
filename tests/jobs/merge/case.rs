//! Random tables, queries and windows: a job, and the plain statements that do the same.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::support::random::Random;

/// Names of columns, as SQL.
const NAMES: &[&str] = &[
    "id",
    "code",
    "amount",
    "note",
    "\"order\"",
    "\"a b\"",
    "\"über\"",
    "\"x\"\"y\"",
    "\"group\"",
    "at",
];

/// Conditions of one window: half-open, however its bounds are compared.
const BOUNDS: &[&str] = &[
    "o.at >= run_start_time() AND o.at < run_end_time()",
    "o.at BETWEEN run_start_time() AND run_end_time()",
    "o.at > run_start_time() AND o.at <= run_end_time()",
    "run_start_time() <= o.at AND run_end_time() > o.at",
    "NOT (o.at < run_start_time() OR o.at >= run_end_time())",
];

/// A job on `s.t<number>`, and the same on `p.t<number>`.
pub struct Case {
    /// The number in the names of its job and tables.
    pub number: usize,
    /// Makes and fills the tables.
    pub tables: String,
    /// CREATE JOB.
    pub job: String,
    /// The plain statements of each window.
    pub windows: Vec<PlainWindow>,
}

/// A window in PostgreSQL's own words.
pub struct PlainWindow {
    /// Counts the rows whose key is NULL, and then those whose key is there twice; for a MERGE of
    /// redwire's own form only.
    pub checks: Option<[String; 2]>,
    /// INSERT or MERGE.
    pub statement: String,
    /// The length of the window.
    pub hours: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Text,
    Number,
    Time,
    Flag,
}

impl Kind {
    fn source_type(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Text => "varchar(20)",
            Self::Number => "numeric(10,2)",
            Self::Time => "timestamp",
            Self::Flag => "boolean",
        }
    }

    fn target_types(self) -> &'static [&'static str] {
        match self {
            Self::Int => &["int", "bigint", "smallint"],
            Self::Text => &["varchar(20)", "text"],
            Self::Number => &["numeric(10,2)", "numeric(12,3)"],
            Self::Time => &["timestamp"],
            Self::Flag => &["boolean"],
        }
    }

    fn values(self) -> &'static [&'static str] {
        match self {
            Self::Int => &["0", "1", "2", "3", "-7"],
            Self::Text => &["'a'", "'B'", "''", "'it''s; -- x'", "'ä long one'"],
            Self::Number => &["0", "0.5", "1.25", "-3.75", "12345.67"],
            Self::Time => &[
                "timestamp '2026-01-01'",
                "timestamp '2026-01-01 00:59:59.999999'",
                "timestamp '2026-01-01 01:00'",
                "timestamp '1999-12-31 12:00'",
                "timestamp '0001-01-01'",
            ],
            Self::Flag => &["TRUE", "FALSE"],
        }
    }
}

struct Column {
    name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum QueryForm {
    Plain,
    With,
    Union,
    Aggregate,
    RowNumber,
}

/// The random parts of a case.
struct Parts<'r> {
    random: &'r mut Random,
    number: usize,
    /// The first are the keys; the last is not in the target.
    columns: Vec<Column>,
    keys: usize,
    /// Columns of the target alone.
    extra: Vec<Column>,
    form: QueryForm,
    windows: i64,
    bounds: Option<&'static str>,
    /// True if keys may be NULL and there twice.
    is_dirty: bool,
}

impl Case {
    /// The case with this number.
    pub fn new(number: usize, random: &mut Random) -> Self {
        let mut names = NAMES.to_vec();
        for place in (1..names.len()).rev() {
            names.swap(place, random.place(place + 1));
        }
        let mut names = names.into_iter();
        let mut columns = |random: &mut Random, kinds: &[Kind], count: usize| -> Vec<Column> {
            let kinds = (0..count).map(|_| random.pick(kinds));
            kinds.zip(names.by_ref()).map(|(kind, name)| Column { name, kind }).collect()
        };
        let keys = random.pick(&[1, 1, 1, 2, 3]);
        let of_keys = [Kind::Int, Kind::Text, Kind::Number, Kind::Time];
        let of_values = [Kind::Int, Kind::Text, Kind::Number, Kind::Time, Kind::Flag];
        let mut all = columns(random, &of_keys, keys);
        let values = random.place(4);
        all.extend(columns(random, &of_values, values));
        let extra = random.place(3);
        let extra = columns(random, &of_values, extra);
        all.push(Column { name: "gone", kind: Kind::Flag });
        let is_bound = random.percent(80);
        let mut parts = Parts {
            number,
            columns: all,
            keys,
            extra,
            form: random.pick(&[
                QueryForm::Plain,
                QueryForm::With,
                QueryForm::Union,
                QueryForm::Aggregate,
                QueryForm::RowNumber,
            ]),
            windows: 1 + i64::try_from(random.below(3)).expect("a few"),
            bounds: is_bound.then(|| random.pick(BOUNDS)),
            is_dirty: random.percent(20),
            random,
        };
        let (body, windows) = match parts.random.below(100) {
            0..60 => parts.merge(),
            60..85 => parts.insert(),
            _ => parts.redshift_merge(),
        };
        Self {
            number,
            tables: parts.tables(),
            job: format!(
                "CREATE JOB j{number} RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' \
                 END_AT = TIMESTAMP '2026-01-01 0{}:00' AS {body}\n;\n",
                parts.windows
            ),
            windows,
        }
    }
}

impl Parts<'_> {
    fn in_target(&self) -> &[Column] {
        &self.columns[..self.columns.len() - 1]
    }

    fn of_keys(&self) -> &[Column] {
        &self.columns[..self.keys]
    }

    /// A value of the kind, or NULL.
    fn value(&mut self, kind: Kind) -> &'static str {
        if self.random.percent(15) {
            "NULL"
        } else {
            self.random.pick(kind.values())
        }
    }

    fn tables(&mut self) -> String {
        let n = self.number;
        let source: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| format!("c{place} {}", column.kind.source_type()))
            .collect();
        let mut text = format!(
            "CREATE TABLE s.o{n} (id int, at timestamp, {});\n{}",
            source.join(", "),
            self.source_rows()
        );
        let target = self.target_columns();
        writeln!(text, "CREATE TABLE s.t{n} ({target});").expect("a String takes all");
        let mut seen = HashSet::new();
        for _ in 0..self.random.place(10) {
            let kinds: Vec<(&str, Kind)> = self
                .in_target()
                .iter()
                .chain(&self.extra)
                .map(|column| (column.name, column.kind))
                .collect();
            let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
            let mut row = Vec::new();
            for (place, (_, kind)) in kinds.iter().enumerate() {
                row.push(match kind {
                    _ if place < self.keys => self.value(*kind).to_owned(),
                    // Every column takes these.
                    Kind::Text => format!("left({}, 3)", self.random.pick(kind.values())),
                    _ => self.random.pick(kind.values()).to_owned(),
                });
            }
            if seen.insert(row[..self.keys].join(",")) {
                writeln!(
                    text,
                    "INSERT INTO s.t{n} ({}) VALUES ({});",
                    names.join(", "),
                    row.join(", ")
                )
                .expect("a String takes all");
            }
        }
        writeln!(
            text,
            "CREATE TABLE p.t{n} (LIKE s.t{n} INCLUDING ALL); INSERT INTO p.t{n} TABLE s.t{n};"
        )
        .expect("a String takes all");
        text
    }

    fn target_columns(&mut self) -> String {
        let mut found = Vec::new();
        for place in 0..self.columns.len() - 1 {
            let column = &self.columns[place];
            let (name, kind) = (column.name, column.kind);
            let is_key = place < self.keys;
            let data_type = match kind {
                Kind::Text if !is_key && self.random.percent(6) => "varchar(3)",
                _ => self.random.pick(kind.target_types()),
            };
            let not_null = if !is_key && self.random.percent(5) {
                " NOT NULL"
            } else {
                ""
            };
            found.push(format!("{name} {data_type}{not_null}"));
        }
        for place in 0..self.extra.len() {
            let column = &self.extra[place];
            let (name, kind) = (column.name, column.kind);
            let data_type = self.random.pick(kind.target_types());
            let default = if self.random.percent(60) {
                format!(" NOT NULL DEFAULT {}", self.random.pick(kind.values()))
            } else {
                String::new()
            };
            found.push(format!("{name} {data_type}{default}"));
        }
        found.join(", ")
    }

    /// Rows before, on and between the boundaries.
    fn source_rows(&mut self) -> String {
        let is_unique =
            !self.is_dirty && !matches!(self.form, QueryForm::Aggregate | QueryForm::RowNumber);
        let mut seen = HashSet::new();
        let mut text = String::new();
        for id in 0..self.random.place(14) {
            let quarters = 4 * u64::try_from(self.windows).expect("a few") + 4;
            let minutes = 15 * i64::try_from(self.random.below(quarters)).expect("a few") - 30;
            let before = i64::from(self.random.percent(25));
            let window = match self.bounds {
                Some(_) => (minutes - before).div_euclid(60),
                None => 0,
            };
            let kinds: Vec<Kind> = self.columns.iter().map(|column| column.kind).collect();
            let mut row = Vec::new();
            for (place, kind) in kinds.into_iter().enumerate() {
                row.push(match place {
                    _ if place >= self.keys => self.value(kind),
                    _ if self.is_dirty && self.random.percent(3) => "NULL",
                    _ => self.random.pick(kind.values()),
                });
            }
            if !is_unique || seen.insert((window, row[..self.keys].join(","))) {
                writeln!(
                    text,
                    "INSERT INTO s.o{} VALUES ({id}, timestamp '2026-01-01' \
                     + interval '{minutes} min' \
                     - interval '{before} us', {});",
                    self.number,
                    row.join(", ")
                )
                .expect("a String takes all");
            }
        }
        text
    }

    /// The query of a job over these columns of its source, each with its name.
    fn query(&self, source: &str, condition: &str, columns: &[(usize, &str)]) -> String {
        let listed = |row: &str| -> String {
            let columns: Vec<String> =
                columns.iter().map(|(place, name)| format!("{row}.c{place}{name}")).collect();
            columns.join(", ")
        };
        let from = format!("FROM {source} o WHERE {condition}");
        match self.form {
            QueryForm::Plain => format!("SELECT {} {from}", listed("o")),
            QueryForm::With => {
                format!("WITH c AS (SELECT o.* {from}) SELECT {} FROM c -- the end", listed("c"))
            }
            QueryForm::Union => format!(
                "SELECT {0} {from} AND o.id % 2 = 0 UNION ALL SELECT {0} {from} AND o.id % 2 = 1",
                listed("o")
            ),
            QueryForm::Aggregate => {
                let values: Vec<String> = columns
                    .iter()
                    .map(|(place, name)| {
                        let aggregate = match self.columns[*place].kind {
                            _ if *place < self.keys => "",
                            Kind::Flag => "bool_or",
                            Kind::Int | Kind::Text | Kind::Number | Kind::Time => "max",
                        };
                        format!("{aggregate}(o.c{place}){name}")
                    })
                    .collect();
                format!("SELECT {} {from} GROUP BY {}", values.join(", "), self.source_keys("o"))
            }
            QueryForm::RowNumber => format!(
                "SELECT {} FROM (SELECT o.*, row_number() OVER \
                 (PARTITION BY {} ORDER BY o.id DESC) AS rn {from}) r WHERE r.rn = 1",
                listed("r"),
                self.source_keys("o")
            ),
        }
    }

    fn source_keys(&self, row: &str) -> String {
        let keys: Vec<String> = (0..self.keys).map(|place| format!("{row}.c{place}")).collect();
        keys.join(", ")
    }

    /// The condition of the job, and that of each window.
    fn conditions(&self) -> (String, Vec<String>) {
        match self.bounds {
            Some(bounds) => {
                let plain = |hour: i64| {
                    format!(
                        "o.at >= timestamp '2026-01-01 0{hour}:00' \
                         AND o.at < timestamp '2026-01-01 0{}:00'",
                        hour + 1
                    )
                };
                (bounds.to_owned(), (0..self.windows).map(plain).collect())
            }
            None => ("TRUE".to_owned(), vec!["TRUE".to_owned()]),
        }
    }

    fn hours(&self) -> i64 {
        if self.bounds.is_some() { 1 } else { self.windows }
    }

    fn insert(&mut self) -> (String, Vec<PlainWindow>) {
        let n = self.number;
        let count = self.columns.len() - 1;
        let by_name: Vec<String> =
            self.columns.iter().map(|column| format!(" AS {}", column.name)).collect();
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        let (condition, conditions) = self.conditions();
        let all: Vec<(usize, &str)> = (0..count).map(|place| (place, "")).collect();
        let (ours, plain, columns): (String, String, Vec<(usize, &str)>) =
            match self.random.below(3) {
                0 => (String::new(), String::new(), all),
                1 => {
                    let mut listed = all;
                    listed.reverse();
                    let list: Vec<&str> = listed.iter().map(|(place, _)| names[*place]).collect();
                    let list = format!(" ({})", list.join(", "));
                    (list.clone(), list, listed)
                }
                _ => {
                    let column = |place: usize| (place, by_name[place].as_str());
                    let plain: Vec<&str> = names[..count].to_vec();
                    (
                        " MAP_COLUMNS_BY_NAME EXCEPT gone".to_owned(),
                        format!(" ({})", plain.join(", ")),
                        (0..=count).map(column).collect(),
                    )
                }
            };
        let body = format!(
            "INSERT INTO w.s.t{n}{ours}\n{}",
            self.query(&format!("w.s.o{n}"), &condition, &columns)
        );
        let columns = &columns[..count];
        let window = |condition: &String| PlainWindow {
            checks: None,
            hours: self.hours(),
            statement: format!(
                "INSERT INTO p.t{n}{plain}\n{}",
                self.query(&format!("s.o{n}"), condition, columns)
            ),
        };
        (body, conditions.iter().map(window).collect())
    }

    /// An expression of the kind over the query's columns.
    fn expression(&mut self, kind: Kind, query: &str) -> String {
        let same: Vec<&str> = self
            .columns
            .iter()
            .filter(|column| column.kind == kind)
            .map(|column| column.name)
            .collect();
        if same.is_empty() || self.random.percent(15) {
            return if self.random.percent(30) {
                "NULL".to_owned()
            } else {
                self.random.pick(kind.values()).to_owned()
            };
        }
        let column = format!("{query}.{}", self.random.pick(&same));
        let value = self.random.pick(kind.values());
        match (self.random.below(4), kind) {
            (0, Kind::Int | Kind::Number) => format!("{column} + 1"),
            (0, Kind::Text) => format!("upper({column})"),
            (0, Kind::Flag) => format!("NOT {column}"),
            (1, _) => format!("coalesce({column}, {value})"),
            (2, _) => format!("CASE WHEN {query}.gone THEN {column} ELSE {value} END"),
            _ => column,
        }
    }

    /// A condition over the columns of both.
    fn both(&mut self, target: &str, query: &str) -> String {
        let place = self.random.place(self.columns.len() - 1);
        let (name, kind) = (self.columns[place].name, self.columns[place].kind);
        let value = self.random.pick(kind.values());
        let (ours, theirs) = (format!("{target}.{name}"), format!("{query}.{name}"));
        match self.random.below(8) {
            0 => format!("{query}.gone"),
            1 => format!("NOT {query}.gone OR {ours} > {theirs}"),
            2 => format!("{ours} IS NULL"),
            3 => format!(
                "CASE WHEN {ours} > {value} THEN {query}.gone \
                 WHEN {theirs} IS NULL THEN NULL ELSE FALSE END"
            ),
            4 => format!("coalesce({ours}, {value}) <> {theirs}"),
            5 => "NULL".to_owned(),
            6 => format!("{ours} = {value} AND CASE WHEN {query}.gone THEN TRUE END"),
            _ => format!("{ours} IN ({theirs}, {value}) /* THEN */"),
        }
    }

    fn merge(&mut self) -> (String, Vec<PlainWindow>) {
        let n = self.number;
        let own = format!("t{n}");
        let (alias, target) =
            self.random.pick(&[(" AS t", "t"), (" AS \"the t\"", "\"the t\""), ("", "")]);
        let target = if alias.is_empty() { own.as_str() } else { target };
        let query = self.random.pick(&["n", "\"new rows\""]);
        let on: Vec<String> = self
            .of_keys()
            .iter()
            .map(|key| format!("{target}.{0} = {query}.{0}", key.name))
            .collect();
        let on = on.join(" AND ");
        let delete = if self.random.percent(60) {
            format!("WHEN MATCHED AND {} THEN DELETE\n", self.both(target, query))
        } else {
            String::new()
        };
        let names: Vec<&str> = self.in_target().iter().map(|column| column.name).collect();
        let mut values: Vec<String> = names.iter().map(|name| format!("{query}.{name}")).collect();
        let insert = if self.random.percent(50) {
            let qualifier = if self.random.percent(50) {
                format!("{query}.")
            } else {
                String::new()
            };
            format!("MAP_COLUMNS_BY_NAME EXCEPT {qualifier}gone")
        } else {
            for (place, value) in values.iter_mut().enumerate().skip(self.keys) {
                *value = self.expression(self.columns[place].kind, query);
            }
            format!("({}) VALUES ({})", names.join(", "), values.join(", "))
        };
        let list = format!("({}) VALUES ({})", names.join(", "), values.join(", "));
        let mut set: Vec<String> = names
            .iter()
            .zip(&values)
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        set.extend(self.extra.iter().map(|column| format!("{} = DEFAULT", column.name)));
        let (condition, conditions) = self.conditions();
        let outputs: Vec<String> =
            self.columns.iter().map(|column| format!(" AS {}", column.name)).collect();
        let columns: Vec<(usize, &str)> =
            outputs.iter().enumerate().map(|(place, name)| (place, name.as_str())).collect();
        let rows = self.query(&format!("w.s.o{n}"), &condition, &columns);
        let body = format!(
            "MERGE INTO w.s.t{n}{alias} USING (\n{rows}\n) AS {query} ON {on}\n{delete}\
             WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT {insert}"
        );
        let keys: Vec<&str> = self.of_keys().iter().map(|key| key.name).collect();
        let window = |condition: &String| {
            let rows =
                format!("(\n{}\n) AS {query}", self.query(&format!("s.o{n}"), condition, &columns));
            let listed = keys.join(", ");
            PlainWindow {
                hours: self.hours(),
                checks: Some([
                    format!("SELECT count(*) FROM {rows} WHERE NOT (({listed}) IS NOT NULL)"),
                    format!("SELECT count(*) - count(DISTINCT ({listed})) FROM {rows}"),
                ]),
                statement: format!(
                    "MERGE INTO p.t{n} AS {target} USING {rows} ON {on}\n{delete}\
                     WHEN MATCHED THEN UPDATE SET {} WHEN NOT MATCHED THEN INSERT {list}",
                    set.join(", ")
                ),
            }
        };
        (body, conditions.iter().map(window).collect())
    }

    fn redshift_merge(&mut self) -> (String, Vec<PlainWindow>) {
        let n = self.number;
        self.bounds = None;
        self.form = QueryForm::Plain;
        let (own, source) = (format!("t{n}"), format!("o{n}"));
        let (alias, row) =
            self.random.pick(&[(" n", "n"), (" AS \"new rows\"", "\"new rows\""), ("", "")]);
        let row = if alias.is_empty() { source.as_str() } else { row };
        let on: Vec<String> = self
            .of_keys()
            .iter()
            .enumerate()
            .map(|(place, key)| format!("{own}.{} = {row}.c{place}", key.name))
            .collect();
        let values: Vec<(usize, &str)> = self
            .in_target()
            .iter()
            .map(|column| column.name)
            .enumerate()
            .skip(self.keys)
            .collect();
        let set: Vec<String> =
            values.iter().map(|(place, name)| format!("{name} = {row}.c{place}")).collect();
        let matched = match (self.random.below(4), set.is_empty()) {
            (0, _) => "WHEN MATCHED THEN DELETE\n".to_owned(),
            (1, _) | (_, true) => String::new(),
            (_, false) => format!("WHEN MATCHED THEN UPDATE SET {}\n", set.join(", ")),
        };
        let names: Vec<&str> = self.in_target().iter().map(|column| column.name).collect();
        let all: Vec<String> = (0..names.len()).map(|place| format!("{row}.c{place}")).collect();
        let rest = format!(
            "{alias} ON {}\n{matched}WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})",
            on.join(" AND "),
            names.join(", "),
            all.join(", ")
        );
        let statement = format!("MERGE INTO p.t{n} USING s.o{n}{rest}");
        let window = PlainWindow {
            checks: None,
            statement,
            hours: self.windows,
        };
        (format!("MERGE INTO w.s.t{n} USING w.s.o{n}{rest}"), vec![window])
    }
}
