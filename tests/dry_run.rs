//! `--dry-run`: what each statement would do, the exit status of the real run, and not a byte
//! changed.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::home::{Done, Home, REDWIRE};
use crate::support::shell::RunningShell;
use crate::support::sqlite::sqlite3;
use crate::support::terminal::Terminal;
use crate::support::witness::statement_create;

/// Every file below the folder with its bytes and its mode; but not SQLite's shared memory, and no
/// empty log.
fn files(folder: &Path) -> BTreeMap<String, (Vec<u8>, u32)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        } else if let Ok(bytes) = bytes_of(&path)
            && !name.ends_with("-shm")
            && !(name.ends_with("-wal") && bytes.is_empty())
        {
            let mode = path.symlink_metadata().expect("it is there").permissions().mode();
            found.insert(name, (bytes, mode));
        }
    }
    found
}

/// The bytes of the file as another process sees them.
fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.is_symlink() {
        return Ok(path.read_link()?.to_string_lossy().into_owned().into_bytes());
    }
    fs::read(path)
}

fn create(name: &str) -> String {
    statement_create(name, "etl", "x")
}

/// A home with a catalog of two connections and a table, and with passwords in a vault.
fn home_with_vault() -> Home {
    let home = Home::new();
    let script = format!("{};\n{};\nCREATE TABLE a.public.orders ();\n", create("a"), create("b"));
    home.redwire(["--secret-store", "vault"])
        .env("REDWIRE_VAULT_PASSPHRASE", "open")
        .stdin(script)
        .run()
        .status(0);
    home
}

#[test]
fn each_statement_says_what_it_would_do_and_sees_the_ones_before_it() {
    let home = home_with_vault();
    let before = files(home.path());
    let script = format!(
        "{};\nALTER REDSHIFT CONNECTION c SET COMMENT = 'x' RENAME TO d;\nDESCRIBE CONNECTION d;\n\
         CREATE TABLE d.public.t ();\nDROP CONNECTION IF EXISTS nobody;\nDROP CONNECTION a;\n",
        create("c")
    );
    // No passphrase, and no terminal to ask at: the vault would not open.
    let done = home
        .redwire(["--secret-store", "vault", "--dry-run"])
        .stdin(script.clone())
        .run()
        .status(1)
        .out_has("COMMENT")
        .err_has("ALTER CONNECTION (dry run)\n")
        .err_has("CREATE TABLE (dry run)\n")
        .err_has("Operation resulted in no change (dry run)\n")
        .err_has("Cannot delete connection due to usages: a.public.orders")
        .err_has("2BP01");
    assert!(done.err.starts_with("CREATE CONNECTION (dry run)\n"), "{done:?}");
    assert!(files(home.path()) == before, "a trial has changed something");
    let real = home.redwire(["--secret-store", "vault"]).stdin(script);
    real.env("REDWIRE_VAULT_PASSPHRASE", "open").run().status(1);
}

