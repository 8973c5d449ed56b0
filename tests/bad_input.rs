//! Bad input of every kind: each gets its own message with place, hint and SQLSTATE, and changes
//! nothing.

use std::fs::File;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Stdio;

use crate::support::golden;
use crate::support::home::{Done, Home, REDWIRE, Run};
use crate::support::program::cannot_run;
use crate::support::sqlite::{dump, sqlite3};

const WAS: &str = "CREATE REDSHIFT CONNECTION was CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
                   PASSWORD = 'p' COMMENT = 'as it was';\n";

/// A home whose catalog, `catalog.db`, has one connection.
pub fn home_with_connection() -> Home {
    let home = Home::new();
    on_catalog(&home).stdin(WAS).run().status(0);
    home
}

fn on_catalog(home: &Home) -> Run {
    home.redwire(["--secret-store", "memory", "--catalog", "catalog.db"])
}

/// Runs a script that must fail and change nothing.
#[track_caller]
fn refused(input: impl Into<Vec<u8>>) -> Done {
    let home = home_with_connection();
    let before = dump(&home.file("catalog.db"));
    let done = on_catalog(&home).stdin(input).run().status(1);
    assert_eq!(dump(&home.file("catalog.db")), before);
    done
}

#[test]
fn each_mistake_has_a_message_a_place_a_hint_and_a_state() {
    let home = home_with_connection();
    let before = dump(&home.file("catalog.db"));
    golden::check(&home, "bad_input", &["--on-error", "continue"]);
    assert_eq!(dump(&home.file("catalog.db")), before);
}

#[test]
fn each_mistake_in_a_table_has_a_message_a_place_a_hint_and_a_state() {
    let home = home_with_connection();
    on_catalog(&home)
        .stdin("CREATE TABLE was.public.orders (a int); CREATE TABLE was.public.copy ();\n")
        .run()
        .status(0);
    let before = dump(&home.file("catalog.db"));
    golden::check(&home, "table_errors", &["--on-error", "continue"]);
    assert_eq!(dump(&home.file("catalog.db")), before);
}

#[test]
fn a_table_has_at_most_1600_columns_and_the_one_too_many_is_marked() {
    let table = |count: usize| {
        let columns: Vec<String> = (1..=count).map(|number| format!("c{number} int")).collect();
        format!("CREATE TABLE was.public.wide (\n{}\n);\n", columns.join(",\n"))
    };
    refused(table(1_601))
        .err_has("tables can have at most 1600 columns")
        .err_has("stdin:1602:1, statement 1")
        .err_has("54000");
    let home = home_with_connection();
    on_catalog(&home).stdin(table(1_600)).run().status(0);
    let printed = on_catalog(&home)
        .stdin("SHOW CREATE TABLE was.public.wide;\n")
        .run()
        .status(0)
        .out;
    assert_eq!(printed.lines().count(), 1_602);
}

#[test]
fn a_compound_sort_key_has_at_most_400_columns() {
    let names: Vec<String> = (1..=401).map(|number| format!("c{number}")).collect();
    refused(format!(
        "CREATE TABLE was.public.wide ({} int) SORTKEY (\n{});\n",
        names.join(" int, "),
        names.join(",\n")
    ))
    .err_has("a sort key has at most 400 columns")
    .err_has("stdin:402:1, statement 1")
    .err_has("54000");
}

#[test]
fn an_unclosed_quote_is_an_error_where_it_opens() {
    for (input, message, place) in [
        ("DROP CONNECTION\n  'was;\n", "unterminated quoted string", "stdin:2:3"),
        ("DROP CONNECTION \"was;\n", "unterminated quoted identifier", "stdin:1:17"),
        ("DROP CONNECTION was /* ;\n/* */\n", "unterminated /* comment", "stdin:1:21"),
        ("DROP CONNECTION 'it''s", "unterminated quoted string", "stdin:1:17"),
        ("/* only a comment", "unterminated /* comment", "stdin:1:1"),
    ] {
        refused(input)
            .err_has(message)
            .err_has(place)
            .err_has("42601")
            .err_has("close it with");
    }
}

#[test]
fn the_last_statement_needs_neither_a_semicolon_nor_a_line_break() {
    for end in ["", "\n", " -- not ended"] {
        let home = home_with_connection();
        let input = format!("SHOW CONNECTIONS;\nDROP CONNECTION was{end}");
        on_catalog(&home).stdin(input).run().status(0).err_has("DROP CONNECTION");
    }
}

