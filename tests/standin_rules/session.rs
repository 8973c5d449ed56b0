//! Login, and what a session is told of the server.

use super::{ask, psql, start};
use crate::standin::StandIn;
use crate::support::postgres::{MD5_USER, User, Wire, succeeded};

#[test]
fn it_calls_itself_redshift() {
    let Some(standin) = start() else {
        return;
    };
    let version = ask(&standin, &["SELECT version()"]).expect("a version");
    assert!(version.starts_with("PostgreSQL 8.0.2 on i686-pc-linux-gnu"), "{version}");
    assert!(version.contains(", Redshift 1.0."), "{version}");
    assert_eq!(ask(&standin, &["SHOW server_version"]).as_deref(), Ok("8.0.2"));
    assert_eq!(
        ask(&standin, &[r"\echo :SERVER_VERSION_NAME :SERVER_VERSION_NUM"]).as_deref(),
        Ok("8.0.2 80002")
    );
}

#[test]
fn redshifts_own_parameters_can_be_set() {
    let Some(standin) = start() else {
        return;
    };
    let said = ask(
        &standin,
        &["SET query_group TO 'nightly'", "SHOW query_group", "RESET query_group"],
    );
    assert_eq!(said.as_deref(), Ok("SET\nnightly\nRESET"));
    let mut command = standin.psql(MD5_USER);
    command
        .env("PGOPTIONS", "-c search_path=pg_catalog")
        .env("PGSSLMODE", "disable");
    let output = command.args(["-Atc", "SHOW search_path"]).output().expect("psql runs");
    assert_eq!(succeeded(&output), "pg_catalog");
}

#[test]
fn a_login_without_the_right_password_is_28000() {
    let Some(standin) = start() else {
        return;
    };
    for user in [User { password: "wrong", ..MD5_USER }, User { name: "nobody", ..MD5_USER }] {
        let said = psql(&standin, user, &["SELECT 1"]).expect_err("it is refused");
        let expected = format!("FATAL:  password authentication failed for user \"{}\"", user.name);
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn startup_parameters_that_redshift_does_not_have_are_fatal() {
    let Some(standin) = start() else {
        return;
    };
    for (options, expected) in [
        (
            "-c standard_conforming_strings=on",
            "FATAL:  unrecognized configuration parameter \"standard_conforming_strings\"",
        ),
        (
            "-c no_such_parameter=on",
            "FATAL:  unrecognized configuration parameter \"no_such_parameter\"",
        ),
    ] {
        let mut command = standin.psql(MD5_USER);
        command.env("PGOPTIONS", options).env("PGSSLMODE", "disable");
        let output = command.args(["-c", "SELECT 1"]).output().expect("psql runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn tls_is_in_front_where_it_is_asked_for() {
    let (Some(plain), Some(tls)) = (start(), StandIn::start(Wire::Tls)) else {
        return;
    };
    let ask = |standin: &StandIn, sslmode: &str| {
        let mut command = standin.psql(MD5_USER);
        command.env("PGSSLMODE", sslmode).env("PGSSLROOTCERT", standin.authority());
        command
            .args(["-Atc", "SELECT repeat('x', 100000)"])
            .output()
            .expect("psql runs")
    };
    assert_eq!(succeeded(&ask(&tls, "verify-full")).len(), 100_000);
    assert_eq!(succeeded(&ask(&tls, "disable")).len(), 100_000);
    let refused = ask(&plain, "require");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("server does not support SSL"),
        "{refused:?}"
    );
}
