//! redwire's parser against the crate sqlparser, in this process.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use sqlparser::dialect::RedshiftSqlDialect;
use sqlparser::parser::Parser;

use crate::figure::{Figure, Limit, Spread};
use crate::measure::in_turn;
use crate::sample;
use crate::stage::Stage;

/// The number of different statements that are parsed in a round.
const STATEMENTS: usize = 2_000;

const ROUNDS: usize = 41;

/// The number of times that redwire must parse the statements while sqlparser does so once.
const LIMIT: f64 = 5.0;

pub fn measure(_stage: &Stage) -> io::Result<Vec<Figure>> {
    let ours = Statements::of(sample::create_connection);
    let peers = [
        ("CREATE CONNECTOR", Statements::of(sample::create_connector)),
        ("CREATE SERVER", Statements::of(sample::create_server)),
        ("CREATE TABLE", Statements::of(sample::create_table)),
    ];
    peers.iter().map(|(what, peer)| compare(&ours, what, peer)).collect()
}

fn compare(ours: &Statements, what: &str, peer: &Statements) -> io::Result<Figure> {
    let pairs = in_turn(
        ROUNDS,
        || ours.time(|text| redwire::sql::parse(text).is_ok()),
        || peer.time(|text| Parser::parse_sql(&RedshiftSqlDialect {}, text).is_ok()),
    )?;
    // Both parse the same number of statements, so the times are the other way round than the
    // rates.
    let rates = pairs.iter().map(|(ours, peer)| peer.as_secs_f64() / ours.as_secs_f64());
    Ok(Figure::ratio(
        format!(
            "CREATE REDSHIFT CONNECTION ({} bytes) against {what} ({} bytes) in sqlparser: statements per second",
            ours.mean_length(),
            peer.mean_length()
        ),
        Spread::of(rates),
        Some(Limit::AtLeast(LIMIT)),
    ))
}

struct Statements {
    texts: Vec<String>,
}

impl Statements {
    fn of(statement: fn(usize) -> String) -> Self {
        Self {
            texts: (0..STATEMENTS).map(statement).collect(),
        }
    }

    fn mean_length(&self) -> usize {
        self.texts.iter().map(String::len).sum::<usize>() / self.texts.len()
    }

    /// The time to parse them all; one that is not understood is an error.
    fn time(&self, parse: impl Fn(&str) -> bool) -> io::Result<Duration> {
        let started = Instant::now();
        for text in &self.texts {
            if !parse(black_box(text)) {
                return Err(io::Error::other(format!("not understood: {text}")));
            }
        }
        Ok(started.elapsed())
    }
}
