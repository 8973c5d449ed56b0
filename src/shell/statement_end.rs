//! The command that ends a statement in place of a `;`, such as `\gset`, and its work.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::argument::{Expansion, Word, words};
use super::command_table::name_and_argument;
use super::{Flow, Input, Shell};
use crate::definition::Moment;
use crate::error::{Cancelled, CommandError, Error, ErrorKind};
use crate::sql::splitter::Piece;
use crate::sql::variable::Interpolated;
use crate::value::{ResultSet, Value};

/// The effect of the command that ends a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum StatementEnd {
    /// The rows are shown, or go to a file or a program; `\gx` draws them vertically.
    Shown {
        is_vertical: bool,
        /// Options of `\pset` for this result alone.
        options: Vec<ResultOption>,
        to: Option<RedirectTarget>,
    },
    /// The columns of the only row become variables, with this in front of their names.
    Variables(String),
    /// The columns of the result are shown, and the statement does not run.
    Described,
    /// Each value is run as a statement.
    Statements,
    /// The statement runs again and again, with this pause.
    Watched(Duration),
}

/// An option of `\pset` for one result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResultOption {
    name: String,
    value: Option<String>,
}

/// A file or a program that gets results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RedirectTarget {
    File(PathBuf),
    /// A command line behind `|`.
    Program(String),
}

impl RedirectTarget {
    /// Parses an argument; None if there is none.
    pub fn parse(
        name: &str,
        argument: &str,
        expansion: &Expansion<'_>,
    ) -> Result<Option<Self>, CommandError> {
        if let Some(line) = argument.strip_prefix('|') {
            return Ok(Some(Self::Program(line.trim().to_owned())));
        }
        let mut words = words(argument, expansion)?.into_iter().map(|word| word.text);
        let path = words.next();
        if words.next().is_some() {
            let error = CommandError::new(format!("{name} takes one argument"));
            return Err(error.with_hint("quote a path that has blanks: 'a b.csv'"));
        }
        Ok(path.map(|path| match path.strip_prefix('|') {
            Some(line) => Self::Program(line.to_owned()),
            None => Self::File(path.into()),
        }))
    }
}

/// The pause of `\watch`.
const WATCH_PAUSE: f64 = 2.0;

/// The longest pause: a day.
const MAX_WATCH_PAUSE: f64 = 86_400.0;

/// The interval at which a pause looks for an interrupt.
const LOOK: Duration = Duration::from_millis(20);

impl StatementEnd {
    /// The end by a `;`.
    pub const SHOWN: Self = Self::Shown {
        is_vertical: false,
        options: Vec::new(),
        to: None,
    };

    /// Parses a command that the splitter accepts at the end of a statement.
    pub fn parse(text: &str, expansion: &Expansion<'_>) -> Result<Self, ErrorKind> {
        let (name, argument) = name_and_argument(text);
        if matches!(name, "\\g" | "\\gx") {
            let (options, target) = options_and_target(argument, expansion)?;
            return Ok(Self::Shown {
                is_vertical: name == "\\gx",
                options,
                to: RedirectTarget::parse(name, target, expansion)?,
            });
        }
        let mut words = words(argument, expansion)?.into_iter().map(|word| word.text);
        let first = words.next();
        let takes_word = matches!(name, "\\gset" | "\\watch");
        if words.next().is_some() || (first.is_some() && !takes_word) {
            let most = if takes_word { "one argument" } else { "no argument" };
            return Err(CommandError::new(format!("{name} takes {most}")).into());
        }
        Ok(match name {
            "\\gset" => Self::Variables(first.unwrap_or_default()),
            "\\gdesc" => Self::Described,
            "\\gexec" => Self::Statements,
            "\\watch" => Self::Watched(pause(first.as_deref())?),
            _ => Self::SHOWN,
        })
    }
}

/// The options of `\pset` in parentheses at the beginning of an argument of `\g`, and the rest.
fn options_and_target<'a>(
    argument: &'a str,
    expansion: &Expansion<'_>,
) -> Result<(Vec<ResultOption>, &'a str), CommandError> {
    let Some(inner) = argument.strip_prefix('(') else {
        return Ok((Vec::new(), argument));
    };
    let Some((inner, target)) = inner.split_once(')') else {
        return Err(CommandError::new("\\g: missing right parenthesis"));
    };
    let option = |word: Word| match word.text.split_once('=') {
        Some((name, value)) => ResultOption {
            name: name.to_owned(),
            value: Some(value.to_owned()),
        },
        None => ResultOption { name: word.text, value: None },
    };
    let words = words(inner, expansion)?;
    Ok((words.into_iter().map(option).collect(), target.trim_start()))
}

/// The pause of `\watch`, in seconds. As in psql, one that is not positive is a second.
fn pause(word: Option<&str>) -> Result<Duration, CommandError> {
    let seconds = match word {
        None => WATCH_PAUSE,
        Some(word) => word.parse().map_err(|_| {
            CommandError::new("\\watch takes a number of seconds").with_hint("\\watch 2")
        })?,
    };
    let seconds = if seconds > 0.0 { seconds } else { 1.0 };
    Ok(Duration::from_secs_f64(seconds.min(MAX_WATCH_PAUSE)))
}

