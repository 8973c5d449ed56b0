//! EXPORT CATALOG: a script that rebuilds the catalog, byte for byte, and has no secret in it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::home::{Done, Home, Run};
use crate::support::sqlite::sqlite3;
use crate::support::witness::statement_create;

/// Names, remarks and queries that are easy to get wrong.
const AWKWARD: &str = r#"
CREATE REDSHIFT CONNECTION plain CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' PASSWORD = 'Kanari7Zq';
CREATE REDSHIFT CONNECTION "a b" CONNECTION_STRING = 'jdbc:redshift://h.example.com:5440/dev?ApplicationName=it''s'
    USER_NAME = 'o''neil' PASSWORD = 'Kanari7Zq' MAX_CONCURRENT_CONNECTIONS = 5 COMMENT = 'two
lines; -- no comment; /* none */ "é" 𝄞';
CREATE REDSHIFT CONNECTION "a-b" CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' PASSWORD = 'Kanari7Zq';
CREATE REDSHIFT CONNECTION a_b_2 CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' PASSWORD = 'Kanari7Zq' COMMENT = '';
CREATE REDSHIFT CONNECTION "table" CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' PASSWORD = 'Kanari7Zq';
CREATE REDSHIFT CONNECTION "q""uote" CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' PASSWORD = 'Kanari7Zq';
CREATE REDSHIFT CONNECTION "é" CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' PASSWORD = 'Kanari7Zq';
CREATE TABLE "a b"."s s"."or""ders" (id BIGINT NOT NULL ENCODE az64, "select" VARCHAR(20), "two words" NUMERIC(10, 2), PRIMARY KEY (id))
    DISTKEY (id) COMPOUND SORTKEY (id, "two words") COMMENT = 'it''s; -- not over';
CREATE TABLE plain.public.empty ();
CREATE TABLE plain.public.older (id INT);
CREATE JOB "load all" RUN_INTERVAL = 1 HOUR COMMENT = 'x;y' AS INSERT INTO plain.public.older MAP_COLUMNS_BY_NAME
    SELECT o.id, 'plain.public.older; -- text' AS t FROM plain.public.older o -- the end
;
ALTER TABLE plain.public.older RENAME TO "new name";
CREATE JOB j AS MERGE INTO plain.public.empty t USING (SELECT id FROM plain.public.missing) s ON t.id = s.id
    WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME;
CREATE SYNC JOB lake RUN_INTERVAL = 1 DAY RUN_DELAY = 10 MINUTES AS INSERT INTO plain.public.empty SELECT id FROM plain."AwsDataCatalog"."DB".events, plain."S"."MyStream";
CREATE JOB own AS MERGE INTO plain.public.empty USING plain.public."Rows" r ON empty.id = r.id REMOVE DUPLICATES;
ALTER JOB own RENAME TO its_own;
PAUSE JOB its_own, lake;
ALTER REDSHIFT CONNECTION plain RENAME TO "Renamed é";
"#;

/// The variables that the export of [`AWKWARD`] names.
const VARIABLES: [&str; 7] = ["RENAMED__", "A_B", "A_B_3", "A_B_2", "TABLE", "Q_UOTE", "_"];

fn with_passwords(run: Run) -> Run {
    VARIABLES.iter().fold(run, |run, variable| {
        run.env(&format!("REDWIRE_PASSWORD_{variable}"), "Kanari7Zq")
    })
}

#[test]
fn an_export_runs_on_an_empty_catalog_and_exports_to_the_same_bytes() {
    let home = Home::new();
    home.script(AWKWARD).run().status(0);
    let done = home.redwire(["-c", "EXPORT CATALOG TO 'first.sql'"]).run().status(0);
    assert_eq!(done.err, "EXPORT CATALOG\nnotice: 7 connections, 3 tables and 4 jobs\n");
    assert_eq!(done.out, "");
    let first = fs::read_to_string(home.file("first.sql")).unwrap();
    assert!(!first.contains("Kanari7Zq") && !first.contains("PAUSE"));
    assert!(first.contains("CREATE SYNC JOB lake\n    RUN_INTERVAL = 1 DAY\n    RUN_DELAY = 10"));
    assert!(first.contains("CREATE JOB its_own\n    RUN_KEY = 'own'\n"));
    assert!(
        first.contains("plain.public.older; -- text")
            && first.contains("\"renamed é\".public.\"new name\"")
    );
    let second = "EXPORT CATALOG TO 'second.sql'";
    with_passwords(home.redwire(["--secret-store", "memory", "--catalog", "second.db"]))
        .args(["--single-transaction", "-f", "first.sql", "-c", second])
        .run()
        .status(0);
    assert_eq!(fs::read_to_string(home.file("second.sql")).unwrap(), first);
    // As the statement's answer it is the same.
    let shown = home.redwire(["--catalog", "second.db", "-c", "EXPORT CATALOG"]).run().status(0);
    assert_eq!(shown.out, first);
    let planned = with_passwords(home.redwire(["--catalog", "second.db", "plan", "first.sql"]));
    let planned = planned.run();
    assert!(
        !planned.out.contains("job") && !planned.out.contains("create"),
        "{}",
        planned.out
    );
}

