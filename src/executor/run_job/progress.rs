//! The line at a terminal that says how far a job is.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthChar;

use super::in_units;
use crate::definition::Moment;
use crate::host::TerminalSize;
use crate::runs::Window;

/// A job that ends within this time shows no line.
const GRACE: Duration = Duration::from_millis(300);

/// The time between two drawings.
const TICK: Duration = Duration::from_millis(200);

/// Clears the line that the cursor is in.
const CLEAR: &str = "\r\x1b[K";

/// The terminal at which the line is drawn.
#[derive(Clone, Copy)]
pub struct ProgressScreen {
    /// Writes to it at once.
    pub write: fn(&str),
    /// Its present size.
    pub size: fn() -> Option<TerminalSize>,
}

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

enum Update {
    Step(RunStep, Option<Window>),
    Rows(u64),
    /// Clears the line, and then answers.
    Hide(SyncSender<()>),
}

/// The line of a job that runs; it is gone when this is dropped.
pub(super) struct ProgressLine {
    /// None without a terminal.
    drawing: Option<(Sender<Update>, JoinHandle<()>)>,
}

impl ProgressLine {
    pub fn begin(screen: Option<ProgressScreen>, job: String) -> Self {
        let drawing = screen.and_then(|screen| {
            let (sender, updates) = channel();
            let line = Line::new(job);
            let draw = move || line.draw_until_the_end(screen, &updates);
            let thread = thread::Builder::new().name("progress".to_owned()).spawn(draw);
            Some((sender, thread.ok()?))
        });
        Self { drawing }
    }

    /// No line.
    pub fn none() -> Self {
        Self { drawing: None }
    }

    pub fn step(&self, step: RunStep, window: Option<Window>) {
        self.send(Update::Step(step, window));
    }

    /// Counts rows that are loaded.
    pub fn add_rows(&self, rows: u64) {
        self.send(Update::Rows(rows));
    }

    /// Clears the line before something else is printed.
    pub fn hide(&self) {
        let (sender, hidden) = sync_channel(1);
        self.send(Update::Hide(sender));
        // Without a terminal the sender is gone.
        let _ = hidden.recv();
    }

    fn send(&self, update: Update) {
        if let Some((sender, _)) = &self.drawing {
            // A thread that has ended draws nothing.
            let _ = sender.send(update);
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.drawing.take() {
            drop(sender);
            // A panic of the thread has been reported by it.
            let _ = thread.join();
        }
    }
}

struct Line {
    job: String,
    begun: Instant,
    step: Option<RunStep>,
    window: Option<Window>,
    rows: u64,
    is_drawn: bool,
}

impl Line {
    fn new(job: String) -> Self {
        Self {
            job,
            begun: Instant::now(),
            step: None,
            window: None,
            rows: 0,
            is_drawn: false,
        }
    }

    fn draw_until_the_end(mut self, screen: ProgressScreen, updates: &Receiver<Update>) {
        let mut next = self.begun + GRACE;
        loop {
            let update = updates.recv_timeout(next.saturating_duration_since(Instant::now()));
            match update {
                Ok(Update::Step(step, window)) => {
                    self.step = Some(step);
                    self.window = window;
                }
                Ok(Update::Rows(rows)) => self.rows += rows,
                Ok(Update::Hide(hidden)) => {
                    self.clear(screen);
                    let _ = hidden.send(());
                }
                Err(RecvTimeoutError::Timeout) => {
                    next = Instant::now() + TICK;
                    self.draw(screen);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.clear(screen);
                    return;
                }
            }
        }
    }

    fn draw(&mut self, screen: ProgressScreen) {
        let Some(step) = self.step else { return };
        let width = (screen.size)().map_or(80, |size| size.width);
        let text = self.text(step, self.begun.elapsed());
        (screen.write)(&format!("\r{}\x1b[K", cut(&text, width.saturating_sub(1))));
        self.is_drawn = true;
    }

    fn clear(&mut self, screen: ProgressScreen) {
        if std::mem::take(&mut self.is_drawn) {
            (screen.write)(CLEAR);
        }
    }

    fn text(&self, step: RunStep, elapsed: Duration) -> String {
        let window = self.window.map(|window| format!("{}, ", shown(window)));
        format!(
            "{}: {}{}, {}, {} rows",
            self.job,
            window.unwrap_or_default(),
            step.word(),
            in_units(elapsed),
            self.rows
        )
    }
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

/// The beginning of the text that has this width.
fn cut(text: &str, width: usize) -> &str {
    let mut left = width;
    for (at, character) in text.char_indices() {
        match left.checked_sub(character.width().unwrap_or(0)) {
            Some(rest) => left = rest,
            None => return &text[..at],
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_job_window_step_time_and_rows() {
        let window = |start: &str, end: &str| {
            let [start, end] = [start, end].map(|text| Moment::parse(text).unwrap());
            Some(Window { start, end })
        };
        for (window, text) in [
            (None, "j: reading, 1m1s, 7 rows"),
            (
                window("2026-01-31 10:00", "2026-01-31 11:00"),
                "j: 2026-01-31 10:00 to 11:00, reading, 1m1s, 7 rows",
            ),
            (
                window("2026-01-31 23:00:30", "2026-02-01 00:00:30"),
                "j: 2026-01-31 23:00:30 to 2026-02-01 00:00:30, reading, 1m1s, 7 rows",
            ),
            (
                window("0001-01-01", "2026-02-01"),
                "j: up to 2026-02-01 00:00, reading, 1m1s, 7 rows",
            ),
        ] {
            let line = Line {
                window,
                rows: 7,
                ..Line::new("j".to_owned())
            };
            assert_eq!(line.text(RunStep::Reading, Duration::from_millis(61_900)), text);
        }
    }

    #[test]
    fn a_line_is_cut_to_the_width_of_the_terminal() {
        assert_eq!(cut("日本 j", 3), "日");
        assert_eq!(cut("日本 j", 6), "日本 j");
    }

    #[test]
    fn without_a_terminal_nothing_is_drawn_and_nobody_waits() {
        let line = ProgressLine::none();
        line.step(RunStep::Staging, None);
        line.hide();
    }
}
