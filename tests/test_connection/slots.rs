//! The slot of a test, and what SHOW SESSIONS says of slots.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;

use redwire::warehouse::slots::{Claim, Purpose, Slots, Wanted};

use super::{Expected, check_failure, create, mends, plain, redwire, rows};
use crate::support::home::{Done, Home, REDWIRE};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::MD5_USER;

/// Takes the only slot of the first connection of the home's catalog.
fn take_slot(home: &Home) -> Claim {
    let wanted = Wanted {
        connection_id: 1,
        connection_name: "sales",
        limit: Some(1),
        count: 1,
        purpose: &Purpose::CONNECT,
    };
    Slots::at(home.file("c.db.slots")).take(&wanted).expect("the slot")
}

#[test]
fn a_slot_that_does_not_come_free() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let create = create("sales", &url, MD5_USER) + " MAX_CONCURRENT_CONNECTIONS = 1;\n";
    redwire(&home).stdin(create).run().status(0);
    let claim = take_slot(&home);
    let done = redwire(&home).args(["--wait", "1s"]).stdin("TEST CONNECTION sales;\n").run();
    let expected = Expected {
        stage: "slot",
        state: "53300",
        status: 3,
        fix: "SHOW SESSIONS OF CONNECTION sales",
    };
    let row = check_failure(done, &expected);
    let holder = format!("process {} (connect, since ", std::process::id());
    assert!(row["detail"].as_str().expect("a detail").contains(&holder), "{row}");
    assert!(row["ms"].as_f64().expect("a time") >= 1_000.0, "{row}");

    let listed = redwire(&home).stdin("SHOW SESSIONS OF CONNECTION sales;\n").run().status(0);
    let session = &rows(&listed)[0];
    assert_eq!(session["connection"], "sales");
    assert_eq!(session["slot"], 1);
    assert_eq!(session["process"], std::process::id());
    assert_eq!(session["what"], "connect");
    assert!(session["since"].is_string());
    drop(claim);
    mends(&home, "SHOW CONNECTIONS LIKE 'none'");
}

#[test]
fn a_test_waits_for_its_slot() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let create = create("sales", &url, MD5_USER) + " MAX_CONCURRENT_CONNECTIONS = 1;\n";
    redwire(&home).stdin(create).run().status(0);
    let claim = take_slot(&home);
    let mut command = home.command(REDWIRE);
    command.args(STORE).args(["--catalog", "c.db", "--format", "jsonl"]);
    command.args(["-c", "TEST CONNECTION sales"]).env(PASSPHRASE.0, PASSPHRASE.1);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("redwire starts");
    let mut line = String::new();
    let errors = child.stderr.as_mut().expect("its errors");
    BufReader::new(errors).read_line(&mut line).expect("UTF-8");
    assert!(line.contains("waiting for a slot of sales: in use by process "), "{line}");
    drop(claim);
    let done = Done::from(child.wait_with_output().expect("its end")).status(0);
    let detail = rows(&done)[2]["detail"].as_str().expect("a detail").to_owned();
    assert_eq!(detail, "slot 1 of 1, after waiting");
}

#[test]
fn a_session_is_over_before_its_slot_is_given_back() {
    let Some((database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    database.administer(&format!("ALTER DATABASE {} CONNECTION LIMIT 1", database.name()));
    let create = create("sales", &url, MD5_USER) + " MAX_CONCURRENT_CONNECTIONS = 1;\n";
    redwire(&home).stdin(create).run().status(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let script = "TEST CONNECTION sales;\n".repeat(8);
                redwire(&home).stdin(script).run().status(0);
            });
        }
    });
}

#[test]
fn show_sessions_makes_nothing_and_asks_no_secret_store() {
    let home = Home::new();
    // There is no keyring in reach.
    let run = |script: &str| {
        let keyring =
            home.redwire(["--secret-store", "keyring", "--catalog", "c.db", "--format", "jsonl"]);
        keyring.stdin(script).run()
    };
    assert_eq!(run("SHOW SESSIONS;\n").status(0).out, "");
    assert!(!home.file("c.db").exists() && !home.file("c.db.slots").exists());
    run("SHOW SESSIONS OF CONNECTION sales;\n").status(1).err_has("42704");

    let in_memory = |script: &str| {
        let memory = home.redwire(["--secret-store", "memory", "--catalog", "c.db"]);
        memory.stdin(script).run().status(0)
    };
    in_memory(&(create("sales", "jdbc:redshift://h/d", MD5_USER) + ";\n"));
    let _claim = take_slot(&home);
    in_memory("ALTER REDSHIFT CONNECTION sales RENAME TO marts;\n");
    assert_eq!(rows(&run("SHOW SESSIONS;\n").status(0))[0]["connection"], "marts");
    in_memory("DROP CONNECTION marts;\n");
    // It is called what it was called when its session began.
    assert_eq!(rows(&run("SHOW SESSIONS;\n").status(0))[0]["connection"], "sales");
}
