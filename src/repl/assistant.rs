//! Answers to rustyline while a line is being typed: is it complete, what may follow, how is it
//! drawn.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::{History, SearchDirection};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, GraphemeClusterMode};

use super::completer::{Entry, Names, Uses, complete};
use super::highlighter::draw;
use super::hint::{Hint, hint, suggestion};
use super::ink::Ink;
use super::{continuation, is_complete};
use crate::executor::{NameRange, NameScope, WarehouseNames};
use crate::render::one_line;
use crate::shell::{Shell, Target};
use crate::sign::has_sign;
use crate::sql::splitter::Dialect;
use crate::terminal::ControllingTerminal;

/// The number of names that a completion reads; together with the last name they give the common
/// prefix.
const MAX_NAMES: usize = 1000;

/// The number of candidates that are listed: rustyline asks a question before it lists more, and
/// fails above 65,535.
const MAX_LISTED: usize = 100;

/// The number of bytes of the history, from its end, whose words are counted.
const MAX_COUNTED: usize = 256 * 1024;

/// Implements rustyline's traits.
#[derive(Clone)]
pub(super) struct Assistant {
    shell: Rc<RefCell<Shell>>,
    terminal: Rc<ControllingTerminal>,
    color: bool,
    clusters: GraphemeClusterMode,
    /// True if the last characters are drawn without colours, since more were waiting.
    is_drawn_plain: Rc<Cell<bool>>,
    /// The words of the history, once they have been counted.
    uses: Rc<RefCell<Option<Rc<Uses>>>>,
    /// The lines of an unfinished statement before the one that is edited, with their line breaks.
    pub earlier: Rc<RefCell<String>>,
    /// Set when the user cancels the current input.
    pub dropped: Arc<AtomicBool>,
}

impl Assistant {
    /// An assistant that takes names from the shell's executor.
    pub fn new(shell: Rc<RefCell<Shell>>, terminal: Rc<ControllingTerminal>, color: bool) -> Self {
        Self {
            shell,
            terminal,
            color,
            clusters: GraphemeClusterMode::from_env(),
            is_drawn_plain: Rc::default(),
            uses: Rc::default(),
            earlier: Rc::default(),
            dropped: Arc::default(),
        }
    }

    /// Counts the words of a new entry of the history.
    pub fn count(&self, entry: &str, dialect: Dialect) {
        if let Some(uses) = &mut *self.uses.borrow_mut() {
            Rc::make_mut(uses).count(entry, dialect);
        }
    }

    /// Counts the words anew before they are needed: the history is another one.
    pub fn forget_uses(&self) {
        self.uses.take();
    }

    /// The target of the text that is being typed.
    fn target(&self) -> Target {
        self.shell.borrow().target()
    }

    /// True if the text can run.
    pub fn is_complete(&self, text: &str) -> bool {
        is_complete(text, &self.shell.borrow())
    }

    /// The prompt of the line after the earlier ones.
    pub fn continuation(&self, prompt: &str) -> String {
        continuation(prompt, &self.earlier.borrow(), &self.shell.borrow())
    }

    /// True if the last character may be drawn as it is: the next one is waiting, and the line is
    /// drawn in colours once none is. So a paste without marks does not draw all for each
    /// character.
    fn is_drawn_later(&self, line: &str, cursor: usize) -> bool {
        let is_plain = |last: u8| last.is_ascii_graphic() || last == b' ';
        cursor == line.len()
            && line.bytes().last().is_some_and(is_plain)
            && self.terminal.is_waiting()
            && !has_sign(&self.whole(line))
    }

    /// The line behind the earlier ones.
    fn whole(&self, line: &str) -> String {
        self.earlier.borrow().clone() + line
    }
}

impl rustyline::Helper for Assistant {}

impl Validator for Assistant {
    fn validate(&self, _: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_dropped = self.dropped.load(Ordering::Relaxed);
        // A message draws the line once more.
        let message = match (is_dropped, self.is_drawn_plain.take()) {
            (true, _) => Some("^C".to_owned()),
            (false, true) => Some(String::new()),
            (false, false) => None,
        };
        Ok(ValidationResult::Valid(message))
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let earlier = self.earlier.borrow().len();
        let (text, target) = (self.whole(line), self.target());
        let mut names = ShellNames {
            shell: &self.shell,
            history: context.history(),
            uses: &self.uses,
        };
        let completion = complete(&text, earlier + cursor, &target, &mut names);
        let Some(start) = completion.start.checked_sub(earlier) else {
            return Ok((cursor, Vec::new()));
        };
        let pairs = completion.candidates.into_iter().map(|candidate| Pair {
            display: one_line(&candidate.shown).into_owned(),
            replacement: candidate.text,
        });
        Ok((start, shortened(pairs.collect())))
    }
}