impl Shell {
    /// Runs a statement and does with its rows what its end says.
    pub(super) fn run_to_end(
        &mut self,
        piece: &Piece<'_>,
        sent: &Interpolated,
        input: &Input,
        end: &StatementEnd,
    ) -> Flow {
        match end {
            StatementEnd::Shown { is_vertical, options, to } => {
                let styles = self.output.styles();
                if *is_vertical {
                    self.output.style_mut().expand(true);
                }
                let chosen = options.iter().try_for_each(|ResultOption { name, value }| {
                    self.apply_option(name, value.clone()).map(drop)
                });
                let flow = match chosen {
                    Ok(()) => self.run_shown(piece, sent, input, to.as_ref()),
                    Err(error) => self.settle(Err(Error::new(error)), piece, input),
                };
                self.output.restore_styles(styles);
                flow
            }
            StatementEnd::Variables(prefix) => match self.run_kept(piece, sent, input) {
                Ok(rows) => match self.set_from_row(&rows, prefix) {
                    Ok(()) => Flow::Go,
                    Err(error) => self.settle(Err(Error::new(error)), piece, input),
                },
                Err(flow) => flow,
            },
            StatementEnd::Described => self.describe_result(piece, sent, input),
            StatementEnd::Statements => match self.run_kept(piece, sent, input) {
                Ok(rows) => self.run_values(&rows, piece, input),
                Err(flow) => flow,
            },
            StatementEnd::Watched(pause) => self.watch(piece, sent, input, *pause),
        }
    }

    /// Runs a statement whose rows are shown, or go to a file or a program.
    fn run_shown(
        &mut self,
        piece: &Piece<'_>,
        sent: &Interpolated,
        input: &Input,
        to: Option<&RedirectTarget>,
    ) -> Flow {
        let before = to.map(|_| self.output.set_redirection_aside());
        if let Some(to) = to
            && let Err(error) = self.redirect_to(to)
        {
            if let Some(before) = before {
                self.output.restore_redirection(before);
            }
            return self.settle(Err(Error::new(error)), piece, input);
        }
        let flow = self.run_text(piece, sent, input);
        if let Some(before) = before {
            self.output.restore_redirection(before);
        }
        flow
    }

    /// Runs a statement and keeps its rows.
    fn run_kept(
        &mut self,
        piece: &Piece<'_>,
        sent: &Interpolated,
        input: &Input,
    ) -> Result<ResultSet, Flow> {
        self.output.keep_rows();
        let flow = self.run_text(piece, sent, input);
        let rows = self.output.take_kept_rows();
        if flow == Flow::Go { Ok(rows) } else { Err(flow) }
    }

    /// `\gset`.
    fn set_from_row(&mut self, rows: &ResultSet, prefix: &str) -> Result<(), CommandError> {
        if rows.columns.is_empty() {
            return Ok(());
        }
        let row = match rows.rows.as_slice() {
            [row] => row,
            [] => return Err(CommandError::new("no rows returned for \\gset")),
            [_, _, ..] => return Err(CommandError::new("more than one row returned for \\gset")),
        };
        for (column, value) in rows.columns.iter().zip(row) {
            let name = format!("{prefix}{}", column.name);
            match text_of(value) {
                Some(text) => self.variables.set(&name, text)?,
                None => self.variables.unset(&name)?,
            }
        }
        Ok(())
    }

    /// `\gexec`: runs each value that is not NULL, row by row. As in psql, a value has no variables,
    /// and the facts about the last statement are those of the query that returned the values.
    fn run_values(&mut self, rows: &ResultSet, piece: &Piece<'_>, input: &Input) -> Flow {
        let mut flow = Flow::Go;
        for text in rows.rows.iter().flatten().filter_map(text_of) {
            let sent = Interpolated::verbatim(text);
            let generated = Piece { text: &sent.text, ending: None, ..*piece };
            self.statements += 1;
            match self.run_text(&generated, &sent, input) {
                Flow::Go => {}
                Flow::Failed if self.options.goes_on => flow = Flow::Failed,
                other => return other,
            }
        }
        if flow == Flow::Go {
            self.variables.state_success(rows.rows.len() as u64);
        }
        flow
    }

    /// Runs a statement with the time and the pause above its rows.
    fn run_titled(
        &mut self,
        piece: &Piece<'_>,
        sent: &Interpolated,
        input: &Input,
        pause: Duration,
    ) -> Flow {
        let now = Moment::from_clock(SystemTime::now());
        let seconds = pause.as_secs_f64();
        let before = self.output.style().title.clone();
        let time = format!("{now} UTC (every {seconds}s)");
        self.output.style_mut().title = Some(match &before {
            Some(title) => format!("{title}  {time}"),
            None => time,
        });
        let flow = self.run_text(piece, sent, input);
        self.output.style_mut().title = before;
        flow
    }

    /// `\watch`: runs the statement until it fails or is interrupted.
    fn watch(
        &mut self,
        piece: &Piece<'_>,
        sent: &Interpolated,
        input: &Input,
        pause: Duration,
    ) -> Flow {
        loop {
            let flow = self.run_titled(piece, sent, input, pause);
            if flow != Flow::Go {
                return flow;
            }
            self.output.flush_error();
            let started = Instant::now();
            while started.elapsed() < pause {
                if self.executor.signals().is_cancelled() {
                    // This is how a watch ends at the prompt.
                    self.executor.signals().clear();
                    return Flow::Go;
                }
                if self.executor.signals().must_die() {
                    return self.fail(&Error::new(Cancelled));
                }
                thread::sleep(LOOK.min(pause));
            }
        }
    }
}

/// The text of a value; None for NULL.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Boolean(value) => Some(if *value { "t" } else { "f" }.to_owned()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Real(value) => Some(value.to_string()),
        Value::Text(text) => Some(text.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_as_in_psql() {
        for (word, seconds) in [
            (None, 2.0),
            (Some("0.5"), 0.5),
            (Some("0"), 1.0),
            (Some("-3"), 1.0),
            (Some("1e9"), MAX_WATCH_PAUSE),
        ] {
            assert_eq!(pause(word), Ok(Duration::from_secs_f64(seconds)), "{word:?}");
        }
        assert!(pause(Some("x")).is_err());
    }
}
