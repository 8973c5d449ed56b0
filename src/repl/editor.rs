//! The line editor: rustyline with redwire's assistant.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::config::{BellStyle, ColorMode, CompletionType, EditMode};
use rustyline::error::ReadlineError;
use rustyline::history::{History, MemHistory};
use rustyline::{
    Behavior, Cmd, ConditionalEventHandler, Config, Event, EventContext, EventHandler, KeyCode,
    KeyEvent, Modifiers, RepeatCount,
};

use super::Keys;
use super::assistant::Assistant;
use super::hint::first_word;
use super::history::MAX_ENTRIES;
use super::typing::{Line, LineSource};
use crate::sql::splitter::Dialect;

/// Edits a text line by line, as psql does. The arrow up on a further line edits all lines in one
/// buffer.
pub(super) struct Editor {
    line: rustyline::Editor<Assistant, MemHistory>,
    assistant: Assistant,
    keys: Keys,
    further: Arc<FurtherLine>,
}

/// The state that the keys of a further line share.
#[derive(Default)]
struct FurtherLine {
    /// True while a line of a statement is edited that is not its first.
    is_edited: AtomicBool,
    /// Set when the user wants to edit all lines.
    is_reopened: AtomicBool,
}

impl Editor {
    /// An editor whose history has the entries; None if there is no terminal.
    pub fn new(assistant: Assistant, keys: Keys, entries: &[String]) -> Option<Self> {
        let further = Arc::default();
        Some(Self {
            line: open(assistant.clone(), keys, &further, history_of(entries)).ok()?,
            assistant,
            keys,
            further,
        })
    }

    /// The text so far: the earlier lines and this one.
    fn text_with(&self, line: &str) -> String {
        self.assistant.earlier.take() + line
    }

    fn read_line(&mut self, prompt: &str, before: &str, after: &str) -> Line {
        let is_further = !self.assistant.earlier.borrow().is_empty();
        self.further.is_edited.store(is_further, Ordering::Relaxed);
        let line = if is_further {
            let prompt = self.assistant.continuation(prompt);
            self.line.readline_with_initial(&prompt, (before, after))
        } else {
            self.line.readline_with_initial(prompt, (before, after))
        };
        let dropped = self.assistant.dropped.swap(false, Ordering::Relaxed);
        match line {
            Ok(_) if dropped => Line::Dropped,
            Ok(text) => Line::Text(text),
            Err(ReadlineError::Interrupted) => Line::Dropped,
            Err(ReadlineError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                Line::NotUtf8
            }
            Err(_) => Line::End,
        }
    }
}

impl LineSource for Editor {
    fn read(&mut self, prompt: &str, initial: &str) -> Line {
        // A text of whole lines is continued below them.
        let (earlier, before) = if initial.ends_with('\n') {
            (initial, "")
        } else {
            ("", initial)
        };
        earlier.clone_into(&mut self.assistant.earlier.borrow_mut());
        let (mut before, mut after) = (before.to_owned(), String::new());
        loop {
            let line = match self.read_line(prompt, &before, &after) {
                Line::Text(line) => line,
                other => {
                    self.assistant.earlier.take();
                    return other;
                }
            };
            (before, after) = (String::new(), String::new());
            if self.further.is_reopened.swap(false, Ordering::Relaxed) {
                before = self.text_with("");
                // Without the last line break.
                before.pop();
                after = format!("\n{line}");
                continue;
            }
            let text = self.text_with(&line);
            if self.assistant.is_complete(&text) {
                return Line::Text(text);
            }
            *self.assistant.earlier.borrow_mut() = text + "\n";
        }
    }

    fn remember(&mut self, entry: &str, dialect: Dialect) {
        self.assistant.count(entry, dialect);
        // A history in memory cannot fail.
        let _ = self.line.add_history_entry(entry);
    }

    fn remember_only(&mut self, entries: &[String]) {
        self.assistant.forget_uses();
        *self.line.history_mut() = history_of(entries);
    }

    /// rustyline cannot discard what it has read ahead, but a new editor has read nothing.
    fn drop_read_ahead(&mut self) {
        let history = std::mem::take(self.line.history_mut());
        // If there is none the old one continues, without entries, with the bytes that it has read.
        if let Ok(new) = open(self.assistant.clone(), self.keys, &self.further, history) {
            self.line = new;
        }
    }
}

fn history_of(entries: &[String]) -> MemHistory {
    let mut history = MemHistory::with_config(&config(Keys::Emacs));
    for entry in entries {
        // A history in memory cannot fail.
        let _ = history.add(entry);
    }
    history
}

fn config(keys: Keys) -> Config {
    let config = Config::builder()
        .edit_mode(match keys {
            Keys::Emacs => EditMode::Emacs,
            Keys::Vi => EditMode::Vi,
        })
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .bell_style(BellStyle::None)
        // The highlighter draws the bullets, and rustyline calls it only if colours are on.
        .color_mode(ColorMode::Forced)
        // The prompt is not a result: it goes to the terminal even if standard output is
        // redirected.
        .behavior(Behavior::PreferTerm);
    let config = config.max_history_size(MAX_ENTRIES);
    config.map(rustyline::config::Builder::build).unwrap_or_default()
}