/// Scripts on a catalog of the connections `a` and `b`, the tables `a.s.t` and `a.s.u`, and the job
/// `j` that writes the one from the other.
const SCRIPTS: &[&str] = &[
    "CREATE TABLE a.s.v (id INT); CREATE JOB k AS INSERT INTO a.s.v SELECT id FROM a.s.u; DROP TABLE a.s.v;",
    "DROP CONNECTION a;",
    "DROP CONNECTION a, b CASCADE; DROP JOB j;",
    "DROP TABLE a.s.t, a.s.u CASCADE; DROP JOB IF EXISTS j; DROP CONNECTION a;",
    "DROP JOB j; DROP TABLE a.s.t, a.s.u; DROP CONNECTION a;",
    "ALTER REDSHIFT CONNECTION a RENAME TO c; ALTER TABLE c.s.u RENAME TO w; ALTER JOB j RENAME TO k;",
    "ALTER REDSHIFT CONNECTION a RENAME TO b;",
    "ALTER REDSHIFT CONNECTION a SET CONNECTION_STRING = 'jdbc:redshift://other.example.com/dev';",
    "ALTER REDSHIFT CONNECTION a SET PASSWORD = ENV 'UNSET';",
    "ALTER JOB j SET RUN_INTERVAL = 5 MINUTES; ALTER JOB j SET START_FROM = NOW;",
    "ALTER TABLE a.s.t RENAME TO u;",
    "CREATE TABLE nowhere.s.t ();",
    "CREATE JOB k AS INSERT INTO b.s.t SELECT 1 FROM a.s.t;",
    "CREATE TABLE IF NOT EXISTS a.s.t (); CREATE TABLE a.s.t ();",
    "BEGIN; DROP JOB j; ROLLBACK; DROP JOB j; DROP JOB j;",
    "BEGIN; DROP JOB nobody; SHOW JOBS;",
    "BEGIN; DROP JOB j;",
    "COMMIT;",
    "\\expect 2BP01\nDROP CONNECTION a; DROP CONNECTION b;",
    "\\expect 42704\nDROP CONNECTION b;",
    "\\i part.sql\nDROP TABLE b.s.part;",
    "\\i missing.sql\n",
    "\\tree nobody\n",
    "\\q\nDROP JOB j;",
    "EXPORT CATALOG TO 'part.sql';",
    "EXPORT CATALOG TO 'missing/file.sql';",
    "SELECT nobody FROM system.information_schema.jobs;",
    "DROP JOB j; no statement;",
    "DROP JOB j; SHOW TABLES LIKE 'cut sho",
];

#[test]
fn a_trial_ends_and_answers_as_the_real_run() {
    let home = Home::new();
    home.write("part.sql", "CREATE TABLE b.s.part ();\n");
    let setup = format!(
        "{};\n{};\nCREATE TABLE a.s.t (id INT);\nCREATE TABLE a.s.u (id INT);\n\
         CREATE JOB j AS INSERT INTO a.s.t SELECT id FROM a.s.u;\n",
        create("a"),
        create("b")
    );
    home.redwire(["--secret-store", "memory"]).stdin(setup).run().status(0);
    let options: [&[&str]; 3] = [&[], &["--single-transaction"], &["--on-error", "continue"]];
    for (number, script) in SCRIPTS.iter().enumerate() {
        let catalog = home.file(&format!("{number}.db"));
        fs::copy(home.catalog(), &catalog).unwrap();
        let before = files(home.path());
        let run = |more: &[&str]| {
            let run = home.redwire(["--secret-store", "memory", "--catalog"]).arg(&catalog);
            // The export shows what the statements have made of the catalog.
            let script = format!("{script}\nEXPORT CATALOG;\n");
            run.args(options[number % 3]).args(more).stdin(script).run()
        };
        let trial = run(&["--dry-run"]);
        assert!(files(home.path()) == before, "a trial has changed something: {script}");
        let real = run(&[]);
        assert_eq!(
            (trial.status, &trial.out),
            (real.status, &real.out),
            "{script}\n{trial:?}\n{real:?}"
        );
    }
}

#[test]
fn in_json_a_tag_has_a_field_of_its_own() {
    let home = Home::new();
    let done = home
        .redwire(["--dry-run", "--format", "json", "-c", &create("a")])
        .run()
        .status(0);
    assert!(
        done.err.starts_with("{\"tag\": \"CREATE CONNECTION\", \"dry_run\": true}\n"),
        "{done:?}"
    );
}

#[test]
fn a_catalog_that_another_process_has_open_keeps_its_log_byte_for_byte() {
    let home = home_with_vault();
    let mut command = home.command(REDWIRE);
    command.args(["--secret-store", "memory"]);
    let mut other = RunningShell::start(command);
    other.says(&create("w"), "CREATE CONNECTION");
    let before = files(home.path());
    assert!(before.keys().any(|name| name.ends_with("catalog.db-wal")));
    let script = format!("SHOW CONNECTIONS; DROP CONNECTION w; {}", create("z"));
    let done = home.redwire(["--dry-run", "-c", &script]).run().status(0);
    assert!(done.out.contains("\u{2502} w "), "what stands in the log is seen: {done:?}");
    assert!(files(home.path()) == before, "a trial has changed something");
    other.says("DROP CONNECTION w", "DROP CONNECTION");
    other.ends(0);
}

