//! Tables as AWS documents them: each part of CREATE TABLE is recorded, printed, read back, planned,
//! exported and altered, and a foreign key is a usage.

use std::fs;
use std::path::Path;

use crate::support::home::{Home, Run};

const CONNECTION: &str = "CREATE REDSHIFT CONNECTION rs CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' \
    USER_NAME = 'u' PASSWORD = ENV 'P';\n";

fn redwire(home: &Home, arguments: &[&str]) -> Run {
    home.redwire(["--secret-store", "vault", "--format", "csv"])
        .args(arguments)
        .env("REDWIRE_VAULT_PASSPHRASE", "open")
        .env("P", "Kanari7Zq")
        .env("REDWIRE_PASSWORD_RS", "Kanari7Zq")
}

/// A home with the connection and what the script makes.
fn home(script: &str) -> Home {
    let home = Home::new();
    redwire(&home, &["-c", CONNECTION]).run().status(0);
    redwire(&home, &["-c", script]).run().status(0);
    home
}

/// The output of SHOW CREATE TABLE on one line, from the parenthesis on.
fn created(home: &Home, table: &str) -> String {
    let shown = redwire(home, &["-c", &format!("SHOW CREATE TABLE {table}")])
        .run()
        .status(0)
        .out;
    let text = shown
        .trim_end()
        .replace("(\n    ", "(")
        .replace("\n    ", " ")
        .replace('\n', "");
    text.split_once(" (").map(|(_, rest)| format!("({rest}")).unwrap_or_default()
}

