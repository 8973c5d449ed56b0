//! Statements on tables and jobs. They have no place for a secret, so they are shown as they are
//! written; hidden is what stands where an option of a connection would, and what follows a word
//! that names a secret.

use super::walk::Walk;
use super::{HiddenKind, secret_word};
use crate::sql::option::{JOB_OPTIONS, OptionSpec, OptionType, TABLE_OPTIONS, find_option};
use crate::sql::token::{Token, TokenKind};

/// Where in the statement the walk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    /// Options with values, actions and clauses.
    Options,
    /// The columns of a new table, so many parentheses deep.
    Columns { depth: usize },
    /// What a job writes, up to its query.
    Target,
    /// The query of a job and what follows it: the user's own SQL.
    Query,
}

/// Words that may stand between the first word and TABLE or JOB.
const BETWEEN: &[&str] = &["SYNC", "OR", "REPLACE", "IF", "NOT", "EXISTS"];

/// Whether the statement is about a table or a job.
pub(super) fn is_one(walk: &Walk<'_>) -> bool {
    options_of(walk.text, &walk.tokens).is_some()
}

/// What the statement is about, by the word TABLE or JOB in its place; None for every other
/// statement.
fn options_of(text: &str, tokens: &[&Token]) -> Option<(&'static [&'static OptionSpec], usize)> {
    let is = |index: usize, words: &[&str]| {
        let token = tokens.get(index);
        token.is_some_and(|token| words.iter().any(|word| token.is_word(text, word)))
    };
    let after = |mut index: usize| {
        while is(index, BETWEEN) {
            index += 1;
        }
        index
    };
    let object = after(1);
    if is(object, &["TABLE"]) {
        Some((TABLE_OPTIONS, after(object + 1)))
    } else if is(object, &["JOB"]) {
        Some((JOB_OPTIONS, after(object + 1)))
    } else {
        None
    }
}

/// A walk through one statement on a table or a job.
pub(super) struct Definition<'w, 'a> {
    walk: &'w mut Walk<'a>,
    options: &'static [&'static OptionSpec],
    zone: Zone,
    /// The columns of the table have been passed.
    has_columns: bool,
    next: usize,
}

impl<'w, 'a> Definition<'w, 'a> {
    /// The walk through a statement that is one on a table or a job, from behind the name on.
    pub fn new(walk: &'w mut Walk<'a>) -> Self {
        let (options, name) = options_of(walk.text, &walk.tokens).unwrap_or((TABLE_OPTIONS, 1));
        Self {
            next: behind_name(walk, name),
            walk,
            options,
            zone: Zone::Options,
            has_columns: false,
        }
    }

    /// Notes what is to be hidden.
    pub fn hide(mut self) {
        while let Some(token) = self.walk.tokens.get(self.next).copied() {
            match self.zone {
                Zone::Options => self.option(token),
                Zone::Columns { depth } => self.column(token, depth),
                Zone::Target => self.target(token),
                Zone::Query => self.query(token),
            }
        }
    }

    fn is_job(&self) -> bool {
        self.options.len() == JOB_OPTIONS.len()
    }

    fn option(&mut self, token: &Token) {
        match token.kind {
            TokenKind::Word => self.word(token),
            TokenKind::String => self.hide_one(),
            TokenKind::QuotedName
                if !(self.walk.is_plain_name(token) && self.is_after_name_sign()) =>
            {
                self.hide_one();
            }
            TokenKind::Symbol('=') => self.hide_rest(1),
            TokenKind::Symbol('(') if !self.is_job() && !self.has_columns => {
                self.zone = Zone::Columns { depth: 1 };
                self.next += 1;
            }
            TokenKind::QuotedName
            | TokenKind::Number
            | TokenKind::Comment
            | TokenKind::Symbol(_) => self.next += 1,
        }
    }

    fn word(&mut self, token: &Token) {
        let word = token.text(self.walk.text);
        let sign = self.walk.is_symbol(self.next + 1, '=');
        match find_option(self.options, word) {
            Some(option) if sign => self.value(option),
            // The sign was forgotten.
            Some(_) if self.is_next_string_alone(token) => self.next += 2,
            Some(_) => self.next += 1,
            None if sign => self.unknown_option(),
            None if self.is_job() && self.begins_body(token) => {
                self.zone = Zone::Target;
                self.next += 1;
            }
            None if secret_word(word) => self.hide_rest(1),
            None => self.next += 1,
        }
    }

    /// Whether a string comes next, with nothing but blanks before it.
    fn is_next_string_alone(&self, token: &Token) -> bool {
        let next = self.walk.tokens.get(self.next + 1);
        next.is_some_and(|next| {
            let between = &self.walk.text[token.span.end..next.span.start];
            next.kind == TokenKind::String && between.trim().is_empty()
        })
    }

    fn begins_body(&self, token: &Token) -> bool {
        let words = ["AS", "INSERT", "MERGE", "COPY"];
        words.iter().any(|word| token.is_word(self.walk.text, word))
    }

