//! WITH TEST, tests in a transaction, and trial runs.

use super::{REFUSING_PORT, create, mends, plain, redwire, server};
use crate::support::home::Home;
use crate::support::postgres::{MD5_USER, User};
use crate::support::sqlite::dump;
use crate::support::terminal::Terminal;

#[test]
fn with_test_keeps_nothing_where_the_test_fails() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let wrong = User { password: "wr0ng-pass", ..MD5_USER };
    let refused = create("sales", &url, wrong) + "\nWITH TEST;\n";
    let done = redwire(&home).stdin(refused).run().status(1).nowhere("wr0ng-pass");
    let done = done.err_has("28P01").err_has("write PASSWORD = PROMPT");
    assert_eq!(done.out, "");
    let listed = redwire(&home).stdin("SHOW CONNECTIONS;\n").run().status(0);
    assert_eq!(listed.out, "");

    let made = redwire(&home)
        .stdin(create("sales", &url, MD5_USER) + "\nWITH TEST;\n")
        .run()
        .status(0);
    made.err_has("CREATE CONNECTION")
        .err_has("the test of connection sales passed")
        .err_has("is not Redshift");
    let before = dump(&home.file("c.db"));
    for (change, status, state) in [
        ("SET PASSWORD = 'wr0ng-pass'", 1, "28P01"),
        ("SET USER_NAME = 'nobody'", 1, "28"),
        ("SET CONNECTION_STRING = 'jdbc:redshift://warehouse.invalid/dev'", 3, "08001"),
    ] {
        let alter =
            format!("ALTER REDSHIFT CONNECTION sales {change} RENAME TO other WITH TEST;\n");
        redwire(&home).stdin(alter).run().status(status).err_has(state);
        assert_eq!(dump(&home.file("c.db")), before, "{change}");
    }
    mends(&home, "ALTER REDSHIFT CONNECTION sales SET COMMENT = 'tested' WITH TEST");
    assert_ne!(dump(&home.file("c.db")), before);
}

#[test]
fn a_wrong_password_that_was_asked_for_is_not_answered_with_the_advice_to_be_asked() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory"], &[]);
    let statement = create("sales", &url, MD5_USER);
    let (options, _) = statement.rsplit_once("PASSWORD").unwrap();
    for left in ["PASSWORD = PROMPT ", ""] {
        terminal
            .submit(&format!("{options}{left}WITH TEST;"))
            .wait_for("Password for connection sales: ")
            .line("wr0ng-pass")
            .wait_for("28P01")
            .wait_for("run the statement again")
            .wait_for("redwire> ");
    }
    assert!(!terminal.end().contains("write PASSWORD"));
}

#[test]
fn in_a_transaction_a_test_sees_what_is_not_yet_kept_and_its_failure_undoes_all() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let script = format!(
        "BEGIN;\n{};\nTEST CONNECTION sales;\nCOMMIT;\n",
        create("sales", &url, MD5_USER)
    );
    redwire(&home).stdin(script).run().status(0);
    let refused = format!("jdbc:redshift://127.0.0.1:{REFUSING_PORT}/dev");
    let create = create("gone", &refused, MD5_USER);
    let script = format!(
        "BEGIN;\n{create};\n\\expect 08001\nTEST CONNECTION gone;\n\\expect 25P02\nSHOW SESSIONS;\nROLLBACK;\n"
    );
    redwire(&home).stdin(script).run().status(0);
    let listed = redwire(&home).stdin("SHOW CONNECTIONS LIKE 'gone';\n").run().status(0);
    assert_eq!(listed.out, "");
}

#[test]
fn a_trial_opens_nothing() {
    let (accepted, is_accepted) = std::sync::mpsc::channel();
    let port = server(move |stream| drop(accepted.send(stream)));
    let home = Home::new();
    let url = format!("jdbc:redshift://127.0.0.1:{port}/dev?sslmode=disable");
    redwire(&home).stdin(create("sales", &url, MD5_USER) + ";\n").run().status(0);
    let script = "TEST CONNECTION sales;\nTEST CONNECTIONS;\nALTER REDSHIFT CONNECTION sales SET USER_NAME = 'u' WITH TEST;\n\
                  CREATE OR REPLACE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
                  PASSWORD = 'p' WITH TEST;\n";
    let done = redwire(&home).arg("--dry-run").stdin(script).run().status(0);
    assert_eq!(done.err.matches("connection sales would be tested").count(), 4, "{done:?}");
    assert_eq!(done.out, "");
    assert!(is_accepted.try_recv().is_err());
    assert!(!home.file("c.db.slots").exists());
    let missing = redwire(&home).arg("--dry-run").stdin("TEST CONNECTION sale;\n").run();
    missing.status(1).err_has("42704").err_has("did you mean sales?");
}
