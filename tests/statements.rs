//! Every statement on connections, tables and jobs with its options, messages, tags and SQLSTATEs:
//! golden scripts, and what another program sees in the catalog.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;

use crate::support::golden;
use crate::support::home::{Home, Run};
use crate::support::sqlite::{dump, sqlite3};
use crate::support::witness::statement_create;

const CONTINUE: &[&str] = &["--on-error", "continue"];

#[test]
fn create_makes_what_its_options_say() {
    golden::check(&Home::new(), "create", CONTINUE);
}

#[test]
fn alter_applies_all_its_actions_or_none() {
    golden::check(&Home::new(), "alter", CONTINUE);
}

#[test]
fn drop_takes_a_list_and_all_of_it_or_nothing() {
    golden::check(&Home::new(), "drop", CONTINUE);
}

#[test]
fn show_and_describe_answer_with_rows_or_sql() {
    golden::check(&Home::new(), "show", CONTINUE);
}

#[test]
fn jobs_are_paused_and_their_runs_listed() {
    golden::check(&Home::new(), "runs", CONTINUE);
}

#[test]
fn windows_of_jobs_have_a_grid_and_sync_jobs_no_circle() {
    golden::check(&Home::new(), "schedules", CONTINUE);
}

#[test]
fn the_hint_of_a_start_off_the_grid_has_the_boundaries_beside_it() {
    let home = Home::new();
    let connection = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' \
                      USER_NAME = 'u' PASSWORD = 'p';";
    home.script(connection).run().status(0);
    for (interval, start, before, after) in [
        ("6 HOURS", "2026-01-31 10:00:00.5", "2026-01-31 06:00:00", "2026-01-31 12:00:00"),
        ("7 DAYS", "2026-01-31", "2026-01-29 00:00:00", "2026-02-05 00:00:00"),
        ("1 HOUR", "1969-12-31 23:30", "1969-12-31 23:00:00", "1970-01-01 00:00:00"),
    ] {
        let job = |start: &str| {
            format!(
                "CREATE JOB j RUN_INTERVAL = {interval} START_FROM = TIMESTAMP '{start}' \
                 AS INSERT INTO c.s.t SELECT 1; DROP JOB j;"
            )
        };
        let hint = format!("hint: write TIMESTAMP '{before}' or TIMESTAMP '{after}'");
        home.script(&job(start)).run().status(1).err_has(&hint);
        home.script(&job(before)).run().status(0);
        home.script(&job(after)).run().status(0);
    }
}

#[test]
fn an_import_is_from_a_connection_that_is_there() {
    golden::check(&Home::new(), "import", CONTINUE);
}

#[test]
fn a_test_is_of_connections_and_with_test_comes_last() {
    golden::check(&Home::new(), "test_connection", CONTINUE);
}

#[test]
fn a_table_is_made_altered_and_shown_as_its_statement_says() {
    golden::check(&Home::new(), "tables", CONTINUE);
}

#[test]
fn show_create_table_prints_a_script_that_makes_the_same_tables() {
    let home = Home::new();
    let script =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tables.sql"))
            .unwrap();
    on_catalog(&home).args(CONTINUE).stdin(script).run().status(1);
    let tables = sqlite3(
        &home.file("catalog.db"),
        "SELECT format('SHOW CREATE TABLE \"%w\".\"%w\".\"%w\";', c.name, t.schema_name, t.name) \
         FROM warehouse_table t JOIN connection c ON c.id = t.connection_id ORDER BY t.id",
    );
    let printed = on_catalog(&home).stdin(tables.clone() + "\n").run().status(0).out;
    let connections = "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
                       PASSWORD = 'p';
        CREATE REDSHIFT CONNECTION \"my other\" CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
                       PASSWORD = 'p';\n";
    let on_second = |script: String| {
        let run = home.redwire(["--secret-store", "memory", "--catalog", "second.db"]);
        run.stdin(script).run().status(0)
    };
    on_second(connections.to_owned() + &printed);
    assert_eq!(on_second(tables + "\n").out, printed);
    let columns = |catalog: &str| {
        sqlite3(&home.file(catalog), "SELECT * FROM warehouse_column ORDER BY 1, 2")
    };
    // The identities differ where a table was rolled back; the rest of each row is the same.
    let without_id = |rows: String| -> Vec<String> {
        let rest = |row: &str| row.split_once('|').map(|(_, rest)| rest.to_owned());
        rows.lines().filter_map(rest).collect()
    };
    assert_eq!(without_id(columns("catalog.db")), without_id(columns("second.db")));
}

