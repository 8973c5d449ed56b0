//! Answers to rustyline while a line is being typed: is it complete, what may follow, how is it
//! drawn.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, GraphemeClusterMode};

use super::completer::{Entry, Names, complete};
use super::highlighter::draw;
use super::hint::{Hint, hint};
use super::ink::Ink;
use super::{continuation, is_complete};
use crate::executor::{NameRange, NameScope, WarehouseNames};
use crate::render::one_line;
use crate::shell::{Shell, Target};

/// The number of names that a completion reads; together with the last name they give the common
/// prefix.
const MAX_NAMES: usize = 1000;

/// The number of candidates that are listed: rustyline asks a question before it lists more, and
/// fails above 65,535.
const MAX_LISTED: usize = 100;

/// Implements rustyline's traits.
#[derive(Clone)]
pub(super) struct Assistant {
    shell: Rc<RefCell<Shell>>,
    color: bool,
    clusters: GraphemeClusterMode,
    /// The lines of an unfinished statement before the one that is edited, with their line breaks.
    pub earlier: Rc<RefCell<String>>,
    /// Set when the user cancels the current input.
    pub dropped: Arc<AtomicBool>,
}

impl Assistant {
    /// An assistant that takes names from the shell's executor.
    pub fn new(shell: Rc<RefCell<Shell>>, color: bool) -> Self {
        Self {
            shell,
            color,
            clusters: GraphemeClusterMode::from_env(),
            earlier: Rc::default(),
            dropped: Arc::default(),
        }
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

    /// The line behind the earlier ones.
    fn whole(&self, line: &str) -> String {
        self.earlier.borrow().clone() + line
    }
}

impl rustyline::Helper for Assistant {}

impl Validator for Assistant {
    fn validate(&self, _: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_dropped = self.dropped.load(Ordering::Relaxed);
        Ok(ValidationResult::Valid(is_dropped.then(|| "^C".to_owned())))
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let earlier = self.earlier.borrow().len();
        let (text, names) = (self.whole(line), &mut ShellNames(&self.shell));
        let completion = complete(&text, earlier + cursor, &self.target(), names);
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

/// The current names in the catalog and in the file system.
struct ShellNames<'a>(&'a RefCell<Shell>);

impl Names for ShellNames<'_> {
    fn catalog(&mut self, scope: NameScope<'_>, prefix: &str) -> NameRange {
        self.0.borrow_mut().executor().names(scope, prefix, MAX_NAMES)
    }

    fn warehouse(&mut self) -> Arc<WarehouseNames> {
        self.0.borrow_mut().warehouse_names()
    }

    fn queries(&mut self) -> Vec<String> {
        self.0.borrow().query_names()
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

    fn hint(&self, line: &str, cursor: usize, _context: &Context<'_>) -> Option<Hint> {
        // Without colours a hint would look like typed text.
        if self.color && cursor == line.len() {
            hint(&self.whole(line), &self.target())
        } else {
            None
        }
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
        Cow::Owned(format!("\x1b[{}m{hint}\x1b[0m", Ink::Faint.code()))
    }

    /// A line is always drawn as a whole: one character can change the meaning of everything before
    /// it.
    fn highlight_char(&self, _line: &str, _cursor: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
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