#[test]
fn a_log_whose_writer_was_killed_stays_byte_for_byte() {
    let home = home_with_vault();
    let mut other = Command::new("sqlite3")
        .arg(home.catalog())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = other.stdin.take().unwrap();
    std::io::Write::write_all(
        &mut input,
        b"UPDATE connection SET comment = 'in the log'; SELECT 'done';\n",
    )
    .unwrap();
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut [0; 5]).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    let before = files(home.path());
    assert!(before.keys().any(|name| name.ends_with("catalog.db-wal")));
    home.redwire(["--dry-run", "-c", "SHOW CONNECTIONS; DROP CONNECTION b"])
        .run()
        .status(0)
        .out_has("in the log");
    assert!(files(home.path()) == before, "a trial has changed something");
}

#[test]
fn a_catalog_of_an_old_version_is_brought_to_this_one_in_memory_only() {
    let home = Home::new();
    fs::create_dir(home.catalog().parent().unwrap()).unwrap();
    let old = concat!(
        // sqlite3 takes a text that begins with a comment for an option.
        "PRAGMA application_id = 0x72647772; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;\n",
        include_str!("../src/catalog/migration/0001_connections.sql"),
        "INSERT INTO catalog (only_row, id) VALUES (1, 'old');"
    );
    sqlite3(&home.catalog(), old);
    let before = files(home.path());
    home.redwire([
        "--dry-run",
        "-c",
        &format!("{}; CREATE TABLE a.b.c (); SHOW CONNECTIONS", create("a")),
    ])
    .run()
    .status(0)
    .out_has("h.example.com");
    assert!(files(home.path()) == before, "a trial has changed something");
    assert_eq!(sqlite3(&home.catalog(), "PRAGMA user_version"), "1");
}

#[test]
fn a_trial_makes_no_catalog_and_no_history() {
    let home = Home::new();
    home.redwire(["--dry-run", "-c", &create("a")]).run().status(0);
    home.redwire(["--dry-run", "show"]).run().status(0);
    assert_eq!(fs::read_dir(home.file("data")).unwrap().count(), 0);
}

#[test]
fn transactions_work_inside_the_copy() {
    let home = home_with_vault();
    let before = files(home.path());
    let script = format!(
        "BEGIN;\n{};\nROLLBACK;\n\\expect 42704\nDROP CONNECTION c;\nBEGIN;\n{};\nCOMMIT;\nDROP CONNECTION d;\n\
         BEGIN;\n\\expect 42710\n{};\n\\expect 25P02\nSHOW CONNECTIONS;\nCOMMIT;\n",
        create("c"),
        create("d"),
        create("a")
    );
    home.redwire(["--dry-run"]).stdin(script).run().status(0);
    let whole = format!("{};\n{};\n", create("c"), create("a"));
    home.redwire(["--dry-run", "--single-transaction"])
        .stdin(whole)
        .run()
        .status(1)
        .err_has("42710");
    home.redwire(["--dry-run"]).stdin("BEGIN;\n").run().status(1).err_has("25P01");
    assert!(files(home.path()) == before, "a trial has changed something");
}

#[test]
fn sources_of_passwords_are_checked_and_nobody_is_asked() {
    let home = Home::new();
    home.write("empty.txt", "");
    let alter = |source: &str| create("a").replace("'x'", source);
    for (source, status, said) in [
        ("PROMPT", 0, "would be asked for at the terminal"),
        ("ENV 'SET'", 0, "CREATE CONNECTION (dry run)"),
        ("ENV 'UNSET'", 1, "28P01"),
        ("FILE 'empty.txt'", 1, "is empty"),
        ("FILE 'missing.txt'", 1, "28P01"),
        ("''", 1, "22023"),
    ] {
        home.redwire(["--dry-run", "-c", &alter(source)])
            .env("SET", "x")
            .run()
            .status(status)
            .err_has(said);
    }
}

