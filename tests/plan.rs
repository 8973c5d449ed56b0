//! `redwire plan` and `redwire apply`: what a file describes, held against the catalog, and made
//! so.

use std::fs;

use crate::support::home::{Home, REDWIRE, Run};
use crate::support::sqlite::sqlite3;
use crate::support::terminal::Terminal;
use crate::support::witness::statement_create;

const FILE: &str = "\
CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' PASSWORD = ENV 'P';
CREATE JOB j RUN_INTERVAL = 5 MINUTES AS INSERT INTO a.s.t MAP_COLUMNS_BY_NAME SELECT id FROM a.s.raw;
CREATE TABLE IF NOT EXISTS a.s.t (id INT);
CREATE OR REPLACE REDSHIFT CONNECTION b CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u'
    PASSWORD = FILE 'p.txt' COMMENT = 'it''s';
";

/// A home with the file in it, and passwords for it.
fn home() -> Home {
    let home = Home::new();
    home.write("f.sql", FILE);
    home.write("p.txt", "from a file\n");
    set_private(&home, "p.txt");
    home
}

fn set_private(home: &Home, name: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(home.file(name), fs::Permissions::from_mode(0o600)).expect("its owner may");
}

/// redwire with an open vault.
fn redwire(home: &Home, arguments: &[&str]) -> Run {
    home.redwire(["--secret-store", "vault", "--format", "csv"])
        .args(arguments)
        .env("REDWIRE_VAULT_PASSPHRASE", "open")
        .env("P", "Kanari7Zq")
}

const NOTHING: &str = "action,object,differs\n";

#[test]
fn plan_shows_what_apply_does_and_a_second_apply_does_nothing() {
    let home = home();
    let planned = redwire(&home, &["plan", "f.sql", "--exit-code"]).run().status(4);
    assert_eq!(
        planned.out,
        "action,object,differs\ncreate,connection a,\ncreate,connection b,\ncreate,table a.s.t,\ncreate,job j,\n"
    );
    assert_eq!(fs::read_dir(home.file("data")).unwrap().count(), 0);
    let applied = redwire(&home, &["apply", "f.sql"]).run().status(0);
    assert_eq!(
        applied.err,
        "APPLY\nnotice: created connection a\nnotice: created connection b\nnotice: created table a.s.t\n\
         notice: created job j\nnotice: recorded here; the table in the warehouse was not touched\n"
    );
    let before = fs::read(home.catalog()).unwrap();
    let again = redwire(&home, &["apply", "f.sql", "--prune"]).run().status(0);
    assert_eq!(again.err, "Operation resulted in no change\n");
    assert!(fs::read(home.catalog()).unwrap() == before);
    let planned = redwire(&home, &["plan", "f.sql", "--exit-code"]).run().status(0);
    assert_eq!(
        (planned.out.as_str(), planned.err.as_str()),
        (NOTHING, "notice: nothing to do: the catalog is what the file describes\n")
    );
}

#[test]
fn an_altered_object_keeps_its_identity_and_what_depends_on_it() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let ids = "SELECT id FROM connection UNION ALL SELECT id FROM warehouse_table UNION ALL SELECT id FROM job";
    let before = sqlite3(&home.catalog(), ids);
    let changed = FILE
        .replace(
            "h.example.com/dev' USER_NAME = 'u' PASSWORD",
            "new.example.com/dev' USER_NAME = 'v' PASSWORD",
        )
        .replace("(id INT)", "(id BIGINT)")
        .replace("SELECT id FROM", "SELECT id + 1 FROM")
        .replace("5 MINUTES", "6 MINUTES")
        .replace(" COMMENT = 'it''s'", "");
    home.write("f.sql", changed);
    let planned = redwire(&home, &["plan", "f.sql"]).run().status(0);
    assert_eq!(
        planned.out,
        "action,object,differs\n\
         alter,connection a,\"CONNECTION_STRING: 'jdbc:redshift://h.example.com/dev' -> \
         'jdbc:redshift://new.example.com/dev', USER_NAME: 'u' -> 'v'\"\n\
         alter,connection b,COMMENT: 'it''s' -> none\n\
         alter,table a.s.t,column id: INTEGER -> BIGINT\n\
         alter,job j,\"RUN_INTERVAL: 5 MINUTES -> 6 MINUTES, AS: another text\"\n"
    );
    redwire(&home, &["apply", "f.sql"])
        .run()
        .status(0)
        .err_has("notice: altered connection a\nnotice: 1 table and 1 job now write to dev on new.example.com:5439\n");
    assert_eq!(sqlite3(&home.catalog(), ids), before);
    assert_eq!(redwire(&home, &["plan", "f.sql"]).run().out, NOTHING);
}

