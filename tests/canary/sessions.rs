//! A marked password on its way to a server, and marked passwords in what the server is asked.

use super::{Cage, MARK, assert_said_nothing, marked};
use crate::support::home::Done;
use crate::support::postgres::{Database, Postgres, Wire};

/// The role that logs in with the mark.
const USER: &str = "canary_user";

/// The same for another test at the same time.
const ANOTHER_USER: &str = "canary_of_fields";

/// Right and wrong statements for a warehouse; `<` stands for the mark. What fails is repeated by
/// the server, in part or as a whole.
const STATEMENTS: &[&str] = &[
    "ALTER ROLE canary_user PASSWORD '<'",
    "ALTER ROLE canary_user PASSWORD $$<$$",
    "ALTER ROLE canary_user /* '<' is the PASSWORD = '<' */ PASSWORD -- why\n E'<'",
    "BEGIN; ALTER ROLE canary_user PASSWORD '<'; ROLLBACK",
    "CREATE USER u PASSWORD '<'",
    "CREATE USER u PASSWORD <",
    "CREATE USER u PASSWORD \"<\"",
    "CREATE USER u PASSWORD \"a < b\" nix",
    "CREATE USER u PASSWORD 'a' <",
    "CREATE USER u PASSWORD 'a'\n'<' nix",
    "CREATE USER u PASSWORD 'it''s <' nix",
    "CREATE USER u PASSWORD E'it\\'s <' nix",
    "CREATE USER u PASWORD '<'",
    "CREATE USR u PASSWORD '<'",
    "CREATE USER u IDENTIFIED BY <",
    "CREATE USER u PASSWORD md5<",
    "ALTER USER nobody_here PASSWORD '<'",
    "DO $$ BEGIN ALTER USER nobody_here PASSWORD '<'; END $$",
    "DO $$ BEGIN EXECUTE 'ALTER USER nobody_here PASSWORD ''<'''; END $$",
    "DO $$ BEGIN RAISE WARNING 'ALTER USER u PASSWORD <'; END $$",
    "COPY t FROM 's3://b/k' CREDENTIALS 'aws_access_key_id=<;aws_secret_access_key=<' nix",
    "COPY t FROM 's3://b/k' CREDENTIALS AS 'a=' || '<' nix",
    "COPY t FROM 's3://b/k' ACCESS_KEY_ID '<' SECRET_ACCESS_KEY '<' SESSION_TOKEN '<'",
    "UNLOAD ('SELECT 1') TO 's3://b' CREDENTIALS '<' MASTER_SYMMETRIC_KEY '<'",
    "CREATE IDENTITY PROVIDER i TYPE azure PARAMETERS '{\"client_secret\": \"<\"}'",
    "SELECT nix, 'host=h password=<'",
    "CREATE REDSHIFT CONNECTION x PASSWORD = '<'",
    "\\password <",
    "\\d postgres://u:<@h/d",
    "\\d \"password=<\"",
    "\\dt password=<.*",
    "\\sv \"password=<\"",
    "\\sf \"password=<\"",
    "\\i password=<",
    "\\ir password=<",
    "\\o nowhere/password=<",
    "\\w nowhere/password=<",
    "\\cd password=<",
    "\\n password=<",
    "\\if password=< \\endif",
    "\\pset footer password=<",
    "\\set 'password=<' 1",
    "\\unset 'password=<'",
    "\\set x `false password=<`",
    "SELECT 1 \\g nowhere/password=<",
    "SELECT 1 AS a \\gset 'password=< '",
];

/// The fields of an error that a server of PostgreSQL's sets on demand (PostgreSQL documentation,
/// "Errors and Messages").
const FIELDS: &[&str] = &[
    "MESSAGE",
    "DETAIL",
    "HINT",
    "COLUMN",
    "CONSTRAINT",
    "DATATYPE",
    "TABLE",
    "SCHEMA",
];

/// Ends of a script, most of which stop in the middle.
const TORN: &[&str] = &[
    "\\connect c PASSWORD '<'",
    "\\connect postgres://u:<@h/d",
    "CREATE USER u PASSWORD '<",
    "CREATE USER u PASSWORD $$<",
    "CREATE USER u PASSWORD E'<\\'",
    "CREATE USER u PASSWORD /* '<' ",
    "COPY t FROM 's3://b' CREDENTIALS '<",
];

