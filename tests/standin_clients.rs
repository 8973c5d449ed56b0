//! The stand-in, asked by clients that are not redwire: AWS's Python driver and tokio-postgres.
//! psql is in standin_rules.rs.

use std::path::Path;

use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::standin::{Fault, StandIn, TOKEN_USER};
use crate::support::postgres::{CLEAR_USER, DIGEST_USER, MD5_USER, User, Wire};
use crate::support::python::python;

#[test]
fn the_python_driver_logs_in_by_each_code_and_does_its_work() {
    let Some(mut seen) = with_python(&[MD5_USER, DIGEST_USER, CLEAR_USER]) else {
        return;
    };
    for seen in &mut seen {
        assert_eq!(seen["error"], Value::Null);
        let parameters = seen["parameters"].take();
        for (name, value) in [
            ("server_version", "8.0.2"),
            ("client_encoding", "UNICODE"),
            ("server_encoding", "UNICODE"),
            ("server_protocol_version", "0"),
            ("datestyle", "ISO, MDY"),
            ("integer_datetimes", "on"),
            ("is_superuser", "off"),
            ("max_varchar_size", "65535"),
        ] {
            assert_eq!(parameters[name], value, "{name} in {parameters}");
        }
        for name in [
            "standard_conforming_strings",
            "server_version_num",
            "IntervalStyle",
            "in_hot_standby",
        ] {
            assert_eq!(parameters[name], Value::Null, "{name}");
        }
        assert!(seen["version"].take().to_string().contains("Redshift 1.0."));
        let expected = json!({
            "parameters": null,
            "reported": ["datestyle", "ISO, DMY"],
            "version": null,
            "types": [21, 23, 20, 1700, 700, 701, 16, 1043, 1042, 1082, 1114, 23],
            "values": [
                "1", "2", "3", "Decimal('4.50')", "5.5", "6.25", "True", "'süß'", "'x  '",
                "datetime.date(2026, 1, 2)", "datetime.datetime(2026, 1, 2, 3, 4, 5, 600000)", "None",
            ],
            "bound": ["it's \\ so!", 42],
            "rolled_back": {
                "fields": "CFLMPRS",
                "S": "ERROR",
                "C": "42P01",
                "M": "relation \"t\" does not exist",
                "D": null,
            },
            "after_truncate": 0,
            "refused": {
                "fields": "CMPS",
                "S": "ERROR",
                "C": "42601",
                "M": "syntax error at or near \"RETURNING\" in context \"($1)\nRETURNING\", at line 2, column 1",
                "D": null,
            },
            "columns": [["t", "a"]],
        });
        assert_eq!(*seen, expected);
    }
}

#[test]
fn the_python_driver_is_refused_with_a_wrong_password_and_without_a_token() {
    let wrong = |user| User { password: "wrong", ..user };
    let Some(seen) = with_python(&[wrong(MD5_USER), wrong(DIGEST_USER), TOKEN_USER]) else {
        return;
    };
    for (seen, user) in seen.iter().zip([MD5_USER, DIGEST_USER]) {
        assert_eq!(seen["error"]["S"], "FATAL", "{seen}");
        assert_eq!(seen["error"]["C"], "28000", "{seen}");
        let message = format!("password authentication failed for user \"{}\"", user.name);
        assert_eq!(seen["error"]["M"], message, "{seen}");
    }
    assert!(
        seen[2]["error"].to_string().contains("token-based authentication"),
        "{}",
        seen[2]
    );
}

#[test]
fn tokio_postgres_stops_at_the_digest_and_works_with_md5() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    let refused =
        with_tokio(&standin, DIGEST_USER, async |_| ()).expect_err("it does not know code 13");
    assert!(refused.contains("unknown authentication tag"), "{refused}");
    with_tokio(&standin, MD5_USER, async |client| {
        client
            .batch_execute("CREATE TABLE t (a int, b varchar)")
            .await
            .expect("a table");
        let statement =
            client.prepare("INSERT INTO t VALUES ($1, $2)").await.expect("it is prepared");
        for (a, b) in [(1, "it's \\"), (2, "ß")] {
            client.execute(&statement, &[&a, &b]).await.expect("a row");
        }
        let rows = client.query("SELECT a, b FROM t ORDER BY a", &[]).await.expect("rows");
        assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [1, 2]);
        assert_eq!(rows[0].get::<_, String>(1), "it's \\");
        let messages = client.simple_query("SELECT '\\\\', NULL").await.expect("a row in text");
        let row = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((row.get(0).map(str::to_owned), row.get(1).map(str::to_owned)))
            }
            _ => None,
        });
        assert_eq!(row, Some((Some("\\".to_owned()), None)));
    })
    .expect("a session");
}

