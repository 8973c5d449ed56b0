//! The samples for measurements: statements of redwire, and those of the peers with the same values
//! and of similar length.

use std::fmt::Write as _;
use std::iter::once;

/// The options of a connection, as a user would have them.
struct Sample {
    name: String,
    host: String,
    user_name: String,
    limit: usize,
    comment: String,
}

impl Sample {
    fn new(number: usize) -> Self {
        Self {
            name: name(number),
            host: format!("cluster-{}.abc123xyz789.eu-west-1.redshift.amazonaws.com", number % 97),
            user_name: format!("loader_{}", number % 13),
            limit: number % 20 + 1,
            comment: format!("warehouse {number} of the sales marts"),
        }
    }

    fn url(&self) -> String {
        format!("jdbc:redshift://{}:5439/dev?ssl=true", self.host)
    }
}

const TEAMS: [&str; 7] = ["sales", "stock", "billing", "web_logs", "people", "risk", "supply"];

/// The name of a connection.
pub fn name(number: usize) -> String {
    format!("{}_{number:06}", TEAMS[number % TEAMS.len()])
}

/// `CREATE REDSHIFT CONNECTION` with all its options.
pub fn create_connection(number: usize) -> String {
    let sample = Sample::new(number);
    format!(
        "CREATE REDSHIFT CONNECTION {}\n    CONNECTION_STRING = '{}'\n    USER_NAME = '{}'\n    \
         PASSWORD = 'Secret{number:06}x'\n    MAX_CONCURRENT_CONNECTIONS = {}\n    COMMENT = '{}';",
        sample.name,
        sample.url(),
        sample.user_name,
        sample.limit,
        sample.comment
    )
}

/// Those statements in one transaction.
pub fn script(connections: usize) -> impl Iterator<Item = String> {
    in_transaction((0..connections).map(create_connection))
}

/// The statements between BEGIN and COMMIT.
pub fn in_transaction(statements: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    once("BEGIN;".to_owned()).chain(statements).chain(once("COMMIT;".to_owned()))
}

/// The row that redwire makes of that statement, as an INSERT.
pub fn insert(number: usize) -> String {
    let sample = Sample::new(number);
    format!(
        "INSERT INTO connection (name, connection_string, host, port, database_name, user_name, secret_store, \
         secret_id, max_concurrent_connections, comment, created_at, altered_at) VALUES ('{}', '{}', '{}', 5439, \
         'dev', '{}', 'memory', '3f9a6c01d2e4b857{number:016x}', {}, '{}', 1767225600, 1767225600);",
        sample.name,
        sample.url(),
        sample.host,
        sample.user_name,
        sample.limit,
        sample.comment
    )
}

/// Hive's CREATE CONNECTOR, which says the same of another kind of database.
pub fn create_connector(number: usize) -> String {
    let sample = Sample::new(number);
    format!(
        "CREATE CONNECTOR {}\n    TYPE 'redshift'\n    URL '{}'\n    COMMENT '{}'\n    WITH DCPROPERTIES \
         ('user_name' = '{}', 'password' = 'Secret{number:06}x', 'max_connections' = '{}')",
        sample.name,
        sample.url(),
        sample.comment,
        sample.user_name,
        sample.limit
    )
}

/// `PostgreSQL`'s CREATE SERVER, which does so too.
pub fn create_server(number: usize) -> String {
    let sample = Sample::new(number);
    format!(
        "CREATE SERVER {}\n    TYPE 'redshift' VERSION '1.0'\n    FOREIGN DATA WRAPPER redshift\n    OPTIONS (\
         url '{}', user_name '{}', password 'Secret{number:06}x', max_connections '{}', comment '{}')",
        sample.name,
        sample.url(),
        sample.user_name,
        sample.limit,
        sample.comment
    )
}

/// A table of like length in Redshift.
pub fn create_table(number: usize) -> String {
    let sample = Sample::new(number);
    format!(
        "CREATE TABLE public.{} (\n    id bigint NOT NULL,\n    customer varchar(64) NOT NULL,\n    \
         status varchar(16) DEFAULT 'new',\n    placed_at timestamp NOT NULL,\n    amount decimal(18, 2),\n    \
         clerk varchar(32) DEFAULT '{}',\n    remark varchar({}),\n    PRIMARY KEY (id)\n)",
        sample.name,
        sample.user_name,
        sample.limit * 8
    )
}

/// Over how many connections the tables and jobs of a catalog are spread.
pub const SHARED: usize = 50;

/// Every so many statements of a mixed script make a connection, the first of all among them.
const CONNECTION_EVERY: usize = 10;

/// A connection of that name.
pub fn connection_named(name: &str) -> String {
    format!(
        "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = 'jdbc:redshift://used.example.com/dev' \
         USER_NAME = 'loader' PASSWORD = 'Secret';"
    )
}

/// The connections over which that many tables and jobs are spread.
pub fn connections_for(objects: usize) -> impl Iterator<Item = String> {
    (0..objects.min(SHARED)).map(create_connection)
}

/// The name of a table of such a catalog.
pub fn table_name(number: usize) -> String {
    format!("{}.public.orders_{number:06}", name(number % SHARED))
}

/// The name of a job of such a catalog.
pub fn job_name(number: usize) -> String {
    format!("job_{number:06}")
}

