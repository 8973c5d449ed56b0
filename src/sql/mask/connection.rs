//! Statements that make or change a connection, finished or not. As far as one follows its syntax
//! its password is hidden, and a URL with a secret in it; from the first thing on that stands where
//! it cannot stand, it is a text like any other.

use super::{Hidden, SecretInUrl, first_sign, is_in_word, of_unknown};
use crate::sql::keyword::nearest;
use crate::sql::option::{CONNECTION_OPTIONS, OptionSpec, OptionType, connection_option};
use crate::sql::token::{Token, TokenKind, tokens};

/// The hidden parts of the statement; None for every other text.
pub(super) fn hidden(text: &str, secret_in_url: SecretInUrl) -> Option<Vec<Hidden>> {
    Walk::new(text, secret_in_url, false).map(Walk::hidden)
}

/// The same while the statement is being typed: a word or a string at its end may be unfinished.
pub(super) fn concealed(text: &str, secret_in_url: SecretInUrl) -> Option<Vec<Hidden>> {
    Walk::new(text, secret_in_url, true).map(Walk::hidden)
}

/// The statement stops to follow its syntax before this token.
struct Astray(usize);

struct Walk<'a> {
    text: &'a str,
    secret_in_url: SecretInUrl,
    is_typed: bool,
    /// The tokens without comments.
    tokens: Vec<Token>,
    next: usize,
    hidden: Vec<Hidden>,
}

impl<'a> Walk<'a> {
    /// A walk from behind CONNECTION on.
    fn new(text: &'a str, secret_in_url: SecretInUrl, is_typed: bool) -> Option<Self> {
        let (comments, tokens): (Vec<_>, Vec<_>) =
            tokens(text).partition(|token| token.kind == TokenKind::Comment);
        let hidden =
            comments.into_iter().map(|token| Hidden { span: token.span, replacement: " " });
        let mut walk = Self {
            text,
            secret_in_url,
            is_typed,
            tokens,
            next: 0,
            hidden: hidden.collect(),
        };
        let begins = walk.takes("CREATE") || walk.takes("ALTER");
        let _ = walk.takes("OR") && walk.takes("REPLACE");
        let _ = walk.takes("REDSHIFT");
        (begins && walk.takes("CONNECTION")).then_some(walk)
    }

    fn hidden(mut self) -> Vec<Hidden> {
        if let Err(Astray(index)) = self.body() {
            let start = self.tokens.get(index).map_or(self.text.len(), |token| token.span.start);
            self.hidden.retain(|hidden| hidden.span.start < start);
            self.hidden.extend(of_unknown(self.text, start));
        }
        self.hidden.sort_by_key(|hidden| hidden.span.start);
        self.hidden
    }

    fn body(&mut self) -> Result<(), Astray> {
        let _ = self.takes("IF") && self.takes("NOT");
        let _ = self.takes("EXISTS");
        self.name()?;
        while self.next < self.tokens.len() {
            self.clause()?;
        }
        Ok(())
    }

    fn clause(&mut self) -> Result<(), Astray> {
        if self.takes_symbol(',') || self.takes("SET") || self.ends() {
            Ok(())
        } else if self.takes("RESET") {
            self.option().map(|_| ())
        } else if self.takes("RENAME") {
            let _ = self.takes("TO");
            self.name()
        } else if self.takes("WITH") {
            let _ = self.takes("TEST");
            Ok(())
        } else {
            let option = self.option()?;
            let has_sign = self.takes_symbol('=');
            match option {
                Some(option) if has_sign => self.value(option),
                Some(_) | None => self.at_end(),
            }
        }
    }