#[test]
fn a_job_keeps_its_key_its_pause_and_an_interval_of_an_older_version() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let interval = "UPDATE job_option SET value = '5 HOURS' WHERE name = 'RUN_INTERVAL'";
    sqlite3(&home.catalog(), interval);
    let script = "ALTER JOB j SET COMMENT = 'x', RUN_INTERVAL = 5 HOURS RENAME TO k; PAUSE JOB k;";
    redwire(&home, &["-c", script]).run().status(0);
    let file = FILE
        .replace("JOB j RUN_INTERVAL = 5 MINUTES", "JOB k COMMENT = 'x' RUN_INTERVAL = 5 HOURS");
    let differs = |from: &str, to: &str| {
        home.write("f.sql", file.replace(from, to));
        redwire(&home, &["plan", "f.sql"]).run()
    };
    assert_eq!(differs("", "").status(0).out, NOTHING);
    differs("5 HOURS", "7 HOURS").status(1).err_has("error[22023]");
    let other = differs("JOB k", "JOB k RUN_KEY = 'other'").status(0);
    assert!(other.out.contains("alter,job k,RUN_KEY: 'j' -> 'other'\n"), "{other:?}");
    let sync = differs("JOB k", "SYNC JOB k RUN_DELAY = 1 DAY").status(0);
    assert!(
        sync.out.contains("\"RUN_DELAY: none -> 1 DAY, SYNC: FALSE -> TRUE\""),
        "{sync:?}"
    );
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    redwire(&home, &["-c", "SHOW CREATE JOB k; SHOW JOBS"])
        .run()
        .out_has("CREATE SYNC JOB k")
        .out_has("RUN_KEY = 'j'")
        .out_has(",paused,");
}

#[test]
fn the_end_of_a_job_is_the_moment_at_which_it_was_ended() {
    let home = home();
    let ending = FILE.replace("5 MINUTES", "5 MINUTES END_AT = NOW");
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let planned = redwire(&home, &["plan", "-"]).stdin(ending.as_str()).run().status(0);
    assert!(planned.out.contains("END_AT: NEVER -> TIMESTAMP '"), "{}", planned.out);
    redwire(&home, &["apply", "-"]).stdin(ending.as_str()).run().status(0);
    let shown = redwire(&home, &["-c", "SHOW CREATE JOB j"]).run().status(0);
    assert!(shown.out.contains("END_AT = TIMESTAMP '"), "{}", shown.out);
    let set = "UPDATE job_option SET value = ";
    let ends = [
        ("TIMESTAMP '2026-01-01 00:00:00'", true),
        ("TIMESTAMP '9000-01-01 00:00:00'", false),
        // As an older version kept it.
        ("NOW", true),
    ];
    for (end, is_past) in ends {
        let value = end.replace('\'', "''");
        sqlite3(&home.catalog(), &format!("{set}'{value}' WHERE name = 'END_AT'"));
        let planned = redwire(&home, &["plan", "-"]).stdin(ending.as_str()).run().status(0);
        assert_eq!(planned.out == NOTHING, is_past, "{end}: {}", planned.out);
    }
}

