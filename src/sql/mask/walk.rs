//! The tokens of one statement, and what is hidden of them.

use super::{Hidden, HiddenKind, names_a_secret, secret_word};
use crate::sql::keyword::nearest;
use crate::sql::token::{Token, TokenKind};

/// One statement of a text.
pub(super) struct Walk<'a> {
    pub text: &'a str,
    /// Its tokens, without comments.
    pub tokens: Vec<&'a Token>,
    pub url_passes: fn(&str) -> bool,
    /// The text is still being typed: its last token may lack its end.
    pub is_typed: bool,
    /// What was found, in no order.
    pub found: Vec<Hidden>,
}

impl Walk<'_> {
    pub fn is_symbol(&self, index: usize, symbol: char) -> bool {
        self.is_kind(index, TokenKind::Symbol(symbol))
    }

    pub fn is_kind(&self, index: usize, kind: TokenKind) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == kind)
    }

    pub fn hide(&mut self, index: usize, kind: HiddenKind) {
        let Some(token) = self.tokens.get(index) else { return };
        self.found.push(Hidden { span: token.span.clone(), kind });
    }

    pub fn hide_rest(&mut self, index: usize) {
        if let (Some(from), Some(to)) = (self.tokens.get(index), self.tokens.last()) {
            self.found.push(Hidden {
                span: from.span.start..to.span.end,
                kind: HiddenKind::Value,
            });
        }
    }

    /// Whether the token is a name, and no half of a text in which quotes are missing.
    pub fn is_plain_name(&self, token: &Token) -> bool {
        let is_closed = token.closed || self.is_typed;
        match token.kind {
            TokenKind::Word => true,
            TokenKind::QuotedName => is_closed && !self.text[token.inside()].contains(['\'', '=']),
            TokenKind::String | TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => {
                false
            }
        }
    }

    /// Whether each URL in a string, as somebody may write into a remark, may be shown.
    pub fn urls_pass(&self, token: &Token) -> bool {
        let inside = &self.text[token.inside()];
        inside.split_whitespace().all(|word| {
            let lower = word.to_ascii_lowercase();
            match lower.find("jdbc:") {
                Some(start) => (self.url_passes)(&word[start..].replace("''", "'")),
                None => !(lower.contains("://") && lower.contains('@')),
            }
        })
    }

    /// Hides what may be the inside of a string because a quote before it is missing: a word sticks
    /// to the end of a string, or a string ends where the value of a secret would begin.
    pub fn hide_from_tear(&mut self) {
        let tear = (1..self.tokens.len()).find(|index| {
            let (before, token) = (self.tokens[index - 1], self.tokens[*index]);
            let is_word =
                matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::QuotedName);
            let sticks = is_word && before.span.end == token.span.start;
            before.kind == TokenKind::String && (sticks || self.ends_before_a_secret(before))
        });
        if let Some(tear) = tear {
            let is_part = names_a_secret(self.tokens[tear - 1].text(self.text));
            self.hide_rest(tear - usize::from(is_part));
        }
        if let Some(last) = self.tokens.last()
            && !(last.closed || self.is_typed)
            && names_a_secret(last.text(self.text))
        {
            self.hide_rest(self.tokens.len() - 1);
        }
    }

    /// Hides the secrets of a statement on a connection that seems to begin in the middle of this
    /// one, because the semicolon before it is missing.
    pub fn hide_swallowed_connection(&mut self) {
        for index in 1..self.tokens.len() {
            if self.begins_connection(index) {
                return self.hide_rest(index + 1);
            }
            if self.is_option_with_secret(index) {
                let value = index + 1 + usize::from(self.is_symbol(index + 1, '='));
                if !self.is_kind(value, TokenKind::String) {
                    return self.hide_rest(value);
                }
                self.hide(value, HiddenKind::Value);
            }
        }
    }

    /// Whether the word is CONNECTION behind a word of its statement, both perhaps misspelt.
    fn begins_connection(&self, index: usize) -> bool {
        let (before, token) = (self.tokens[index - 1], self.tokens[index]);
        let words = ["REDSHIFT", "CREATE", "ALTER", "REPLACE"];
        token.kind == TokenKind::Word
            && is_object(token.text(self.text))
            && before.kind == TokenKind::Word
            && nearest(before.text(self.text), words).is_some()
    }

    /// Whether the word names a secret and is no column: it follows SET, or the value of another
    /// option.
    fn is_option_with_secret(&self, index: usize) -> bool {
        let (before, token) = (self.tokens[index - 1], self.tokens[index]);
        let follows_value = before.kind == TokenKind::String && self.is_symbol(index + 1, '=');
        token.kind == TokenKind::Word
            && (follows_value || before.is_word(self.text, "SET"))
            && secret_word(token.text(self.text))
    }

    fn ends_before_a_secret(&self, string: &Token) -> bool {
        let inside = self.text[string.inside()].trim_end();
        let before = inside.strip_suffix('=').unwrap_or(inside).trim_end();
        let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
        before.len() < inside.len() && word.is_some_and(secret_word)
    }
}

/// Whether the word is CONNECTION, perhaps misspelt, and not the beginning of CONNECTION_STRING.
pub(super) fn is_object(word: &str) -> bool {
    word.len() <= "CONNECTION".len() + 2 && nearest(word, ["CONNECTION"]).is_some()
}
