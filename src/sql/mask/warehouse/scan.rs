//! The walk over SQL that is not redwire's: word by word, with what the next value follows.

use std::ops::Range;

use super::{bare_length, comment, is_in_word, opening_length, string_length};
use crate::sql::keyword::nearest;
use crate::sql::mask::{Hidden, HiddenKind};

/// Words before a string that is a secret (Amazon Redshift Database Developer Guide: CREATE USER,
/// COPY "Authorization parameters", UNLOAD, CREATE IDENTITY PROVIDER), in upper case.
const SECRETS: &[&str] = &[
    "ACCESS_KEY_ID",
    "CLIENT_SECRET",
    "CREDENTIALS",
    "MASTER_SYMMETRIC_KEY",
    "PASSWORD",
    "SECRET_ACCESS_KEY",
    "SESSION_TOKEN",
];

/// Words that may stand between such a word and its string.
const BETWEEN: &[&str] = &["AS", "IS", "TO"];

/// Words that may follow a password in CREATE USER and ALTER USER, of Redshift and of PostgreSQL
/// (their reference pages).
const AFTER_PASSWORD: &[&str] = &[
    "ACCESS",
    "ADMIN",
    "BYPASSRLS",
    "CONNECTION",
    "CREATEDB",
    "CREATEROLE",
    "CREATEUSER",
    "ENCRYPTED",
    "EXTERNALID",
    "IN",
    "INHERIT",
    "LOGIN",
    "NOBYPASSRLS",
    "NOCREATEDB",
    "NOCREATEROLE",
    "NOCREATEUSER",
    "NOINHERIT",
    "NOLOGIN",
    "NOREPLICATION",
    "NOSUPERUSER",
    "REPLICATION",
    "RESET",
    "ROLE",
    "SESSION",
    "SET",
    "SUPERUSER",
    "SYSID",
    "SYSLOG",
    "UNENCRYPTED",
    "USER",
    "VALID",
    "WITH",
];

/// Where the walk is, and what it has come past.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Hidden>,
    /// Whether this is a statement about users. There every string but a date is a secret, so that
    /// a misspelt PASSWORD shows nothing.
    is_about_users: bool,
    /// Whether a statement begins here.
    at_start: bool,
    /// What the next value follows: the word before it, over AS and the like.
    word: String,
    /// Whether nothing but marks has come since a secret: what comes next may be more of it.
    after_secret: bool,
    /// Where the string ends into which the walk went, its last quote left out.
    string_end: usize,
    /// How long that quote is.
    quote: usize,
}