#[test]
fn a_catalog_that_cannot_be_changed_refuses_the_change() {
    for (folder_mode, file_mode) in [(0o500, 0o600), (0o500, 0o400), (0o700, 0o400)] {
        let home = home_with_vault();
        let folder = home.catalog().parent().unwrap().to_owned();
        set_mode(&home.catalog(), file_mode);
        set_mode(&folder, folder_mode);
        let before = files(home.path());
        for options in [&["--dry-run"][..], &[]] {
            let script = format!("SHOW CONNECTIONS; {}", create("z"));
            let output = home.unprivileged().args(options).args(["-c", &script]).output();
            Done::from(output.unwrap()).status(1).out_has("h.example.com").err_has("25006");
        }
        assert!(files(home.path()) == before, "a trial has changed something");
        set_mode(&folder, 0o700);
    }
}

#[test]
fn a_catalog_that_could_not_be_made_is_an_error_here_too() {
    let home = Home::new();
    fs::create_dir(home.file("closed")).unwrap();
    set_mode(&home.file("closed"), 0o500);
    for options in [&["--dry-run"][..], &[]] {
        for catalog in ["closed/new.db", "closed/folder/new.db"] {
            let mut command = home.unprivileged();
            command.args(["--secret-store", "memory", "--catalog", catalog, "-c", &create("a")]);
            Done::from(command.args(options).output().unwrap())
                .status(2)
                .err_has("could not open the catalog")
                .err_has("58030");
        }
    }
}

#[test]
fn results_go_to_no_file() {
    let home = Home::new();
    let kept = home.write("kept.txt", "kept");
    fs::create_dir(home.file("folder")).unwrap();
    symlink("nowhere", home.file("link")).unwrap();
    for (path, status) in [
        ("new.txt", 0),
        ("kept.txt", 0),
        ("/dev/null", 0),
        ("folder", 2),
        ("missing/new.txt", 2),
    ] {
        let command = format!("\\o {path}");
        let arguments = ["--dry-run", "-c", &command, "-c", "SHOW CONNECTIONS"];
        let done = home.redwire(arguments).run().status(status);
        assert_eq!(done.out, "", "{path}");
    }
    assert_eq!(fs::read_to_string(kept).unwrap(), "kept");
    assert!(!home.file("new.txt").exists());
}

#[test]
fn included_files_are_tried_too() {
    let home = Home::new();
    home.write("inner.sql", format!("{};\n", create("a")));
    home.redwire(["--dry-run", "-c", "\\i inner.sql", "-c", "DROP CONNECTION a"])
        .run()
        .status(0)
        .err_has("DROP CONNECTION (dry run)");
    home.redwire(["--dry-run", "-c", "\\i missing.sql"]).run().status(2);
}

#[test]
fn at_the_prompt_nothing_is_kept_either() {
    let home = home_with_vault();
    let before = files(home.path());
    let mut terminal =
        Terminal::open_with(&home, &["--secret-store", "vault", "--dry-run", "--no-pager"], &[]);
    terminal.run(&format!("{};", create("c")), "CREATE CONNECTION (dry run)");
    terminal.run("DESCRIBE CONNECTION c;", "h.example.com");
    let without_password = create("d").replace("PASSWORD = 'x'", "COMMENT = 'x'");
    terminal.run(&format!("{without_password};"), "would be asked for");
    let shown = terminal.end();
    assert!(shown.contains("a dry run: statements change a copy of the catalog"), "{shown}");
    assert!(files(home.path()) == before, "a trial has changed something");
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its owner may");
}