#[test]
fn a_circle_of_sync_jobs_or_a_key_of_another_job_is_not_applied() {
    let home = home();
    let job = |head: &str, target: &str, source: &str| {
        format!("CREATE {head} AS INSERT INTO a.s.{target} SELECT id FROM a.s.{source};\n")
    };
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let circle = job("SYNC JOB one", "x", "y") + &job("SYNC JOB two", "y", "x");
    home.write("circle.sql", circle);
    redwire(&home, &["apply", "circle.sql"]).run().status(1).err_has("error[0A000]");
    home.write("key.sql", job("JOB one RUN_KEY = 'j'", "x", "y"));
    redwire(&home, &["apply", "key.sql"]).run().status(1).err_has("error[42710]");
    home.write("fits.sql", job("SYNC JOB one", "x", "y") + &job("JOB two", "y", "x"));
    redwire(&home, &["apply", "fits.sql"]).run().status(0);
}

#[test]
fn objects_that_the_file_lacks_are_dropped_only_with_prune() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let first_line = FILE.lines().next().unwrap();
    home.write("f.sql", format!("{first_line}\n"));
    let planned = redwire(&home, &["plan", "f.sql", "--exit-code"]).run().status(4);
    let rows = "drop,job j,only with --prune\ndrop,table a.s.t,only with --prune\ndrop,connection b,only with --prune\n";
    assert_eq!(planned.out, format!("{NOTHING}{rows}"));
    let applied = redwire(&home, &["apply", "f.sql"]).run().status(0);
    assert_eq!(
        applied.err,
        "Operation resulted in no change\nnotice: 3 objects of the catalog are not in the file and stay: --prune drops \
         them\n"
    );
    let planned = redwire(&home, &["plan", "f.sql", "--prune"]).run().status(0);
    assert_eq!(planned.out, format!("{NOTHING}{}", rows.replace("only with --prune", "")));
    redwire(&home, &["apply", "f.sql", "--prune"]).run().status(0).err_has(
        "notice: dropped job j\nnotice: dropped table a.s.t\nnotice: dropped connection b\n",
    );
    assert_eq!(sqlite3(&home.catalog(), "SELECT name FROM connection"), "a");
    assert_eq!(redwire(&home, &["plan", "f.sql", "--exit-code"]).run().status(0).out, NOTHING);
}

#[test]
fn a_table_that_a_job_of_the_file_still_names_can_be_pruned() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let without_table: Vec<&str> =
        FILE.lines().filter(|line| !line.starts_with("CREATE TABLE")).collect();
    home.write("f.sql", without_table.join("\n") + "\n");
    redwire(&home, &["apply", "f.sql", "--prune"])
        .run()
        .status(0)
        .err_has("dropped table a.s.t");
    assert_eq!(
        sqlite3(&home.catalog(), "SELECT table_name FROM job_reference ORDER BY ordinal"),
        "t\nraw"
    );
    // The job takes the table up again when it comes back.
    home.write("f.sql", FILE);
    redwire(&home, &["apply", "f.sql"])
        .run()
        .status(0)
        .err_has("created table a.s.t");
    redwire(&home, &["-c", "DROP TABLE a.s.t"]).run().status(1).err_has("2BP01");
}

#[test]
fn a_connection_that_the_file_needs_and_lacks_is_that_of_the_catalog_but_not_with_prune() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    home.write("f.sql", "-- one\nCREATE TABLE a.s.u (id INT);\n");
    redwire(&home, &["plan", "f.sql"])
        .run()
        .status(0)
        .out_has("create,table a.s.u,\n");
    for command in ["plan", "apply"] {
        redwire(&home, &[command, "f.sql", "--prune"])
            .run()
            .status(1)
            .err_has("the file lacks connection \"a\", which --prune would drop")
            .err_has("2BP01")
            .err_has("f.sql:2:14, statement 1");
    }
    home.write("f.sql", "CREATE JOB k AS INSERT INTO aa.s.t SELECT 1 AS id;\n");
    redwire(&home, &["plan", "f.sql"])
        .run()
        .status(1)
        .err_has("42704")
        .err_has("f.sql:1:29, statement 1");
}

