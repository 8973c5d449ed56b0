//! The lines of `redwire run --watch`: one for each window that is loaded, and for each failure.

use std::time::Duration;

use super::Format;
use super::json::{object, quoted};
use super::sanitize::one_line;
use crate::definition::Moment;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, FailedRun};
use crate::executor::LoadedWindow;
use crate::name::JobName;

/// The event of a line.
pub enum RunLine<'a> {
    /// A window is loaded.
    Loaded(&'a LoadedWindow),
    /// A run failed.
    Failed {
        /// The error.
        error: &'a Error,
        /// The pause before the next try.
        pause: Duration,
    },
}

/// Renders the line: a JSON object in the JSON formats, else text.
pub fn render_run_line(line: &RunLine<'_>, job: &JobName, time: Moment, format: Format) -> String {
    if format.is_json() {
        json(line, job, time) + "\n"
    } else {
        format!("{time} {}: {}\n", one_line(job.as_str()), text(line))
    }
}

fn text(line: &RunLine<'_>) -> String {
    match line {
        RunLine::Loaded(LoadedWindow { window, tally, took }) => {
            let count = |rows: Option<u64>, word: &str| {
                rows.map_or_else(String::new, |rows| format!(", {rows} {word}"))
            };
            format!(
                "loaded {window}: {} staged{}{} in {:.3} s",
                tally.staged,
                count(tally.inserted, "inserted"),
                count(tally.deleted, "deleted"),
                took.as_secs_f64()
            )
        }
        RunLine::Failed { error, pause } => {
            let message = error.message();
            let code = error.sqlstate();
            let seconds = pause.as_secs();
            let window = error.run().and_then(|run| run.window);
            let failed = window.map(|window| format!("failed {window}: "));
            format!(
                "{}error[{}]: {}; again in {seconds} s",
                failed.unwrap_or_default(),
                code.code(),
                one_line(&message)
            )
        }
    }
}

fn json(line: &RunLine<'_>, job: &JobName, time: Moment) -> String {
    let common = [
        ("time", Some(quoted(&format!("{time}Z").replace(' ', "T")))),
        ("job", Some(quoted(job.as_str()))),
    ];
    let number = |rows: Option<u64>| rows.map(|rows| rows.to_string());
    let own = match line {
        RunLine::Loaded(LoadedWindow { tally, took, .. }) => vec![
            ("staged", Some(tally.staged.to_string())),
            ("inserted", number(tally.inserted)),
            ("deleted", number(tally.deleted)),
            ("took", Some(format!("{:.3}", took.as_secs_f64()))),
        ],
        RunLine::Failed { error, pause } => vec![
            ("error", Some(quoted(&error.message()))),
            ("sqlstate", Some(quoted(error.sqlstate().code()))),
            ("cause", error.cause().map(|cause| quoted(&cause))),
            ("hint", error.hint().map(|hint| quoted(&hint))),
            ("again_in", Some(pause.as_secs().to_string())),
        ],
    };
    let bounds = match line {
        RunLine::Loaded(loaded) => Some(loaded.window.bounds()),
        RunLine::Failed { error, .. } => error.run().and_then(FailedRun::bounds),
    };
    object(&[common.as_slice(), &window_fields(bounds), own.as_slice()].concat())
}

/// The bounds of a window as fields of a JSON object.
pub(super) fn window_fields(bounds: Option<[Moment; 2]>) -> [(&'static str, Option<String>); 2] {
    let field = |moment: Moment| quoted(&moment.to_string());
    let start = bounds.map(|[start, _]| start).filter(|start| *start != Moment::BEGINNING);
    let end = bounds.map(|[_, end]| end);
    [("window_start", start.map(field)), ("window_end", end.map(field))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::InternalError;
    use crate::runs::{Tally, Window};

    #[test]
    fn a_line_is_text_or_an_object() {
        let job = JobName::new("daily").unwrap();
        let loaded = LoadedWindow {
            window: Window {
                start: Moment::from_seconds(0),
                end: Moment::from_seconds(3600),
            },
            tally: Tally {
                staged: 5,
                inserted: Some(4),
                deleted: None,
            },
            took: Duration::from_millis(1500),
        };
        let error = Error::new(InternalError("a\nb"));
        let pause = Duration::from_mins(1);
        let line = |line: &RunLine<'_>, format| {
            render_run_line(line, &job, Moment::from_seconds(7200), format)
        };
        let in_run = error.clone().or_in_run(&job, Some(loaded.window));
        let (loaded, failed) = (RunLine::Loaded(&loaded), RunLine::Failed { error: &error, pause });
        assert_eq!(
            line(&loaded, Format::Table),
            "1970-01-01 02:00:00 daily: loaded 1970-01-01 00:00:00 to 1970-01-01 01:00:00: \
             5 staged, 4 inserted in 1.500 s\n"
        );
        assert_eq!(
            line(&failed, Format::Table),
            "1970-01-01 02:00:00 daily: error[XX000]: internal error: a\\nb; again in 60 s\n"
        );
        let failed_in_run = RunLine::Failed { error: &in_run, pause };
        assert_eq!(
            line(&failed_in_run, Format::Table),
            "1970-01-01 02:00:00 daily: failed 1970-01-01 00:00:00 to 1970-01-01 01:00:00: \
             error[XX000]: internal error: a\\nb; again in 60 s\n"
        );
        assert_eq!(
            line(&loaded, Format::Json),
            "{\"time\": \"1970-01-01T02:00:00Z\", \"job\": \"daily\", \
             \"window_start\": \"1970-01-01 00:00:00\", \"window_end\": \"1970-01-01 01:00:00\", \
             \"staged\": 5, \"inserted\": 4, \"took\": 1.500}\n"
        );
        assert_eq!(
            line(&failed, Format::Jsonl),
            "{\"time\": \"1970-01-01T02:00:00Z\", \"job\": \"daily\", \
             \"error\": \"internal error: a\\nb\", \"sqlstate\": \"XX000\", \"again_in\": 60}\n"
        );
    }
}