/// The first candidates, and one that preserves the common prefix of all.
fn shortened(mut pairs: Vec<Pair>) -> Vec<Pair> {
    if pairs.len() <= MAX_LISTED {
        return pairs;
    }
    let first = pairs[0].replacement.clone();
    let shared = |pair: &Pair| {
        let same = first.chars().zip(pair.replacement.chars());
        same.take_while(|(one, other)| one == other).count()
    };
    if let Some(mut least) = pairs.iter().min_by_key(|pair| shared(pair)).cloned() {
        "…".clone_into(&mut least.display);
        pairs.truncate(MAX_LISTED - 1);
        pairs.push(least);
    }
    pairs
}

/// The entries of the history, the newest first.
fn newest(history: &dyn History) -> impl Iterator<Item = Cow<'_, str>> {
    let entry = |index| history.get(index, SearchDirection::Reverse).ok().flatten();
    (0..history.len()).rev().filter_map(entry).map(|found| found.entry)
}

/// The current names in the catalog and in the file system, and the words of the history.
struct ShellNames<'a> {
    shell: &'a RefCell<Shell>,
    history: &'a dyn History,
    uses: &'a RefCell<Option<Rc<Uses>>>,
}

impl Names for ShellNames<'_> {
    fn catalog(&mut self, scope: NameScope<'_>, prefix: &str) -> NameRange {
        self.shell.borrow_mut().executor().names(scope, prefix, MAX_NAMES)
    }

    fn warehouse(&mut self) -> Arc<WarehouseNames> {
        self.shell.borrow_mut().warehouse_names()
    }

    fn uses(&mut self) -> Rc<Uses> {
        let count_all = || {
            let dialect = self.shell.borrow().target().dialect();
            let mut uses = Uses::default();
            let mut bytes = 0;
            for entry in newest(self.history) {
                bytes += entry.len();
                if bytes > MAX_COUNTED {
                    break;
                }
                uses.count(&entry, dialect);
            }
            Rc::new(uses)
        };
        Rc::clone(self.uses.borrow_mut().get_or_insert_with(count_all))
    }

    fn catalog_by_letters(&mut self, scope: NameScope<'_>, letters: &str) -> Vec<String> {
        self.shell.borrow_mut().executor().names_with_letters(scope, letters, MAX_NAMES)
    }

    fn queries(&mut self) -> Vec<String> {
        self.shell.borrow().query_names()
    }

    fn variables(&mut self) -> Vec<String> {
        self.shell.borrow().variable_names()
    }

    fn entries(&mut self, folder: &Path) -> Vec<Entry> {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| {
                Some(Entry {
                    is_folder: entry.path().is_dir(),
                    name: entry.file_name().into_string().ok()?,
                })
            })
            .collect()
    }
}

impl Hinter for Assistant {
    type Hint = Hint;

    fn hint(&self, line: &str, cursor: usize, context: &Context<'_>) -> Option<Hint> {
        // Without colours a hint would look like typed text.
        if !self.color || cursor < line.len() || self.terminal.is_waiting() {
            return None;
        }
        let whole = self.whole(line);
        hint(&whole, &self.target()).or_else(|| suggestion(&whole, newest(context.history())))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _cursor: usize) -> Cow<'l, str> {
        let earlier = self.earlier.borrow().len();
        let text = self.whole(line);
        Cow::Owned(draw(&text, earlier, &self.target(), self.color, self.clusters))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        _default: bool,
    ) -> Cow<'b, str> {
        match self.shell.borrow().color().filter(|_| self.color) {
            Some(color) => Cow::Owned(color.paint(prompt)),
            None => Cow::Borrowed(prompt),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if !self.color {
            return Cow::Borrowed(hint);
        }
        Cow::Owned(format!("\x1b[{}m{hint}\x1b[0m", Ink::Faint.code()))
    }

    /// A line is always drawn as a whole: one character can change the meaning of everything before
    /// it.
    fn highlight_char(&self, line: &str, cursor: usize, kind: CmdKind) -> bool {
        match kind {
            CmdKind::MoveCursor => self.is_drawn_plain.take(),
            CmdKind::ForcedRefresh => true,
            CmdKind::Other => {
                self.is_drawn_plain.set(self.is_drawn_later(line, cursor));
                !self.is_drawn_plain.get()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_and_still_tells_what_all_candidates_begin_with() {
        let pair = |number: usize| Pair {
            display: format!("conn_{number:06}"),
            replacement: format!("conn_{number:06}"),
        };
        let short = shortened((0..100_000).map(pair).collect());
        assert_eq!(short.len(), MAX_LISTED);
        assert_eq!(short[MAX_LISTED - 1].display, "…");
        assert_eq!(rustyline::completion::longest_common_prefix(&short), Some("conn_0"));
        assert_eq!(shortened((0..3).map(pair).collect()).len(), 3);
    }
}
