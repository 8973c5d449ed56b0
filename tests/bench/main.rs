//! redwire's speed, against a peer in the same run: `cargo bench`, or `cargo bench -- NAME …` for a
//! part of it.
//!
//! A run of everything writes its tables to docs/performance.md. The exit status is 1 if a limit is
//! missed, and 2 if something could not be measured. The peers are the programs `sqlite3` and
//! `psql`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that reports at the terminal"
)]

mod completion;
mod connect;
mod create;
mod figure;
mod jobs;
mod list;
mod logins;
mod measure;
mod mixed;
mod parser;
mod prompt;
mod report;
mod rows;
mod sample;
mod server;
mod slots;
mod stage;
#[path = "../standin/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use all of it")]
mod standin;
mod start;
mod stream;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod support;
mod usages;
mod warehouse_completion;
mod watch;

use std::io;
use std::process::ExitCode;

use figure::Figure;
use stage::Stage;

/// A benchmark: its name on the command line, its heading, and what it does.
struct Benchmark {
    name: &'static str,
    title: &'static str,
    measure: fn(&Stage) -> io::Result<Vec<Figure>>,
}

/// Those that start processes come first: on Linux a child's peak memory is never less than that of
/// the process that started it, which is small until the last two fill it.
const BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        name: "start",
        title: "Start",
        measure: start::measure,
    },
    Benchmark {
        name: "create",
        title: "100,000 CREATE REDSHIFT CONNECTION",
        measure: create::measure,
    },
    Benchmark {
        name: "list",
        title: "SHOW CONNECTIONS of 100,000 rows",
        measure: list::measure,
    },
    Benchmark {
        name: "stream",
        title: "A script of 100 MB",
        measure: stream::measure,
    },
    Benchmark {
        name: "usages",
        title: "Dropping what is in use",
        measure: usages::measure,
    },
    Benchmark {
        name: "mixed",
        title: "100,000 connections, tables and jobs",
        measure: mixed::measure,
    },
    Benchmark {
        name: "connect",
        title: "A session",
        measure: connect::measure,
    },
    Benchmark {
        name: "logins",
        title: "A login through AWS",
        measure: logins::measure,
    },
    Benchmark {
        name: "watch",
        title: "1,000 jobs that wait",
        measure: watch::measure,
    },
    Benchmark {
        name: "rows",
        title: "5,000,000 rows",
        measure: rows::measure,
    },
    Benchmark {
        name: "jobs",
        title: "Jobs that run",
        measure: jobs::measure,
    },
    Benchmark {
        name: "slots",
        title: "Slots",
        measure: slots::measure,
    },
    Benchmark {
        name: "prompt",
        title: "Keys at the prompt",
        measure: prompt::measure,
    },
    Benchmark {
        name: "parser",
        title: "The parser",
        measure: parser::measure,
    },
    Benchmark {
        name: "completion",
        title: "Completion among 100,000 connections, tables and jobs",
        measure: completion::measure,
    },
    Benchmark {
        name: "warehouse-completion",
        title: "Completion on a warehouse of 100,000 tables and 1,000,000 columns",
        measure: warehouse_completion::measure,
    },
];

fn main() -> ExitCode {
    if let Some(folder) = std::env::var_os(slots::WAITER) {
        return exit_code(slots::wait_for_slot(&folder).map(|()| true));
    }
    // cargo itself adds `--bench`.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    exit_code(measure_all(&wanted))
}

fn exit_code(outcome: io::Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Measures what is wanted, or everything; whether every limit is kept.
fn measure_all(wanted: &[String]) -> io::Result<bool> {
    let stage = Stage::new()?;
    let is_wanted = |benchmark: &&Benchmark| {
        wanted.is_empty() || wanted.iter().any(|name| name == benchmark.name)
    };
    let mut tables = Vec::new();
    let mut all_kept = true;
    for benchmark in BENCHMARKS.iter().filter(is_wanted) {
        println!("\n{} ({})", benchmark.title, benchmark.name);
        let figures = (benchmark.measure)(&stage)?;
        for figure in &figures {
            println!("  {figure}");
        }
        all_kept &= figures.iter().all(Figure::is_kept);
        tables.push((benchmark.title, figures));
    }
    if wanted.is_empty() {
        report::write(&tables)?;
    }
    Ok(all_kept)
}
