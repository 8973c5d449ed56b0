//! Failures on the way to the server: dns, tcp, tls.

use std::io::{Read, Write};

use super::{
    Expected, REFUSING_PORT, create, fails, fix_works, mends, plain, redwire, rows, server,
    set_url, trusting,
};
use crate::support::home::Home;
use crate::support::postgres::{MD5_USER, Postgres, Wire};

#[test]
fn a_port_at_which_nothing_listens() {
    let Some((_database, right)) = plain() else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tcp",
        state: "08001",
        status: 3,
        fix: "check the port",
    };
    fails(
        &home,
        &format!("jdbc:redshift://127.0.0.1:{REFUSING_PORT}/dev"),
        MD5_USER,
        &expected,
    );
    mends(&home, &set_url(&right));
}

#[test]
fn a_port_at_which_something_else_listens() {
    let port = server(|mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let expected = Expected {
        stage: "tls",
        state: "08P01",
        status: 3,
        fix: "check host and port",
    };
    fails(
        &Home::new(),
        &format!("jdbc:redshift://127.0.0.1:{port}/dev"),
        MD5_USER,
        &expected,
    );
}

#[test]
fn a_host_that_nobody_knows() {
    let expected = Expected {
        stage: "dns",
        state: "08001",
        status: 3,
        fix: "check the host",
    };
    fails(&Home::new(), "jdbc:redshift://warehouse.invalid:5439/dev", MD5_USER, &expected);
}

#[test]
fn a_host_that_is_neither_a_name_nor_an_address() {
    let expected = Expected {
        stage: "dns",
        state: "08001",
        status: 3,
        fix: "check the host",
    };
    let row = fails(&Home::new(), "jdbc:redshift://127.1:5439/dev", MD5_USER, &expected);
    assert!(row["detail"].as_str().expect("a detail").contains("127.1"), "{row}");
}

#[test]
fn an_address_of_many_colons_stands_in_brackets() {
    let url = format!("jdbc:redshift://[::1]:{REFUSING_PORT}/dev");
    let script = format!("{};\nTEST CONNECTION sales;\n", create("sales", &url, MD5_USER));
    let rows = rows(&redwire(&Home::new()).stdin(script).run().status(3));
    assert_eq!(rows[0]["detail"], url["jdbc:redshift://".len()..]);
}

#[test]
fn a_tunnel_whose_certificate_is_for_another_name() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let url = database.url("127.0.0.1", &trusting(database.server()));
    let expected = Expected {
        stage: "tls",
        state: "08001",
        status: 3,
        fix: "sslmode=verify-ca",
    };
    let row = fails(&home, &url, MD5_USER, &expected);
    fix_works(&home, &row);
}

#[test]
fn a_file_of_certificates_that_is_not_there() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tls",
        state: "58030",
        status: 3,
        fix: "sslrootcert",
    };
    let url = database.url("localhost", "?sslrootcert=/nowhere/ca.pem");
    let row = fails(&home, &url, MD5_USER, &expected);
    assert!(row["detail"].as_str().expect("a detail").contains("/nowhere/ca.pem"), "{row}");
    mends(&home, &set_url(&database.url("localhost", &trusting(database.server()))));
}

#[test]
fn an_authority_that_nobody_knows() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tls",
        state: "08001",
        status: 3,
        fix: "sslrootcert=",
    };
    fails(&home, &database.url("localhost", ""), MD5_USER, &expected);
    mends(&home, &set_url(&database.url("localhost", &trusting(database.server()))));
}

#[test]
fn a_server_without_tls() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let home = Home::new();
    let expected = Expected {
        stage: "tls",
        state: "08001",
        status: 3,
        fix: "sslmode=disable",
    };
    let row = fails(&home, &database.url("127.0.0.1", ""), MD5_USER, &expected);
    fix_works(&home, &row);
}
