//! `--echo`: shows a script as it runs, comments included and secrets masked.

use super::Shell;
use crate::sign::has_sign;
use crate::sql::mask::mask;
use crate::sql::splitter::Piece;

/// The text of a script that has been read and not been shown yet.
#[derive(Debug)]
pub struct UnechoedText {
    text: String,
    /// The line at which the text begins, from 1.
    line: usize,
    /// The column at which it begins, in characters, from 1.
    column: usize,
    /// True if the text begins behind a piece with the sign of a secret: its first line may be a
    /// part of the secret.
    follows_secret: bool,
}

impl UnechoedText {
    /// The text before the first chunk of a script.
    pub fn from_start() -> Self {
        Self {
            text: String::new(),
            line: 1,
            column: 1,
            follows_secret: false,
        }
    }

    /// Appends a chunk.
    pub fn push(&mut self, chunk: &str) {
        self.text.push_str(chunk);
    }

    /// Takes the piece and everything before it, and returns them without secrets and blank lines.
    fn take(&mut self, piece: &Piece<'_>) -> String {
        let before = self.text[..self.offset(piece.line, piece.column)].to_owned();
        self.advance(before.len());
        let (first, rest) = before.split_once('\n').unwrap_or((&before, ""));
        // A command that ends the statement is a `;` in its text.
        let ending = piece.ending.map_or(0, |ending| ending.len() - 1);
        let length = piece.text.len() + ending;
        let statement = self.text.get(..length).unwrap_or(piece.text);
        let parts = [
            mask(first, self.follows_secret),
            mask(rest, false),
            mask(statement, piece.follows_secret),
        ];
        let lines = parts.iter().flat_map(|part| part.text.lines()).map(str::trim_end);
        let shown = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        self.advance(length.min(self.text.len()));
        self.follows_secret = has_sign(piece.text);
        shown
    }

    /// The byte at a line and a column, or the end of the text.
    fn offset(&self, line: usize, column: usize) -> usize {
        let (mut at_line, mut at_column) = (self.line, self.column);
        for (offset, c) in self.text.char_indices() {
            if (at_line, at_column) >= (line, column) {
                return offset;
            }
            (at_line, at_column) = match c {
                '\n' => (at_line + 1, 1),
                _ => (at_line, at_column + 1),
            };
        }
        self.text.len()
    }

    fn advance(&mut self, length: usize) {
        for c in self.text.drain(..length) {
            (self.line, self.column) = match c {
                '\n' => (self.line + 1, 1),
                _ => (self.line, self.column + 1),
            };
        }
    }
}

impl Shell {
    /// The text to echo, if scripts are echoed.
    pub fn unechoed(&self) -> Option<UnechoedText> {
        self.options.echo.then(UnechoedText::from_start)
    }

    /// Shows the piece and the comments before it.
    pub fn echo(&mut self, text: &mut UnechoedText, piece: &Piece<'_>) {
        let shown = text.take(piece);
        self.output.echo(&shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::splitter::{Dialect, Splitter};

    /// The script, read in chunks of this size, as it is shown.
    fn shown(script: &str, size: usize) -> Vec<String> {
        let mut splitter = Splitter::new(Dialect::Catalog);
        let mut text = UnechoedText::from_start();
        let mut shown = Vec::new();
        let chunks = script.as_bytes().chunks(size);
        for chunk in chunks.map(|chunk| std::str::from_utf8(chunk).unwrap()) {
            splitter.push(chunk);
            text.push(chunk);
            while let Some(piece) = splitter.next_piece() {
                shown.extend(piece.map(|piece| text.take(&piece)));
            }
        }
        let last = splitter.finish();
        shown.extend(last.and_then(Result::ok).map(|piece| text.take(&piece)));
        shown
    }

    #[test]
    fn statements_and_commands_are_shown_with_their_comments() {
        let script = "-- one\n\n-- two\n\\x on\nSHOW\n\n  JOBS; /* b */ SHOW TABLES\\gx\n\
                      SELECT ';' -- c\n;-- end\nX";
        let expected = [
            "-- one\n-- two\n\\x on",
            "SHOW\n  JOBS;",
            " /* b */\nSHOW TABLES\\gx",
            "SELECT ';' -- c\n;",
            "-- end\nX",
        ];
        for size in [1, 2, 7, 1000] {
            assert_eq!(shown(script, size), expected);
        }
    }

    #[test]
    fn no_secret_is_shown_in_a_statement_a_comment_or_behind_a_broken_one() {
        let create = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' \
                      USER_NAME = 'u' PASSWORD = ";
        for script in [
            format!("{create}'TopSecret1';"),
            format!("{create}TopSecret1 'a;b' TopSecret1;\n"),
            "-- PASSWORD = 'TopSecret1'\nSHOW JOBS;".to_owned(),
            "/* PASSWORD =\n'TopSecret1' */\nSHOW JOBS;".to_owned(),
            format!("{create}a;TopSecret1\u{0}\nSHOW JOBS;"),
            format!("{create}a; -- TopSecret1\nSHOW JOBS;"),
        ] {
            let shown = shown(&script, 5).join("\n");
            assert!(!shown.is_empty() && !shown.contains("TopSecret1"), "{shown}");
        }
    }
}
