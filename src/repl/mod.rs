//! The loop at a terminal: the line editor with completion, colours, history and hints, and the
//! execution of its lines.
//!
//! `script` splits and runs the typed text like any script. A line is masked before any of it is
//! kept.

mod assistant;
mod bare_word;
pub mod completer;
mod concealed;
mod editor;
mod external_editor;
mod highlighter;
mod hint;
mod histories;
mod history;
mod ink;
mod pager;
mod plain;
mod template;
mod typing;

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::diagnostic::ExitStatus;
use crate::error::{Error, FileError};
use crate::executor::{Notice, TransactionState};
use crate::host::Host;
use crate::script;
use crate::shell::{Flow, Shell, Target, name_and_argument};
use crate::signals::Signals;
use crate::sql::mask::mask;
use crate::sql::splitter::{Piece, Splitter};
use crate::terminal::ControllingTerminal;

use assistant::Assistant;
use bare_word::{BareWord, bare_word};
use editor::Editor;
use external_editor::ExternalEditor;
use histories::{Histories, move_histories};
use pager::TerminalPager;
use plain::PlainLines;
use template::PromptValues;
pub use template::{Keys, PromptTemplate};
use typing::{Line, LineSource};

/// The options of the prompt.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct PromptOptions {
    /// The file of the history; None keeps it in memory.
    pub history: Option<PathBuf>,
    /// The history of earlier versions of redwire, which is moved to that file.
    pub old_history: Option<PathBuf>,
    /// The keys of the editor.
    pub keys: Keys,
    /// The text of the prompt.
    pub template: PromptTemplate,
    /// True if there are colours.
    pub color: bool,
    /// True if long results are shown in a pager.
    pub pager: bool,
    /// True for a dry run.
    pub is_dry_run: bool,
    /// True if the catalog is in memory, which the prompt shows.
    pub is_ephemeral: bool,
}

/// Runs the prompt until the user quits; errors of statements do not change the exit status.
pub fn run(shell: Shell, host: &Host, stdin: Box<dyn Read>, options: PromptOptions) -> ExitStatus {
    let _deferred = host.signals.defer_interrupt();
    Prompt::new(shell, host, stdin, options).run_loop()
}

/// True if lines are edited at a terminal of this TERM; completion needs that.
pub fn is_edited(term: Option<&OsStr>) -> bool {
    !plain::is_plain_terminal(term)
}

struct Prompt {
    shell: Rc<RefCell<Shell>>,
    lines: Box<dyn LineSource>,
    histories: Histories,
    external_editor: ExternalEditor,
    terminal: Rc<ControllingTerminal>,
    /// True if more was typed than the last submitted text when that began to run.
    is_ahead: bool,
    signals: Signals,
    /// The unfinished text that the next line begins with.
    unfinished: String,
    is_ephemeral: bool,
    template: PromptTemplate,
}

impl Prompt {
    fn new(mut shell: Shell, host: &Host, stdin: Box<dyn Read>, options: PromptOptions) -> Self {
        let greeting = greeting(&shell.target());
        shell.output().greeting(&greeting);
        if options.is_dry_run {
            shell.output().greeting(NOTHING_IS_KEPT);
        }
        shell.show_target();
        if let (Some(old), Some(new)) = (&options.old_history, &options.history)
            && let Err(error) = move_histories(old, new)
        {
            let problem = format!("could not move {} to {}: {error}", old.display(), new.display());
            shell.output().warn(problem);
        }
        let mut histories = Histories::new(options.history, &shell.target());
        let shell = Rc::new(RefCell::new(shell));
        let terminal = Rc::new(ControllingTerminal::open());
        let assistant = Assistant::new(Rc::clone(&shell), Rc::clone(&terminal), options.color);
        let term = (host.environment)("TERM");
        let editor = Some(assistant).filter(|_| is_edited(term.as_deref())).and_then(|assistant| {
            Editor::new(assistant, options.keys, histories.current().entries())
        });
        if editor.is_some() {
            terminal.silence();
        }
        let lent = Rc::clone(&terminal);
        shell.borrow_mut().set_terminal_loan(Box::new(move |is_lent| {
            if is_lent {
                lent.lend();
            } else {
                lent.take_back();
            }
        }));
        if options.pager
            && let Some(pager) = TerminalPager::new(host, Rc::clone(&terminal))
        {
            let mut shell = shell.borrow_mut();
            if !TerminalPager::keeps_colors(host) {
                shell.output().style_mut().color = false;
            }
            shell.output().set_pager(Box::new(pager));
        }
        let external_editor =
            ExternalEditor::new(Rc::clone(&host.environment), Rc::clone(&terminal));
        let lines: Box<dyn LineSource> = match editor {
            Some(editor) => Box::new(editor),
            None => {
                let (signals, terminal) = (host.signals.clone(), Rc::clone(&terminal));
                Box::new(PlainLines::new(stdin, Rc::clone(&shell), signals, terminal))
            }
        };
        Self {
            shell,
            lines,
            histories,
            external_editor,
            terminal,
            is_ahead: false,
            signals: host.signals.clone(),
            unfinished: String::new(),
            is_ephemeral: options.is_ephemeral,
            template: options.template,
        }
    }

