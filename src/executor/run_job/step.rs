//! The steps of a run, as the line at the terminal shows them.

use crate::definition::Moment;
use crate::name::JobName;
use crate::runs::Window;

/// The part of a run that is under way.
#[derive(Clone, Copy)]
pub(super) enum RunStep {
    Reading,
    Staging,
    Writing,
}

impl RunStep {
    fn word(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Staging => "staging",
            Self::Writing => "writing",
        }
    }
}

/// `load: 2026-01-31 10:00 to 11:00, reading`
pub(super) fn step_text(job: &JobName, step: RunStep, window: Option<Window>) -> String {
    let window = window.map(|window| format!("{}, ", shown(window)));
    format!("{}: {}{}", job.shown(), window.unwrap_or_default(), step.word())
}

/// `2026-01-31 10:00 to 11:00`
fn shown(window: Window) -> String {
    let [start, end] = [window.start, window.end].map(|moment| moment.to_string());
    let [start, end] = if start.ends_with(":00") && end.ends_with(":00") {
        [&start[..start.len() - 3], &end[..end.len() - 3]]
    } else {
        [start.as_str(), &end]
    };
    if window.start == Moment::BEGINNING {
        return format!("up to {end}");
    }
    let day = &start[..=start.find(' ').unwrap_or(0)];
    format!("{start} to {}", end.strip_prefix(day).unwrap_or(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_job_window_and_word() {
        let job = JobName::new("j").unwrap();
        let window = |start: &str, end: &str| {
            let [start, end] = [start, end].map(|text| Moment::parse(text).unwrap());
            Some(Window { start, end })
        };
        for (window, text) in [
            (None, "j: reading"),
            (
                window("2026-01-31 10:00", "2026-01-31 11:00"),
                "j: 2026-01-31 10:00 to 11:00, reading",
            ),
            (
                window("2026-01-31 23:00:30", "2026-02-01 00:00:30"),
                "j: 2026-01-31 23:00:30 to 2026-02-01 00:00:30, reading",
            ),
            (window("0001-01-01", "2026-02-01"), "j: up to 2026-02-01 00:00, reading"),
        ] {
            assert_eq!(step_text(&job, RunStep::Reading, window), text);
        }
    }
}
