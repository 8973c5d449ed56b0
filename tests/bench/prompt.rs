//! Keys at the prompt, behind a long statement: the time until each is drawn.

use std::io;
use std::time::{Duration, Instant};

use crate::figure::{Figure, Limit};
use crate::measure::milliseconds;
use crate::stage::Stage;
use crate::support::home::Home;
use crate::support::terminal::{CTRL_C, Terminal};

/// The length of the statement.
const BYTES: usize = 8 * 1024;

/// Characters that neither the statement nor the terminal's control sequences have, so that each is
/// seen when it is drawn.
const KEYS: &str = "#@%&~|!$";

/// The number of statements.
const ROUNDS: usize = 10;

#[allow(clippy::unnecessary_wraps, reason = "every benchmark has this form")]
pub fn measure(_stage: &Stage) -> io::Result<Vec<Figure>> {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    let (mut pastes, mut keys) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        pastes.push(time_until(&mut terminal, &(statement() + "{"), "{"));
        for key in KEYS.chars().map(String::from) {
            keys.push(time_until(&mut terminal, &key, &key));
        }
        // Each key has drawn the prompt and the keys before it once more.
        terminal.keys(CTRL_C).wait_for("^C").wait_for("redwire> ");
    }
    terminal.end();
    Ok(vec![
        Figure::milliseconds(
            "a key behind a statement of 8 KiB: 99 of 100 are drawn",
            milliseconds(keys),
            99,
            Some(Limit::AtMost(16.0)),
        ),
        Figure::milliseconds(
            "a paste of 8 KiB without marks is drawn",
            milliseconds(pastes),
            50,
            None,
        ),
    ])
}

fn time_until(terminal: &mut Terminal, keys: &str, shown: &str) -> Duration {
    let started = Instant::now();
    terminal.keys(keys).wait_for(shown);
    started.elapsed()
}

fn statement() -> String {
    let mut text = String::from("SELECT ");
    for number in 0.. {
        let column = format!("column_{number} AS name_{number}, ");
        if text.len() + column.len() > BYTES {
            break;
        }
        text.push_str(&column);
    }
    text
}