#[test]
fn in_json_the_script_is_a_value_and_in_other_formats_it_is_plain() {
    let home = Home::new();
    home.script(&format!("{};\n", statement_create("a", "u", "p"))).run().status(0);
    let export = |format: &str| {
        let arguments = ["--format", format, "-c", "EXPORT CATALOG"];
        home.redwire(arguments).run().status(0).out
    };
    let plain = export("table");
    assert_eq!(export("csv"), plain);
    for format in ["json", "jsonl"] {
        let json = export(format);
        assert!(json.contains("{\"sql\": \"-- A catalog of redwire."), "{json}");
    }
}

#[test]
fn an_export_opens_no_secret_store_and_makes_no_catalog() {
    let home = Home::new();
    // There is no keyring here, so that a look into it would fail.
    home.redwire(["-c", "EXPORT CATALOG TO 'e.sql'"])
        .run()
        .status(0)
        .err_has("0 connections, 0 tables and 0 jobs");
    assert_eq!(fs::read_dir(home.file("data")).unwrap().count(), 0);
    home.redwire(["-f", "e.sql"]).run().status(0);
    home.script(&format!("{};\n", statement_create("a", "u", "p"))).run().status(0);
    sqlite3(&home.catalog(), "UPDATE connection SET secret_store = 'keyring'");
    home.redwire(["-c", "EXPORT CATALOG"]).run().status(0);
}

#[test]
fn only_its_owner_may_read_the_file() {
    let home = Home::new();
    home.shell("umask 0; redwire -c \"EXPORT CATALOG TO 'e.sql'\"").run().status(0);
    let mode = fs::metadata(home.file("e.sql")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_existing_file_is_refused_and_stays() {
    let home = Home::new();
    home.write("kept.sql", "kept");
    symlink("nowhere.sql", home.file("link.sql")).unwrap();
    fs::create_dir(home.file("folder")).unwrap();
    for options in [&["--dry-run"][..], &[]] {
        for path in ["kept.sql", "link.sql", "folder"] {
            let export = format!("EXPORT CATALOG TO '{path}'");
            home.redwire(options)
                .args(["-c", &export])
                .run()
                .status(1)
                .err_has(&format!("file \"{path}\" already exists"))
                .err_has("58P02")
                .err_has("-c:1:19");
        }
    }
    assert_eq!(fs::read_to_string(home.file("kept.sql")).unwrap(), "kept");
    assert!(!home.file("nowhere.sql").exists());
}

#[test]
fn a_place_that_takes_no_file_is_an_error() {
    let home = Home::new();
    fs::create_dir(home.file("closed")).unwrap();
    fs::set_permissions(home.file("closed"), fs::Permissions::from_mode(0o500)).unwrap();
    for options in [&["--dry-run"][..], &[]] {
        for path in ["closed/e.sql", "missing/e.sql", ""] {
            let export = format!("EXPORT CATALOG TO '{path}'");
            let output = home.unprivileged().args(options).args(["-c", &export]).output().unwrap();
            Done::from(output).status(2).err_has("could not write").err_has("58030");
        }
    }
}

#[test]
fn a_trial_writes_no_file() {
    let home = Home::new();
    home.redwire(["--dry-run", "-c", "EXPORT CATALOG TO 'e.sql'"])
        .run()
        .status(0)
        .err_has("EXPORT CATALOG (dry run)");
    assert!(!home.file("e.sql").exists());
    let twice = "EXPORT CATALOG TO 'e.sql'; EXPORT CATALOG TO 'e.sql'";
    for options in [&["--dry-run"][..], &[]] {
        let run = home.redwire(options).args(["-c", twice]);
        run.run().status(1).err_has("58P02").err_has("statement 2");
    }
}

#[test]
fn a_transaction_exports_what_it_has_done_so_far() {
    let home = Home::new();
    let script =
        format!("BEGIN;\n{};\nEXPORT CATALOG;\nROLLBACK;\n", statement_create("a", "u", "p"));
    home.script(&script).run().status(0).out_has("CREATE REDSHIFT CONNECTION a\n");
}

#[test]
fn a_file_that_cannot_be_written_to_its_end_is_removed() {
    let home = Home::new();
    let create =
        format!("{} COMMENT = '{}';\n", statement_create("a", "u", "p"), "x".repeat(4 << 20));
    home.script(&create).run().status(0);
    // At most 1 MiB, in blocks of 512 or 1024 bytes. With the signal ignored, a write over the
    // limit fails.
    home.shell("trap '' XFSZ; ulimit -f 1024; exec redwire -c \"EXPORT CATALOG TO 'e.sql'\"")
        .run()
        .status(2)
        .err_has("could not write e.sql")
        .err_has("58030");
    assert!(!home.file("e.sql").exists());
}
