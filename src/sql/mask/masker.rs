//! A statement on connections, or one that may be: which of its tokens may be secrets.

use super::walk::{Walk, is_object};
use super::{HARMLESS, HiddenKind, Stage};
use crate::sql::keyword::nearest;
use crate::sql::option::{CONNECTION_OPTIONS, OptionSpec, OptionType, connection_option};
use crate::sql::token::{Token, TokenKind};

/// First words of statements of other SQL; people type them here by mistake, and it helps to see
/// them again.
const FOREIGN: &[&str] = &[
    "ANALYZE", "CALL", "COPY", "DELETE", "EXEC", "EXECUTE", "EXPLAIN", "EXPORT", "GRANT", "INSERT",
    "MERGE", "REVOKE", "TRUNCATE", "UNLOAD", "UPDATE", "USE", "VACUUM",
];

/// Words that stand in statements on connections, beside their options; no other bare word is shown
/// there.
const WORDS: &[&str] = &[
    "ALTER",
    "CASCADE",
    "CONNECTION",
    "CREATE",
    "DROP",
    "ENV",
    "EXISTS",
    "FILE",
    "IF",
    "NOT",
    "OR",
    "PROMPT",
    "REDSHIFT",
    "RENAME",
    "REPLACE",
    "RESET",
    "RESTRICT",
    "SET",
    "TEST",
    "TO",
    "WITH",
];

/// Notes what may be a secret in one statement on connections, or in one that cannot be told from
/// such a one.
pub(super) struct Masker<'w, 'a> {
    walk: &'w mut Walk<'a>,
    stage: Stage,
    next: usize,
    /// Where the options begin.
    body: usize,
    /// Something stands where it should not, so that no boundary can be trusted: every value is
    /// hidden.
    distrust: bool,
}

impl<'w, 'a> Masker<'w, 'a> {
    /// A masker for one statement; `torn` is a text in which a quote is not closed.
    pub fn new(walk: &'w mut Walk<'a>, stage: Stage, torn: bool) -> Self {
        Self {
            walk,
            stage,
            next: 0,
            body: 0,
            distrust: torn,
        }
    }

    /// A statement that holds no secrets.
    pub fn harmless(&mut self) {
        for index in 1..self.walk.tokens.len() {
            if index > 2
                && self.is_secret_option(index - 1)
                && !is_object(self.walk.tokens[index - 2].text(self.walk.text))
            {
                return self.hide_rest(index);
            }
            let after_like = self.walk.tokens[index - 1].is_word(self.walk.text, "LIKE");
            if self.walk.tokens[index].kind == TokenKind::String && !after_like {
                self.walk.hide(index, HiddenKind::Value);
            }
        }
    }

    fn is_secret_option(&self, index: usize) -> bool {
        let token = self.walk.tokens[index];
        let option = connection_option(token.text(self.walk.text));
        token.kind == TokenKind::Word && option.is_some_and(|option| option.secret)
    }

    /// CREATE, ALTER, and whatever cannot be told from a misspelt one.
    pub fn strict(&mut self, first: &Token, word: &str) {
        let firsts = HARMLESS
            .iter()
            .chain(FOREIGN)
            .chain(&["CREATE", "ALTER", "SELECT", "WITH"])
            .copied();
        let typing = self.stage == Stage::Typing && first.span.end == self.walk.text.len();
        if first.kind != TokenKind::Word || (nearest(word, firsts).is_none() && !typing) {
            self.hide_rest(0);
            return;
        }
        self.next = 1;
        self.head();
        self.body = self.next;
        while self.next < self.walk.tokens.len() {
            self.option_or_action();
        }
        if self.distrust {
            self.hide_every_value();
        }
    }

    /// The words up to the connection's name.
    fn head(&mut self) {
        let mut others = 0;
        while let Some(token) = self.walk.tokens.get(self.next).copied() {
            let before = self.walk.tokens[self.next - 1];
            let after_object =
                before.kind == TokenKind::Word && is_object(before.text(self.walk.text));
            let word = token.text(self.walk.text);
            let clause = ["OR", "REPLACE", "IF", "NOT", "EXISTS"]
                .iter()
                .any(|clause| token.is_word(self.walk.text, clause));
            match token.kind {
                TokenKind::Word if clause => {}
                TokenKind::Word | TokenKind::QuotedName if after_object || self.after_exists() => {
                    self.next += 1;
                    return;
                }
                TokenKind::Word
                    if others < 2 && (is_object(word) || !sounds_like_an_option(word)) =>
                {
                    others += 1;
                }
                _ => return,
            }
            self.next += 1;
        }
    }

    /// Whether EXISTS stands right before, and so the name comes next.
    fn after_exists(&self) -> bool {
        self.walk.tokens[self.next - 1].is_word(self.walk.text, "EXISTS")
    }

    fn option_or_action(&mut self) {
        let token = self.walk.tokens[self.next];
        match token.kind {
            TokenKind::Symbol(',') => self.next += 1,
            TokenKind::Word => self.word(token),
            _ => self.hide_stray(),
        }
    }

