//! The loop over stdin, files and `-c`: all of a command line, in its order, is one script.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::diagnostic::ExitStatus;
use crate::error::{Cancelled, CommandError, Error, FileError};
use crate::executor::{DefinitionStatement, Notice, Origin, Prune};
use crate::shell::{Flow, Input, PlanOrApply, Shell, Target, UnechoedText};
use crate::sql::TextError;
use crate::sql::splitter::{BrokenPiece, Piece, PieceKind, Splitter};

/// The bytes that are read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// The depth to which `\i` may nest.
const MAX_INCLUDES: usize = 32;

/// One part of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptPart {
    /// The text of a `-c`.
    Text(String),
    /// The statement of a subcommand: redwire's own, so that an error has no place in it.
    Statement(String),
    /// A file, `-f`.
    File(PathBuf),
    /// Standard input: `-f -`, or no part at all.
    Stdin,
}

/// The reaction to a statement that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OnError {
    /// End the script
    Stop,
    /// Go on with the next statement
    Continue,
}

/// Receives each piece that is about to run, and its target.
pub type Note<'a> = &'a mut dyn FnMut(&Piece<'_>, &Target);

/// The work on each piece of a script.
enum PieceAction<'a> {
    /// Run it; each piece of a submitted text is noted before.
    Run(Option<Note<'a>>),
    /// Collect it as a definition of the desired catalog.
    Collect(&'a mut Vec<DefinitionStatement>),
}

impl PieceAction<'_> {
    fn perform(&mut self, shell: &mut Shell, piece: Piece<'_>, input: &Rc<Input>) -> Flow {
        match self {
            Self::Run(note) => {
                if let Some(note) = note
                    && input.origin == Origin::Prompt
                {
                    note(&piece, &shell.target());
                }
                shell.run(piece, input)
            }
            Self::Collect(definitions) => shell.collect(&piece, input, definitions),
        }
    }
}

/// A part that has been opened.
struct OpenPart {
    input: Rc<Input>,
    reader: Box<dyn Read>,
    /// The text that was read and not shown yet; None if it is not echoed.
    unechoed: Option<UnechoedText>,
}

/// Runs the parts in order as one script. Every file is opened before the first statement runs.
pub fn run(
    shell: &mut Shell,
    parts: Vec<ScriptPart>,
    stdin: Box<dyn Read>,
    on_error: OnError,
    single_transaction: bool,
) -> ExitStatus {
    let opened = match open_all(parts, stdin) {
        Ok(opened) => opened,
        Err(error) => {
            shell.fail(&error);
            return shell.status();
        }
    };
    if single_transaction && let Err(error) = shell.begin_script() {
        shell.fail(&error);
        return shell.status();
    }
    let mut script = Script::new(PieceAction::Run(None), on_error);
    let flow = run_parts(shell, &mut script, opened);
    if flow == Flow::Interrupted {
        return ExitStatus::Interrupted;
    }
    if single_transaction {
        shell.end_script();
    } else {
        shell.end_input();
    }
    shell.output().end_redirection();
    shell.sum_up();
    shell.output().flush_error();
    shell.status()
}

/// Runs a text that was submitted at the prompt; it stops at its first error.
pub fn run_submitted(shell: &mut Shell, text: &str, note: Note<'_>) -> Flow {
    let mut opened = open_text(text.to_owned(), None, Origin::Prompt);
    let mut script = Script::new(PieceAction::Run(Some(note)), OnError::Stop);
    let flow = script.run_part(shell, &mut opened);
    if script.unreached > 0 && !matches!(flow, Flow::Quit | Flow::Edit(_) | Flow::History(_)) {
        let (count, is_one) = (script.unreached, script.unreached == 1);
        let statements = if is_one { "statement" } else { "statements" };
        let was = if is_one { "was" } else { "were" };
        let text = format!("{count} {statements} after it {was} not run");
        shell.output().notice_at_once(&Notice::new(text));
    }
    flow
}

/// Reads a file of definitions to its end, then compares it with the catalog; stops at the first
/// error.
pub fn compare(
    shell: &mut Shell,
    file: ScriptPart,
    stdin: Box<dyn Read>,
    purpose: PlanOrApply,
    prune: Prune,
) -> ExitStatus {
    let mut definitions = Vec::new();
    let mut script = Script::new(PieceAction::Collect(&mut definitions), OnError::Stop);
    let flow = match open_all(vec![file], stdin) {
        Ok(opened) => run_parts(shell, &mut script, opened),
        Err(error) => shell.fail(&error),
    };
    let flow = match flow {
        Flow::Go => shell.compare(&definitions, purpose, prune),
        flow => flow,
    };
    shell.output().flush_error();
    if flow == Flow::Interrupted {
        ExitStatus::Interrupted
    } else {
        shell.status()
    }
}

fn run_parts(shell: &mut Shell, script: &mut Script<'_>, opened: Vec<OpenPart>) -> Flow {
    for mut part in opened {
        match (script.run_part(shell, &mut part), script.on_error) {
            (Flow::Go, _) | (Flow::Failed, OnError::Continue) => {}
            (flow, _) => return flow,
        }
    }
    Flow::Go
}

/// Opens the parts. Standard input can be read once: a second `-` is empty.
fn open_all(parts: Vec<ScriptPart>, stdin: Box<dyn Read>) -> Result<Vec<OpenPart>, Error> {
    let mut stdin = Some(stdin);
    let open = |part| match part {
        ScriptPart::Text(text) => Ok(open_text(text, Some("-c"), Origin::CommandLine)),
        ScriptPart::Statement(text) => Ok(open_text(text, None, Origin::Script)),
        ScriptPart::File(path) => open_file(&path),
        ScriptPart::Stdin => {
            let reader = stdin.take().unwrap_or_else(|| Box::new(io::empty()));
            Ok(open_stream("stdin".to_owned(), None, reader))
        }
    };
    parts.into_iter().map(open).collect()
}

fn open_text(text: String, name: Option<&str>, origin: Origin) -> OpenPart {
    OpenPart {
        input: Rc::new(Input {
            name: name.map(str::to_owned),
            origin,
            folder: None,
        }),
        reader: Box::new(io::Cursor::new(text)),
        unechoed: None,
    }
}

fn open_file(path: &Path) -> Result<OpenPart, Error> {
    let file = File::open(path).map_err(|error| Error::new(FileError::read(path, &error)))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        let path = path.display().to_string();
        return Err(Error::new(FileError::Read { path, cause: "Is a directory".to_owned() }));
    }
    let folder = path.parent().map(Path::to_owned);
    Ok(open_stream(path.display().to_string(), folder, Box::new(file)))
}

