//! The line at a terminal that says how far a query or a job is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthChar;

use crate::host::TerminalSize;

/// Work that ends within this time shows no line.
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

enum Update {
    Text(String),
    /// Clears the line, and then answers.
    Hide(SyncSender<()>),
}

/// The line of a query or a job that runs; it is gone when this is dropped.
pub struct ProgressLine {
    /// None without a terminal.
    drawing: Option<(Sender<Update>, JoinHandle<()>)>,
    rows: Arc<AtomicU64>,
}

impl ProgressLine {
    /// A line that is drawn once it has a text.
    pub fn begin(screen: Option<ProgressScreen>) -> Self {
        let rows = Arc::default();
        let drawing = screen.and_then(|screen| {
            let (sender, updates) = channel();
            let line = DrawnLine::new(Arc::clone(&rows));
            let draw = move || line.draw_until_the_end(screen, &updates);
            let thread = thread::Builder::new().name("progress".to_owned()).spawn(draw);
            Some((sender, thread.ok()?))
        });
        Self { drawing, rows }
    }

    /// No line.
    pub fn none() -> Self {
        Self::begin(None)
    }

    /// Sets the text before the time and the rows.
    pub fn show(&self, text: String) {
        self.send(Update::Text(text));
    }

    /// Counts rows that have arrived.
    pub fn add_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
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

struct DrawnLine {
    begun: Instant,
    text: Option<String>,
    rows: Arc<AtomicU64>,
    is_drawn: bool,
}

impl DrawnLine {
    fn new(rows: Arc<AtomicU64>) -> Self {
        Self {
            begun: Instant::now(),
            text: None,
            rows,
            is_drawn: false,
        }
    }

    fn draw_until_the_end(mut self, screen: ProgressScreen, updates: &Receiver<Update>) {
        let mut next = self.begun + GRACE;
        loop {
            let update = updates.recv_timeout(next.saturating_duration_since(Instant::now()));
            match update {
                Ok(Update::Text(text)) => self.text = Some(text),
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
        let width = (screen.size)().map_or(80, |size| size.width);
        let Some(text) = self.text(self.begun.elapsed()) else {
            return;
        };
        (screen.write)(&format!("\r{}\x1b[K", cut(&text, width.saturating_sub(1))));
        self.is_drawn = true;
    }

    fn clear(&mut self, screen: ProgressScreen) {
        if std::mem::take(&mut self.is_drawn) {
            (screen.write)(CLEAR);
        }
    }

    fn text(&self, elapsed: Duration) -> Option<String> {
        let text = self.text.as_ref()?;
        let rows = self.rows.load(Ordering::Relaxed);
        Some(format!("{text}, {}, {rows} rows", in_units(elapsed)))
    }
}

/// The time in its two largest units: `2h5m`, `1m30s`.
pub(crate) fn in_units(time: Duration) -> String {
    let seconds = time.as_secs().max(1);
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{}s", seconds % 60),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
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
    fn a_line_has_a_text_the_time_and_the_rows() {
        let mut line = DrawnLine::new(Arc::new(AtomicU64::new(7)));
        assert_eq!(line.text(Duration::ZERO), None);
        line.text = Some("running".to_owned());
        let text = line.text(Duration::from_millis(61_900));
        assert_eq!(text.as_deref(), Some("running, 1m1s, 7 rows"));
    }

    #[test]
    fn a_line_is_cut_to_the_width_of_the_terminal() {
        assert_eq!(cut("日本 j", 3), "日");
        assert_eq!(cut("日本 j", 6), "日本 j");
    }

    #[test]
    fn without_a_terminal_nothing_is_drawn_and_nobody_waits() {
        let line = ProgressLine::none();
        line.show("running".to_owned());
        line.hide();
    }
}