    fn run_loop(mut self) -> ExitStatus {
        loop {
            self.follow_target();
            self.shell.borrow_mut().fetch_names();
            self.warn_about_history();
            // From here on an interrupt cancels the input; after the line it cancels the running
            // statement.
            self.signals.clear();
            if self.signals.must_die() {
                self.shell.borrow_mut().end_prompt();
                return ExitStatus::Interrupted;
            }
            let text = std::mem::take(&mut self.unfinished);
            let line = self.lines.read(&self.prompt(), &text);
            self.is_ahead = self.terminal.is_waiting();
            let status = match line {
                Line::Text(text) => self.submit(text),
                Line::Dropped => None,
                Line::NotUtf8 => {
                    self.shell
                        .borrow_mut()
                        .output()
                        .warn("what was typed is not UTF-8, so it was dropped");
                    None
                }
                Line::End => Some(ExitStatus::Done),
            };
            if let Some(status) = status {
                self.shell.borrow_mut().end_prompt();
                return status;
            }
        }
    }

    /// The prompt shows the target and the state of the transaction.
    fn prompt(&self) -> String {
        let mut shell = self.shell.borrow_mut();
        let transaction = match shell.transaction() {
            TransactionState::None => "",
            TransactionState::Open => "*",
            TransactionState::Failed => "!",
        };
        let branch = if shell.is_active() { "" } else { "@" };
        let target = shell.target();
        let is_gone_at_the_end = self.is_ephemeral && target == Target::Catalog;
        let kept = if is_gone_at_the_end { " (ephemeral)" } else { "" };
        let target = format!("{}{kept}{branch}", target.label());
        self.template.fill(&PromptValues { target, transaction })
    }

    /// Runs a submitted text; an exit status ends the loop.
    fn submit(&mut self, text: String) -> Option<ExitStatus> {
        let mut next = Some(text);
        while let Some(mut text) = next.take() {
            let dialect = self.shell.borrow().target().dialect();
            let flow = if let Some(end) = Splitter::command_on_further_line(&text, dialect) {
                let command = text.split_off(end);
                self.run_amid(text, command.trim())
            } else {
                match bare_word(&text) {
                    Some(BareWord::Quit) => Flow::Quit,
                    Some(BareWord::Help) => self.shell.borrow_mut().show_help(),
                    None => self.run(&text),
                }
            };
            match flow {
                Flow::Go | Flow::Include(_) | Flow::RunText { .. } => {}
                Flow::EditQuery(path) => self.edit_query(&path),
                Flow::Failed | Flow::WrongTarget | Flow::Interrupted => self.drop_typed_ahead(),
                Flow::Edit(path) => next = self.edit(path.as_deref()),
                Flow::History(path) => self.show_history(path.as_deref()),
                Flow::Quit => return Some(ExitStatus::Done),
                Flow::Closed => return Some(ExitStatus::Failed),
            }
        }
        None
    }

    /// Runs a command that was typed below the lines of an unfinished statement, which stays unless
    /// the command drops it.
    fn run_amid(&mut self, typed: String, command: &str) -> Flow {
        let mut shell = self.shell.borrow_mut();
        if matches!(name_and_argument(command).0, "\\r" | "\\reset") {
            shell.output().notice_at_once(&Notice::new("the statement was dropped"));
            return Flow::Go;
        }
        let before = shell.replace_last_statement(Some((typed.clone(), false)));
        drop(shell);
        self.unfinished = typed;
        let flow = self.run(command);
        self.shell.borrow_mut().replace_last_statement(before);
        flow
    }

