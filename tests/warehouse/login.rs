//! Ways of logging in, and the options of the URL that a session begins with.

use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{Stage, TransactionStatus, WarehouseError};

use super::recorder::{cell, complaint};
use super::{open, plain_session, refusal};
use crate::support::postgres::{
    CLEAR_USER, MD5_USER, Postgres, SCRAM_USER, TRUSTED_USER, User, Wire,
};

#[test]
fn a_user_logs_in_by_whatever_the_server_asks_for() {
    for (wire, options, methods) in [
        (
            Wire::Plain,
            "?ssl=false",
            ["md5", "SCRAM-SHA-256", "clear-text password", "without a password"],
        ),
        (
            Wire::Tls,
            "?sslmode=require",
            ["md5", "SCRAM-SHA-256-PLUS", "clear-text password", "without a password"],
        ),
    ] {
        let Some(database) = Postgres::database(wire) else {
            return;
        };
        for (user, method) in
            [MD5_USER, SCRAM_USER, CLEAR_USER, TRUSTED_USER].into_iter().zip(methods)
        {
            let (mut session, stages) =
                open(&database.url("127.0.0.1", options), user).expect("a session");
            assert_eq!(stages.last().expect("the login").detail, method);
            assert_eq!(cell(&mut session, "SELECT current_user"), user.name);
            assert_eq!(cell(&mut session, "SELECT current_database()"), database.name());
        }
    }
}

#[test]
fn a_password_may_be_long_and_in_any_script() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let long = "p".repeat(900).leak();
    // SCRAM takes the last one in another form (RFC 4013): a ligature, a soft hyphen, a space of
    // its own kind.
    for (password, number) in
        [long, "пароль 密碼 🔑", "\\' OR 1; --", "ﬁ\u{ad}n\u{a0}x"].into_iter().zip(1..)
    {
        for (encryption, method) in [("md5", "md5"), ("scram-sha-256", "SCRAM-SHA-256")] {
            let name = format!("{method}_{number}").replace('-', "_").to_lowercase().leak();
            let literal = password.replace('\'', "''");
            database.administer(&format!(
                "SET password_encryption = '{encryption}'; CREATE ROLE {name} LOGIN PASSWORD '{literal}' IN ROLE everybody"
            ));
            let user = User { name, password, method };
            let (_, stages) =
                open(&database.url("127.0.0.1", "?ssl=false"), user).expect("a session");
            assert_eq!(stages.last().expect("the login").detail, method, "{password}");
        }
    }
}

#[test]
fn a_wrong_password_is_the_servers_error() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    for user in [MD5_USER, SCRAM_USER, CLEAR_USER] {
        let wrong = User { password: "not the p@ssword", ..user };
        let error = refusal(&database.url("127.0.0.1", "?ssl=false"), wrong);
        assert_eq!((error.sqlstate().code(), error.stage()), ("28P01", Stage::Login), "{error:?}");
        assert!(!format!("{error:?}{error}").contains("p@ssword"));
    }
}

#[test]
fn a_database_that_is_not_there_is_the_servers_error() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let url = database.url("127.0.0.1", "?ssl=false").replace(database.name(), "nowhere");
    let error = refusal(&url, TRUSTED_USER);
    assert_eq!((error.sqlstate().code(), error.stage()), ("3D000", Stage::Login), "{error:?}");
}

#[test]
fn each_stage_is_told_when_it_is_done() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let (session, stages) =
        open(&database.url("localhost", "?sslmode=require"), MD5_USER).expect("a session");
    let names: Vec<&str> = stages.iter().map(|reached| reached.stage.name()).collect();
    assert_eq!(names, ["dns", "tcp", "tls", "login"]);
    assert!(stages[0].detail.contains("127.0.0.1"), "{stages:?}");
    assert_eq!(stages[1].detail, session.peer().to_string());
    assert_eq!(stages[2].detail, "TLS 1.3, nothing verified");
}

#[test]
fn without_tls_there_is_no_such_stage() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let (_, stages) = open(&database.url("127.0.0.1", "?ssl=false"), MD5_USER).expect("a session");
    assert!(stages.iter().all(|reached| reached.stage != Stage::Tls));
}

#[test]
fn a_session_begins_with_the_options_of_the_url() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    assert_eq!(cell(&mut session, "SHOW application_name"), "redwire");
    assert_eq!(cell(&mut session, "SHOW client_encoding"), "UTF8");
    assert_eq!(cell(&mut session, "SHOW default_transaction_read_only"), "off");
    let Some((_database, mut session)) =
        plain_session("&ApplicationName=dbt%20run&currentSchema=raw,public&readOnly=true")
    else {
        return;
    };
    assert_eq!(cell(&mut session, "SHOW application_name"), "dbt run");
    assert_eq!(cell(&mut session, "SHOW search_path"), "raw,public");
    assert_eq!(complaint(&mut session, "CREATE TABLE t (n int)").code, "25006");
}

#[test]
fn a_setting_that_the_server_does_not_have_is_an_error_of_the_login() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    // query_group is Redshift's own.
    let error = refusal(&database.url("127.0.0.1", "?ssl=false&queryGroup=it's"), TRUSTED_USER);
    assert_eq!((error.sqlstate().code(), error.stage()), ("42704", Stage::Login), "{error:?}");
}

#[test]
fn settings_that_the_server_reports_can_be_read() {
    let Some((database, mut session)) = plain_session("") else {
        return;
    };
    assert!(session.parameter("server_version").expect("a version").contains('.'));
    assert_eq!(session.parameter("nothing"), None);
    assert_eq!(session.transaction_status(), TransactionStatus::Idle);
    let process = session.process().expect("a process").to_string();
    assert_eq!(cell(&mut session, "SELECT pg_backend_pid()"), process);
    assert_eq!(session.peer().port(), database.server().port());
    assert!(session.login_notices().is_empty());
}

#[test]
fn a_port_where_nothing_listens_is_refused() {
    // Bound and never listened on, so that nobody else gets it.
    let socket =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).expect("a port");
    let port = socket
        .local_addr()
        .expect("its address")
        .as_socket()
        .expect("an IP address")
        .port();
    let error = refusal(&format!("jdbc:redshift://127.0.0.1:{port}/dev"), TRUSTED_USER);
    assert!(matches!(error, WarehouseError::Refused { .. }), "{error:?}");
    assert_eq!((error.sqlstate().code(), error.stage()), ("08001", Stage::Tcp));
    assert_eq!(
        error.to_string(),
        format!("connection to server at \"127.0.0.1\", port {port} failed: Connection refused")
    );
}

#[test]
fn a_host_that_cannot_be_is_not_known() {
    let mut endpoint =
        redwire::url::Endpoint::parse("jdbc:redshift://h/dev?ssl=false").expect("a URL");
    // A label has at most 63 bytes, so that nobody is asked about this one.
    endpoint.host = format!("{}.invalid", "x".repeat(64));
    let error =
        super::open_endpoint(&endpoint, TRUSTED_USER, &redwire::warehouse::Cancel::default());
    let error = error.map(|_| ()).expect_err("a refusal");
    assert!(matches!(error, WarehouseError::UnknownHost { .. }), "{error:?}");
    assert_eq!((error.sqlstate().code(), error.stage()), ("08001", Stage::Dns));
}