#[test]
fn alter_table_keeps_the_identity_and_the_columns() {
    let home = Home::new();
    on_catalog(&home)
        .stdin(
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
             CREATE TABLE c.s.first (a int); CREATE TABLE c.s.t (a int, b date, PRIMARY KEY (b, a)) SORTKEY (b, a);\n",
        )
        .run()
        .status(0);
    let rest = || {
        sqlite3(
            &home.file("catalog.db"),
            "SELECT t.id, connection_id, created_at, c.* FROM warehouse_table t JOIN warehouse_column c \
             ON c.warehouse_table_id = t.id ORDER BY t.id, ordinal",
        )
    };
    let before = rest();
    on_catalog(&home)
        .stdin("ALTER TABLE c.s.t SET COMMENT = 'x' RENAME TO \"T 2\";\n")
        .run()
        .status(0)
        .err_has("notice: recorded here; the table in the warehouse was not touched");
    assert_eq!(rest(), before);
    let row = sqlite3(
        &home.file("catalog.db"),
        "SELECT name, comment FROM warehouse_table WHERE comment IS NOT NULL",
    );
    assert_eq!(row, "t 2|x");
}

#[test]
fn a_table_that_cannot_be_made_leaves_no_catalog_behind() {
    let home = Home::new();
    home.script("CREATE TABLE c.s.t (a int);\n")
        .run()
        .status(1)
        .err_has("connection \"c\" does not exist")
        .err_has("stdin:1:14");
    home.script("ALTER TABLE c.s.t RESET COMMENT;\n")
        .run()
        .status(1)
        .err_has("42P01");
    assert!(!home.catalog().exists());
}

#[test]
fn select_reads_the_catalog_and_does_nothing_else() {
    let home = Home::new();
    golden::check(&home, "select", CONTINUE);
    assert!(!home.file("other.db").exists() && !home.file("copy.db").exists());
}

#[test]
fn a_tree_shows_what_hangs_on_what() {
    golden::check(&Home::new(), "tree", CONTINUE);
}

#[test]
fn a_transaction_is_one_change() {
    golden::check(&Home::new(), "transactions", CONTINUE);
}

#[test]
fn expect_holds_a_failure_against_the_one_that_is_meant() {
    golden::check(&Home::new(), "expect", CONTINUE);
}