fn open_stream(name: String, folder: Option<PathBuf>, reader: Box<dyn Read>) -> OpenPart {
    OpenPart {
        input: Rc::new(Input {
            name: Some(name),
            origin: Origin::Script,
            folder,
        }),
        reader,
        unechoed: None,
    }
}

struct Script<'a> {
    action: PieceAction<'a>,
    on_error: OnError,
    depth: usize,
    /// The number of statements in a submitted text behind the one that ended it.
    unreached: usize,
}

impl<'a> Script<'a> {
    fn new(action: PieceAction<'a>, on_error: OnError) -> Self {
        Self { action, on_error, depth: 0, unreached: 0 }
    }

    /// Runs a part, which must close the `\if`s that it opens; at the prompt the next lines may.
    fn run_part(&mut self, shell: &mut Shell, part: &mut OpenPart) -> Flow {
        if part.input.origin == Origin::Prompt {
            return self.read_part(shell, part);
        }
        let outside = shell.enter_file();
        let flow = self.read_part(shell, part);
        shell.leave_file(outside, flow)
    }

    fn read_part(&mut self, shell: &mut Shell, part: &mut OpenPart) -> Flow {
        let mut splitter = Splitter::new(shell.target().dialect());
        // Only text that the user wrote elsewhere has a name.
        part.unechoed = shell.unechoed().filter(|_| part.input.name.is_some());
        let mut decoder = Decoder::default();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            shell.output().flush_error();
            if missed_interrupt(shell) {
                return shell.fail(&Error::new(Cancelled));
            }
            let read = match part.reader.read(&mut chunk) {
                Ok(read) => read,
                // A signal that interrupts the call does not end the input.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let path = part.input.name.clone().unwrap_or_default();
                    let cause = error.to_string();
                    return shell.fail(&Error::new(FileError::Read { path, cause }));
                }
            };
            let (text, error) = decoder.decode(&chunk[..read]);
            splitter.push(&text);
            if let Some(unechoed) = &mut part.unechoed {
                unechoed.push(&text);
            }
            match self.run_pieces(shell, part, &mut splitter) {
                Flow::Go => {}
                flow => {
                    if part.input.origin == Origin::Prompt {
                        self.unreached = count_rest(part, &mut splitter);
                    }
                    return flow;
                }
            }
            if let Some(error) = error {
                return reject_bytes(shell, part, error, &decoder);
            }
            if read == 0 {
                return match splitter.finish() {
                    Some(piece) => self.run_piece(shell, part, piece),
                    None => Flow::Go,
                };
            }
        }
    }

    fn run_pieces(
        &mut self,
        shell: &mut Shell,
        part: &mut OpenPart,
        splitter: &mut Splitter,
    ) -> Flow {
        loop {
            // A statement may change how the next one is cut.
            splitter.set_dialect(shell.target().dialect());
            splitter.set_skipping(!shell.is_active());
            let Some(result) = splitter.next_piece() else {
                return Flow::Go;
            };
            if shell.executor().signals().is_cancelled() {
                return shell.fail(&Error::new(Cancelled));
            }
            match self.run_piece(shell, part, result) {
                Flow::Go => {}
                flow => return flow,
            }
        }
    }

    /// Runs a piece, does what it asked for, and decides if the script goes on.
    fn run_piece(
        &mut self,
        shell: &mut Shell,
        part: &mut OpenPart,
        piece: Result<Piece<'_>, BrokenPiece<'_>>,
    ) -> Flow {
        if let (Some(unechoed), Ok(piece)) = (&mut part.unechoed, &piece) {
            shell.echo(unechoed, piece);
        }
        let flow = match piece {
            Ok(piece) => self.action.perform(shell, piece, &part.input),
            Err(broken) => shell.reject(&broken, &part.input),
        };
        let flow = match flow {
            // As in psql, a relative path is looked up from the folder of the process.
            Flow::Include(path) => match open_file(&path) {
                Ok(opened) => self.include(shell, opened),
                Err(error) => shell.fail_command(error),
            },
            Flow::RunText { text, name } => {
                let opened = open_text(text, Some(&name), part.input.origin);
                self.include(shell, opened)
            }
            other => other,
        };
        match (flow, self.on_error) {
            (Flow::Failed, OnError::Continue) => Flow::Go,
            (flow, _) => flow,
        }
    }

    fn include(&mut self, shell: &mut Shell, mut opened: OpenPart) -> Flow {
        if self.depth >= MAX_INCLUDES {
            let message = format!("\\i is nested deeper than {MAX_INCLUDES}");
            return shell.fail_command(Error::new(CommandError::new(message)));
        }
        self.depth += 1;
        let flow = self.run_part(shell, &mut opened);
        self.depth -= 1;
        match flow {
            // As in psql, \q in an included file ends that file.
            Flow::Quit => Flow::Go,
            flow => flow,
        }
    }
}