/// A table on a connection, with five columns.
pub fn table_on(connection: &str, number: usize) -> String {
    format!(
        "CREATE TABLE {connection}.public.orders_{number:06} (id BIGINT NOT NULL, customer VARCHAR(64), status CHAR(1), \
         placed_at TIMESTAMP, amount DECIMAL(18, 2)) SORTKEY (placed_at);"
    )
}

/// A job on a connection that reads the table of that number and writes the one before it.
pub fn job_on(connection: &str, number: usize, prefix: &str) -> String {
    let target = number.saturating_sub(1);
    format!(
        "CREATE JOB {prefix}_{number:06} RUN_INTERVAL = 5 MINUTES AS {};",
        job_body(connection, target, number)
    )
}

fn job_body(connection: &str, target: usize, source: usize) -> String {
    format!("{}{}", job_head(connection, target), job_query(connection, source))
}

fn job_head(connection: &str, target: usize) -> String {
    format!("INSERT INTO {connection}.public.orders_{target:06} MAP_COLUMNS_BY_NAME\n")
}

fn job_query(connection: &str, source: usize) -> String {
    format!("{QUERY_BEFORE}{connection}.public.orders_{source:06}{QUERY_AFTER}")
}

const QUERY_BEFORE: &str = "SELECT id, customer, status, placed_at, amount FROM ";
const QUERY_AFTER: &str = " o WHERE o.status = 'x' AND o.amount > 100";

/// The object that the statement with this number in a mixed script creates, and its connection.
enum Mixed {
    Connection(usize),
    Table { connection: usize, number: usize },
    Job { connection: usize, number: usize },
}

impl Mixed {
    /// In each group of ten: a connection, five tables on it, four jobs that read one of these and
    /// write the next.
    fn new(statement: usize) -> Self {
        let (group, place) = (statement / CONNECTION_EVERY, statement % CONNECTION_EVERY);
        match place {
            0 => Self::Connection(group),
            1..=5 => Self::Table { connection: group, number: place - 1 },
            _ => Self::Job { connection: group, number: place - 6 },
        }
    }
}

/// A statement of a script that makes connections, tables and jobs in turn.
pub fn mixed(statement: usize) -> String {
    match Mixed::new(statement) {
        Mixed::Connection(number) => create_connection(number),
        Mixed::Table { connection, number } => table_on(&name(connection), number),
        Mixed::Job { connection, number } => {
            let connection = name(connection);
            let body = job_body(&connection, number + 1, number);
            format!("CREATE JOB load_{connection}_{number} RUN_INTERVAL = 5 MINUTES AS {body};")
        }
    }
}

/// The rows that redwire makes of that statement, as INSERTs.
pub fn mixed_inserts(statement: usize) -> String {
    match Mixed::new(statement) {
        Mixed::Connection(number) => insert(number),
        Mixed::Table { connection, number } => insert_table(connection, number),
        Mixed::Job { connection, number } => insert_job(connection, number),
    }
}

fn insert_table(connection: usize, number: usize) -> String {
    let id = connection * 5 + number + 1;
    let mut text = format!(
        "INSERT INTO warehouse_table (connection_id, schema_name, name, dist_style, sort_style, comment, created_at, \
         altered_at) VALUES ({}, 'public', 'orders_{number:06}', NULL, NULL, NULL, 1767225600, 1767225600);",
        connection + 1
    );
    for (ordinal, (name, data_type)) in (1..).zip([
        ("id", "BIGINT"),
        ("customer", "VARCHAR(64)"),
        ("status", "CHAR(1)"),
        ("placed_at", "TIMESTAMP"),
        ("amount", "DECIMAL(18, 2)"),
    ]) {
        let (is_nullable, sort) =
            (i32::from(ordinal != 1), if ordinal == 4 { "1" } else { "NULL" });
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\nINSERT INTO warehouse_column (warehouse_table_id, ordinal, name, data_type, is_nullable, is_dist_key, \
             sort_ordinal) VALUES ({id}, {ordinal}, '{name}', '{data_type}', {is_nullable}, 0, {sort});"
        );
    }
    text
}

/// The columns of a reference that have a value.
const REFERENCE: &str =
    "job_id, ordinal, tie, span_start, span_end, connection_id, warehouse_table_id";

fn insert_job(connection: usize, number: usize) -> String {
    let id = connection * 4 + number + 1;
    let table = |number: usize| connection * 5 + number + 1;
    let (connection_id, connection) = (connection + 1, name(connection));
    let body = job_body(&connection, number + 1, number);
    let target = "INSERT INTO ".len();
    let source = job_head(&connection, number + 1).len() + QUERY_BEFORE.len();
    let length = format!("{connection}.public.orders_000000").len();
    format!(
        "INSERT INTO job (name, kind, body, comment, created_at, altered_at) VALUES ('load_{connection}_{number}', \
         'insert', '{}', NULL, 1767225600, 1767225600);\n\
         INSERT INTO job_option VALUES ({id}, 'RUN_INTERVAL', '5 MINUTES');\n\
         INSERT INTO job_reference ({REFERENCE}) VALUES ({id}, 0, 'target', {target}, {}, {connection_id}, {});\n\
         INSERT INTO job_reference ({REFERENCE}) VALUES ({id}, 1, 'source', {source}, {}, {connection_id}, {});",
        body.replace('\'', "''"),
        target + length,
        table(number + 1),
        source + length,
        table(number),
    )
}
