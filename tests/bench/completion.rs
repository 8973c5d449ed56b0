//! Completion of names at the prompt: one answer for each line that may stand there.

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use redwire::catalog::Location;
use redwire::executor::{
    Executor, Mode, NameRange, NameScope, PasswordPrompt, PromptError, Resources,
};
use redwire::repl::completer::{Entry, Names, complete};
use redwire::secret::{MemoryStore, SecretError, SecretStore, SecretString, StoreKind};

use crate::figure::{Figure, Limit};
use crate::measure::milliseconds;
use crate::sample;
use crate::stage::{MANY, Stage};
use crate::support::random::Random;
use crate::usages;

/// The number of times that the user asks.
const ANSWERS: usize = 2_000;

/// The maximum number of names in an answer, as at the prompt.
const NAMES: usize = 1_000;

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let connections = stage.catalog(MANY)?;
    let objects = usages::large_catalog(stage)?;
    let figure = |what: String, catalog: &str, line: &dyn Fn(&mut Random) -> String| {
        let mut names = Catalog(executor(Location::File(stage.path(catalog)))?);
        let complete = |line: &str| {
            complete(line, line.len(), &redwire::shell::Target::Catalog, &mut names)
                .candidates
                .len()
        };
        io::Result::Ok(Figure::milliseconds(
            format!("{what}: 99 of 100 answers"),
            milliseconds(times(complete, line)?),
            99,
            Some(Limit::AtMost(16.0)),
        ))
    };
    let begun = |what: &str, catalog: &str, head: &str, name: fn(usize) -> String| {
        figure(
            format!("{what} after `{head}`, for prefixes of every length"),
            catalog,
            &|random| {
                let name = name(random.place(MANY));
                format!("{head} {}", &name[..random.place(name.len() + 1)])
            },
        )
    };
    Ok(vec![
        begun("connections", &connections, "DROP CONNECTION", sample::name)?,
        begun("tables", &objects, "DROP TABLE", sample::table_name)?,
        begun("jobs", &objects, "DROP JOB", sample::job_name)?,
        figure("jobs by letters of their names".to_owned(), &objects, &|random| {
            format!("DROP JOB jb{}", random.place(MANY))
        })?,
    ])
}

/// The time until each line is answered; the first one opens the catalog.
fn times(
    mut complete: impl FnMut(&str) -> usize,
    line: &dyn Fn(&mut Random) -> String,
) -> io::Result<Vec<Duration>> {
    let mut random = Random(1);
    let mut times = Vec::with_capacity(ANSWERS);
    for _ in 0..ANSWERS {
        let line = line(&mut random);
        let started = Instant::now();
        let found = black_box(complete(black_box(&line)));
        times.push(started.elapsed());
        if found == 0 {
            return Err(io::Error::other(format!("no names for {line}")));
        }
    }
    Ok(times)
}

/// Names from the catalog, as the prompt has them.
struct Catalog(Executor);

impl Names for Catalog {
    fn catalog(&mut self, scope: NameScope<'_>, prefix: &str) -> NameRange {
        self.0.names(scope, prefix, NAMES)
    }

    fn catalog_by_letters(&mut self, scope: NameScope<'_>, letters: &str) -> Vec<String> {
        self.0.names_with_letters(scope, letters, NAMES)
    }

    fn entries(&mut self, _folder: &Path) -> Vec<Entry> {
        Vec::new()
    }
}

fn executor(location: Location) -> io::Result<Executor> {
    let memory = MemoryStore::new().map_err(io::Error::other)?;
    Ok(Executor::new(Resources {
        patience: std::time::Duration::from_mins(1),
        opens_read_only: false,
        mode: Mode::Real,
        location,
        store: StoreKind::Memory,
        process: memory.nonce().to_owned(),
        opener: Box::new(|_, _| -> Result<Box<dyn SecretStore>, SecretError> {
            Ok(Box::new(MemoryStore::new()?))
        }),
        prompt: Box::new(Nobody),
        environment: std::rc::Rc::new(|_| None),
        clock: Box::new(SystemTime::now),
        signals: redwire::signals::Signals::default(),
    }))
}

/// There is nobody to ask for a password.
struct Nobody;

impl PasswordPrompt for Nobody {
    fn ask(&mut self, _question: &str) -> Result<SecretString, PromptError> {
        Err(PromptError::Interrupted)
    }

    fn line(&mut self, _question: &str) -> Result<String, PromptError> {
        Err(PromptError::Interrupted)
    }

    fn confirm(&mut self, _question: &str) -> Result<bool, PromptError> {
        Err(PromptError::Interrupted)
    }
}