#[test]
fn a_password_counts_as_changed_when_the_store_holds_another_one() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    for (variable, differs) in [
        ("Kanari7Zq", NOTHING.to_owned()),
        (
            "Papagei9Wv",
            format!("{NOTHING}alter,connection a,PASSWORD: another one is kept\n"),
        ),
    ] {
        let planned = redwire(&home, &["--verbose", "plan", "f.sql"])
            .env("P", variable)
            .run()
            .status(0);
        assert_eq!(planned.out, differs);
        planned.nowhere("Kanari7Zq").nowhere("Papagei9Wv");
    }
    let secret = "SELECT secret_id FROM connection WHERE name = 'a'";
    let before = sqlite3(&home.catalog(), secret);
    let applied = redwire(&home, &["apply", "f.sql"]).env("P", "Papagei9Wv").run().status(0);
    applied
        .err_has("altered connection a and its password")
        .nowhere("Kanari7Zq")
        .nowhere("Papagei9Wv");
    assert_ne!(sqlite3(&home.catalog(), secret), before);
    let again = redwire(&home, &["apply", "f.sql"]).env("P", "Papagei9Wv").run().status(0);
    assert_eq!(again.err, "Operation resulted in no change\n");
    // PROMPT keeps what is there, and asks nobody.
    home.write("f.sql", FILE.replace("ENV 'P'", "PROMPT").replace("FILE 'p.txt'", "PROMPT"));
    let kept = redwire(&home, &["apply", "f.sql"]).run().status(0);
    assert_eq!(kept.err, "Operation resulted in no change\n");
    for path in [
        home.catalog(),
        home.file("data/redwire/catalog.db.vault"),
        home.file("data/redwire/catalog.db.secrets"),
    ] {
        let bytes = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        assert!(!bytes.contains("Papagei9Wv") && !bytes.contains("Kanari7Zq"));
    }
}

#[test]
fn an_export_is_planned_and_applied_without_its_variables_except_for_new_connections() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    redwire(&home, &["-c", "EXPORT CATALOG TO 'e.sql'"]).run().status(0);
    // No passphrase either: nothing is compared.
    let without_secrets = |command: &[&str]| {
        home.redwire(["--secret-store", "vault", "--format", "csv"]).args(command).run()
    };
    let unset = "notice: passwords not compared, since their variables are not set: a, b\n";
    let planned = without_secrets(&["plan", "e.sql", "--exit-code"]).status(0);
    assert_eq!(planned.out, NOTHING);
    planned.err_has(unset);
    let applied = without_secrets(&["apply", "e.sql", "--prune"]).status(0);
    assert_eq!(applied.err, format!("Operation resulted in no change\n{unset}"));

    let secrets = "SELECT group_concat(secret_id) FROM connection";
    let before = sqlite3(&home.catalog(), secrets);
    let export = fs::read_to_string(home.file("e.sql")).unwrap();
    let new = export.replace("it''s", "new").replace("CONNECTION b", "CONNECTION c");
    home.write("e.sql", export.replace("it''s", "other"));
    without_secrets(&["apply", "e.sql"]).status(0).err_has("altered connection b\n");
    assert_eq!(sqlite3(&home.catalog(), secrets), before);

    home.write("e.sql", new.replace("PASSWORD_B", "PASSWORD_C"));
    without_secrets(&["plan", "e.sql"])
        .status(0)
        .out_has("create,connection c,\n")
        .err_has(
            "notice: apply needs the passwords of new connections, whose variables are not set: c\n",
        );
    without_secrets(&["apply", "e.sql"])
        .status(1)
        .err_has("environment variable REDWIRE_PASSWORD_C is not set")
        .err_has("e.sql:")
        .err_has("28P01");
    redwire(&home, &["apply", "e.sql"])
        .env("REDWIRE_PASSWORD_C", "Kanari7Zq")
        .run()
        .status(0)
        .err_has("created connection c\n");
}

#[test]
fn a_password_that_is_missing_counts_as_changed_where_one_is_given() {
    let home = home();
    home.script(&format!("{};\n", statement_create("a", "u", "Kanari7Zq")))
        .run()
        .status(0);
    // Another process had it in memory.
    let given = "CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' \
                 PASSWORD = ENV 'P';\n";
    home.write("f.sql", given);
    redwire(&home, &["plan", "f.sql"])
        .run()
        .status(0)
        .out_has("alter,connection a,PASSWORD: none is kept\n");
    home.write("prompt.sql", given.replace("ENV 'P'", "PROMPT"));
    assert_eq!(redwire(&home, &["plan", "prompt.sql"]).run().status(0).out, NOTHING);
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    assert_eq!(redwire(&home, &["plan", "f.sql"]).run().status(0).out, NOTHING);
}

