//! IMPORT as a process: against PostgreSQL and against the stand-in for Redshift.

mod connections;
mod interrupted;
mod left_out;
mod redshift;
mod too_many;

use std::process::Command;

use crate::standin::StandIn;
use crate::support::home::{Done, Home, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{DIGEST_USER, Database, Postgres, TRUSTED_USER, User, Wire};

/// A home with a connection called `sales`, and the server that it leads to.
struct Stage<S> {
    home: Home,
    server: S,
}

/// The output format of every run.
const FORMAT: [&str; 2] = ["--format", "csv"];

impl<S> Stage<S> {
    fn new(server: S, url: &str, user: User) -> Self {
        let stage = Self { home: Home::with_light_vault(), server };
        let password = user.password.replace('\'', "''");
        stage.redwire(&[
            "-c",
            &format!(
                "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = '{}' \
                 MAX_CONCURRENT_CONNECTIONS = 1",
                user.name,
                if password.is_empty() { "unused" } else { &password },
            ),
        ]);
        stage
    }

    /// redwire with these arguments, which must succeed.
    #[track_caller]
    fn redwire(&self, arguments: &[&str]) -> Done {
        self.run(arguments).run().status(0)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let run = self.home.redwire(STORE).args(FORMAT).args(arguments);
        run.env(PASSPHRASE.0, PASSPHRASE.1)
    }

    /// The same of a script, which may fail.
    fn script(&self, script: &str) -> Done {
        self.run(&[]).stdin(script).run()
    }

    /// The rows of an import of everything, without their heading.
    #[track_caller]
    fn import(&self) -> String {
        let done = self.redwire(&["-c", "IMPORT TABLES FROM sales"]);
        rows(&done)
    }

    /// The names of the tables that the catalog has.
    #[track_caller]
    fn tables(&self) -> String {
        let names = "SELECT group_concat(name, ' ') FROM (SELECT name FROM system.information_schema.tables ORDER BY name)";
        rows(&self.redwire(&["-c", names])).trim_end().to_owned()
    }
}

/// The rows without their heading.
fn rows(done: &Done) -> String {
    done.out.split_once('\n').map(|(_, rows)| rows.to_owned()).unwrap_or_default()
}

/// PostgreSQL without TLS.
fn postgres() -> Option<Stage<Database>> {
    let database = Postgres::database(Wire::Plain)?;
    let url = database.url("127.0.0.1", "?sslmode=disable");
    Some(Stage::new(database, &url, TRUSTED_USER))
}

/// The stand-in, with a login by Redshift's digest.
fn standin() -> Option<Stage<StandIn>> {
    let standin = StandIn::start(Wire::Plain)?;
    let url = standin.url("127.0.0.1", "?ssl=false");
    Some(Stage::new(standin, &url, DIGEST_USER))
}

const TABLES: &str = "CREATE SCHEMA crm; CREATE TABLE public.orders (id bigint, at timestamp, price numeric(10,2), \
    PRIMARY KEY (id)); CREATE TABLE public.items (order_id bigint NOT NULL, name varchar(20), kind char(2)); \
    CREATE TABLE crm.people (id int); COMMENT ON TABLE public.orders IS 'it''s sold'; CREATE VIEW public.v AS SELECT 1 AS n;";

#[test]
fn a_first_import_records_every_table_and_a_second_one_changes_nothing() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(TABLES);
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
    assert_eq!(
        done.out,
        "table,verdict,differs\nsales.crm.people,new,1 column\nsales.public.items,new,3 columns\n\
         sales.public.orders,new,3 columns\n"
    );
    assert_eq!(done.err, "IMPORT TABLES\nnotice: read 3 tables: 3 new, 0 changed, 0 the same\n");
    let created = stage.redwire(&["-c", "SHOW CREATE TABLE sales.public.orders"]).out;
    assert_eq!(
        created,
        "CREATE TABLE sales.public.orders (\n    id BIGINT NOT NULL,\n    at TIMESTAMP,\n    price DECIMAL(10, 2),\n    \
         PRIMARY KEY (id)\n)\n    COMMENT = 'it''s sold';\n"
    );
    let altered = "SELECT group_concat(altered_at) FROM system.information_schema.tables";
    let before = stage.redwire(&["-c", altered]).out;
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
    assert_eq!(rows(&done), "");
    done.err_has("read 3 tables: 0 new, 0 changed, 3 the same");
    assert_eq!(stage.redwire(&["-c", altered]).out, before);
}

#[test]
fn a_table_that_differs_is_changed_and_keeps_its_usages() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(TABLES);
    stage.import();
    let job = "CREATE JOB load AS INSERT INTO sales.public.orders MAP_COLUMNS_BY_NAME SELECT id FROM sales.crm.people;";
    stage.script(job).status(0);
    stage.server.administer(
        "ALTER TABLE orders ALTER price TYPE numeric(12,2); ALTER TABLE orders ADD region varchar(9) NOT NULL; \
         ALTER TABLE orders DROP COLUMN at; COMMENT ON TABLE orders IS NULL;",
    );
    assert_eq!(
        stage.import(),
        "sales.public.orders,changed,\"column at: TIMESTAMP -> none, column price: DECIMAL(10, 2) -> DECIMAL(12, 2), \
         column region: none -> VARCHAR(9) NOT NULL\"\n"
    );
    let drop = stage.script("DROP TABLE sales.public.orders;\n").status(1);
    drop.err_has("2BP01").err_has("load");
    assert_eq!(stage.import(), "");
}