/// The number of statements in the rest of a part.
fn count_rest(part: &mut OpenPart, splitter: &mut Splitter) -> usize {
    let mut rest = Vec::new();
    // A submitted text is in memory.
    let _ = part.reader.read_to_end(&mut rest);
    splitter.push(&String::from_utf8_lossy(&rest));
    let mut count = 0;
    while let Some(piece) = splitter.next_piece() {
        count += usize::from(piece.is_ok_and(|piece| piece.kind == PieceKind::Statement));
    }
    count + usize::from(splitter.finish().is_some())
}

/// True if an interrupt arrived after the last check of the statement. The next read could block
/// for long, and the signal, which has been handled, would not end it.
fn missed_interrupt(shell: &mut Shell) -> bool {
    shell.executor().signals().is_cancelled() && shell.status() != ExitStatus::Interrupted
}

/// The text after bytes that are not UTF-8 cannot be trusted, so the source ends here whatever
/// `--on-error` says.
fn reject_bytes(shell: &mut Shell, part: &OpenPart, error: TextError, at: &Decoder) -> Flow {
    shell.reject(
        &BrokenPiece {
            error,
            span: None,
            text: "",
            line: at.line + 1,
            column: at.column + 1,
            follows_secret: false,
        },
        &part.input,
    )
}

/// Decodes chunks of any size: a character may be cut in two, and a byte-order mark is skipped.
#[derive(Default)]
struct Decoder {
    /// The beginning of a character whose rest is in the next chunk.
    rest: Vec<u8>,
    /// The number of bytes decoded.
    done: u64,
    /// The line of the next byte, from 0.
    line: usize,
    /// The column of the next byte, from 0, in characters.
    column: usize,
}

impl Decoder {
    /// Decodes the next chunk; an empty one is the end. The error is about what follows the text.
    fn decode(&mut self, chunk: &[u8]) -> (String, Option<TextError>) {
        self.rest.extend_from_slice(chunk);
        let (valid, bad) = match std::str::from_utf8(&self.rest) {
            Ok(text) => (text.len(), None),
            Err(error) => {
                let valid = error.valid_up_to();
                let is_bad = error.error_len().is_some() || chunk.is_empty();
                (valid, is_bad.then(|| self.rest[valid]))
            }
        };
        let mut text = String::from_utf8_lossy(&self.rest[..valid]).into_owned();
        self.rest.drain(..valid);
        let first = self.done == 0;
        self.done += text.len() as u64;
        if first && text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        for line in text.split_inclusive('\n') {
            self.column += line.chars().count();
            if line.ends_with('\n') {
                (self.line, self.column) = (self.line + 1, 0);
            }
        }
        let error = bad.map(|value| TextError::NotUtf8 { byte: self.done + 1, value });
        (text, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], size: usize) -> (String, Option<TextError>) {
        let mut decoder = Decoder::default();
        let mut text = String::new();
        for chunk in bytes.chunks(size).chain([&[][..]]) {
            let (part, error) = decoder.decode(chunk);
            text.push_str(&part);
            if error.is_some() {
                return (text, error);
            }
        }
        (text, None)
    }

    #[test]
    fn a_character_may_be_cut_in_two() {
        for size in 1..6 {
            assert_eq!(decode("aé€𝄞b".as_bytes(), size), ("aé€𝄞b".to_owned(), None));
        }
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_at_the_start_only() {
        assert_eq!(decode("\u{feff}a\u{feff}".as_bytes(), 9).0, "a\u{feff}");
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_named() {
        let (text, error) = decode(b"ab\n\xffc", 2);
        assert_eq!(text, "ab\n");
        assert_eq!(error, Some(TextError::NotUtf8 { byte: 4, value: 0xff }));
        assert_eq!(decode(b"a\xe2\x82", 9).1, Some(TextError::NotUtf8 { byte: 2, value: 0xe2 }));
    }
}