#[test]
fn a_store_out_of_reach_is_an_error_only_where_a_password_has_to_be_compared() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let without_passphrase =
        |file: &str| home.redwire(["--secret-store", "vault", "plan", file]).env("P", "x");
    without_passphrase("f.sql")
        .run()
        .status(1)
        .err_has("58000")
        .err_has("f.sql:1:1, statement 1");
    home.write(
        "prompt.sql",
        FILE.replace("ENV 'P'", "PROMPT").replace("FILE 'p.txt'", "PROMPT"),
    );
    without_passphrase("prompt.sql").run().status(0).err_has("nothing to do");
}

#[test]
fn plan_asks_nobody_and_apply_asks_for_new_connections_alone() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let mut command = home.command(REDWIRE);
    command.args(["--secret-store", "vault", "plan", "f.sql"]).env("P", "x");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("58000");
    assert_eq!(terminal.status(), 1);
    let new = statement_create("c", "u", "x").replace("'x'", "PROMPT");
    let prompts = FILE.replace("ENV 'P'", "PROMPT").replace("FILE 'p.txt'", "PROMPT");
    home.write("f.sql", format!("{prompts}{new};\n"));
    let mut command = home.command(REDWIRE);
    command
        .args(["--secret-store", "vault", "apply", "f.sql"])
        .env("REDWIRE_VAULT_PASSPHRASE", "open");
    let mut terminal = Terminal::start(command);
    terminal
        .wait_for("Password for connection c: ")
        .line("Kanari7Zq")
        .wait_for("created connection c");
    assert_eq!(terminal.status(), 0);
    assert!(!terminal.transcript().contains("connection a: "));
    redwire(&home, &["--dry-run", "plan", "f.sql", "--exit-code"]).run().status(0);
}

#[test]
fn apply_is_one_transaction() {
    let home = home();
    home.script(&format!("{};\n", statement_create("z", "u", "x"))).run().status(0);
    // A name that no statement can make, so that the last step fails.
    sqlite3(
        &home.catalog(),
        "CREATE TRIGGER stop BEFORE INSERT ON job BEGIN SELECT raise(ABORT, 'stop'); END",
    );
    redwire(&home, &["apply", "f.sql"]).run().status(1);
    assert_eq!(sqlite3(&home.catalog(), "SELECT name FROM connection"), "z");
    let journal =
        fs::read_to_string(home.file("data/redwire/catalog.db.secrets")).unwrap_or_default();
    assert!(!journal.contains("vault"), "{journal}");
}

#[test]
fn a_trial_of_apply_changes_nothing_and_opens_no_store() {
    let home = home();
    redwire(&home, &["apply", "f.sql"]).run().status(0);
    let changed = FILE.replace("'u' PASSWORD = ENV", "'v' PASSWORD = ENV");
    home.write("f.sql", changed);
    let before = fs::read(home.catalog()).unwrap();
    home.redwire(["--secret-store", "vault", "--dry-run", "apply", "f.sql"])
        .env("P", "other")
        .run()
        .status(0)
        .err_has("APPLY (dry run)\n")
        .err_has("altered connection a")
        .err_has("passwords were not compared");
    assert!(fs::read(home.catalog()).unwrap() == before);
}

#[test]
fn the_file_may_be_standard_input_and_the_format_any() {
    let home = home();
    let done = home
        .redwire(["plan", "-", "--format", "json"])
        .env("P", "x")
        .stdin(FILE)
        .run()
        .status(0);
    assert!(
        done.out
            .contains("{\"action\": \"create\", \"object\": \"connection a\", \"differs\": null}"),
        "{done:?}"
    );
}

// Errors in a file.