    /// Discards input typed before the last text began to run: it relied on that text to succeed.
    fn drop_typed_ahead(&mut self) {
        self.lines.drop_read_ahead();
        if self.is_ahead {
            self.terminal.discard();
        }
    }

    /// Runs a text. Each statement is kept in the history before it runs, masked by the rules of
    /// its target.
    fn run(&mut self, text: &str) -> Flow {
        let shell = Rc::clone(&self.shell);
        let mut shell = shell.borrow_mut();
        let flow = script::run_submitted(&mut shell, text, &mut |piece, target| {
            self.remember(piece, target);
        });
        shell.output().flush_error();
        flow
    }

    /// Shows the history as it is kept, or writes it to a file.
    fn show_history(&mut self, path: Option<&Path>) {
        let entries = self.histories.current().entries();
        let text: String = entries.iter().flat_map(|entry| [entry.as_str(), "\n"]).collect();
        let mut shell = self.shell.borrow_mut();
        let written = match path {
            Some(path) => std::fs::write(path, text)
                .map_err(|error| Error::new(FileError::write(path, &error))),
            None => {
                // A failure of the terminal shows at the next prompt.
                let _ = shell.output().text(&text);
                Ok(())
            }
        };
        if let Err(error) = written {
            shell.fail(&error);
        }
    }

    /// Opens the user's editor, without a path on the unfinished or the last statement; returns the
    /// text if it should run now.
    fn edit(&mut self, path: Option<&Path>) -> Option<String> {
        let statement = if self.unfinished.is_empty() {
            self.histories.current().last_statement().unwrap_or_default().to_owned()
        } else {
            mask(&self.unfinished, false).text
        };
        self.edit_text(&statement, path)
    }

    /// Opens the user's editor on a file that is not run.
    fn edit_query(&mut self, path: &Path) {
        let edited = self.external_editor.edit("", Some(path));
        // An interrupt was meant for the editor.
        self.signals.clear();
        if let Err(error) = edited {
            self.shell.borrow_mut().fail_command(error);
        }
    }

    /// Opens the user's editor on a text, or on a file.
    fn edit_text(&mut self, text: &str, path: Option<&Path>) -> Option<String> {
        let edited = self.external_editor.edit(text, path);
        // An interrupt was meant for the editor.
        self.signals.clear();
        match edited {
            Ok(Some(text)) => {
                let is_complete = is_complete(&text, &self.shell.borrow());
                self.unfinished = if is_complete { String::new() } else { text.clone() };
                is_complete.then_some(text)
            }
            Ok(None) => None,
            Err(error) => {
                self.shell.borrow_mut().fail(&error);
                None
            }
        }
    }

    fn remember(&mut self, piece: &Piece<'_>, target: &Target) {
        self.use_history_of(target);
        if let Some(entry) = history::entry(piece)
            && self.histories.current().append(&entry)
        {
            self.lines.remember(&entry, target.dialect());
        }
    }

    /// Switches to the history of the next statement's target.
    fn follow_target(&mut self) {
        let target = self.shell.borrow().target();
        self.use_history_of(&target);
    }

    fn use_history_of(&mut self, target: &Target) {
        if self.histories.switch_to_history_of(target) {
            self.lines.remember_only(self.histories.current().entries());
        }
    }

    fn warn_about_history(&mut self) {
        if let Some(problem) = self.histories.current().take_problem() {
            self.shell.borrow_mut().output().warn(problem);
        }
    }
}

/// True if a text is complete and can run.
fn is_complete(text: &str, shell: &Shell) -> bool {
    let dialect = shell.target().dialect();
    bare_word(text).is_some()
        || Splitter::is_complete(text, dialect)
        || Splitter::command_on_further_line(text, dialect).is_some()
}

/// The prompt of the line below an unfinished text.
fn continuation(prompt: &str, text: &str, shell: &Shell) -> String {
    let mark = Splitter::continuation_mark(text, shell.target().dialect());
    format!("{}{mark}> ", prompt.strip_suffix("> ").unwrap_or(prompt))
}

fn greeting(target: &Target) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let rest = match target {
        Target::Catalog => " \\? lists commands, \\h statements, \\q quits",
        Target::Warehouse { .. } => " and run on the warehouse; \\? lists commands, \\q quits",
    };
    format!("redwire {version}: statements end with ;{rest}")
}

const NOTHING_IS_KEPT: &str =
    "a dry run: statements change a copy of the catalog, which goes when you quit";