#[test]
fn a_password_comes_from_a_literal_a_variable_or_a_file() {
    let home = Home::new();
    for (name, content) in [
        ("private.txt", &b"from a file\n"[..]),
        ("crlf.txt", b"from Windows\r\n"),
        ("no_line_break.txt", b"from printf"),
        ("readable_by_others.txt", b"from a careless file\n"),
        ("empty.txt", b""),
        ("empty_line.txt", b"\n"),
        ("several_lines.txt", b"one\ntwo\n"),
        ("not_utf8.txt", b"caf\xe9\n"),
        ("nul.txt", b"a\0b\n"),
        ("too_long.txt", "long".repeat(20_000).as_bytes()),
    ] {
        let mode = if name == "readable_by_others.txt" { 0o640 } else { 0o600 };
        let path = home.write(name, content);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/password_sources.sql");
    std::fs::copy(script, home.file("password_sources.sql")).unwrap();
    let run = home
        .redwire([
            "--secret-store",
            "memory",
            "-f",
            "password_sources.sql",
            "--on-error",
            "continue",
        ])
        .env("SET", "from the environment")
        .env("EMPTY", "")
        .env("NOT_UTF8", OsString::from_vec(b"caf\xe9".to_vec()));
    golden::compare_run(run, "password_sources");
}

/// Connections with tables and jobs on them.
fn catalog_in_use() -> Home {
    let home = Home::new();
    let connections = ["my_redshift", "other", "unused", "crowded", "my_other"]
        .map(|name| statement_create(name, "u", "p") + ";\n")
        .concat();
    let crowd: Vec<String> = (1..=23)
        .map(|number| format!("CREATE TABLE crowded.public.t{number:02} ();\n"))
        .collect();
    let crowd = crowd.concat();
    let tables_and_jobs = "CREATE TABLE my_redshift.public.orders ();
        CREATE TABLE my_redshift.\"Public\".\"Odd Name\" ();
        CREATE JOB load_orders AS INSERT INTO my_redshift.public.orders SELECT 1 AS n;
        CREATE JOB \"Copy Orders\" AS INSERT INTO other.public.copy SELECT * FROM other.public.raw;
        CREATE TABLE other.public.copy ();
        CREATE JOB read_only AS INSERT INTO my_redshift.public.unlisted SELECT * FROM my_redshift.public.orders;
        CREATE JOB last_one AS INSERT INTO crowded.public.later SELECT 1 AS n;\n";
    let script = connections + &crowd + tables_and_jobs;
    on_catalog(&home).stdin(script).run().status(0);
    home
}

fn on_catalog(home: &Home) -> Run {
    home.redwire(["--secret-store", "memory", "--catalog", "catalog.db"])
}

#[test]
fn a_drop_is_refused_while_anything_uses_the_connection() {
    let home = catalog_in_use();
    golden::check(&home, "in_use", CONTINUE);
    let left = sqlite3(
        &home.file("catalog.db"),
        "SELECT count(*) FROM warehouse_table UNION ALL SELECT count(*) FROM job UNION ALL SELECT count(*) FROM job_reference",
    );
    assert_eq!(left, "0\n0\n0");
}

#[test]
fn a_refused_drop_changes_nothing_and_ends_with_1() {
    let home = catalog_in_use();
    let before = dump(&home.file("catalog.db"));
    let done = on_catalog(&home).stdin("DROP CONNECTION my_redshift;\n").run().status(1);
    assert_eq!(
        done.err.lines().next(),
        Some(
            "Cannot delete connection due to usages: my_redshift.public.\"odd name\", my_redshift.public.orders \
             load_orders, read_only"
        )
    );
    assert_eq!(dump(&home.file("catalog.db")), before);
}

#[test]
fn the_hint_of_a_refused_drop_works_as_it_stands() {
    for drop in [
        "DROP CONNECTION crowded",
        "DROP CONNECTION my_redshift, other",
        "DROP TABLE my_redshift.public.orders",
        "DROP TABLE IF EXISTS other.public.copy, my_redshift.public.orders, other.public.nothing",
    ] {
        let hint = || {
            let home = catalog_in_use();
            let done = on_catalog(&home).stdin(format!("{drop};\n")).run().status(1);
            let hint = done.err.lines().find_map(|line| line.strip_prefix("hint: "));
            let hint = hint.expect("a hint").to_owned();
            (home, hint)
        };
        let (home, script) = hint();
        let names = |home: &Home| {
            sqlite3(
                &home.file("catalog.db"),
                "SELECT name FROM connection UNION ALL SELECT name FROM warehouse_table UNION ALL SELECT name FROM job",
            )
        };
        on_catalog(&home).stdin(script.clone()).run().status(0);
        let left = names(&home);

        let (home, _) = hint();
        let (_, cascade) = script.rsplit_once("or, in one: ").expect("CASCADE");
        on_catalog(&home).stdin(cascade).run().status(0).err_has("notice: dropped job");
        assert_eq!(names(&home), left, "{drop}");
        on_catalog(&home)
            .stdin(format!("{drop};\n"))
            .run()
            .status(i32::from(!drop.contains("EXISTS")));
    }
}

#[test]
fn jobs_are_made_altered_shown_and_dropped() {
    golden::check(&Home::new(), "jobs", CONTINUE);
}

#[test]
fn a_job_that_is_wrong_says_where_and_why() {
    golden::check(&Home::new(), "job_errors", CONTINUE);
}

#[test]
fn usages_are_shown_and_keep_what_they_use() {
    golden::check(&Home::new(), "usages", CONTINUE);
}

#[test]
fn a_rename_changes_every_name_that_is_printed() {
    golden::check(&Home::new(), "renames", CONTINUE);
}

/// The output of SHOW CREATE for each job, in the order of the names.
fn printed_jobs(home: &Home, names: &[&str]) -> String {
    let show: Vec<String> = names.iter().map(|name| format!("SHOW CREATE JOB {name};\n")).collect();
    let show = show.concat();
    on_catalog(home).stdin(show).run().status(0).out
}

#[test]
fn show_create_prints_a_statement_that_makes_the_same_job() {
    let names = ["load", "\"Odd \"\"Job\"\"\"", "plain"];
    let home = Home::new();
    let connection = statement_create("c", "u", "p") + ";\n";
    let jobs = "CREATE TABLE c.s.t (a INT);
        CREATE JOB load RUN_INTERVAL = 90 MINUTES, START_FROM = TIMESTAMP '2026-01-31' END_AT = NOW RUN_PARALLELISM = 7
            CREATE_TABLE_IF_MISSING = FALSE ADD_MISSING_COLUMNS = TRUE COMMENT = 'it''s' COMPUTE_CLUSTER = \"A \"\"b\"\"\"
            SKIP_VALIDATIONS = ('X', 'it''s') AS INSERT INTO C.S.T MAP_COLUMNS_BY_NAME SELECT 'c.s.t' AS a FROM\"C\".s.\"u\"WHERE 1 = 1;
        CREATE JOB \"Odd \"\"Job\"\"\" AS MERGE INTO c.s.t USING (SELECT * FROM c.\"S 2\".u) u ON t.k = u.k WHEN MATCHED THEN REPLACE
            WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME;
        CREATE JOB plain AS INSERT INTO c.s.t SELECT 1 -- the end\n;\n";
    on_catalog(&home).stdin(connection.clone() + jobs).run().status(0);
    let renames = "ALTER REDSHIFT CONNECTION c RENAME TO \"New One\"; ALTER TABLE \"new one\".s.t RENAME TO \"Tt\";\n";
    for (change, name) in [("", "c"), (renames, "\"new one\"")] {
        on_catalog(&home).stdin(change).run().status(0);
        let printed = printed_jobs(&home, &names);
        let second = Home::new();
        let connection = statement_create(name, "u", "p") + ";\n";
        on_catalog(&second).stdin(connection + &printed).run().status(0);
        assert_eq!(printed_jobs(&second, &names), printed);
        assert!(
            printed.contains("'c.s.t'")
                && !printed.contains("FROMc")
                && !printed.contains("uWHERE")
        );
        let options = "SELECT j.name, o.name, value FROM job_option o JOIN job j ON j.id = job_id ORDER BY 1, 2";
        let [first, again] =
            [&home, &second].map(|home| sqlite3(&home.file("catalog.db"), options));
        assert_eq!(first, again);
        assert_eq!(first.lines().count(), 8);
    }
}

#[test]
fn a_rollback_leaves_neither_tables_nor_jobs() {
    let home = catalog_in_use();
    let before = dump(&home.file("catalog.db"));
    on_catalog(&home)
        .stdin(
            "BEGIN;
             CREATE TABLE other.public.raw ();
             CREATE JOB another AS INSERT INTO other.public.raw SELECT 1 AS n;
             ALTER JOB load_orders SET RUN_INTERVAL = 1 DAY RENAME TO renamed;
             DROP TABLE my_redshift.public.orders CASCADE;
             DROP CONNECTION crowded CASCADE;
             SHOW USAGES OF CONNECTION other;
             ROLLBACK;\n",
        )
        .run()
        .status(0)
        .out_has("another");
    assert_eq!(dump(&home.file("catalog.db")), before);
}

#[test]
fn or_replace_rename_and_alter_keep_the_identity() {
    let home = Home::new();
    on_catalog(&home)
        .stdin(
            "CREATE REDSHIFT CONNECTION first CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
             CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p' COMMENT = 'x';\n",
        )
        .run()
        .status(0);
    let identity = || {
        sqlite3(
            &home.file("catalog.db"),
            "SELECT id, created_at FROM connection WHERE name <> 'first'",
        )
    };
    let before = identity();
    on_catalog(&home)
        .stdin(
            "CREATE OR REPLACE REDSHIFT CONNECTION C CONNECTION_STRING = 'jdbc:redshift://new/d' USER_NAME = 'v' PASSWORD = 'q';
             ALTER REDSHIFT CONNECTION c SET USER_NAME = 'w' RENAME TO d;\n",
        )
        .run()
        .status(0);
    assert_eq!(identity(), before);
    let row = sqlite3(
        &home.file("catalog.db"),
        "SELECT name, host, user_name, comment IS NULL FROM connection WHERE name <> 'first'",
    );
    assert_eq!(row, "d|new|w|1", "OR REPLACE takes nothing over from the old definition");
}

#[test]
fn show_create_prints_a_statement_that_makes_the_same_connection() {
    let home = Home::new();
    on_catalog(&home)
        .stdin(
            "CREATE REDSHIFT CONNECTION \"Odd \"\"Name\"\"; é\" CONNECTION_STRING = 'jdbc:redshift://[::1]:5440/my%20db?loginTimeout=5'
                USER_NAME = 'it''s \\' PASSWORD = 'p' MAX_CONCURRENT_CONNECTIONS = 3 COMMENT = 'two\n''lines'' -- /* \"';
             CREATE REDSHIFT CONNECTION plain CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p' COMMENT = '';\n",
        )
        .run()
        .status(0);
    let printed = on_catalog(&home)
        .stdin("SHOW CREATE CONNECTION \"odd \"\"name\"\"; é\"; SHOW CREATE CONNECTION plain;\n")
        .run()
        .status(0)
        .out;
    home.redwire(["--secret-store", "memory", "--catalog", "second.db"])
        .env("P", "p")
        .stdin(printed.replace("PASSWORD = PROMPT", "PASSWORD = ENV 'P'"))
        .run()
        .status(0);
    let definitions = |catalog: &str| {
        sqlite3(
            &home.file(catalog),
            "SELECT hex(name), connection_string, host, port, database_name, user_name, max_concurrent_connections, \
             hex(comment) FROM connection ORDER BY id",
        )
    };
    assert_eq!(definitions("catalog.db"), definitions("second.db"));
    assert_eq!(definitions("second.db").lines().count(), 2);
}

#[test]
fn reading_never_makes_a_catalog() {
    let home = Home::new();
    home.script(
        "SHOW CONNECTIONS; SELECT count(*) FROM system.information_schema.connections; BEGIN; SHOW CONNECTIONS; COMMIT;
         \\expect 42704\nDESCRIBE CONNECTION c;\n\\expect 42704\nDROP CONNECTION c;\nDROP CONNECTION IF EXISTS c;\n",
    )
    .run()
    .status(0);
    assert!(!home.catalog().exists());

    // A file that nobody has written to is no catalog either.
    let empty = home.write("empty.db", "");
    home.redwire(["--catalog", "empty.db", "-c", "SHOW CONNECTIONS"])
        .run()
        .status(0)
        .out_has("(0 rows)");
    assert_eq!(std::fs::metadata(empty).unwrap().len(), 0);
}

#[test]
fn a_password_is_shown_with_its_place_whichever_store_is_in_use() {
    let home = Home::new();
    let create = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';\n";
    let place = |store: &str, before: &str, expected: &str| {
        for (ask, line) in [
            ("SHOW CONNECTIONS;", format!("\t{expected}\t0\t")),
            ("DESCRIBE CONNECTION c;", format!("PASSWORD\t{expected}\n")),
            (
                "SELECT password FROM system.information_schema.connections;",
                format!("password\n{expected}\n"),
            ),
        ] {
            home.redwire(["--secret-store", store, "--format", "tsv"])
                .env("REDWIRE_VAULT_PASSPHRASE", "right")
                .stdin(format!("{before}{ask}\n"))
                .run()
                .status(0)
                .out_has(&line);
        }
    };
    place("memory", &create.replace("CREATE", "CREATE OR REPLACE"), "memory");
    // The process that had it is gone.
    place("memory", "", "missing");
    place("vault", "", "missing");
    place("vault", "ALTER REDSHIFT CONNECTION c SET PASSWORD = 'q';\n", "vault");
    place("memory", "", "vault");
    place("keyring", "", "vault");
}

#[test]
fn single_transaction_keeps_all_of_a_script_or_nothing() {
    let home = Home::new();
    let create = |name: &str| {
        format!(
            "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';\n"
        )
    };
    let run = |script: String| home.script(&script).arg("--single-transaction").run();
    let names = || {
        let select = "SELECT name FROM system.information_schema.connections ORDER BY name;\n";
        let done = home.script(select).arg("--format").arg("jsonl").run().status(0);
        done.out
    };
    run(create("a") + &create("b")).status(0).err_has("COMMIT");
    assert_eq!(names(), "{\"name\": \"a\"}\n{\"name\": \"b\"}\n");

    run(create("c") + "DROP CONNECTION nobody;\n").status(1).err_has("ROLLBACK");
    run(create("c") + "SHWO;\n").status(1);
    run(create("c") + "DROP CONNECTION 'c").status(1).err_has("unterminated");
    for word in ["BEGIN", "COMMIT", "ROLLBACK"] {
        run(create("c") + word + ";\n")
            .status(1)
            .err_has("are not allowed with --single-transaction")
            .err_has("25001");
    }
    // An error that \expect allows still undoes the transaction: that is no success.
    run(create("c") + "\\expect 42710\n" + &create("a"))
        .status(1)
        .err_has("the whole script was rolled back")
        .err_has("25P02");
    run(create("c") + "\\expect 42710\n").status(1).err_has("no statement followed");
    run(create("c") + "\\i missing.sql\n").status(2).err_has("ROLLBACK");
    assert_eq!(names(), "{\"name\": \"a\"}\n{\"name\": \"b\"}\n");

    run(create("c") + "\\q\nDROP CONNECTION nobody;\n").status(0);
    assert!(names().contains("\"c\""), "\\q ends a script, and what was done so far is kept");
    run("SHOW CONNECTIONS;\n".to_owned()).status(0);
}

#[test]
fn single_transaction_and_going_on_after_errors_exclude_each_other() {
    let home = Home::new();
    home.script("SHOW CONNECTIONS;\n")
        .arg("--single-transaction")
        .arg("--on-error=continue")
        .run()
        .status(2)
        .err_has("--single-transaction cannot be used with --on-error continue");
}

#[test]
fn a_rolled_back_password_leaves_the_old_one_in_the_vault() {
    let home = Home::new();
    let vault = |script: &str| {
        home.redwire(["--secret-store", "vault"])
            .env("REDWIRE_VAULT_PASSPHRASE", "open")
            .stdin(script)
            .run()
    };
    vault("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';\n")
        .status(0);
    let stored = std::fs::read(home.file("data/redwire/catalog.db.vault")).unwrap();
    let before = dump(&home.catalog());
    vault(
        "BEGIN; ALTER REDSHIFT CONNECTION c SET PASSWORD = 'q';
         CREATE REDSHIFT CONNECTION d CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p'; ROLLBACK;\n",
    )
    .status(0);
    assert_eq!(std::fs::read(home.file("data/redwire/catalog.db.vault")).unwrap(), stored);
    assert_eq!(dump(&home.catalog()), before);
    vault("BEGIN; ALTER REDSHIFT CONNECTION c SET PASSWORD = 'q'; COMMIT; DROP CONNECTION c;\n")
        .status(0);
    // Each password stands under a line of its own.
    let entries = || {
        let vault = std::fs::read(home.file("data/redwire/catalog.db.vault")).unwrap();
        vault
            .split(|byte| *byte == b'\n')
            .filter(|line| line.starts_with(b"secret "))
            .count()
    };
    assert_eq!(entries(), 0);
    // Rolled-back changes do not come along with a later change of the same process either.
    vault(
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
         BEGIN; ALTER REDSHIFT CONNECTION c SET PASSWORD = 'q'; ROLLBACK; ALTER REDSHIFT CONNECTION c SET PASSWORD = 'r';\n",
    )
    .status(0);
    assert_eq!(entries(), 1, "one password");
    vault("DROP CONNECTION c;\n").status(0);
    assert_eq!(entries(), 0, "a dropped connection takes its password with it");
}

#[test]
fn a_connection_whose_password_has_no_store_leaves_no_catalog_behind() {
    let home = Home::new();
    let create = "CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p'";
    home.redwire(["-c", create])
        .run()
        .status(1)
        .err_has("58000")
        .err_has("could not connect to a keyring");
    assert_eq!(std::fs::read_dir(home.file("data")).unwrap().count(), 0);
}
