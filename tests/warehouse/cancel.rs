//! The ends of a wait: the user, a deadline, a receiver that has enough.

use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{Cancel, Stage, WarehouseError};
use socket2::{Domain, Socket, Type};

use super::recorder::{Recorder, ask, cell, run};
use super::{open, open_until, plain_session, refusal};
use crate::support::postgres::{Database, Postgres, TRUSTED_USER, Wire};

/// A guard against hanging: the queries here run for longer.
const SOON: Duration = Duration::from_mins(1);

/// Waits until the server runs a query for the process.
fn wait_for_query(database: &Database, process: i32) {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND wait_event = 'PgSleep'"
    );
    while database.administer(&sql) != "1" {}
}

#[test]
fn a_cancelled_query_ends_on_the_server_and_the_session_goes_on() {
    for (wire, options) in [(Wire::Plain, "?ssl=false"), (Wire::Tls, "?sslmode=require")] {
        let Some(database) = Postgres::database(wire) else {
            return;
        };
        let (mut session, _) =
            open(&database.url("127.0.0.1", options), TRUSTED_USER).expect("a session");
        let (process, cancel) = (session.process().expect("a process"), Cancel::default());
        let outcome = thread::scope(|scope| {
            let query = scope.spawn(|| {
                session.query("SELECT pg_sleep(600)", &mut Recorder::default(), None, &cancel)
            });
            wait_for_query(&database, process);
            cancel.set();
            let begin = Instant::now();
            let outcome = query.join().expect("the query ends");
            assert!(begin.elapsed() < SOON);
            outcome
        });
        assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
        assert_eq!(cell(&mut session, "SELECT 1"), "1");
    }
}

#[test]
fn a_wish_that_is_there_before_the_query_ends_it_unsent() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let cancel = Cancel::default();
    cancel.set();
    let outcome = session.query("CREATE TABLE t (n int)", &mut Recorder::default(), None, &cancel);
    assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
    assert_eq!(cell(&mut session, "SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "0");
}

/// Wants the query cancelled at its thousandth row.
struct Impatient {
    cancel: Cancel,
    recorder: Recorder,
}

impl redwire::warehouse::ResultSink for Impatient {
    fn columns(
        &mut self,
        columns: &[redwire::warehouse::ResultColumn],
    ) -> std::ops::ControlFlow<()> {
        self.recorder.columns(columns)
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> std::ops::ControlFlow<()> {
        if self.recorder.rows.len() == 1_000 {
            self.cancel.set();
        }
        self.recorder.row(cells)
    }

    fn tag(&mut self, tag: &str) {
        self.recorder.tag(tag);
    }

    fn notice(&mut self, notice: &redwire::warehouse::ServerMessage) {
        self.recorder.notice(notice);
    }
}

#[test]
fn rows_that_flow_without_a_pause_can_be_cancelled() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let cancel = Cancel::default();
    let mut sink = Impatient {
        cancel: cancel.clone(),
        recorder: Recorder::default(),
    };
    let begin = Instant::now();
    let outcome = session.query(
        "SELECT n FROM generate_series(1, 100000) n, generate_series(1, 100000) m",
        &mut sink,
        None,
        &cancel,
    );
    assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
    assert!(begin.elapsed() < SOON);
    assert!(sink.recorder.rows.len() < 1_000_000 && sink.recorder.tags.is_empty());
    assert_eq!(cell(&mut session, "SELECT 1"), "1");
}

#[test]
fn a_receiver_that_has_enough_ends_the_query() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    let mut sink = Recorder { enough: Some(10), ..Recorder::default() };
    let sql = "SELECT n FROM generate_series(1, 100000) n, generate_series(1, 100000) m";
    let outcome = session.query(sql, &mut sink, None, &Cancel::default());
    assert_eq!(outcome, Err(WarehouseError::Stopped));
    assert_eq!(sink.rows.len(), 10);
    assert_eq!(cell(&mut session, "SELECT 1"), "1");
}

#[test]
fn a_limit_of_the_server_is_the_servers_error() {
    let Some((_database, mut session)) = plain_session("") else {
        return;
    };
    ask(&mut session, "SET statement_timeout = 20");
    let error = run(&mut session, "SELECT pg_sleep(600)").1.expect_err("a limit");
    assert!(matches!(error, WarehouseError::Server { .. }), "{error:?}");
    assert_eq!(error.sqlstate().code(), "57014");
}

#[test]
fn a_server_that_is_silent_for_too_long_loses_the_session() {
    let Some((_database, mut session)) = plain_session("&socketTimeout=1") else {
        return;
    };
    let error = run(&mut session, "SELECT pg_sleep(600)").1.expect_err("a limit");
    let limit = Duration::from_secs(1);
    assert_eq!(error, WarehouseError::Silent { stage: Stage::Query, limit });
    assert_eq!(error.sqlstate().code(), "08006");
    assert!(session.is_lost());
}

/// An address whose queue of connections is full: what comes next gets no answer (Linux,
/// listen(2)).
struct FullQueue {
    listener: Socket,
    _waiting: Vec<TcpStream>,
}

impl FullQueue {
    fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a port");
        listener.listen(0).expect("a queue");
        let address =
            listener.local_addr().expect("its address").as_socket().expect("an IP address");
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            waiting.push(stream);
        }
        Self { listener, _waiting: waiting }
    }

    fn url(&self, options: &str) -> String {
        let address = self
            .listener
            .local_addr()
            .expect("its address")
            .as_socket()
            .expect("an IP address");
        format!("jdbc:redshift://{address}/dev{options}")
    }
}

#[test]
fn a_server_that_does_not_answer_is_given_up_after_the_limit() {
    let queue = FullQueue::new();
    for (options, limit) in [
        ("?connectTimeout=1", Duration::from_secs(1)),
        ("?loginTimeout=0.5", Duration::from_millis(500)),
    ] {
        let begin = Instant::now();
        let error = refusal(&queue.url(options), TRUSTED_USER);
        let host = "127.0.0.1".to_owned();
        let stage = Stage::Tcp;
        assert_eq!(error, WarehouseError::TimedOut { stage, host, limit });
        assert!(begin.elapsed() >= limit);
    }
}

#[test]
fn a_wait_for_a_connection_can_be_cancelled() {
    let (queue, cancel) = (FullQueue::new(), Cancel::default());
    cancel.set();
    let error = open_until(&queue.url("?connectTimeout=0"), TRUSTED_USER, &cancel);
    let error = error.map(|_| ()).expect_err("the wish");
    assert_eq!(error, WarehouseError::Cancelled { stage: Stage::Tcp });
}
