//! What is measured with: statements of redwire, and those of the peers with the same values and of like length.

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
    once("BEGIN;".to_owned())
        .chain(statements)
        .chain(once("COMMIT;".to_owned()))
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