/// A database, and a role of this name that all of them share.
fn database(user: &str) -> Option<Database> {
    let database = Postgres::database(Wire::Plain)?;
    database.administer(&format!(
        "CREATE ROLE {user} LOGIN CREATEROLE PASSWORD '{MARK}' IN ROLE everybody"
    ));
    Some(database)
}

impl Cage {
    fn ask(&self, arguments: &[&str], input: &str) -> Done {
        let done = self.run("vault", arguments, input.as_bytes());
        assert_said_nothing(&done, &format!("{arguments:?} {input}"));
        done
    }
}

#[test]
fn a_password_that_opens_sessions_shows_in_no_output_and_no_file() {
    let Some(database) = database(USER) else { return };
    let cage = Cage::new();
    let url = database.url("127.0.0.1", "?sslmode=disable");
    let create = format!(
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' USER_NAME = '{USER}' PASSWORD"
    );
    cage.ask(&[], &format!("{create} = '{MARK}' WITH TEST;\n")).status(0);
    cage.ask(&[], "TEST CONNECTION c;\n").status(0);
    cage.ask(&["connect", "c", "-c", "SELECT 1"], "").status(0);
    cage.ask(&["--dry-run", "exec", "c", "--", "true"], "").status(0);
    cage.ask(&["exec", "c", "--", "nothing-of-this-name"], "").status(127);
    let program =
        format!("exec '{}' --ephemeral -c 'SHOW SESSIONS'", crate::support::home::REDWIRE);
    cage.ask(&["exec", "c", "--", "sh", "-c", &program], "").status(0);
    let lines: Vec<String> = STATEMENTS.iter().map(|statement| marked(statement)).collect();
    let by_arguments: Vec<&str> = lines.iter().flat_map(|line| ["-c", line]).collect();
    let script = lines.join(";\n") + "\nSELECT 'to the end';\n";
    for format in ["table", "json"] {
        let connect = ["--format", format, "connect", "c"];
        let done = cage.ask(&[&connect, &by_arguments[..]].concat(), "").status(1);
        done.err_has("***").err_has("42704");
        cage.ask(&connect, &script).status(1).out_has("to the end");
    }
    for torn in TORN {
        cage.ask(&["connect", "c"], &marked(torn)).status(1);
    }
    database.administer(&format!("ALTER ROLE {USER} PASSWORD 'another'"));
    cage.ask(&[], "TEST CONNECTION c;\n").status(1).err_has("28P01");
    cage.ask(&["connect", "c", "-c", "SELECT 1"], "").status(1);
    cage.assert_empty();
}

#[test]
fn no_field_of_an_error_or_a_notice_shows_a_password() {
    let Some(database) = database(ANOTHER_USER) else { return };
    let cage = Cage::new();
    let url = database.url("127.0.0.1", "?sslmode=disable");
    let create = format!(
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' \
         USER_NAME = '{ANOTHER_USER}' PASSWORD = '{MARK}';\n"
    );
    cage.ask(&[], &create).status(0);
    let levels = ["NOTICE", "WARNING", "EXCEPTION"];
    let raised = FIELDS.iter().flat_map(|field| {
        levels.map(|level| {
            let message = if *field == "MESSAGE" {
                ""
            } else {
                "MESSAGE = 'failed', "
            };
            format!(
                "DO $$ BEGIN RAISE {level} USING {message}{field} = 'near \"<\"'; END $$ \
                 /* PASSWORD '<' */"
            )
        })
    });
    let others = [
        // The query that the server ran itself, and the context.
        "DO $$ BEGIN EXECUTE 'ALTER USER nobody PASSWORD ''<'' nix'; END $$",
        // The position.
        "CREATE USER u PASSWORD 'a' < nix",
    ];
    let script: String = raised
        .chain(others.map(str::to_owned))
        .map(|statement| marked(&statement) + ";\n")
        .collect();
    for format in ["table", "json"] {
        let done = cage.ask(&["--format", format, "connect", "c"], &script).status(1);
        done.err_has("***").err_has("P0001").err_has("42601");
    }
    cage.assert_empty();
}
