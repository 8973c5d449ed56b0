//! Failures before the server and at its door: secret, login.

use super::{
    Expected, check_failure, create, failed_row, fails, fix_works, mends, plain, redwire, rows,
    set_url, trusting,
};
use crate::standin::{StandIn, TOKEN_USER};
use crate::support::home::Home;
use crate::support::postgres::{CLEAR_USER, DIGEST_USER, MD5_USER, Postgres, TLS_USER, User, Wire};

const WRONG: User = User { password: "wr0ng-pass", ..MD5_USER };

#[test]
fn a_login_that_redwire_does_not_have() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let expected = Expected {
        stage: "login",
        state: "0A000",
        status: 1,
        fix: "a database user who has a password",
    };
    fails(&Home::new(), &standin.url("127.0.0.1", "?ssl=false"), TOKEN_USER, &expected);
}

#[test]
fn a_wrong_password_as_postgresql_and_as_redshift_report_it() {
    let (Some((_database, postgres)), Some(standin)) = (plain(), StandIn::start(Wire::Plain))
    else {
        return;
    };
    for (url, state) in [(postgres, "28P01"), (standin.url("127.0.0.1", "?ssl=false"), "28000")] {
        let home = Home::new();
        let expected = Expected {
            stage: "login",
            state,
            status: 1,
            fix: "SET PASSWORD = PROMPT",
        };
        let row = fails(&home, &url, WRONG, &expected);
        fix_works(&home, &row);
        let tls = rows(&redwire(&home).args(["-c", "TEST CONNECTION sales"]).run())
            .into_iter()
            .find(|row| row["stage"] == "tls");
        assert_eq!(tls.expect("a row")["detail"], "the URL turns TLS off");
    }
}

#[test]
fn a_user_whom_the_server_does_not_let_in() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let nobody = User { name: "nobody", ..CLEAR_USER };
    let script = format!("{};\nTEST CONNECTION sales;\n", create("sales", &url, nobody));
    let done = redwire(&home).stdin(script).run();
    let row = failed_row(&done);
    assert_eq!(row["stage"], "login");
    assert!(row["fix"].as_str().expect("a fix").contains("check USER_NAME"), "{row}");
    done.status(1);
}

#[test]
fn a_user_who_may_come_over_tls_only() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "login",
        state: "28000",
        status: 1,
        fix: "take sslmode and ssl out of CONNECTION_STRING",
    };
    fails(&home, &database.url("localhost", "?ssl=false"), TLS_USER, &expected);
    mends(&home, &set_url(&database.url("localhost", &trusting(database.server()))));
}

#[test]
fn a_user_whom_the_rules_of_the_server_keep_out() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let expected = Expected {
        stage: "login",
        state: "28000",
        status: 1,
        fix: "check USER_NAME and the database",
    };
    let url = database.url("localhost", &trusting(database.server()));
    fails(&Home::new(), &url, DIGEST_USER, &expected);
}

#[test]
fn a_database_that_is_not_there() {
    let Some((database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    let wrong = url.replace(database.name(), "nowhere");
    let expected = Expected {
        stage: "login",
        state: "3D000",
        status: 1,
        fix: "correct the database",
    };
    fails(&home, &wrong, MD5_USER, &expected);
    mends(&home, &set_url(&url));
}

#[test]
fn a_password_that_no_store_has() {
    let Some((_database, url)) = plain() else {
        return;
    };
    let home = Home::new();
    // The store in memory ends with its process.
    let in_memory = home.redwire(["--secret-store", "memory", "--catalog", "c.db"]);
    in_memory.stdin(create("sales", &url, MD5_USER) + ";\n").run().status(0);
    let done = redwire(&home).stdin("TEST CONNECTION sales;\n").run();
    let expected = Expected {
        stage: "secret",
        state: "28P01",
        status: 1,
        fix: "SET PASSWORD = PROMPT",
    };
    let row = check_failure(done, &expected);
    fix_works(&home, &row);
}
