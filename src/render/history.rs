//! The runs of jobs at a terminal: above the rows, a mark for each run, the newest on the right.
//!
//! A pipe and the other formats get the rows alone.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::sanitize::one_line;
use super::{Format, Style, cell, list};
use crate::value::{ResultSet, Value};

/// The columns of SHOW RUNS with the job and the state.
const JOB: usize = 0;
const STATE: usize = 3;

/// Writes the runs, which begin with the newest.
pub(super) fn render(runs: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if let Some(width) = style.width.filter(|_| style.format == Format::Table) {
        write_marks(runs, width, out)?;
    }
    list::render(runs, style, out)
}

fn write_marks(runs: &ResultSet, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut jobs: Vec<(String, Vec<char>)> = Vec::new();
    for row in &runs.rows {
        let (Some(job), Some(state)) = (row.get(JOB), row.get(STATE)) else {
            continue;
        };
        let job = one_line(&cell::raw(job, "")).into_owned();
        match jobs.iter_mut().find(|(name, _)| *name == job) {
            Some((_, marks)) => marks.push(mark(state)),
            None => jobs.push((job, vec![mark(state)])),
        }
    }
    let widest = jobs.iter().map(|(job, _)| job.width()).max().unwrap_or(0);
    for (job, newest_first) in &jobs {
        let room = width.saturating_sub(widest + 2).max(1);
        let marks: String = newest_first.iter().take(room).rev().collect();
        writeln!(out, "{job}{}  {marks}", " ".repeat(widest - job.width()))?;
    }
    Ok(())
}

/// The mark of a state.
fn mark(state: &Value) -> char {
    let Value::Text(word) = state else { return '?' };
    match word.as_str() {
        "done" => '✓',
        "failed" => '✗',
        "skipped" => '-',
        "rewound" => '<',
        "running" => '…',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs() -> ResultSet {
        let mut runs = ResultSet::with_columns(["job", "window_start", "window_end", "state"]);
        for (job, state) in [
            ("load", "running"),
            ("merge_all", "done"),
            ("load", "failed"),
            ("load", "skipped"),
            ("load", "rewound"),
            ("load", "done"),
        ] {
            runs.rows.push(vec![job.into(), Value::Null, Value::Null, state.into()]);
        }
        runs
    }

    fn drawn(format: Format, width: Option<usize>) -> String {
        let style = Style { width, ..Style::plain(format) };
        let mut out = Vec::new();
        render(&runs(), &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_shows_a_mark_for_each_run_the_newest_on_the_right() {
        let marks = |text: &str| text.lines().take(2).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(marks(&drawn(Format::Table, Some(80))), ["load       ✓<-✗…", "merge_all  ✓"]);
        assert_eq!(marks(&drawn(Format::Table, Some(13)))[0], "load       ✗…");
        assert!(drawn(Format::Table, None).starts_with('┌'));
        assert!(drawn(Format::Csv, Some(80)).starts_with("job,"));
    }
}
