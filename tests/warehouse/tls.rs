//! TLS: what is verified, and what each failure says.

use std::path::Path;

use redwire::warehouse::{Stage, TlsFault, WarehouseError};

use super::recorder::cell;
use super::{open, refusal};
use crate::support::postgres::{CLEAR_USER, Postgres, TRUSTED_USER, Wire};

fn trusting(mode: &str, authority: &Path) -> String {
    format!("?sslmode={mode}&sslrootcert={}", authority.display())
}

/// The fault of a session that cannot be opened.
#[track_caller]
fn fault(url: &str) -> TlsFault {
    let error = refusal(url, TRUSTED_USER);
    assert_eq!((error.sqlstate(), error.stage()), ("08001", Stage::Tls), "{error:?}");
    match error {
        WarehouseError::Tls { fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_that_its_authority_vouches_for_is_trusted() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let authority = database.server().authority();
    for (host, mode, detail) in [
        ("localhost", "verify-full", "TLS 1.3, authority and name verified"),
        ("127.0.0.1", "require", "TLS 1.3, authority verified"),
    ] {
        let url = database.url(host, &trusting(mode, &authority));
        let (mut session, stages) = open(&url, CLEAR_USER).expect("a session");
        assert_eq!(stages[2].detail, detail);
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        assert_eq!(cell(&mut session, sql), "t", "{host} {mode}");
    }
}

#[test]
fn a_certificate_for_another_name_is_refused_with_its_names() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let url = database.url("127.0.0.1", &trusting("verify-full", &database.server().authority()));
    let presented = vec!["localhost".to_owned()];
    assert_eq!(fault(&url), TlsFault::Name { presented });
    let error = refusal(&url, TRUSTED_USER);
    assert_eq!(error.to_string(), "the certificate of the server is not for 127.0.0.1");
    assert_eq!(error.cause().as_deref(), Some("it is for localhost"));
    assert!(error.hint().expect("a hint").contains("sslmode=verify-ca"));
}

#[test]
fn an_authority_that_is_not_trusted_is_refused() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let other = database.server().other_authority();
    for options in [
        String::new(),
        "?sslmode=verify-ca".to_owned(),
        trusting("verify-full", &other),
        trusting("verify-ca", &other),
        trusting("require", &other),
    ] {
        let fault = fault(&database.url("localhost", &options));
        assert_eq!(fault, TlsFault::UnknownAuthority, "{options}");
    }
}

#[test]
fn a_server_without_tls_is_refused_unless_tls_is_off() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    for options in ["", "?sslmode=require", "?sslmode=verify-ca"] {
        let error = refusal(&database.url("127.0.0.1", options), TRUSTED_USER);
        assert_eq!(error, WarehouseError::TlsRefused);
        assert_eq!((error.sqlstate(), error.stage()), ("08001", Stage::Tls));
    }
}

#[test]
fn a_server_with_tls_may_be_used_without_it() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let (mut session, _) = open(&database.url("127.0.0.1", "?ssl=false"), TRUSTED_USER).expect("a session");
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(cell(&mut session, sql), "f");
}

#[test]
fn a_file_of_certificates_that_is_not_there_is_named() {
    let error = refusal(
        "jdbc:redshift://127.0.0.1/dev?sslrootcert=/nowhere/ca.pem",
        TRUSTED_USER,
    );
    assert_eq!(
        error.to_string(),
        "the file of certificates '/nowhere/ca.pem' cannot be used"
    );
    assert_eq!((error.sqlstate(), error.stage()), ("58030", Stage::Tls));
}