#[test]
fn a_byte_that_is_not_utf8_is_named_with_its_line() {
    let done =
        refused(&b"SHOW CONNECTIONS;\nDROP CONNECTION \"caf\xe9\";\nDROP CONNECTION was;\n"[..]);
    done.err_has("invalid byte sequence for encoding \"UTF8\": 0xe9 at byte 39")
        .err_has("stdin:2:21, statement 2")
        .err_has("22021")
        .err_has("save the script as UTF-8")
        .nowhere(" ^");
    // Nothing after such a byte is run, whatever --on-error says; not even the end of a file that
    // includes it.
    let home = home_with_connection();
    home.write("bad.sql", b"\xff\xfe\nDROP CONNECTION was;\n");
    home.write("outer.sql", "\\i bad.sql\nDROP CONNECTION was;\n");
    on_catalog(&home)
        .arg("-f")
        .arg("outer.sql")
        .run()
        .status(1)
        .err_has("bad.sql:1:1");
    on_catalog(&home)
        .args(["-f", "bad.sql", "--on-error", "continue"])
        .run()
        .status(1)
        .err_has("22021");
    on_catalog(&home).stdin("DESCRIBE CONNECTION was;\n").run().status(0);
}

#[test]
fn a_nul_is_refused_where_it_stands() {
    refused("SHOW CONNECTIONS;\nDROP\0 CONNECTION was;\n")
        .err_has("invalid byte sequence for encoding \"UTF8\": 0x00")
        .err_has("stdin:2:5")
        .err_has("22021")
        .err_has("UTF-16");
    refused("DROP CONNECTION 'a\0b';\n").err_has("stdin:1:19");
}

#[test]
fn a_byte_order_mark_and_crlf_are_no_mistakes() {
    let home = home_with_connection();
    let script = "\u{feff}\r\n-- a comment\r\nDROP CONNECTION\r\n  was;\r\n\\format csv\r\nSHOW CONNECTIONS;\r\n";
    on_catalog(&home).stdin(script).run().status(0).out_has("name,endpoint");
    let file = home.write("bom.sql", "\u{feff}DROP CONNECTION nobody;\r\n");
    on_catalog(&home).arg("-f").arg(file).run().status(1).err_has("bom.sql:1:17");
}

#[test]
fn a_statement_over_16_mib_is_refused_and_the_next_one_runs() {
    let home = home_with_connection();
    let long = format!("ALTER REDSHIFT CONNECTION was SET COMMENT = '{}';\n", "é".repeat(9 << 20));
    let done = on_catalog(&home)
        .args(["--on-error", "continue"])
        .stdin(format!(
            "-- one\n{long}SELECT comment FROM system.information_schema.connections;\n"
        ))
        .run()
        .status(1);
    done.err_has("the statement is longer than 16 MiB")
        .err_has("54000")
        .err_has("stdin:2:1, statement 1")
        .out_has("as it was");

    let most = (16 << 20) - "ALTER REDSHIFT CONNECTION was SET COMMENT = '';".len();
    let longest = format!("ALTER REDSHIFT CONNECTION was SET COMMENT = '{}';\n", "x".repeat(most));
    on_catalog(&home).stdin(longest).run().status(0);
    let length = sqlite3(&home.file("catalog.db"), "SELECT length(comment) FROM connection");
    assert_eq!(length, most.to_string());
}

#[test]
fn nesting_over_1000_is_refused() {
    let nested =
        |depth: usize, open: &str, close: &str| open.repeat(depth) + "1" + &close.repeat(depth);
    for (open, close) in [("(", ")"), ("/*", "*/")] {
        refused(format!("SELECT {} 1;\n", nested(1_001, open, close)))
            .err_has("nested deeper than 1000")
            .err_has("54000")
            .err_has("stdin:1:");
    }
    let home = home_with_connection();
    for deepest in [nested(1_000, "/*", "*/") + " 1", nested(1_000, "(", ")") + " AS one"] {
        on_catalog(&home).stdin(format!("SELECT {deepest};\n")).run().status(0);
    }
}