    fn unknown_option(&mut self) {
        if self.walk.is_kind(self.next + 2, TokenKind::String) {
            self.next += 2;
            self.hide_one();
        } else {
            self.hide_rest(2);
        }
    }

    /// What follows the name of an option that the statement has, and the sign.
    fn value(&mut self, option: &'static OptionSpec) {
        self.next += 2;
        let Some(value) = self.walk.tokens.get(self.next).copied() else {
            return;
        };
        let word = value.text(self.walk.text);
        match value.kind {
            TokenKind::String if !self.walk.urls_pass(value) => {
                self.walk.hide(self.next, HiddenKind::Url);
                self.next += 1;
            }
            TokenKind::String | TokenKind::Number => self.next += 1,
            TokenKind::QuotedName
                if option.kind == OptionType::TextOrName && self.walk.is_plain_name(value) =>
            {
                self.next += 1;
            }
            TokenKind::Symbol('(') if option.kind == OptionType::List => self.list(),
            TokenKind::Word if value.is_word(self.walk.text, "TIMESTAMP") => {
                self.next += 1;
                self.next += usize::from(self.walk.is_kind(self.next, TokenKind::String));
            }
            // Perhaps the value was forgotten, and this is the next option.
            TokenKind::Word if self.walk.is_symbol(self.next + 1, '=') || secret_word(word) => {}
            TokenKind::Word => self.next += 1,
            TokenKind::QuotedName | TokenKind::Comment | TokenKind::Symbol(_) => {}
        }
    }

    fn list(&mut self) {
        self.next += 1;
        while self.walk.is_kind(self.next, TokenKind::String) || self.walk.is_symbol(self.next, ',')
        {
            self.next += 1;
        }
    }

    fn column(&mut self, token: &Token, depth: usize) {
        match token.kind {
            TokenKind::Symbol('=') => return self.hide_rest(1),
            TokenKind::String | TokenKind::QuotedName if self.follows_secret_word() => {
                return self.hide_one();
            }
            TokenKind::QuotedName if !self.walk.is_plain_name(token) => return self.hide_one(),
            TokenKind::Symbol('(') => self.zone = Zone::Columns { depth: depth + 1 },
            TokenKind::Symbol(')') if depth == 1 => {
                self.zone = Zone::Options;
                self.has_columns = true;
            }
            TokenKind::Symbol(')') => self.zone = Zone::Columns { depth: depth - 1 },
            _ => {}
        }
        self.next += 1;
    }

    fn target(&mut self, token: &Token) {
        match token.kind {
            TokenKind::Symbol('=') => return self.hide_rest(1),
            TokenKind::String => return self.hide_one(),
            TokenKind::QuotedName
                if !self.walk.is_plain_name(token) || self.follows_secret_word() =>
            {
                return self.hide_one();
            }
            TokenKind::Word if self.begins_query(token) => self.zone = Zone::Query,
            _ => {}
        }
        self.next += 1;
    }

    fn begins_query(&self, token: &Token) -> bool {
        let is = |word: &str| token.is_word(self.walk.text, word);
        let next = self.walk.tokens.get(self.next + 1);
        let is_followed_by_secret = next.is_some_and(|next| secret_word(next.text(self.walk.text)));
        is("SELECT")
            || is("USING") && self.walk.is_symbol(self.next + 1, '(')
            || is("WITH") && !is_followed_by_secret
    }

    fn query(&mut self, token: &Token) {
        if token.kind == TokenKind::String && self.follows_secret_word() {
            return self.hide_one();
        }
        self.next += 1;
    }

    fn follows_secret_word(&self) -> bool {
        let before = self.walk.tokens[self.next - 1];
        before.kind == TokenKind::Word && secret_word(before.text(self.walk.text))
    }

    /// Whether a name may stand here by what stands before: a point, a comma, a parenthesis, or TO.
    fn is_after_name_sign(&self) -> bool {
        let before = self.walk.tokens[self.next - 1];
        matches!(before.kind, TokenKind::Symbol('.' | ',' | '('))
            && !self.is_after_string_and_comma()
            || before.is_word(self.walk.text, "TO")
    }

    fn is_after_string_and_comma(&self) -> bool {
        self.walk.is_kind(self.next - 2, TokenKind::String)
    }

    fn hide_one(&mut self) {
        self.walk.hide(self.next, HiddenKind::Value);
        self.next += 1;
    }

    fn hide_rest(&mut self, ahead: usize) {
        self.walk.hide_rest(self.next + ahead);
        self.next = self.walk.tokens.len();
    }
}

/// The index behind the name that begins at `index`, with its points.
fn behind_name(walk: &Walk<'_>, index: usize) -> usize {
    let is_part = |index: usize| {
        let token = walk.tokens.get(index);
        token.is_some_and(|token| walk.is_plain_name(token))
    };
    let mut index = index;
    if !is_part(index) {
        return index;
    }
    index += 1;
    while walk.is_symbol(index, '.') && is_part(index + 1) {
        index += 2;
    }
    index
}
