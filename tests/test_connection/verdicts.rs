//! The output of TEST CONNECTION: rows, verdicts, several connections, an interrupt.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use super::{REFUSING_PORT, STAGES, create, failed_row, plain, redwire, redwire_in, rows, server};
use crate::standin::StandIn;
use crate::support::home::{Done, Home};
use crate::support::postgres::{MD5_USER, SCRAM_USER, User, Wire};

#[test]
fn a_connection_that_works_passes_every_stage() {
    let Some(standin) = StandIn::start(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let url = standin.url("localhost", &format!("?sslrootcert={}", standin.authority().display()));
    let create = create("sales", &url, MD5_USER);
    let script = format!("{create} MAX_CONCURRENT_CONNECTIONS = 4;\nTEST CONNECTION sales;\n");
    let done = redwire(&home).stdin(script).run().status(0).nowhere(MD5_USER.password);
    let rows = rows(&done);
    assert_eq!(rows.len(), STAGES.len(), "{done:?}");
    for (row, stage) in rows.iter().zip(STAGES) {
        assert_eq!(
            (row["stage"].as_str(), row["verdict"].as_str()),
            (Some(stage), Some("ok")),
            "{row}"
        );
        assert!(
            row["ms"].is_number() && row["fix"].is_null() && row.get("connection").is_none(),
            "{row}"
        );
    }
    assert_eq!(rows[1]["detail"], "store: vault");
    assert_eq!(rows[2]["detail"], "slot 1 of 4");
    assert!(
        rows[7]["detail"].as_str().expect("a version").starts_with("Redshift 1."),
        "{done:?}"
    );
    assert!(rows[8]["detail"].as_str().expect("limits").starts_with("4 here, "), "{done:?}");
}

#[test]
fn another_server_than_redshift_is_a_warning_and_no_failure() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let script = format!("{};\nTEST CONNECTION sales;\n", create("sales", &url, SCRAM_USER));
    let done = redwire(&home).stdin(script).run().status(0);
    let rows = rows(&done);
    assert_eq!(rows[5]["verdict"], "skipped");
    assert_eq!(rows[5]["detail"], "the URL turns TLS off");
    assert_eq!(rows[7]["verdict"], "warning");
    assert!(
        rows[7]["detail"].as_str().expect("a version").contains("PostgreSQL"),
        "{done:?}"
    );
    assert!(rows[7]["fix"].is_string(), "{done:?}");
}

#[test]
fn a_limit_above_that_of_the_server_is_a_warning_whose_fix_works() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let create = create("sales", &url, MD5_USER);
    let script = format!("{create} MAX_CONCURRENT_CONNECTIONS = 2000;\nTEST CONNECTION sales;\n");
    let row = rows(&redwire(&home).stdin(script).run().status(0))[8].clone();
    assert_eq!(row["verdict"], "warning");
    let fix = row["fix"].as_str().expect("a fix");
    let done = redwire(&home)
        .stdin(format!("{fix};\nTEST CONNECTION sales;\n"))
        .run()
        .status(0);
    assert_eq!(rows(&done)[8]["verdict"], "ok");
}

#[test]
fn every_connection_is_tested_whatever_becomes_of_the_others() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let wrong = User { password: "wr0ng-pass", ..MD5_USER };
    let refused = format!("jdbc:redshift://127.0.0.1:{REFUSING_PORT}/dev");
    let script = [
        create("a", &refused, MD5_USER),
        create("b", &url, wrong),
        create("c", &url, MD5_USER),
    ];
    redwire(&home).stdin(script.join(";\n") + ";\n").run().status(0);
    let verdicts = |done: &Done, name: &str| {
        let of = rows(done).into_iter().filter(|row| row["connection"] == name);
        of.map(|row| row["verdict"].as_str().expect("a verdict").to_owned())
            .collect::<Vec<_>>()
    };
    let done = redwire(&home).stdin("TEST CONNECTIONS;\n").run().status(1);
    let done = done
        .err_has("connection \\\"b\\\": ")
        .err_has("2 of 3 connections failed")
        .err_has("28P01");
    assert!(verdicts(&done, "a").contains(&"failed".to_owned()));
    assert!(verdicts(&done, "b").contains(&"failed".to_owned()));
    assert_eq!(verdicts(&done, "c").len(), STAGES.len());
    assert!(!verdicts(&done, "c").contains(&"failed".to_owned()));

    // A failure that another try does not mend counts more, wherever it stands.
    let run = |script: &str| redwire(&home).stdin(script).run();
    run("TEST CONNECTION b, a;\n").status(1).err_has("28P01");
    run("TEST CONNECTION a, c;\n").status(3).err_has("08001");
    redwire(&home).stdin("TEST CONNECTIONS LIKE 'C';\n").run().status(0);
    let none = redwire(&home).stdin("TEST CONNECTIONS LIKE 'z%';\n").run().status(0);
    assert_eq!(none.out, "");
    let missing = redwire(&home)
        .stdin("TEST CONNECTION c, bb;\n")
        .run()
        .status(1)
        .err_has("42704");
    assert_eq!(missing.out, "");
}