impl<'a> Scan<'a> {
    pub fn of(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            found: Vec::new(),
            is_about_users: false,
            at_start: true,
            word: String::new(),
            after_secret: false,
            string_end: 0,
            quote: 0,
        }
    }

    pub fn run(self) -> Vec<Hidden> {
        self.walk(comment)
    }

    /// The walk, with what finds comments: in a comment their marks are nothing.
    fn walk(mut self, comment: fn(&str) -> Option<Range<usize>>) -> Vec<Hidden> {
        while let Some(c) = self.rest().chars().next() {
            if self.quote > 0 && self.at == self.string_end && matches!(c, '\'' | '$') {
                self.leave_string();
            } else if let Some(length) = string_length(self.rest()) {
                self.string(length);
            } else if let Some(inside) = comment(self.rest()) {
                self.comment(inside);
            } else if c == '"' && self.wants_password() {
                let closed = self.rest()[1..].find('"').map(|end| end + 2);
                self.hide(closed.unwrap_or(self.rest().len()));
            } else if is_in_word(c) {
                self.word();
            } else {
                self.mark(c);
            }
        }
        self.found
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Hides so many bytes, together with what was hidden right before them.
    fn hide(&mut self, length: usize) {
        let end = self.at + length;
        let is_more = |last: &Hidden| {
            let gap = &self.text[last.span.end..self.at];
            !gap.contains(['\'', '"', ';', '$', '|', '\n'])
        };
        match self.found.last_mut().filter(|_| self.after_secret) {
            Some(last) if is_more(last) => last.span.end = end,
            _ => self.found.push(Hidden {
                span: self.at..end,
                kind: HiddenKind::Value,
            }),
        }
        self.at = end;
        self.after_secret = true;
        self.word.clear();
    }

    fn string(&mut self, length: usize) {
        let opening = opening_length(self.rest());
        if self.after_secret
            || is_secret(&self.word)
            || (self.is_about_users && self.word != "UNTIL")
        {
            self.hide(length);
        } else if names_a_secret(&self.rest()[..length]) || has_url_password(&self.rest()[..length])
        {
            // SQL that is run from a string, or what only looks like the end of one.
            self.enter_string(opening, length);
        } else {
            self.at += length;
            self.word.clear();
        }
    }

    fn enter_string(&mut self, opening: usize, length: usize) {
        let quote = if self.rest().starts_with('$') { opening } else { 1 };
        let end = self.at + length.saturating_sub(quote).max(opening);
        if end > self.string_end {
            (self.string_end, self.quote) = (end, quote);
        }
        self.at_start = true;
        self.at += opening;
    }

    fn leave_string(&mut self) {
        self.at += self.quote;
        self.quote = 0;
        self.word.clear();
        self.after_secret = false;
    }

    /// A comment is walked by itself: what stands before it goes on behind it.
    fn comment(&mut self, inside: Range<usize>) {
        let start = self.at + inside.start;
        let mut scan = Self::of(&self.text[start..self.at + inside.end]);
        scan.is_about_users = self.is_about_users;
        let hidden = scan.walk(|_| None);
        if !hidden.is_empty() {
            self.after_secret = false;
        }
        self.found.extend(hidden.into_iter().map(|hidden| Hidden {
            span: hidden.span.start + start..hidden.span.end + start,
            kind: hidden.kind,
        }));
        self.at += inside.end;
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = rest.find(|c: char| !is_in_word(c)).unwrap_or(rest.len());
        let next = rest[..length].to_ascii_uppercase();
        let is_rest_of_password =
            self.after_secret && self.is_about_users && !AFTER_PASSWORD.contains(&next.as_str());
        if is_rest_of_password || (self.wants_password() && next != "DISABLE" && next != "NULL") {
            self.hide(bare_length(rest));
            return;
        }
        self.at += length;
        self.after_secret = false;
        if std::mem::take(&mut self.at_start) || matches!(next.as_str(), "CREATE" | "ALTER") {
            self.is_about_users |= is_about_users(rest);
        }
        if let Some(value) = self.assigned(&next) {
            self.at += value.start;
            self.hide(value.len());
        } else if !BETWEEN.contains(&next.as_str()) {
            self.word = next;
        }
    }

    fn mark(&mut self, c: char) {
        let opens =
            c.is_whitespace() || matches!(c, '=' | ':' | '(' | ')' | ';' | ',' | '"' | '\'' | '$');
        if self.wants_password() && !opens {
            self.hide(bare_length(self.rest()));
            return;
        }
        if self.at < self.string_end
            && let Some(password) = url_password(self.rest())
        {
            self.at += password.start;
            self.hide(password.len());
            return;
        }
        if c == ';' {
            self.word.clear();
            self.after_secret = false;
            self.is_about_users = false;
            self.at_start = true;
        }
        self.at += c.len_utf8();
    }

    /// Whether a password comes next, quoted or not.
    fn wants_password(&self) -> bool {
        self.is_about_users && matches!(self.word.as_str(), "PASSWORD" | "BY")
    }

    /// Inside a string: the value in `password=value` or `"client_secret": "value"`, from here.
    fn assigned(&self, name: &str) -> Option<Range<usize>> {
        let inside = self.text.get(self.at..self.string_end)?;
        if !names_a_secret(name) {
            return None;
        }
        let quoted = inside.strip_prefix('"').unwrap_or(inside).trim_start();
        let value = quoted.strip_prefix(['=', ':'])?.trim_start();
        let (value, ends): (&str, &[char]) = match value.strip_prefix('"') {
            Some(value) => (value, &['"']),
            None => (value, &['\'', '"', ';', ',', '&', ')', '}', ' ', '\t', '\n', '\r', '$']),
        };
        let start = inside.len() - value.len();
        let length = value.find(ends).unwrap_or(value.len());
        (length > 0).then_some(start..start + length)
    }
}

/// Whether the text begins as CREATE USER and ALTER USER do, and what PostgreSQL has for the same.
fn is_about_users(text: &str) -> bool {
    let mut words = text
        .split(|c: char| !is_in_word(c))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase);
    let first = words.next().unwrap_or_default();
    let is_change = nearest(&first, ["CREATE", "ALTER"]).is_some();
    is_change && words.take(2).any(|word| nearest(&word, ["USER", "ROLE"]).is_some())
}

/// Where the text is behind the scheme of a URL: the password in `://user:password@host` (RFC 3986,
/// 3.2.1).
fn url_password(text: &str) -> Option<Range<usize>> {
    let authority = text.strip_prefix("://")?;
    let is_end = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '\'' | '"' | '$');
    let authority = &authority[..authority.find(is_end).unwrap_or(authority.len())];
    let user = &authority[..authority.rfind('@')?];
    let password = user.find(':')? + 1;
    let start = "://".len();
    (password < user.len()).then_some(start + password..start + user.len())
}

fn has_url_password(text: &str) -> bool {
    text.match_indices("://")
        .any(|(start, _)| url_password(&text[start..]).is_some())
}

fn names_a_secret(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    SECRETS.iter().any(|secret| text.contains(secret))
}

fn is_secret(word: &str) -> bool {
    SECRETS.contains(&word) || (word.len() > 4 && nearest(word, SECRETS.iter().copied()).is_some())
}
