//! Sessions through the stand-in: what Redshift has and PostgreSQL has not.

use std::time::Duration;

use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{Cancel, Stage, WarehouseError};

use super::recorder::{Recorder, ask, cell, complaint, run};
use super::{open, refusal};
use crate::standin::{Fault, StandIn, TOKEN_USER};
use crate::support::postgres::{CLEAR_USER, DIGEST_USER, MD5_USER, User, Wire};

fn trusting(standin: &StandIn) -> String {
    format!("?sslrootcert={}", standin.authority().display())
}

#[test]
fn users_log_in_by_digest_md5_and_clear_text() {
    let Some(standin) = StandIn::start(Wire::Tls) else {
        return;
    };
    for (user, method) in [
        (DIGEST_USER, "SHA-256 digest"),
        (MD5_USER, "md5"),
        (CLEAR_USER, "clear-text password"),
    ] {
        let (mut session, stages) =
            open(&standin.url("localhost", &trusting(&standin)), user).expect("a session");
        assert_eq!(stages.last().expect("the login").detail, method);
        assert!(cell(&mut session, "SELECT version()").contains("Redshift"));
    }
}

#[test]
fn a_wrong_password_is_refused_whatever_the_way() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    for user in [DIGEST_USER, MD5_USER] {
        let wrong = User { password: "wrong", ..user };
        let error = refusal(&standin.url("127.0.0.1", "?ssl=false"), wrong);
        assert!(matches!(error, WarehouseError::Server { stage: Stage::Login, .. }), "{error:?}");
        assert!(error.hint().expect("a hint").contains("SET PASSWORD"), "{error:?}");
    }
}

#[test]
fn a_login_by_token_is_refused_by_name() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let error = refusal(&standin.url("127.0.0.1", "?ssl=false"), TOKEN_USER);
    let expected = "authentication method identity token (code 14) not supported";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_backslash_in_a_literal_is_doubled_where_the_server_does_not_say_what_it_means() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let (mut session, _) =
        open(&standin.url("127.0.0.1", "?ssl=false"), DIGEST_USER).expect("a session");
    assert_eq!(session.parameter("standard_conforming_strings"), None);
    let text = "it's \\' ; DROP TABLE t; -- \\";
    let literal = session.quote_literal(text);
    assert_eq!(cell(&mut session, &format!("SELECT {literal}")), text);
}

#[test]
fn the_query_group_of_the_url_is_set() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let url = standin.url("127.0.0.1", "?ssl=false&queryGroup=it's%20etl");
    let (mut session, _) = open(&url, DIGEST_USER).expect("a session");
    assert_eq!(cell(&mut session, "SHOW query_group"), "it's etl");
}

#[test]
fn a_serialization_failure_is_the_servers_error() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let (mut session, _) =
        open(&standin.url("127.0.0.1", "?ssl=false"), DIGEST_USER).expect("a session");
    standin.inject(Fault::Serialization, "meets another");
    let error = complaint(&mut session, "SELECT 1 -- meets another");
    assert_eq!((error.code.as_str(), error.message.as_str()), ("XX000", "1023"));
    assert!(error.detail.is_some());
    ask(&mut session, "SELECT 1");
}

#[test]
fn a_lost_connection_is_told_as_such() {
    let Some(standin) = StandIn::start(Wire::Tls) else {
        return;
    };
    for fault in [Fault::Statement, Fault::Answer] {
        let (mut session, _) =
            open(&standin.url("localhost", &trusting(&standin)), DIGEST_USER).expect("a session");
        standin.inject(fault, "is lost");
        let error = run(&mut session, "SELECT 1 -- is lost").1.expect_err("the end");
        assert_eq!(error, WarehouseError::Closed { stage: Stage::Query }, "{fault:?}");
        assert!(session.is_lost());
    }
}

#[test]
fn a_statement_that_is_never_answered_ends_with_its_limit() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let (mut session, _) =
        open(&standin.url("127.0.0.1", "?ssl=false&socketTimeout=1"), DIGEST_USER)
            .expect("a session");
    standin.inject(Fault::Silence, "is swallowed");
    let error = run(&mut session, "SELECT 1 -- is swallowed").1.expect_err("a limit");
    let limit = Duration::from_secs(1);
    assert_eq!(error, WarehouseError::Silent { stage: Stage::Query, limit });
}

#[test]
fn a_query_is_cancelled_over_tls() {
    let Some(standin) = StandIn::start(Wire::Tls) else {
        return;
    };
    let (mut session, _) =
        open(&standin.url("localhost", &trusting(&standin)), DIGEST_USER).expect("a session");
    let cancel = Cancel::default();
    let outcome = std::thread::scope(|scope| {
        let query = scope.spawn(|| {
            session.query("SELECT pg_sleep(600)", &mut Recorder::default(), None, &cancel)
        });
        let running = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        while standin.database().administer(running) != "1" {}
        cancel.set();
        query.join().expect("the query ends")
    });
    assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
    assert_eq!(cell(&mut session, "SELECT 1"), "1");
}