    /// The name of an option; None for one that is misspelt and followed by its sign, or still
    /// being typed.
    fn option(&mut self) -> Result<Option<&'static OptionSpec>, Astray> {
        let Some(token) = self.token(TokenKind::Word) else {
            return self.at_end();
        };
        let word = token.text(self.text);
        let option = connection_option(word);
        let names = || CONNECTION_OPTIONS.iter().map(|option| option.name);
        let has_sign = self
            .tokens
            .get(self.next + 1)
            .is_some_and(|token| token.kind == TokenKind::Symbol('='));
        let is_meant = has_sign && nearest(word, names()).is_some();
        if option.is_some() || is_meant || self.begins_one_of(&token, names()) {
            self.next += 1;
            return Ok(option);
        }
        Err(Astray(self.next))
    }

    fn value(&mut self, option: &'static OptionSpec) -> Result<(), Astray> {
        if option.secret {
            return self.password();
        }
        if let Some(token) = self.token(TokenKind::String) {
            self.next += 1;
            if self.is_secret(&token, option) {
                let secret = self.secret_part(&token, option);
                self.hidden.push(secret);
            }
            return self.not_torn(&token);
        }
        let _ = self.takes_symbol('-');
        match self.token(TokenKind::Number) {
            Some(_) => {
                self.next += 1;
                Ok(())
            }
            None => self.at_end(),
        }
    }

    fn password(&mut self) -> Result<(), Astray> {
        if let Some(token) = self.token(TokenKind::String) {
            self.next += 1;
            self.hidden.push(Hidden {
                span: token.span.clone(),
                replacement: "PROMPT",
            });
            return self.not_torn(&token);
        }
        if self.takes("PROMPT") {
            return Ok(());
        }
        if self.takes("ENV") || self.takes("FILE") {
            let Some(token) = self.token(TokenKind::String) else {
                return self.at_end();
            };
            self.next += 1;
            return self.not_torn(&token);
        }
        if let Some(token) = self.token(TokenKind::Word)
            && self.begins_one_of(&token, ["PROMPT", "ENV", "FILE"].into_iter())
        {
            self.next += 1;
            return Ok(());
        }
        self.at_end()
    }

    fn is_secret(&self, token: &Token, option: &OptionSpec) -> bool {
        let inside = &self.text[token.inside()];
        match option.kind {
            OptionType::Url => (self.secret_in_url)(inside).is_some(),
            OptionType::Text
            | OptionType::NonEmptyText
            | OptionType::Password
            | OptionType::Integer { .. }
            | OptionType::Boolean
            | OptionType::Interval
            | OptionType::Moment { .. }
            | OptionType::TextOrName
            | OptionType::List => first_sign(inside).is_some(),
        }
    }

    /// A whole string; of a URL that is being typed, the part from its secret on.
    fn secret_part(&self, token: &Token, option: &OptionSpec) -> Hidden {
        let inside = token.inside();
        let secret = match option.kind {
            OptionType::Url if self.is_typed => (self.secret_in_url)(&self.text[inside.clone()]),
            _ => None,
        };
        match secret {
            Some(secret) => Hidden::new(inside.start + secret..inside.end),
            None => Hidden {
                span: token.span.clone(),
                replacement: "'***'",
            },
        }
    }

    /// A name, unless it holds what belongs to an option: then its quote is missing somewhere.
    fn name(&mut self) -> Result<(), Astray> {
        let token = self.token(TokenKind::Word).or_else(|| self.token(TokenKind::QuotedName));
        let Some(token) = token else {
            return self.at_end();
        };
        if token.kind == TokenKind::QuotedName && token.text(self.text).contains(['\'', '=']) {
            return Err(Astray(self.next));
        }
        self.next += 1;
        self.not_torn(&token)
    }

    /// A string without its end, or with a word that touches it, has a quote missing.
    fn not_torn(&self, token: &Token) -> Result<(), Astray> {
        let after = &self.text[token.span.end..];
        let touches = after.starts_with(|c: char| is_in_word(c) || matches!(c, '\'' | '"'));
        let is_unfinished = self.is_typed && self.is_at_end();
        if token.kind == TokenKind::Word || token.closed && !touches || is_unfinished {
            return Ok(());
        }
        Err(Astray(if token.closed { self.next } else { self.next - 1 }))
    }

    fn token(&self, kind: TokenKind) -> Option<Token> {
        self.tokens.get(self.next).filter(|token| token.kind == kind).cloned()
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_next =
            self.tokens.get(self.next).is_some_and(|token| token.is_word(self.text, word));
        self.next += usize::from(is_next);
        is_next
    }

    fn takes_symbol(&mut self, symbol: char) -> bool {
        let is_next = self.token(TokenKind::Symbol(symbol)).is_some();
        self.next += usize::from(is_next);
        is_next
    }

    /// True if the statement ends there with its semicolon.
    fn ends(&mut self) -> bool {
        self.next + 1 == self.tokens.len() && self.takes_symbol(';')
    }

    fn is_at_end(&self) -> bool {
        self.next == self.tokens.len()
    }

    /// The end of an unfinished statement is no fault.
    fn at_end<T: Default>(&self) -> Result<T, Astray> {
        if self.is_at_end() {
            Ok(T::default())
        } else {
            Err(Astray(self.next))
        }
    }

    /// True if the word is the last of a text that is being typed, and may become one of these.
    fn begins_one_of(&self, word: &Token, mut words: impl Iterator<Item = &'static str>) -> bool {
        let upper = word.text(self.text).to_ascii_uppercase();
        let clauses = ["SET", "RESET", "RENAME", "WITH"].into_iter();
        self.is_typed
            && word.span.end == self.text.len()
            && (words.any(|known| known.starts_with(&upper))
                || clauses.into_iter().any(|known| known.starts_with(&upper)))
    }
}