#[test]
fn a_prepared_truncate_commits_too() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    with_tokio(&standin, MD5_USER, async |client| {
        client.batch_execute("CREATE TABLE t (a int)").await.expect("a table");
        client
            .batch_execute("BEGIN; INSERT INTO t VALUES (1)")
            .await
            .expect("a transaction");
        client.execute("TRUNCATE t", &[]).await.expect("it truncates");
        client
            .execute("INSERT INTO t VALUES ($1)", &[&2])
            .await
            .expect("a row outside of it");
        client.batch_execute("ROLLBACK").await.expect("there is nothing to roll back");
        let rows = client.query("SELECT a FROM t", &[]).await.expect("rows");
        assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [2]);
    })
    .expect("a session");
}

#[test]
fn a_prepared_statement_is_refused_or_lost_as_others_are() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    with_tokio(&standin, MD5_USER, async |client| {
        client.batch_execute("CREATE TABLE t (a int)").await.expect("a table");
        let code = async |sql| {
            let error = client.query(sql, &[]).await.expect_err("it is refused");
            error.code().map(|code| code.code().to_owned())
        };
        assert_eq!(code("DEALLOCATE ALL").await.as_deref(), Some("26000"));
        standin.inject(Fault::Serialization, "INSERT");
        assert_eq!(code("INSERT INTO t VALUES (1)").await.as_deref(), Some("XX000"));
        standin.inject(Fault::Answer, "INSERT");
        assert_eq!(code("INSERT INTO t VALUES (1)").await, None);
        assert!(client.is_closed());
    })
    .expect("a session");
    assert_eq!(standin.database().administer("SELECT count(*) FROM t"), "1");
}

#[test]
fn extra_float_digits_of_3_is_fatal() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    // The client sets no such parameter of its own, as JDBC drivers of PostgreSQL do.
    let said = said_to(&standin, &[("user", "md5_user"), ("extra_float_digits", "3")]);
    assert!(
        said.contains("SFATAL\0C22023\0M3 is outside the valid range for parameter"),
        "{said}"
    );
    let said = said_to(&standin, &[("user", "md5_user"), ("extra_float_digits", "2")]);
    assert!(said.starts_with('R'), "{said}");
}

#[test]
fn a_cancel_reaches_the_server() {
    let Some(standin) = StandIn::start(Wire::Plain) else {
        return;
    };
    with_tokio(&standin, MD5_USER, async |client| {
        let cancel = client.cancel_token();
        let sleeping = client.batch_execute("SELECT pg_sleep(60)");
        let cancelling = async {
            // Other tests sleep in other databases of the server.
            let is_asleep = "SELECT count(*) FROM pg_stat_activity \
                             WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'";
            while standin.database().administer(is_asleep) != "1" {
                tokio::task::yield_now().await;
            }
            cancel.cancel_query(NoTls).await.expect("it is sent");
        };
        let (slept, ()) = tokio::join!(sleeping, cancelling);
        let error = slept.expect_err("it is cancelled");
        let error = error.as_db_error().expect("the server's error");
        assert_eq!(error.code().code(), "57014");
        assert_eq!(error.message(), "Query (213818) cancelled on user's request");
    })
    .expect("a session");
}

/// The driver's view of a stand-in with TLS, for each user in turn.
fn with_python(users: &[User]) -> Option<Vec<Value>> {
    let mut python = python()?;
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/standin/driver_requests.py"));
    let standin = StandIn::start(Wire::Tls)?;
    for user in users {
        let options = json!({
            "host": "localhost", "port": standin.port(), "database": standin.database().name(),
            "user": user.name, "password": user.password, "sslmode": "verify-full",
        });
        python.arg(options.to_string());
    }
    python.env("SSL_CERT_FILE", standin.authority());
    let output = python.output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// A session of tokio-postgres, for as long as the work takes.
fn with_tokio<T>(
    standin: &StandIn,
    user: User,
    work: impl AsyncFnOnce(Client) -> T,
) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let mut config = tokio_postgres::Config::new();
        config
            .host("127.0.0.1")
            .port(standin.port())
            .user(user.name)
            .password(user.password);
        config.dbname(standin.database().name());
        let (client, connection) =
            config.connect(NoTls).await.map_err(|error| format!("{error:?}"))?;
        tokio::spawn(connection);
        Ok(work(client).await)
    })
}

/// The first that the stand-in says to these parameters.
fn said_to(standin: &StandIn, parameters: &[(&str, &str)]) -> String {
    use std::io::{Read, Write};
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for (name, value) in parameters {
        body.extend(format!("{name}\0{value}\0").as_bytes());
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).expect("a short message");
    let mut socket =
        std::net::TcpStream::connect(("127.0.0.1", standin.port())).expect("it listens");
    socket
        .write_all(&[&length.to_be_bytes()[..], &body].concat())
        .expect("it reads");
    let mut said = vec![0; 1024];
    let length = socket.read(&mut said).expect("it answers");
    String::from_utf8_lossy(&said[..length]).into_owned()
}
