//! The catalog's file through the program: where it lies, who may read it, several processes at
//! once, and what becomes of it when it is old, new, foreign, read-only, removed or cut short by a
//! kill.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::home::{Done, Home, REDWIRE};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::shell::RunningShell;
use crate::support::sqlite::{dump, sqlite3};
use crate::support::witness::statement_create;

/// A statement that makes a connection of that name.
fn create(name: &str) -> String {
    statement_create(name, "etl", "x")
}

#[test]
fn a_named_catalog_that_does_not_exist_is_told_where_it_is_only_read() {
    let home = Home::with_light_vault();
    let said = "warning: catalog typo.db does not exist";
    let run = |statements: &str| {
        let run = home.redwire(STORE).args(["--catalog", "typo.db", "-c", statements]);
        run.env(PASSPHRASE.0, PASSPHRASE.1).run().status(0)
    };
    let done = run("SHOW CONNECTIONS; SHOW TABLES").err_has(said);
    assert_eq!(done.err.matches("does not exist").count(), 1);
    let connect = home.redwire(["--catalog", "typo.db", "connect", "sales"]).run().status(1);
    connect.err_has("connection \"sales\" does not exist").err_has(said);
    let unnamed = home.redwire(["-c", "SHOW CONNECTIONS"]).run().status(0);
    assert!(!unnamed.err.contains("warning"), "{}", unnamed.err);
    let created = run(&create("sales"));
    assert!(!created.err.contains("warning"), "{}", created.err);
    assert!(!run("SHOW CONNECTIONS").err.contains("warning"));
}

/// The names that SHOW CONNECTIONS lists in this home.
#[track_caller]
fn names(home: &Home) -> Vec<String> {
    names_at(home, &home.catalog())
}

#[track_caller]
fn names_at(home: &Home, catalog: &Path) -> Vec<String> {
    let done = home
        .redwire([
            "--format",
            "tsv",
            "-c",
            "SELECT name FROM system.information_schema.connections ORDER BY name",
        ])
        .arg("--catalog")
        .arg(catalog)
        .run()
        .status(0);
    done.out.lines().skip(1).map(str::to_owned).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("its owner may");
}