#[test]
fn a_job_that_named_a_table_before_it_was_known_guards_it_from_now_on() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(TABLES);
    let job = "CREATE JOB load AS INSERT INTO sales.public.orders MAP_COLUMNS_BY_NAME SELECT id FROM sales.crm.people;\n";
    stage.script(job).status(0);
    assert_eq!(stage.import().lines().count(), 3);
    for table in ["sales.public.orders", "sales.crm.people"] {
        let drop = stage.script(&format!("DROP TABLE {table};\n")).status(1);
        drop.err_has("2BP01").err_has("load");
    }
    stage.script("DROP TABLE sales.public.items;\n").status(0);
}

#[test]
fn a_table_that_is_gone_stays_and_is_listed_with_its_usages() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(TABLES);
    stage.import();
    let job = "CREATE JOB load AS INSERT INTO sales.public.orders MAP_COLUMNS_BY_NAME SELECT id FROM sales.crm.people;";
    stage.script(job).status(0);
    stage
        .server
        .administer("DROP TABLE items, orders; CREATE VIEW items AS SELECT 1 AS n;");
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales"]);
    assert_eq!(
        rows(&done),
        "sales.public.items,gone,nothing uses it; DROP TABLE sales.public.items removes the definition\n\
         sales.public.orders,gone,used by 1 job; SHOW USAGES OF TABLE sales.public.orders names it\n"
    );
    done.err_has("0 new, 0 changed, 1 the same; 2 tables gone from the warehouse, kept here");
    stage.script("DROP TABLE sales.public.items;\n").status(0);
    assert_eq!(stage.tables(), "orders people");
}

#[test]
fn a_schema_and_a_pattern_choose_what_is_read_and_compared() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(TABLES);
    let import = |rest: &str| {
        let statement = format!("IMPORT TABLES FROM sales{rest}");
        rows(&stage.redwire(&["-c", &statement]))
    };
    assert_eq!(import(".crm"), "sales.crm.people,new,1 column\n");
    assert_eq!(import(" LIKE 'ORD%'"), "sales.public.orders,new,3 columns\n");
    stage.server.administer("DROP TABLE orders, crm.people");
    assert_eq!(import(" LIKE 'item_'"), "sales.public.items,new,3 columns\n");
    assert_eq!(import(".public LIKE '%e%'").lines().count(), 1);
    let done = stage.redwire(&["-c", "IMPORT TABLES FROM sales.crm LIKE 'a%'"]);
    assert_eq!(rows(&done), "");
    done.err_has("there are no such tables, neither in the warehouse nor here");
}

#[test]
fn a_schema_that_is_not_there_is_an_error_with_the_nearest() {
    let Some(stage) = postgres() else { return };
    stage.server.administer("CREATE SCHEMA \"web shop\"");
    let done = stage.script("IMPORT TABLES FROM sales.\"web shpo\";\n").status(1);
    done.err_has("3F000")
        .err_has("schema \"web shpo\" does not exist")
        .err_has("did you mean \"web shop\"?");
    let done = stage.script("IMPORT TABLES FROM sales.\"it's\";\n").status(1);
    done.err_has("3F000")
        .err_has("redwire connect sales -c '\\dn' lists the schemas");
}

#[test]
fn an_import_is_a_part_of_the_open_transaction() {
    let Some(stage) = postgres() else { return };
    stage.server.administer(TABLES);
    let done = stage
        .script("BEGIN;\nIMPORT TABLES FROM sales;\nSHOW TABLES LIKE 'people';\nROLLBACK;\n")
        .status(0);
    done.out_has("sales,crm,people,1,0,\n");
    assert_eq!(stage.tables(), "");
    let url = stage.server.url("127.0.0.1", "?sslmode=disable");
    let script = format!(
        "BEGIN;\nCREATE REDSHIFT CONNECTION other CONNECTION_STRING = '{url}' USER_NAME = 'trusted_user' PASSWORD = 'x';\n\
         IMPORT TABLES FROM other.crm;\nCOMMIT;\n"
    );
    stage.script(&script).status(0);
    assert_eq!(stage.tables(), "people");
}

#[test]
fn a_trial_says_what_it_would_read_and_opens_nothing() {
    let home = Home::with_light_vault();
    let create = "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/d?ssl=false' \
                  USER_NAME = 'u' PASSWORD = 'p';\n";
    let vault = || home.redwire(STORE).args(FORMAT).env(PASSPHRASE.0, PASSPHRASE.1);
    vault().stdin(create).run().status(0);
    let done = vault().args(["--dry-run", "-c", "IMPORT TABLES FROM sales"]).run().status(0);
    assert_eq!(
        (done.out.as_str(), done.err.as_str()),
        ("", "notice: the tables of connection sales would be read\n")
    );
    let done = vault().args(["--dry-run", "-c", "IMPORT TABLES FROM salse"]).run().status(1);
    done.err_has("42704").err_has("did you mean sales?");
}

#[test]
fn no_definition_is_an_import() {
    let Some(stage) = postgres() else { return };
    stage.home.write("wanted.sql", "IMPORT TABLES FROM sales;\n");
    let done = stage.run(&["plan", "wanted.sql"]).run().status(1);
    done.err_has("has only CREATE statements");
}

#[test]
fn the_password_stays_where_it_is() {
    let Some(stage) = standin() else { return };
    let done = stage.run(&["--verbose", "-c", "IMPORT TABLES FROM sales"]).run().status(0);
    done.err_has("IMPORT TABLES").nowhere(DIGEST_USER.password);
    let found = Command::new("grep")
        .args(["-rlaF", DIGEST_USER.password])
        .arg(stage.home.path())
        .output()
        .expect("grep runs");
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    assert_eq!(
        found.status.code(),
        Some(1),
        "grep found nothing, and nothing kept it from looking"
    );
}
