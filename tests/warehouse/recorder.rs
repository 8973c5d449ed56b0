//! A sink that keeps everything.

use std::ops::ControlFlow;

use redwire::warehouse::{
    Cancel, ResultColumn, ResultSink, ServerMessage, Session, WarehouseError,
};

/// The result of a query.
#[derive(Debug, Default)]
pub struct Recorder {
    pub columns: Vec<Vec<ResultColumn>>,
    pub rows: Vec<Vec<Option<String>>>,
    pub tags: Vec<String>,
    pub notices: Vec<ServerMessage>,
    /// After so many rows no more are wanted.
    pub enough: Option<usize>,
}

impl ResultSink for Recorder {
    fn columns(&mut self, columns: &[ResultColumn]) -> ControlFlow<()> {
        self.columns.push(columns.to_vec());
        ControlFlow::Continue(())
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        self.rows.push(cells.iter().map(|cell| cell.map(text)).collect());
        if self.enough == Some(self.rows.len()) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn tag(&mut self, tag: &str) {
        self.tags.push(tag.to_owned());
    }

    fn notice(&mut self, notice: &ServerMessage) {
        self.notices.push(notice.clone());
    }
}

/// Runs a query, and what came of it until it failed, if it did.
pub fn run(session: &mut Session, sql: &str) -> (Recorder, Result<(), WarehouseError>) {
    let mut recorder = Recorder::default();
    let outcome = session.query(sql, &mut recorder, None, &Cancel::default());
    (recorder, outcome)
}

/// Runs a query that must succeed.
#[track_caller]
pub fn ask(session: &mut Session, sql: &str) -> Recorder {
    let (recorder, outcome) = run(session, sql);
    outcome.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    recorder
}

/// The one cell of a query that must succeed.
#[track_caller]
pub fn cell(session: &mut Session, sql: &str) -> String {
    let recorder = ask(session, sql);
    assert_eq!(recorder.rows.len(), 1, "{sql}");
    recorder.rows[0][0].clone().expect("a value")
}

/// The server's words about a query that must fail.
#[track_caller]
pub fn complaint(session: &mut Session, sql: &str) -> ServerMessage {
    match run(session, sql).1 {
        Err(WarehouseError::Server { message, .. }) => *message,
        other => panic!("{sql}: {other:?}"),
    }
}