#[test]
fn anything_but_create_is_refused_at_its_place() {
    let home = home();
    for (wrong, place) in [
        ("DROP CONNECTION a;", "6:1, statement 5"),
        ("\n  ALTER TABLE a.s.t RENAME TO u;", "7:3, statement 5"),
        ("SHOW CONNECTIONS;", "6:1, statement 5"),
        ("BEGIN;", "6:1, statement 5"),
        ("EXPORT CATALOG;", "6:1, statement 5"),
        ("SELECT 1;", "6:1, statement 5"),
        ("TEST CONNECTIONS;", "6:1, statement 5"),
        (
            "CREATE REDSHIFT CONNECTION t CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = PROMPT WITH TEST;",
            "6:1, statement 5",
        ),
        ("\\i other.sql", "6:1\n"),
        ("\\expect 42601", "6:1\n"),
    ] {
        home.write("f.sql", format!("{FILE}{wrong}\n"));
        for command in ["plan", "apply"] {
            redwire(&home, &[command, "f.sql"])
                .run()
                .status(1)
                .err_has("a file for plan and apply has only CREATE statements, without WITH TEST")
                .err_has("0A000")
                .err_has(&format!("f.sql:{place}"))
                .err_has("redwire -f FILE");
        }
    }
    assert_eq!(fs::read_dir(home.file("data")).unwrap().count(), 0);
}

#[test]
fn the_same_name_twice_is_refused_at_the_second() {
    let home = home();
    for (again, sqlstate, place) in [
        (statement_create("A", "u", "x"), "42710", "f.sql:6:28, statement 5"),
        ("CREATE TABLE \"a\".S.t ()".to_owned(), "42P07", "f.sql:6:14, statement 5"),
        (
            "CREATE JOB j AS INSERT INTO a.s.t SELECT 1".to_owned(),
            "42710",
            "f.sql:6:12, statement 5",
        ),
    ] {
        home.write("f.sql", format!("{FILE}{again};\n"));
        redwire(&home, &["plan", "f.sql"])
            .run()
            .status(1)
            .err_has("specified more than once")
            .err_has(sqlstate)
            .err_has(place);
    }
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_changes_nothing() {
    let home = home();
    home.write("not_utf8.sql", [FILE.as_bytes(), b"-- \xff\n"].concat());
    home.write("cut_short.sql", FILE.replace("(id INT);", "(id INT"));
    home.write("no_quote.sql", FILE.trim_end().trim_end_matches("';"));
    home.write("misspelt.sql", format!("{FILE}CRATE TABLE a.s.u ();\n"));
    home.write("no_connection.sql", "CREATE TABLE a.s.u ();\n");
    home.write("no_password.sql", FILE.replace("PASSWORD = ENV 'P'", ""));
    home.write(
        "no_url.sql",
        FILE.replace("jdbc:redshift://h.example.com/dev", "jdbc:redshift://u:Kanari7Zq@h/d"),
    );
    for (file, status, sqlstate) in [
        ("missing.sql", 2, "58030"),
        ("tmp", 2, "58030"),
        ("not_utf8.sql", 1, "22021"),
        ("cut_short.sql", 1, "42601"),
        ("no_quote.sql", 1, "42601"),
        ("misspelt.sql", 1, "42601"),
        ("no_connection.sql", 1, "42704"),
        ("no_password.sql", 1, "42601"),
        ("no_url.sql", 1, "22023"),
    ] {
        for command in ["plan", "apply"] {
            let done = redwire(&home, &[command, file]).run().status(status).err_has(sqlstate);
            assert!(status == 2 || done.err.contains(&format!("{file}:")), "{done:?}");
            done.nowhere("Kanari7Zq");
        }
    }
    assert_eq!(fs::read_dir(home.file("data")).unwrap().count(), 0);
}

#[test]
fn plan_and_apply_take_a_file_and_no_script() {
    let home = home();
    for arguments in [
        &["plan"][..],
        &["apply"],
        &["-c", "SHOW JOBS", "plan", "f.sql"],
        &["apply", "f.sql", "--exit-code"],
    ] {
        redwire(&home, arguments).run().status(2);
    }
}