/// Each statement of the file, without the comments before it.
fn cases(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(file);
    let text = fs::read_to_string(path).expect("the cases");
    let lines = text.lines().filter(|line| !line.starts_with("--") && !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[test]
fn real_definitions_that_were_refused_are_taken_and_read_back() {
    let mut taken = 0;
    for statement in cases("ddl.sql") {
        if !statement.starts_with("CREATE TABLE") {
            continue;
        }
        let home = home("");
        let made = redwire(&home, &["-c", &statement]).run();
        if statement.contains(" AS SELECT") {
            made.status(1).err_has("CREATE TABLE AS is not supported");
            continue;
        }
        made.status(0);
        let name = statement.split_whitespace().nth(2).expect("a name");
        let printed = created(&home, name);
        redwire(&home, &["-c", &format!("DROP TABLE {name}")]).run().status(0);
        redwire(&home, &["-c", &format!("CREATE TABLE {name} {printed}")])
            .run()
            .status(0);
        assert_eq!(created(&home, name), printed, "{statement}");
        taken += 1;
    }
    assert_eq!(taken, 9);
}

const MARTS: &str = "CREATE TABLE rs.lake.events (id BIGINT IDENTITY(1, 1), kind VARCHAR(20) DEFAULT 'none' COLLATE CI \
    COMMENT 'of the app', at TIMESTAMP DEFAULT getdate(), PRIMARY KEY (id), CONSTRAINT kinds UNIQUE (kind)) BACKUP NO \
    SORTKEY AUTO ENCODE AUTO;\n\
    CREATE TABLE rs.lake.visits (event BIGINT REFERENCES events (id), n INT, FOREIGN KEY (n) REFERENCES gone (x));\n";

#[test]
fn an_export_brings_every_part_back() {
    let first = home(MARTS);
    let script = redwire(&first, &["-c", "EXPORT CATALOG"]).run().status(0).out;
    let second = Home::new();
    second.write("f.sql", &script);
    redwire(&second, &["-f", "f.sql"]).run().status(0);
    assert_eq!(redwire(&second, &["-c", "EXPORT CATALOG"]).run().status(0).out, script);
    redwire(&second, &["plan", "f.sql", "--exit-code"]).run().status(0);
    let described = redwire(&second, &["-c", "DESCRIBE TABLE rs.lake.events"]).run().status(0).out;
    for row in [
        "column,id,BIGINT,false,\"IDENTITY(1, 1)\",,PRIMARY KEY,\n",
        "column,kind,VARCHAR(20) COLLATE CASE_INSENSITIVE,true,'none',,,of the app\n",
        "constraint,events_pkey,PRIMARY KEY (id),,,,,\n",
        "constraint,kinds,UNIQUE (kind),,,,,\n",
        "table,BACKUP,NO,,,,,\n",
        "table,SORTKEY,AUTO,,,,,\n",
        "table,ENCODE,AUTO,,,,,\n",
    ] {
        assert!(described.contains(row), "{row}{described}");
    }
}

#[test]
fn a_plan_names_each_part_that_differs() {
    let home = home(MARTS);
    let other = MARTS
        .replace("IDENTITY(1, 1)", "NOT NULL")
        .replace("DEFAULT getdate()", "")
        .replace("CONSTRAINT kinds", "")
        .replace("BACKUP NO", "BACKUP YES")
        .replace("SORTKEY AUTO ENCODE AUTO", "");
    home.write("f.sql", format!("{CONNECTION}{other}"));
    let planned = redwire(&home, &["plan", "f.sql"]).run().status(0).out;
    for difference in [
        "column id: BIGINT IDENTITY(1, 1) NOT NULL -> BIGINT NOT NULL",
        "column at: TIMESTAMP DEFAULT getdate() -> TIMESTAMP",
        "constraint: CONSTRAINT kinds UNIQUE (kind) -> none",
        "constraint: none -> UNIQUE (kind)",
        "BACKUP: NO -> YES",
        "SORTKEY: AUTO -> none",
        "ENCODE: AUTO -> none",
    ] {
        assert!(planned.contains(difference), "{difference}\n{planned}");
    }
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    redwire(&home, &["plan", "f.sql", "--exit-code"]).run().status(0);
}

#[test]
fn a_foreign_key_is_a_usage_until_it_is_dropped() {
    let home = home(MARTS);
    let usages = redwire(&home, &["-c", "SHOW USAGES OF TABLE rs.lake.events"])
        .run()
        .status(0)
        .out;
    assert_eq!(usages, "usage,name,via\ntable,rs.lake.visits,foreign key\n");
    let selected =
        "SELECT used, name, via FROM system.information_schema.usages WHERE via = 'foreign key'";
    let selected = redwire(&home, &["-c", selected]).run().status(0).out;
    assert_eq!(selected, "used,name,via\nrs.lake.events,rs.lake.visits,foreign key\n");
    let tree = redwire(&home, &["-c", "\\tree rs.lake.events"]).run().status(0).out;
    assert!(tree.contains("rs.lake.visits") && tree.contains("foreign key"), "{tree}");

    let refused = redwire(&home, &["-c", "DROP TABLE rs.lake.events"]).run().status(1);
    refused.err_has("Cannot delete table due to usages: rs.lake.visits").err_has(
        "ALTER TABLE rs.lake.visits DROP CONSTRAINT visits_event_fkey; DROP TABLE rs.lake.events;",
    );
    // The hint works as it stands.
    redwire(&home, &["-c", "ALTER TABLE rs.lake.visits DROP CONSTRAINT visits_event_fkey; DROP TABLE rs.lake.events;"])
        .run()
        .status(0);
    assert_eq!(
        created(&home, "rs.lake.visits"),
        "(event BIGINT, n INTEGER, FOREIGN KEY (n) REFERENCES lake.gone (x));"
    );
}

#[test]
fn cascade_drops_the_foreign_key_and_keeps_its_table() {
    let home = home(MARTS);
    let dropped = redwire(&home, &["-c", "DROP TABLE rs.lake.events CASCADE"]).run().status(0);
    dropped.err_has("dropped constraint visits_event_fkey on table rs.lake.visits");
    assert!(!created(&home, "rs.lake.visits").contains("events"));
    redwire(&home, &["-c", "DROP CONNECTION rs CASCADE"]).run().status(0);
}

#[test]
fn tables_that_reference_each_other_and_themselves_are_dropped_together() {
    let script = "CREATE TABLE rs.s.a (x INT REFERENCES b, y INT REFERENCES a (x));\n\
                  CREATE TABLE rs.s.b (x INT REFERENCES a);";
    let both = home(script);
    redwire(&both, &["-c", "DROP TABLE rs.s.a"]).run().status(1);
    redwire(&both, &["-c", "DROP TABLE rs.s.a, rs.s.b"]).run().status(0);
    let by_connection = home(script);
    redwire(&by_connection, &["-c", "DROP CONNECTION rs CASCADE"]).run().status(0);
    let alone = home("CREATE TABLE rs.s.a (x INT, y INT REFERENCES a (x))");
    let renamed = "ALTER TABLE rs.s.a RENAME TO c; DROP TABLE rs.s.c";
    redwire(&alone, &["-c", renamed]).run().status(0);
}

#[test]
fn a_foreign_key_follows_its_table_and_its_column() {
    let home = home(MARTS);
    redwire(&home, &["-c", "ALTER TABLE rs.lake.events RENAME TO moments"])
        .run()
        .status(0);
    redwire(&home, &["-c", "ALTER TABLE rs.lake.moments RENAME COLUMN id TO number"])
        .run()
        .status(0);
    redwire(&home, &["-c", "CREATE TABLE rs.lake.gone (x INT)"]).run().status(0);
    assert_eq!(
        created(&home, "rs.lake.visits"),
        "(event BIGINT, n INTEGER, FOREIGN KEY (event) REFERENCES lake.moments (number), \
         FOREIGN KEY (n) REFERENCES lake.gone (x));"
    );
    redwire(&home, &["-c", "DROP TABLE rs.lake.gone"])
        .run()
        .status(1)
        .err_has("rs.lake.visits");
    let refused = redwire(&home, &["-c", "ALTER TABLE rs.lake.gone DROP COLUMN x"])
        .run()
        .status(1);
    refused.err_has("cannot drop column \"x\" because other objects depend on it");
    redwire(&home, &["-c", "ALTER TABLE rs.lake.gone DROP COLUMN x CASCADE"])
        .run()
        .status(0);
    redwire(&home, &["-c", "DROP TABLE rs.lake.gone"]).run().status(0);
}

#[test]
fn a_changed_column_names_the_jobs_that_use_it() {
    let home = home(MARTS);
    let job = "CREATE JOB j AS INSERT INTO rs.lake.visits SELECT id, count(*) FROM rs.lake.events GROUP BY \"ID\"";
    redwire(&home, &["-c", job]).run().status(0);
    let altered = redwire(&home, &["-c", "ALTER TABLE rs.lake.events RENAME id TO number"])
        .run()
        .status(0);
    altered.err_has("job j names column id: check it");
    let altered =
        redwire(&home, &["-c", "ALTER TABLE rs.lake.events ALTER COLUMN kind TYPE VARCHAR(40)"])
            .run();
    assert!(!altered.status(0).err.contains("job j"));
}

#[test]
fn alter_changes_the_definition_as_redshift_would() {
    let home = home("CREATE TABLE rs.s.t (a INT, b VARCHAR(5))");
    for (change, expected) in [
        (
            "ADD COLUMN c DATE DEFAULT sysdate",
            "(a INTEGER, b VARCHAR(5), c DATE DEFAULT sysdate);",
        ),
        (
            "ADD CONSTRAINT k PRIMARY KEY (a)",
            "(a INTEGER NOT NULL, b VARCHAR(5), c DATE DEFAULT sysdate, CONSTRAINT k PRIMARY KEY (a));",
        ),
        ("DROP c", "(a INTEGER NOT NULL, b VARCHAR(5), CONSTRAINT k PRIMARY KEY (a));"),
        (
            "ALTER COLUMN b TYPE VARCHAR(50)",
            "(a INTEGER NOT NULL, b VARCHAR(50), CONSTRAINT k PRIMARY KEY (a));",
        ),
        (
            "ALTER DISTKEY a",
            "(a INTEGER NOT NULL, b VARCHAR(50), CONSTRAINT k PRIMARY KEY (a)) DISTSTYLE KEY DISTKEY (a);",
        ),
        (
            "ALTER COMPOUND SORTKEY (b, a)",
            "(a INTEGER NOT NULL, b VARCHAR(50), CONSTRAINT k PRIMARY KEY (a)) DISTSTYLE KEY DISTKEY (a) COMPOUND SORTKEY (b, a);",
        ),
    ] {
        redwire(&home, &["-c", &format!("ALTER TABLE rs.s.t {change}")]).run().status(0);
        assert_eq!(created(&home, "rs.s.t"), expected, "{change}");
    }
    for (change, message) in [
        ("DROP COLUMN a", "cannot drop distribution key column \"a\""),
        (
            "ALTER COLUMN a TYPE BIGINT",
            "cannot alter the type of a column of type INTEGER",
        ),
        ("ADD UNIQUE (z)", "column \"z\" named in unique constraint does not exist"),
        ("DROP COLUMN z", "column \"z\" does not exist"),
        ("OWNER TO me", "ALTER TABLE changes only the definition of a table"),
    ] {
        redwire(&home, &["-c", &format!("ALTER TABLE rs.s.t {change}")])
            .run()
            .status(1)
            .err_has(message);
    }
}

#[test]
fn a_name_with_the_database_of_its_connection_is_a_usage() {
    let home = home("CREATE TABLE rs.s.t (a INT)");
    let job = "CREATE JOB j AS INSERT INTO rs.s.u SELECT rs.\"Dev\".s.t.a FROM rs.DEV.s.t";
    redwire(&home, &["-c", job]).run().status(0);
    redwire(&home, &["-c", "CREATE JOB k AS INSERT INTO rs.s.u SELECT a FROM rs.other.s.t"])
        .run()
        .status(0);
    let usages = || {
        let shown = redwire(&home, &["-c", "SHOW USAGES OF TABLE rs.s.t"]).run().status(0);
        shown.out.replacen("usage,name,via\n", "", 1)
    };
    assert_eq!(usages(), "job,j,source\n");
    redwire(&home, &["-c", "DROP TABLE rs.s.t"])
        .run()
        .status(1)
        .err_has("due to usages: j");
    redwire(&home, &["-c", "ALTER TABLE rs.s.t RENAME TO v"]).run().status(0);
    let shown = redwire(&home, &["-c", "SHOW CREATE JOB j"]).run().status(0).out;
    assert!(shown.contains("SELECT rs.\"Dev\".s.v.a FROM rs.DEV.s.v"), "{shown}");
    let script = redwire(&home, &["-c", "EXPORT CATALOG"]).run().status(0).out;
    home.write("f.sql", &script);
    redwire(&home, &["plan", "f.sql", "--exit-code"]).run().status(0);
    redwire(&home, &["-c", "ALTER TABLE rs.s.v RENAME TO t"]).run().status(0);

    // The tie follows the database of the connection, and a table that is made later.
    let moved = "ALTER REDSHIFT CONNECTION rs SET CONNECTION_STRING = 'jdbc:redshift://h.example.com/other'";
    redwire(&home, &["-c", moved]).run().status(0);
    assert_eq!(usages(), "job,k,source\n");
    redwire(&home, &["-c", "DROP JOB k; DROP TABLE rs.s.t"]).run().status(0);
    redwire(&home, &["-c", &moved.replace("other", "Dev")]).run().status(0);
    redwire(&home, &["-c", "CREATE TABLE rs.s.t (a INT)"]).run().status(0);
    assert_eq!(usages(), "job,j,source\n");
}

#[test]
fn a_foreign_key_fits_the_columns_of_its_table() {
    let home = home(
        "CREATE TABLE rs.s.u (id INT, k INT, z INT, PRIMARY KEY (id, k)); CREATE TABLE rs.s.e (); \
         CREATE TABLE rs.s.waits (a INT REFERENCES later (id), b INT REFERENCES e (x))",
    );
    for (statement, place, message) in [
        (
            "CREATE TABLE rs.s.t (a INT, FOREIGN KEY (a) REFERENCES u (idd))",
            "1:42",
            "42703",
        ),
        ("CREATE TABLE rs.s.t (a INT, b INT REFERENCES s.u (y))", "1:35", "42703"),
        ("CREATE TABLE rs.s.t (a INT REFERENCES t (b))", "1:28", "42703"),
        ("CREATE TABLE rs.s.t (a INT REFERENCES u)", "1:28", "42830"),
        (
            "CREATE TABLE rs.s.t (a INT, FOREIGN KEY (a) REFERENCES u (id, k))",
            "1:29",
            "42830",
        ),
        ("ALTER TABLE rs.s.waits ADD FOREIGN KEY (a) REFERENCES u (y)", "1:24", "42703"),
        ("ALTER TABLE rs.s.waits ADD FOREIGN KEY (a) REFERENCES u", "1:24", "42830"),
        ("CREATE TABLE rs.s.later (no INT)", "1:14", "42703"),
        ("ALTER TABLE rs.s.e ADD COLUMN no INT", "1:20", "42703"),
    ] {
        let refused = redwire(&home, &["-c", statement]).run().status(1);
        refused.err_has(message).err_has(&format!("at -c:{place}"));
    }
    for statement in [
        "CREATE TABLE rs.s.t1 (a INT, b INT, FOREIGN KEY (a, b) REFERENCES u)",
        "CREATE TABLE rs.s.t2 (a INT REFERENCES u (z), b INT REFERENCES t2 (a))",
        "ALTER TABLE rs.s.t2 DROP COLUMN a",
        "CREATE TABLE rs.s.later (id INT)",
        "ALTER TABLE rs.s.e ADD COLUMN x INT",
    ] {
        redwire(&home, &["-c", statement]).run().status(0);
    }
    assert_eq!(created(&home, "rs.s.t2"), "(b INTEGER);");
}

#[test]
fn a_primary_key_that_foreign_keys_reference_stays_without_cascade() {
    let script = "CREATE TABLE rs.s.u (id INT PRIMARY KEY, k INT); \
                  CREATE TABLE rs.s.t (a INT REFERENCES u, b INT REFERENCES u (k))";
    for (change, what) in [
        ("DROP CONSTRAINT u_pkey", "constraint \"u_pkey\""),
        ("DROP COLUMN id", "column \"id\""),
    ] {
        let home = home(script);
        let alter = |rest: &str| {
            let text = format!("ALTER TABLE rs.s.u {change}{rest}");
            redwire(&home, &["-c", &text]).run()
        };
        let refused = alter("").status(1);
        refused
            .err_has(&format!("cannot drop {what} because other objects depend on it"))
            .err_has(&format!("foreign keys of rs.s.t reference it; {change} CASCADE drops them"));
        alter(" CASCADE").status(0);
        assert_eq!(
            created(&home, "rs.s.t"),
            "(a INTEGER, b INTEGER, FOREIGN KEY (b) REFERENCES s.u (k));"
        );
    }
}

#[test]
fn like_copies_a_definition() {
    let home = home(MARTS);
    let script = "CREATE TABLE rs.lake.bare (LIKE events);\n\
                  CREATE TABLE rs.lake.full (n INT, LIKE rs.lake.events INCLUDING DEFAULTS, m INT);";
    redwire(&home, &["-c", script]).run().status(0);
    assert_eq!(
        created(&home, "rs.lake.bare"),
        "(id BIGINT NOT NULL, kind VARCHAR(20) COLLATE CASE_INSENSITIVE, at TIMESTAMP) BACKUP NO SORTKEY AUTO ENCODE AUTO;"
    );
    assert!(created(&home, "rs.lake.full").starts_with(
        "(n INTEGER, id BIGINT IDENTITY(1, 1) NOT NULL, kind VARCHAR(20) DEFAULT 'none'"
    ));
    redwire(&home, &["-c", "CREATE TABLE rs.lake.x (LIKE nosuch)"])
        .run()
        .status(1)
        .err_has("42P01");
    redwire(&home, &["-c", "CREATE TABLE rs.lake.x (id INT, LIKE events)"])
        .run()
        .status(1)
        .err_has("42701");
    let planned =
        format!("{CONNECTION}CREATE TABLE rs.s.a (x INT);\nCREATE TABLE rs.s.b (LIKE a);\n");
    home.write("f.sql", &planned);
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    assert_eq!(created(&home, "rs.s.b"), "(x INTEGER);");
}

#[test]
fn all_errors_of_a_definition_come_at_once() {
    let home = home("");
    let text = "CREATE TABLE rs.s.t (\n  a inte,\n  b int CHECK (b > 1),\n  c int\n) DISTKEY (x)";
    let refused = redwire(&home, &["-c", text]).run().status(1);
    for part in [
        "\"inte\"",
        "CHECK is not supported",
        "column \"x\" named in distribution key does not exist",
    ] {
        assert!(refused.err.contains(part), "{part}: {}", refused.err);
    }
    assert_eq!(refused.err.matches("error[").count(), 3, "{}", refused.err);
}