#[test]
fn a_closed_output_ends_redwire_quietly_and_a_closed_error_stream_is_no_error() {
    let home = home_with_connection();
    let shell = |script: &str| -> Done {
        home.command("bash")
            .args(["-c", script])
            .env("REDWIRE", REDWIRE)
            .env("REDWIRE_CATALOG", "catalog.db")
            .env("REDWIRE_SECRET_STORE", "memory")
            .stdin(Stdio::null())
            .output()
            .expect("bash runs")
            .into()
    };
    // The reader is gone before the first row.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let gone = home
        .command(REDWIRE)
        .args(["--secret-store", "memory", "--catalog", "catalog.db"])
        .args(["-c", "SHOW CONNECTIONS", "-c", "DROP CONNECTION was"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .stdin(Stdio::null())
        .output()
        .expect("redwire runs");
    let gone = Done::from(gone).status(1);
    assert_eq!(gone.err, "", "it ends quietly, and nothing more is run");
    // From the start: whatever is opened next must not take the number of the stream that is
    // missing.
    for closed in [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        shell(&format!(
            "$REDWIRE -c \"ALTER REDSHIFT CONNECTION was SET COMMENT = '{closed}'\" -c 'SHOW CONNECTIONS' {closed}"
        ))
        .status(0);
        let comment = sqlite3(
            &home.file("catalog.db"),
            "PRAGMA integrity_check; SELECT comment FROM connection",
        );
        assert_eq!(comment, format!("ok\n{closed}"));
        shell(&format!("$REDWIRE -c 'DROP CONNECTION nobody' {closed}")).status(1);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let home = home_with_connection();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("/dev/full"));
    let run = |arguments: &[&str]| -> Done {
        home.command(REDWIRE)
            .args(["--catalog", "catalog.db"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(full())
            .stderr(Stdio::piped())
            .output()
            .expect("redwire runs")
            .into()
    };
    run(&["-c", "SHOW CONNECTIONS"])
        .status(2)
        .err_has("could not write the standard output")
        .err_has("No space left on device")
        .err_has("58030");
    run(&["-c", "\\h"]).status(2);
    run(&["-c", "\\o /dev/full\nSHOW CONNECTIONS"])
        .status(2)
        .err_has("could not write /dev/full");
    run(&["-c", "\\o missing/x.csv"])
        .status(2)
        .err_has("could not write missing/x.csv");
}

/// A full disk makes the statement fail as a whole, and leaves the catalog as it was.
#[track_caller]
fn assert_full(done: Done, catalog: &Path) {
    done.status(1)
        .err_has("the disk of the catalog")
        .err_has("is full")
        .err_has("53100")
        .err_has("make room");
    let state = sqlite3(catalog, "PRAGMA integrity_check; SELECT name, comment FROM connection");
    assert_eq!(state, "ok\nwas|as it was");
}

/// A change that needs more room than is left.
fn large_change() -> String {
    format!("ALTER REDSHIFT CONNECTION was SET COMMENT = '{}';\n", "x".repeat(4 << 20))
}

#[test]
fn a_file_that_may_not_grow_is_a_full_disk() {
    let home = home_with_connection();
    let script = home.write("large.sql", large_change());
    // 1 MiB, in blocks of 512 or 1024 bytes. With the signal ignored, a write over the limit fails.
    let limited = "trap '' XFSZ; ulimit -f 1024; exec \"$0\" --secret-store memory --catalog catalog.db -f \"$1\"";
    let done: Done = home
        .command("sh")
        .args(["-c", limited, REDWIRE])
        .arg(script)
        .output()
        .expect("sh runs")
        .into();
    assert_full(done, &home.file("catalog.db"));
}

#[test]
fn a_full_file_system_is_a_full_disk() {
    let home = Home::new();
    // A small file system, seen by this shell and its children only.
    let script = format!(
        "mount -t tmpfs -o size=1m none small && cd small && \"$0\" --secret-store memory --catalog catalog.db -c \"{}\" \
         && exec 3<catalog.db && \"$0\" --secret-store memory --catalog catalog.db -f ../large.sql; \
         status=$?; cp catalog.db* ..; exit $status",
        WAS.trim_end()
    );
    home.write("large.sql", large_change());
    std::fs::create_dir(home.file("small")).unwrap();
    let own_mounts: &[&str] = &["--user", "--map-root-user", "--mount"];
    let may_mount = home
        .command("unshare")
        .args(own_mounts)
        .arg("true")
        .status()
        .is_ok_and(|status| status.success());
    if !may_mount {
        cannot_run("this machine lets no user make mounts of their own (unshare --user --mount)");
        return;
    }
    let done: Done = home
        .command("unshare")
        .args(own_mounts)
        .args(["sh", "-c", &script, REDWIRE])
        .output()
        .expect("unshare runs")
        .into();
    assert_full(done, &home.file("catalog.db"));
}

/// redwire, held to permission bits also where the tests run as root.
fn under_permissions(home: &Home, statement: &str) -> Done {
    let is_root = std::fs::metadata(home.path()).expect("the home").uid() == 0;
    let mut command = if is_root {
        let mut command = home.command("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search", REDWIRE]);
        command
    } else {
        home.command(REDWIRE)
    };
    command
        .args(["--secret-store", "memory", "--catalog", "folder/catalog.db", "-c", statement])
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
        .into()
}

/// A home with a catalog in a folder of its own; the file and the folder get these modes.
fn protected(file: u32, folder: u32) -> Home {
    let home = Home::new();
    home.redwire(["--secret-store", "memory", "--catalog", "folder/catalog.db"])
        .stdin(WAS)
        .run()
        .status(0);
    set_mode(&home.file("folder/catalog.db"), file);
    set_mode(&home.file("folder"), folder);
    home
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the mode is set");
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_catalog_that_is_read_only_can_be_read_and_not_changed() {
    for (file, folder) in [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)] {
        let home = protected(file, folder);
        let bytes = std::fs::read(home.file("folder/catalog.db")).unwrap();
        under_permissions(
            &home,
            "SHOW CONNECTIONS; SELECT count(*) FROM system.information_schema.connections",
        )
        .status(0)
        .out_has("as it was");
        for change in [
            "ALTER REDSHIFT CONNECTION was SET COMMENT = 'new'",
            // Nobody is asked for a password that cannot be kept.
            "ALTER REDSHIFT CONNECTION was SET PASSWORD = PROMPT",
            "DROP CONNECTION was",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p'",
            "BEGIN; DROP CONNECTION was; COMMIT",
        ] {
            under_permissions(&home, change)
                .status(1)
                .err_has("the catalog folder/catalog.db is read-only")
                .err_has("25006")
                .err_has("give yourself the right to write");
        }
        set_mode(&home.file("folder"), 0o700);
        assert_eq!(
            std::fs::read(home.file("folder/catalog.db")).unwrap(),
            bytes,
            "{file:o} {folder:o}"
        );
    }
}

#[test]
fn a_folder_that_cannot_be_written_takes_no_catalog() {
    let home = Home::new();
    std::fs::create_dir(home.file("folder")).unwrap();
    set_mode(&home.file("folder"), 0o500);
    under_permissions(&home, "SHOW CONNECTIONS").status(0).out_has("(0 rows)");
    under_permissions(&home, WAS)
        .status(2)
        .err_has("could not open the catalog folder/catalog.db")
        .err_has("Permission denied")
        .err_has("58030")
        .err_has("--ephemeral");
    set_mode(&home.file("folder"), 0o700);
    assert!(names_in(&home.file("folder")).is_empty());
}

#[test]
fn a_catalog_that_may_not_be_opened_is_unusable() {
    for (file, folder) in [(0o000, 0o700), (0o600, 0o000)] {
        let home = protected(file, folder);
        under_permissions(&home, "SHOW CONNECTIONS")
            .status(2)
            .err_has("could not open the catalog folder/catalog.db")
            .err_has("58030");
        set_mode(&home.file("folder"), 0o700);
    }
    let home = Home::new();
    home.redwire(["--catalog", "tmp", "-c", "SHOW CONNECTIONS"])
        .run()
        .status(2)
        .err_has("could not open the catalog tmp")
        .err_has("58030");
    home.redwire(["--catalog", "", "-c", "SHOW CONNECTIONS"]).run().status(2);
}

/// Makes a file out of a good catalog.
type Spoil = fn(&Path);

fn overwrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).expect("the catalog");
    change(&mut bytes);
    std::fs::write(path, bytes).expect("the catalog");
}

/// The bytes of a page of the catalog.
const PAGE: usize = 4096;

const NOT_SQLITE: &str = "is not an SQLite database";
const DAMAGED: &str = "catalog.db is damaged";

/// The damage to the file, its name, and redwire's message.
const SPOILT: &[(&str, Spoil, &str, &str)] = &[
    (
        "a text",
        |path| overwrite(path, |bytes| *bytes = b"redwire\n".repeat(1000)),
        NOT_SQLITE,
        "XX000",
    ),
    (
        "a word",
        |path| overwrite(path, |bytes| *bytes = b"redwire\n".to_vec()),
        NOT_SQLITE,
        "XX000",
    ),
    ("zeros", |path| overwrite(path, |bytes| bytes.fill(0)), NOT_SQLITE, "XX000"),
    (
        "a broken header",
        |path| overwrite(path, |bytes| bytes[..16].fill(b'x')),
        NOT_SQLITE,
        "XX000",
    ),
    (
        "another program's",
        |path| {
            std::fs::remove_file(path).expect("the catalog");
            sqlite3(path, "CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('x');");
        },
        "is not a catalog of redwire",
        "XX000",
    ),
    (
        "another program's, with a mark and a log of its own",
        |path| {
            std::fs::remove_file(path).expect("the catalog");
            sqlite3(
                path,
                "PRAGMA journal_mode = WAL; PRAGMA application_id = 5; PRAGMA user_version = 1;",
            );
        },
        "is not a catalog of redwire",
        "XX000",
    ),
    (
        "a newer redwire's",
        |path| drop(sqlite3(path, "PRAGMA user_version = 99")),
        "is of version 99",
        "0A000",
    ),
    (
        "overwritten pages",
        |path| overwrite(path, |bytes| bytes[PAGE..].fill(0xff)),
        DAMAGED,
        "XX000",
    ),
    (
        "an overwritten schema",
        |path| overwrite(path, |bytes| bytes[100..PAGE].fill(0xff)),
        DAMAGED,
        "XX000",
    ),
    (
        "half of it",
        |path| overwrite(path, |bytes| bytes.truncate(bytes.len() / 2)),
        DAMAGED,
        "XX000",
    ),
    (
        "its first page",
        |path| overwrite(path, |bytes| bytes.truncate(PAGE)),
        DAMAGED,
        "XX000",
    ),
    (
        "a part of a page",
        |path| overwrite(path, |bytes| bytes.truncate(1000)),
        "catalog.db",
        "XX000",
    ),
    (
        "its header",
        |path| overwrite(path, |bytes| bytes.truncate(100)),
        "catalog.db",
        "XX000",
    ),
];

/// A misplaced quote cuts a statement in two, and the second piece has a part of the password.
#[test]
fn a_word_that_may_be_of_a_password_is_not_repeated() {
    let said =
        |script: &str| Home::new().redwire(["--ephemeral", "-c", script]).run().status(1).err;
    assert!(said("SHOW hunter2").contains("at or near \"hunter2\""));
    assert!(said("hunter2").contains("at or near \"hunter2\""));
    for script in [
        "CREATE USER u PASSWORD 'a'; hunter2",
        "CREATE USER u PASSWORD 'a'; SHOW hunter2",
        "SHOW hunter2 PASSWORD 'x'",
        "hunter2 identified by x",
    ] {
        assert!(!said(script).contains("hunter2"), "{script}");
    }
}

#[test]
fn a_file_that_is_no_catalog_or_is_damaged_is_refused_untouched() {
    for (what, spoil, message, state) in SPOILT {
        let home = home_with_connection();
        let catalog = home.file("catalog.db");
        spoil(&catalog);
        let bytes = std::fs::read(&catalog).unwrap();
        for statement in ["SHOW CONNECTIONS", "DESCRIBE CONNECTION was", "DROP CONNECTION was", WAS]
        {
            let done = on_catalog(&home).args(["-c", statement]).run();
            assert_eq!(done.status, 2, "{what}: {statement}: {done:?}");
            assert!(
                done.err.contains(message) && done.err.contains(state),
                "{what}: {statement}: {done:?}"
            );
            assert!(done.err.contains("hint"), "{what}: {done:?}");
            assert!(
                std::fs::read(&catalog).unwrap() == bytes,
                "{what}: {statement} has changed the file"
            );
        }
        let beside: Vec<String> = names_in(home.path())
            .into_iter()
            .filter(|name| name.starts_with("catalog.db"))
            .collect();
        assert_eq!(beside, ["catalog.db"], "{what}");
    }
}

#[test]
fn a_hint_for_what_stands_in_the_wrong_place_can_be_typed() {
    for (statement, hint) in [
        (
            "SELECT * FROM connection;",
            "did you mean system.information_schema.connections?",
        ),
        ("SELECT * FROM public.orders;", "\\connect NAME goes to a warehouse"),
        ("INSERT INTO orders VALUES (1);", "\\connect NAME goes to one"),
        ("CREATE VIEW v AS SELECT 1;", "\\connect NAME goes to one"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1;", "\\connect NAME goes to one"),
        ("selct 1;", "did you mean SELECT?"),
        ("frobnicate;", "\\h lists the statements"),
        ("\\conninfo", "\\connect NAME goes to one"),
        ("\\connect my-conn", "in double quotes: \"my-conn\""),
        ("\\tree my-conn", "in double quotes: \"my-conn\""),
    ] {
        refused(format!("{statement}\n")).err_has(hint);
    }
    for (arguments, tip) in [
        (&["nofile.sql"][..], "-f nofile.sql"),
        (&["connect", "pg", "nofile.sql"], "-f nofile.sql"),
        (&["connect", "pg", "select 1"], "-c 'select 1'"),
        (&["SHOW CONNECTIONS"], "-c 'SHOW CONNECTIONS'"),
    ] {
        let done = Home::new().redwire(arguments).run().status(2);
        assert!(done.err.contains(tip) && !done.err.contains("***"), "{}", done.err);
    }
}