    fn word(&mut self, token: &Token) {
        let word = token.text(self.walk.text);
        if let Some(option) = connection_option(word) {
            self.next += 1;
            self.value_of(Some(option));
        } else if self.walk.is_symbol(self.next + 1, '=') && !self.touches_string() {
            self.next += 1;
            self.value_of(None);
        } else if token.is_word(self.walk.text, "TO") {
            self.next += 1;
            let is_name = self
                .walk
                .tokens
                .get(self.next)
                .is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::QuotedName));
            self.next += usize::from(is_name);
        } else if WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
            || (self.is_being_typed(token)
                && (sounds_like_an_option(word) || self.begins_a_known_word(token)))
        {
            self.next += 1;
        } else {
            self.hide_stray();
        }
    }

    /// What follows the name of an option; None is an option that redwire does not have.
    fn value_of(&mut self, option: Option<&'static OptionSpec>) {
        let sign = self.walk.is_symbol(self.next, '=');
        self.next += usize::from(sign);
        let Some(value) = self.walk.tokens.get(self.next).copied() else {
            return;
        };
        match option {
            Some(option) if option.secret => self.password(value, sign),
            Some(option) if sign => self.open_value(option, value),
            // RESET names an option and gives no value; what follows it is looked at for itself.
            Some(_) => {}
            None if value.kind == TokenKind::String => self.hide_next(HiddenKind::Value),
            None => self.hide_from_here(),
        }
    }

    fn open_value(&mut self, option: &'static OptionSpec, value: &Token) {
        match (option.kind, value.kind) {
            (OptionType::Url, TokenKind::String) if self.url_may_be_shown(value) => self.next += 1,
            (OptionType::Url, TokenKind::String) => self.hide_next(HiddenKind::Url),
            (OptionType::Url, _) => self.hide_from_here(),
            (_, TokenKind::String) if !self.walk.urls_pass(value) => {
                self.hide_next(HiddenKind::Url);
            }
            (_, TokenKind::Symbol('-')) => self.next += 2,
            // No option takes a quoted name; it may have swallowed the next option.
            (_, TokenKind::Symbol(_) | TokenKind::QuotedName) => self.hide_stray(),
            (_, TokenKind::String | TokenKind::Number | TokenKind::Word | TokenKind::Comment) => {
                self.next += 1;
            }
        }
    }

    fn url_may_be_shown(&self, value: &Token) -> bool {
        let inside = &self.walk.text[value.inside()];
        value.closed && (self.walk.url_passes)(&inside.replace("''", "'"))
    }

    fn password(&mut self, value: &Token, sign: bool) {
        let source = value.is_word(self.walk.text, "ENV") || value.is_word(self.walk.text, "FILE");
        let from_string = self
            .walk
            .tokens
            .get(self.next + 1)
            .is_none_or(|token| token.kind == TokenKind::String);
        match value.kind {
            TokenKind::String if sign => self.hide_next(HiddenKind::Password),
            TokenKind::Word if value.is_word(self.walk.text, "PROMPT") && sign => self.next += 1,
            TokenKind::Word if source && from_string && sign => self.next += 2,
            TokenKind::Word if sign && self.begins_a_source(value) => self.next += 1,
            _ => self.hide_from_here(),
        }
    }

    /// Whether the word is being typed and may become the source of a password.
    fn begins_a_source(&self, token: &Token) -> bool {
        let word = token.text(self.walk.text).to_ascii_uppercase();
        let sources = ["PROMPT", "ENV", "FILE"];
        self.is_being_typed(token) && sources.iter().any(|source| source.starts_with(&word))
    }

    /// Whether a string ends right before: a quote in it was not doubled, and this is the rest of
    /// it.
    fn touches_string(&self) -> bool {
        let before = self.walk.tokens[self.next - 1];
        before.kind == TokenKind::String
            && before.span.end == self.walk.tokens[self.next].span.start
    }

    fn is_being_typed(&self, token: &Token) -> bool {
        self.stage == Stage::Typing && token.span.end == self.walk.text.len()
    }

    /// Whether the word may become one that can stand here. One that sticks to a string may be the
    /// rest of it.
    fn begins_a_known_word(&self, token: &Token) -> bool {
        let word = token.text(self.walk.text).to_ascii_uppercase();
        let stands_alone =
            self.walk.text[..token.span.start].ends_with([' ', '\t', '\r', '\n', ',']);
        let options = CONNECTION_OPTIONS.iter().map(|option| option.name);
        let mut known = ["SET", "RESET", "RENAME", "TO", "WITH", "TEST"].into_iter().chain(options);
        stands_alone && known.any(|known| known.starts_with(&word))
    }

    /// Something stands here that no statement has here.
    fn hide_stray(&mut self) {
        self.distrust |= self.stage == Stage::Submitted;
        self.hide_next(HiddenKind::Value);
    }

    fn hide_next(&mut self, kind: HiddenKind) {
        self.walk.hide(self.next, kind);
        self.next += 1;
    }

    /// A secret without quotes: nobody knows where it ends.
    fn hide_from_here(&mut self) {
        self.distrust |= self.stage == Stage::Submitted;
        self.hide_rest(self.next);
    }

    fn hide_rest(&mut self, index: usize) {
        self.walk.hide_rest(index);
        self.next = self.walk.tokens.len();
    }

    fn hide_every_value(&mut self) {
        for index in self.body..self.walk.tokens.len() {
            let token = self.walk.tokens[index];
            let is_value = matches!(token.kind, TokenKind::String | TokenKind::QuotedName);
            if is_value
                && !self.walk.found.iter().any(|hidden| hidden.span.contains(&token.span.start))
            {
                self.walk.hide(index, HiddenKind::Value);
            }
        }
    }
}

fn sounds_like_an_option(word: &str) -> bool {
    nearest(word, CONNECTION_OPTIONS.iter().map(|option| option.name)).is_some()
}