fn open(
    assistant: Assistant,
    keys: Keys,
    further: &Arc<FurtherLine>,
    history: MemHistory,
) -> rustyline::Result<rustyline::Editor<Assistant, MemHistory>> {
    let mut editor = rustyline::Editor::with_history(config(keys), history)?;
    for key in [KeyEvent::ctrl('C'), KeyEvent::ctrl('J'), KeyEvent::ctrl('M'), ENTER] {
        let ending = EndLine(Arc::clone(&assistant.dropped));
        editor.bind_sequence(key, EventHandler::Conditional(Box::new(ending)));
    }
    // In vi's keys Escape and then Enter submits.
    if keys == Keys::Emacs {
        for key in [KeyEvent(KeyCode::Enter, Modifiers::ALT), CTRL_ALT_M] {
            editor.bind_sequence(key, Cmd::Newline);
        }
    }
    let indent = IndentBlankLine(Arc::clone(further));
    editor.bind_sequence(TAB, EventHandler::Conditional(Box::new(indent)));
    let reopen = ReopenLines(Arc::clone(further));
    editor.bind_sequence(UP, EventHandler::Conditional(Box::new(reopen)));
    for key in [END, KeyEvent::ctrl('E')] {
        editor.bind_sequence(key, EventHandler::Conditional(Box::new(TakeHint)));
    }
    for key in [ALT_RIGHT, KeyEvent::alt('f')] {
        editor.bind_sequence(key, EventHandler::Conditional(Box::new(TakeWord)));
    }
    editor.set_helper(Some(assistant));
    Ok(editor)
}

const ENTER: KeyEvent = KeyEvent(KeyCode::Enter, Modifiers::NONE);
const CTRL_ALT_M: KeyEvent = KeyEvent(KeyCode::Char('M'), Modifiers::CTRL_ALT);
const TAB: KeyEvent = KeyEvent(KeyCode::Tab, Modifiers::NONE);
const UP: KeyEvent = KeyEvent(KeyCode::Up, Modifiers::NONE);

const END: KeyEvent = KeyEvent(KeyCode::End, Modifiers::NONE);
const ALT_RIGHT: KeyEvent = KeyEvent(KeyCode::Right, Modifiers::ALT);

/// The keys that end a line, and the flag that it was cancelled. rustyline's own interrupt would
/// leave the hint on the screen, where it would look like typed text.
struct EndLine(Arc<AtomicBool>);

impl ConditionalEventHandler for EndLine {
    fn handle(
        &self,
        event: &Event,
        _count: RepeatCount,
        _positive: bool,
        _context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let dropped = event.get(0) == Some(&KeyEvent::ctrl('C'));
        self.0.store(dropped, Ordering::Relaxed);
        dropped.then_some(Cmd::AcceptLine)
    }
}

/// A tab at the beginning of a further line indents it, so that indented text can be pasted.
struct IndentBlankLine(Arc<FurtherLine>);

const INDENT: &str = "    ";

impl ConditionalEventHandler for IndentBlankLine {
    fn handle(
        &self,
        _event: &Event,
        _count: RepeatCount,
        _positive: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let before = &context.line()[..context.pos()];
        let line = match before.rfind('\n') {
            Some(end) => &before[end + 1..],
            None if self.0.is_edited.load(Ordering::Relaxed) => before,
            None => return None,
        };
        line.trim().is_empty().then(|| Cmd::Insert(1, INDENT.to_owned()))
    }
}

/// The keys to the end of the line take the hint if the cursor is already there, as the arrow
/// right does.
struct TakeHint;

impl ConditionalEventHandler for TakeHint {
    fn handle(
        &self,
        _event: &Event,
        _count: RepeatCount,
        _positive: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        taken_hint(context).map(|_| Cmd::CompleteHint)
    }
}

/// The keys to the next word take the next word of the hint.
struct TakeWord;

impl ConditionalEventHandler for TakeWord {
    fn handle(
        &self,
        _event: &Event,
        _count: RepeatCount,
        _positive: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        taken_hint(context).map(|hint| Cmd::Insert(1, first_word(hint).to_owned()))
    }
}

/// The hint that can be taken at the cursor.
fn taken_hint<'a>(context: &'a EventContext<'_>) -> Option<&'a str> {
    let is_at_end = context.pos() == context.line().len();
    context.hint_text().filter(|_| is_at_end)
}

/// The arrow up on a further line opens the earlier lines for editing.
struct ReopenLines(Arc<FurtherLine>);

impl ConditionalEventHandler for ReopenLines {
    fn handle(
        &self,
        _event: &Event,
        _count: RepeatCount,
        _positive: bool,
        _context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let is_further = self.0.is_edited.load(Ordering::Relaxed);
        self.0.is_reopened.store(is_further, Ordering::Relaxed);
        is_further.then_some(Cmd::AcceptLine)
    }
}