#[test]
fn words_of_the_server_are_made_printable() {
    let port = server(|mut stream| {
        let _ = stream.read(&mut [0; 512]);
        let fields = b"SFATAL\0C28000\0Mgo \x1b[31maway\0\0";
        let length = u32::try_from(fields.len() + 4).expect("a short message");
        let _ = stream.write_all(&[b"E".as_slice(), &length.to_be_bytes(), fields].concat());
    });
    let home = Home::new();
    let url = format!("jdbc:redshift://127.0.0.1:{port}/dev?sslmode=disable");
    redwire(&home).stdin(create("sales", &url, MD5_USER) + ";\n").run().status(0);
    for format in ["table", "vertical", "json"] {
        let run = redwire_in(format, &home).stdin("TEST CONNECTION sales;\n");
        run.run().status(1).nowhere("\x1b").out_has("go ");
    }
}

#[test]
fn an_interrupt_ends_a_test_with_what_is_known() {
    let (accepted, is_accepted) = std::sync::mpsc::channel();
    let port = server(move |stream| drop(accepted.send(stream)));
    let home = Home::new();
    let url = format!("jdbc:redshift://127.0.0.1:{port}/dev?sslmode=disable");
    let script = create("sales", &url, MD5_USER) + ";\nTEST CONNECTION sales;\nSHOW CONNECTIONS;\n";
    home.write("script.sql", script);
    let mut command = home.interruptible();
    command.args([
        "--secret-store",
        "memory",
        "--catalog",
        "c.db",
        "--format",
        "jsonl",
        "-f",
        "script.sql",
    ]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(Stdio::null())
        .spawn();
    let child = child.expect("redwire starts");
    let _stream = is_accepted.recv().expect("a connection");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let done = Done::from(child.wait_with_output().expect("redwire ends"));
    let row = failed_row(&done);
    assert_eq!(
        (row["stage"].as_str(), row["detail"].as_str()),
        (Some("login"), Some("canceling statement due to user request"))
    );
    done.status(130).err_has("57014");
}

#[test]
fn the_rows_are_there_in_every_format() {
    let home = Home::new();
    let refused = format!("jdbc:redshift://127.0.0.1:{REFUSING_PORT}/dev");
    let make = create("a", &refused, MD5_USER) + ";\n" + &create("b", &refused, MD5_USER) + ";\n";
    redwire(&home).stdin(make).run().status(0);
    let test = |format| {
        let run = redwire_in(format, &home).stdin("TEST CONNECTION a, b;\n").run();
        run.status(3).nowhere(MD5_USER.password)
    };
    let json: serde_json::Value = serde_json::from_str(&test("json").out).expect("JSON");
    let rows = json.as_array().expect("rows");
    assert_eq!(rows.len(), 2 * STAGES.len());
    assert!(rows[4]["ms"].is_number() && rows[5]["ms"].is_null());
    let csv = test("csv").out;
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("connection,stage,verdict,ms,detail,fix"));
    assert_eq!(lines.filter(|line| line.contains(",failed,")).count(), 2, "{csv}");
    // A stage that was left out has no time, no detail and no fix.
    assert!(csv.contains("\na,tls,skipped,,,\n"), "{csv}");
}