#[test]
fn it_lies_in_the_data_folder_and_only_its_owner_may_read_it() {
    let home = Home::new();
    let mut writer = start(&home);
    writer.says(&create("a"), "CREATE CONNECTION");
    let catalog = home.catalog();
    assert_eq!(mode(catalog.parent().unwrap()), 0o700);
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(mode(&beside(&catalog, suffix)), 0o600, "{suffix:?}");
    }
    writer.ends(0);
    assert_eq!(fs::read_dir(catalog.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn reading_never_creates_a_catalog() {
    let home = Home::new();
    let script = "SHOW CONNECTIONS;\n\
        SELECT * FROM system.information_schema.connections;\n\
        \\expect 42704\nDESCRIBE CONNECTION a;\n\
        \\expect 42704\nSHOW CREATE CONNECTION a;\n\
        \\expect 42704\nSHOW USAGES OF CONNECTION a;\n\
        \\expect 42704\nDROP CONNECTION a;\n\
        DROP CONNECTION IF EXISTS a;\n\
        ALTER REDSHIFT CONNECTION IF EXISTS a SET COMMENT = 'x';\n\
        BEGIN;\nROLLBACK;\nBEGIN;\nCOMMIT;\n";
    home.script(script).run().status(0);
    home.redwire(["show"]).run().status(0);
    assert_eq!(fs::read_dir(home.file("data")).unwrap().count(), 0);
}

#[test]
fn an_empty_file_is_a_catalog_with_nothing_in_it() {
    let home = Home::new();
    let catalog = home.write("empty.db", "");
    assert!(names_at(&home, &catalog).is_empty());
    assert_eq!(fs::metadata(&catalog).unwrap().len(), 0);
    home.script(&format!("{};\n", create("a")))
        .arg("--catalog")
        .arg(&catalog)
        .run()
        .status(0);
    assert_eq!(names_at(&home, &catalog), ["a"]);
}

#[test]
fn twenty_processes_at_once_make_one_catalog_with_twenty_connections() {
    let home = Home::new();
    // All wait at their input for their statement, so that they begin together.
    let mut writers: Vec<RunningShell> = (0..20).map(|_| start(&home)).collect();
    for (index, writer) in writers.iter_mut().enumerate() {
        writer.tell(&create(&format!("c{index:02}")));
    }
    for writer in writers {
        writer.ends(0);
    }
    let expected: Vec<String> = (0..20).map(|index| format!("c{index:02}")).collect();
    assert_eq!(names(&home), expected);
}

#[test]
fn a_second_process_waits_for_the_first_and_goes_on() {
    let home = Home::new();
    home.script(&format!("{};\n", create("a"))).run().status(0);
    let mut first = start(&home);
    first.says("BEGIN", "BEGIN");
    first.says(&create("b"), "CREATE CONNECTION");
    let mut second = start(&home);
    second.says("SHOW CONNECTIONS", "");
    second.tell(&create("c"));
    assert_eq!(names(&home), ["a"], "a reader sees neither change, and does not wait");
    first.says("COMMIT", "COMMIT");
    first.ends(0);
    second.ends(0);
    assert_eq!(names(&home), ["a", "b", "c"]);
}

#[test]
fn a_second_process_that_waited_sees_the_tables_and_jobs_of_the_first() {
    let home = Home::new();
    let script = format!("{}; CREATE TABLE a.s.t ();\n", create("a"));
    home.script(&script).run().status(0);
    let mut first = start(&home);
    first.says("BEGIN", "BEGIN");
    first.says("CREATE JOB j AS INSERT INTO a.s.t SELECT 1", "CREATE JOB");
    first.says("CREATE TABLE a.s.later ()", "CREATE TABLE");
    let mut second = start(&home);
    second.says("SHOW USAGES OF CONNECTION a", "");
    // Each waits for the first one, and is judged by what is there then.
    second.tell("\\expect 2BP01\nDROP TABLE a.s.t");
    second.tell("CREATE JOB k AS INSERT INTO a.s.later SELECT 1");
    second.tell("\\expect 42710\nCREATE JOB j AS INSERT INTO a.s.t SELECT 1");
    second.tell("\\expect 2BP01\nDROP TABLE a.s.later");
    first.says("COMMIT", "COMMIT");
    first.ends(0);
    second.ends(0).err_has("due to usages: j").err_has("due to usages: k");
}

#[test]
fn a_drop_in_a_transaction_that_stays_open_makes_others_fail_with_55p03() {
    let home = Home::new();
    let script = format!(
        "{}; CREATE TABLE a.s.t (); CREATE JOB j AS INSERT INTO a.s.t SELECT 1;\n",
        create("a")
    );
    home.script(&script).run().status(0);
    let before = dump(&home.catalog());
    let mut first = start(&home);
    first.says("BEGIN", "BEGIN");
    first.says("DROP TABLE a.s.t CASCADE", "DROP TABLE");
    home.script("ALTER JOB j SET COMMENT = 'x';\n").run().status(1).err_has("55P03");
    first.says("ROLLBACK", "ROLLBACK");
    first.ends(0);
    assert_eq!(dump(&home.catalog()), before);
}

#[test]
fn a_catalog_that_stays_busy_is_55p03_after_five_seconds_while_reading_works() {
    let home = Home::new();
    home.script(&format!("{};\n", create("a"))).run().status(0);
    let mut first = start(&home);
    first.says("BEGIN", "BEGIN");
    first.says("DROP CONNECTION a", "DROP CONNECTION");
    let begin = Instant::now();
    let script = format!("{};\n", create("b"));
    let refused = home.script(&script).run().status(1);
    refused.err_has("55P03").err_has("run the statement again");
    let took = begin.elapsed();
    assert!(took >= Duration::from_secs(5), "{took:?}");
    assert_eq!(names(&home), ["a"]);
    first.says("ROLLBACK", "ROLLBACK");
    home.script(&script).run().status(0);
}

#[test]
fn a_file_that_is_no_catalog_is_refused_and_stays_as_it_is() {
    let home = Home::new();
    let text = home.write(
        "text.db",
        "-- not a database, but more than a hundred bytes of text. ".repeat(9),
    );
    let foreign = home.file("foreign.db");
    sqlite3(&foreign, "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)");
    let marked = home.file("marked.db");
    sqlite3(&marked, "PRAGMA application_id = 7");
    for (file, message) in [
        (&text, "not an SQLite database"),
        (&foreign, "is not a catalog of redwire"),
        (&marked, "is not a catalog of redwire"),
    ] {
        is_refused_untouched(&home, file, message);
    }
}

#[test]
fn a_catalog_of_a_newer_version_is_refused_and_stays_as_it_is() {
    let home = Home::new();
    home.script(&format!("{};\n", create("a"))).run().status(0);
    let catalog = home.catalog();
    sqlite3(&catalog, "PRAGMA user_version = 1000");
    is_refused_untouched(&home, &catalog, "is of version 1000");
}

#[test]
fn a_newer_catalog_whose_writer_was_killed_stays_as_it_is_with_its_log() {
    let home = Home::new();
    let catalog = home.catalog();
    home.script(&format!("{};\n", create("a"))).run().status(0);
    // A log that no process has open, as a kill leaves it.
    let mut other = Command::new("sqlite3")
        .arg(&catalog)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = other.stdin.take().unwrap();
    writeln!(input, "PRAGMA user_version = 1000; SELECT 'done';").unwrap();
    let mut answer = [0; 5];
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut answer).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(fs::metadata(beside(&catalog, "-wal")).unwrap().len() > 0);
    is_refused_untouched(&home, &catalog, "is of version 1000");
}

/// Reading and changing fail with exit status 2, and every byte stays as it was.
#[track_caller]
fn is_refused_untouched(home: &Home, file: &Path, message: &str) {
    let bytes = || ["", "-wal"].map(|suffix| fs::read(beside(file, suffix)).ok());
    let before = bytes();
    for script in ["SHOW CONNECTIONS;\n".to_owned(), format!("{};\n", create("z"))] {
        let refused = home.script(&script).arg("--catalog").arg(file).run().status(2);
        refused.err_has(message).err_has("hint");
        assert!(bytes() == before, "{} was changed by {script}", file.display());
    }
}

#[test]
fn a_damaged_catalog_is_named() {
    let home = Home::new();
    home.script(&format!("{};\n", create("a"))).run().status(0);
    let catalog = home.catalog();
    let bytes = fs::read(&catalog).unwrap();
    for damaged in [
        bytes[..bytes.len() / 2].to_vec(),
        [&bytes[..4096], vec![0xaa; bytes.len() - 4096].as_slice()].concat(),
    ] {
        fs::write(&catalog, &damaged).unwrap();
        is_refused_untouched(&home, &catalog, "is damaged");
    }
}

/// Characters that are allowed in a path and mean something to SQLite, to a URI or to a shell.
const ODD_NAMES: [&[u8]; 8] = [
    b"with space.db",
    b"what?mode=memory",
    b"number#1.db",
    b"100%25.db",
    b"file:odd.db",
    b":memory:",
    b"quote'\".db",
    b"not-utf8-\xff.db",
];

#[test]
fn any_path_works_to_write_and_to_read_also_where_nothing_can_be_written() {
    for name in ODD_NAMES {
        let home = Home::new();
        let folder = home.file("catalogs");
        fs::create_dir(&folder).unwrap();
        let relative = Path::new("catalogs").join(OsStr::from_bytes(name));
        // As it is named from inside its folder, from above, and with two slashes at its beginning.
        let absolute = home.path().join(&relative);
        let doubled =
            PathBuf::from(OsStr::from_bytes(&[b"/", absolute.as_os_str().as_bytes()].concat()));
        let script = format!("{};\n", create("a"));
        let mut inside = home.command(REDWIRE);
        inside
            .current_dir(&folder)
            .args(["--secret-store", "memory", "-c", &script, "--catalog"]);
        let output = inside.arg(OsStr::from_bytes(name)).output().unwrap();
        Done::from(output).status(0);
        assert!(absolute.is_file(), "{}", absolute.display());
        set_mode(&folder, 0o500);
        for path in [&relative, &absolute, &doubled] {
            assert_eq!(names_at(&home, path), ["a"], "{}", path.display());
            let mut command = home.unprivileged();
            command.arg("--catalog").arg(path).args(["-c", "SHOW CONNECTIONS"]);
            Done::from(command.output().unwrap()).status(0).out_has("h.example.com");
        }
        set_mode(&folder, 0o700);
    }
}

#[test]
fn a_read_only_file_or_folder_is_read_and_a_change_is_25006_before_anybody_is_asked() {
    for (folder_mode, file_mode) in [(0o500, 0o600), (0o500, 0o400), (0o700, 0o400)] {
        let home = Home::new();
        home.script(&format!("{};\n", create("a"))).run().status(0);
        let catalog = home.catalog();
        let folder = catalog.parent().unwrap();
        let before = fs::read(&catalog).unwrap();
        set_mode(&catalog, file_mode);
        set_mode(folder, folder_mode);
        let ask = create("b").replace("'x'", "PROMPT");
        for change in [
            &create("b"),
            &ask,
            "DROP CONNECTION a",
            "ALTER REDSHIFT CONNECTION a SET COMMENT = 'x'",
        ] {
            let mut command = home.unprivileged();
            let script = format!("SHOW CONNECTIONS; {change};");
            let done = Done::from(
                command.args(["--secret-store", "keyring", "-c", &script]).output().unwrap(),
            );
            done.status(1)
                .out_has("h.example.com")
                .err_has("25006")
                .err_has("right to write");
        }
        set_mode(folder, 0o700);
        assert!(fs::read(&catalog).unwrap() == before);
        set_mode(&catalog, 0o600);
        assert_eq!(names(&home), ["a"]);
    }
}

#[test]
fn a_read_only_catalog_sees_changes_of_another_process() {
    let home = Home::new();
    home.script(&format!("{};\n", create("a"))).run().status(0);
    let catalog = home.catalog();
    let folder = catalog.parent().unwrap().to_owned();
    set_mode(&folder, 0o500);
    let mut reader = RunningShell::start(home.unprivileged());
    reader.says("SHOW CONNECTIONS", "");
    // One that may write all the same: root may, and the owner of the folder can allow it to
    // himself.
    set_mode(&folder, 0o700);
    home.script(&format!("{};\n", create("b"))).run().status(0);
    set_mode(&folder, 0o500);
    reader.says("DESCRIBE CONNECTION b", "");
    reader.ends(0);
    set_mode(&folder, 0o700);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let home = Home::new();
    let folder = home.file("closed");
    fs::create_dir(&folder).unwrap();
    set_mode(&folder, 0o500);
    let mut command = home.unprivileged();
    command.args(["--secret-store", "memory", "--catalog", "closed/new.db", "-c", &create("a")]);
    let done = Done::from(command.output().unwrap()).status(2);
    done.err_has("could not open the catalog").err_has("closed/new.db");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_catalog_that_is_removed_meanwhile_is_begun_anew() {
    let home = Home::new();
    let mut writer = start(&home);
    writer.says(&create("a"), "CREATE CONNECTION");
    remove(&home.catalog());
    writer.says("\\expect 42704\nDESCRIBE CONNECTION a", "connection \"a\" does not exist");
    assert!(!home.catalog().exists());
    writer.says(&create("b"), "CREATE CONNECTION");
    assert_eq!(names(&home), ["b"]);
    writer.ends(0);
    assert_eq!(names(&home), ["b"]);
}

#[test]
fn a_transaction_in_a_catalog_that_is_removed_meanwhile_fails() {
    let home = Home::new();
    home.script(&format!("{};\n", create("a"))).run().status(0);
    let mut writer = start(&home);
    writer.says("BEGIN", "BEGIN");
    writer.says(&create("b"), "CREATE CONNECTION");
    remove(&home.catalog());
    home.script(&format!("{};\n", create("c"))).run().status(0);
    writer.tell("COMMIT");
    writer.ends(2).err_has("was removed or replaced");
    assert_eq!(names(&home), ["c"]);
}

fn remove(catalog: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(beside(catalog, suffix)).expect("it is there");
    }
}

#[test]
fn a_link_and_the_catalog_behind_it_are_one_with_its_journal_and_its_vault() {
    let home = Home::new();
    let folder = home.file("real");
    fs::create_dir(&folder).unwrap();
    let link = home.file("link.db");
    let real = folder.join("catalog.db");
    let vault = |path: &Path, script: &str| {
        home.redwire(["--secret-store", "vault", "-c", script, "--catalog"])
            .arg(path)
            .env("REDWIRE_VAULT_PASSPHRASE", "pass")
            .run()
            .status(0)
    };
    vault(&real, &create("a"));
    symlink(&real, &link).unwrap();
    vault(&link, "ALTER REDSHIFT CONNECTION a SET PASSWORD = 'y'");
    vault(&link, &create("b"));
    assert_eq!(names_at(&home, &real), ["a", "b"]);
    let entries = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let beside_link: Vec<_> =
        entries.filter(|name| name.as_bytes().starts_with(b"link.db")).collect();
    assert_eq!(beside_link, ["link.db"]);
}

/// A file may grow to 512 bytes only, as on a full disk.
#[test]
fn on_a_full_disk_the_catalog_is_read() {
    let home = Home::with_light_vault();
    let on_full_disk = |arguments: &str| {
        let command = format!(
            "ulimit -f 1; exec env --ignore-signal=XFSZ redwire --secret-store vault {arguments}"
        );
        home.shell(&command).env(PASSPHRASE.0, PASSPHRASE.1).run()
    };
    home.redwire(STORE)
        .args(["-c", &create("a")])
        .env(PASSPHRASE.0, PASSPHRASE.1)
        .run()
        .status(0);
    for round in 0..2 {
        on_full_disk("-c 'SHOW CONNECTIONS'").status(0).out_has("a");
        on_full_disk("-c 'EXPORT CATALOG'")
            .status(0)
            .out_has("CREATE REDSHIFT CONNECTION a");
        on_full_disk("-c 'SELECT name FROM system.information_schema.connections'").status(0);
        on_full_disk("exec a true").status(0);
        on_full_disk("-c 'DROP CONNECTION a'").status(1).err_has("53100");
        assert_eq!(names(&home), ["a"], "round {round}");
    }
    home.redwire(STORE).args(["-c", "DROP CONNECTION a"]).run().status(0);
}

#[test]
fn a_link_to_nowhere_is_named() {
    let home = Home::new();
    let link = home.file("link.db");
    symlink(home.file("nowhere.db"), &link).unwrap();
    let done = home
        .script(&format!("{};\n", create("a")))
        .arg("--catalog")
        .arg(&link)
        .run()
        .status(2);
    let done = done.err_has("could not open the catalog");
    assert!(!done.err.contains("immutable"), "{done:?}");
}

#[test]
fn a_special_file_is_refused_at_once_and_gets_no_files_beside_it() {
    let home = Home::new();
    let pipe = home.file("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let folder = home.file("folder");
    fs::create_dir(&folder).unwrap();
    let device = home.file("device");
    symlink("/dev/null", &device).unwrap();
    for (file, message) in
        [(&pipe, "regular file"), (&folder, "Is a directory"), (&device, "regular file")]
    {
        for script in ["SHOW CONNECTIONS;\n".to_owned(), format!("{};\n", create("a"))] {
            let refused = home.script(&script).arg("--catalog").arg(file).run().status(2);
            refused.err_has(message);
        }
    }
    assert!(!Path::new("/dev/null-journal").exists());
}

#[test]
fn no_file_of_the_catalog_ever_holds_a_password() {
    let home = Home::new();
    let canary = "cAnArY-5f0c";
    let mut writer = start(&home);
    for round in 0..20 {
        let name = format!("c{}", round % 5);
        let create = statement_create(&name, "etl", &format!("{canary}{round}"));
        writer.says(&create.replace("CREATE", "CREATE OR REPLACE"), "CREATE CONNECTION");
        let alter = format!(
            "ALTER REDSHIFT CONNECTION {name} SET PASSWORD = '{canary}' COMMENT = 'visible{round}'"
        );
        writer.says(&alter, "ALTER CONNECTION");
        if round % 3 == 0 {
            writer.says(&format!("BEGIN;\nDROP CONNECTION {name};\nROLLBACK"), "ROLLBACK");
        }
    }
    // Another process looks: in this one, closing a file of SQLite's would drop no lock that
    // matters here.
    let grep = |text: &str| {
        let found = Command::new("grep")
            .args(["-rl", "--", text])
            .arg(home.path())
            .output()
            .unwrap();
        String::from_utf8_lossy(&found.stdout).into_owned()
    };
    assert!(grep("visible19").contains("catalog.db-wal"), "the search finds what is there");
    assert_eq!(grep(canary), "");
    writer.ends(0);
    assert_eq!(grep(canary), "");
}

/// redwire on the memory store in this home, told what to do one by one.
fn start(home: &Home) -> RunningShell {
    let mut command = home.command(REDWIRE);
    command.args(["--secret-store", "memory"]);
    RunningShell::start(command)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[test]
fn a_file_of_one_byte_is_no_empty_catalog() {
    let home = Home::new();
    let path = home.write("one.db", "x");
    let arguments = ["--secret-store", "memory", "--catalog", "one.db", "-c", &create("a")];
    home.redwire(arguments)
        .run()
        .status(2)
        .err_has("one.db is not an SQLite database");
    assert_eq!(fs::read(path).unwrap(), b"x");
}

/// A catalog as the first version of redwire left it, with one connection in it.
fn catalog_of_version_1(home: &Home) -> PathBuf {
    let catalog = home.catalog();
    fs::create_dir(catalog.parent().expect("a folder")).expect("the folder is new");
    let migration = include_str!("../src/catalog/migration/0001_connections.sql");
    let contents = "PRAGMA application_id = 0x72647772; PRAGMA user_version = 1; \
        INSERT INTO catalog VALUES (1, 'old'); \
        INSERT INTO connection (name, connection_string, host, port, database_name, user_name, secret_store, secret_id, \
        created_at, altered_at) \
        VALUES ('a', 'jdbc:redshift://old.example.com/dev', 'old.example.com', 5439, 'dev', 'etl', 'vault', 'aa', 1, 2);";
    sqlite3(&catalog, &format!("PRAGMA journal_mode = WAL;\n{migration}{contents}"));
    catalog
}

#[test]
fn a_catalog_of_the_first_version_takes_tables_and_jobs() {
    let home = Home::new();
    let catalog = catalog_of_version_1(&home);
    home.script("SHOW CONNECTIONS; SHOW JOBS;\n")
        .run()
        .status(0)
        .out_has("old.example.com");
    home.script("CREATE TABLE a.s.t (); CREATE JOB j AS INSERT INTO a.s.t SELECT 1;\n")
        .run()
        .status(0);
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/migration");
    let newest = fs::read_dir(migrations).expect("the migrations").count().to_string();
    assert_eq!(sqlite3(&catalog, "PRAGMA user_version"), newest);
    home.script("DROP CONNECTION a;\n").run().status(1).err_has("a.s.t j");
}

#[test]
fn a_catalog_of_the_first_version_that_is_read_only_can_be_read() {
    for (folder_mode, file_mode) in [(0o500, 0o600), (0o500, 0o400), (0o700, 0o400)] {
        let home = Home::new();
        let catalog = catalog_of_version_1(&home);
        let folder = catalog.parent().unwrap();
        let before = fs::read(&catalog).unwrap();
        set_mode(&catalog, file_mode);
        set_mode(folder, folder_mode);
        let script = "SHOW CONNECTIONS; SHOW JOBS; SELECT count(*) FROM system.information_schema.tables; \
            DESCRIBE CONNECTION a; DROP CONNECTION a;";
        for options in [&[][..], &["--dry-run"]] {
            let mut command = home.unprivileged();
            let done = Done::from(command.args(options).args(["-c", script]).output().unwrap());
            done.status(1)
                .out_has("old.example.com")
                .out_has("run_interval")
                .out_has("altered_at")
                .err_has("25006")
                .err_has("right to write");
        }
        set_mode(folder, 0o700);
        assert!(fs::read(&catalog).unwrap() == before);
    }
}

#[test]
fn a_copy_of_an_old_version_sees_changes_of_another_process() {
    let home = Home::new();
    let catalog = catalog_of_version_1(&home);
    set_mode(&catalog, 0o400);
    let mut reader = RunningShell::start(home.unprivileged());
    reader.says("\\expect 42704\nDESCRIBE CONNECTION b", "connection \"b\" does not exist");
    set_mode(&catalog, 0o600);
    sqlite3(&catalog, "UPDATE connection SET name = 'b'");
    reader.says("DESCRIBE CONNECTION b", "");
    reader.ends(0);
}
