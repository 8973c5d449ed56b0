//! Masking: what in a text may be a secret, and the text without it.
//!
//! History, carets, logs and error texts show what this lets through. It works on tokens, so it holds for a statement
//! that is unfinished, misspelt or plainly wrong. Its rule, in a statement that is not known to be harmless: a value
//! is hidden unless it follows the name of a known option that is not secret, and a URL unless it passes its check.

use std::ops::Range;

use super::keyword::{known, nearest};
use super::option::{CONNECTION_OPTIONS, OptionSpec, OptionType, connection_option};
use super::token::{Token, TokenKind, tokens};

/// Whether the text is still being typed or was submitted. While it is typed, a quote without its end is no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being typed.
    Typing,
    /// It was submitted, or read from a script.
    Submitted,
}

/// Why a range is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenKind {
    /// The value of PASSWORD, as a string.
    Password,
    /// A URL that did not pass its check.
    Url,
    /// Any other value or word that may be a secret.
    Value,
    /// A comment.
    Comment,
}

/// Bytes of a text that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The bytes.
    pub span: Range<usize>,
    /// Why.
    pub kind: HiddenKind,
}

/// What stands for a value that is hidden.
const STARS: &str = "***";

impl Hidden {
    /// What stands in the masked text instead. A masked password runs again, and asks.
    fn replacement(&self, text: &str) -> &'static str {
        match self.kind {
            HiddenKind::Password => "PROMPT",
            HiddenKind::Url => "'***'",
            HiddenKind::Comment => " ",
            HiddenKind::Value if text[self.span.clone()].starts_with('\'') => "'***'",
            HiddenKind::Value => STARS,
        }
    }
}

/// A text without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text.
    pub text: String,
    /// Original ranges and how long each is now.
    edits: Vec<(Range<usize>, usize)>,
}

impl Masked {
    /// Where a place of the original text is now; a place inside a secret is where the secret began.
    pub fn offset(&self, original: usize) -> usize {
        let mut offset = original;
        for (range, length) in self.edits.iter().rev() {
            if original >= range.end {
                offset = offset + length - range.len();
            } else if original > range.start {
                offset = range.start;
            }
        }
        offset
    }

    /// Where a range of the original text is now; one that touches a secret covers what stands for it.
    pub fn range(&self, original: Range<usize>) -> Range<usize> {
        let inside = self
            .edits
            .iter()
            .find(|(range, _)| range.start < original.end && original.end < range.end);
        let end = inside.map_or(original.end, |(range, _)| range.end);
        self.offset(original.start)..self.offset(end)
    }
}

/// The text without its secrets. `url_passes` is the check that a URL must pass to be shown.
pub fn mask(text: &str, url_passes: fn(&str) -> bool) -> Masked {
    let mut masked = Masked {
        text: String::with_capacity(text.len()),
        edits: Vec::new(),
    };
    let mut copied = 0;
    for hidden in hidden(text, Stage::Submitted, url_passes) {
        masked.text.push_str(&text[copied..hidden.span.start]);
        // What touches was one word to the user, and how many parts it has is nobody's business.
        let continues = hidden.span.start == copied && masked.text.ends_with(STARS);
        let replacement = if continues { "" } else { hidden.replacement(text) };
        masked.text.push_str(replacement);
        copied = hidden.span.end;
        masked.edits.push((hidden.span, replacement.len()));
    }
    masked.text.push_str(&text[copied..]);
    masked
}

/// What may be a secret in the text, which may hold several statements; in order, without overlaps.
pub fn hidden(text: &str, stage: Stage, url_passes: fn(&str) -> bool) -> Vec<Hidden> {
    let all: Vec<Token> = tokens(text).collect();
    let torn = stage == Stage::Submitted && all.iter().any(|token| !token.closed);
    let mut found = Vec::new();
    for statement in all.split(|token| token.kind == TokenKind::Symbol(';')) {
        let mut masker = Masker {
            text,
            stage,
            url_passes,
            tokens: Vec::new(),
            next: 0,
            body: 0,
            found: Vec::new(),
            distrust: torn,
        };
        masker.statement(statement);
        found.append(&mut masker.found);
    }
    found.sort_by_key(|hidden: &Hidden| hidden.span.start);
    found.dedup_by(|next, first| next.span.start < first.span.end);
    found
}

/// First words of statements that hold no secrets: only SHOW has a string, after LIKE.
const HARMLESS: &[&str] = &["SHOW", "DESCRIBE", "DROP", "BEGIN", "COMMIT", "ROLLBACK"];

/// First words of statements of other SQL; people type them here by mistake, and it helps to see them again.
const FOREIGN: &[&str] = &[
    "ANALYZE", "CALL", "COPY", "DELETE", "EXEC", "EXECUTE", "EXPLAIN", "EXPORT", "GRANT", "IMPORT", "INSERT", "MERGE",
    "REVOKE", "TEST", "TRUNCATE", "UNLOAD", "UPDATE", "USE", "VACUUM",
];

struct Masker<'a> {
    text: &'a str,
    stage: Stage,
    url_passes: fn(&str) -> bool,
    tokens: Vec<&'a Token>,
    next: usize,
    /// Where the options begin.
    body: usize,
    found: Vec<Hidden>,
    /// Something stands where it should not, so that no boundary can be trusted: every value is hidden.
    distrust: bool,
}

impl<'a> Masker<'a> {
    fn statement(&mut self, tokens: &'a [Token]) {
        self.tokens = tokens.iter().filter(|token| token.kind != TokenKind::Comment).collect();
        let Some(first) = self.tokens.first().copied() else {
            return;
        };
        let word = first.text(self.text).to_ascii_uppercase();
        match word.as_str() {
            "SELECT" | "WITH" | "\\" => {}
            word if HARMLESS.contains(&word) => self.hide_strings_out_of_place(),
            _ => {
                self.strict(first, &word);
                let comments = tokens.iter().filter(|token| token.kind == TokenKind::Comment);
                self.found.extend(comments.map(|token| Hidden {
                    span: token.span.clone(),
                    kind: HiddenKind::Comment,
                }));
            }
        }
    }

    fn hide_strings_out_of_place(&mut self) {
        for index in 1..self.tokens.len() {
            if index > 2 && self.is_secret_option(index - 1) && !is_object(self.tokens[index - 2].text(self.text)) {
                return self.hide_rest(index);
            }
            let after_like = self.tokens[index - 1].is_word(self.text, "LIKE");
            if self.tokens[index].kind == TokenKind::String && !after_like {
                self.hide(index);
            }
        }
    }

    fn is_secret_option(&self, index: usize) -> bool {
        let token = self.tokens[index];
        let option = connection_option(token.text(self.text));
        token.kind == TokenKind::Word && option.is_some_and(|option| option.secret)
    }

    /// CREATE, ALTER, and whatever cannot be told from a misspelt one.
    fn strict(&mut self, first: &Token, word: &str) {
        let firsts = HARMLESS
            .iter()
            .chain(FOREIGN)
            .chain(&["CREATE", "ALTER", "SELECT", "WITH"])
            .copied();
        let typing = self.stage == Stage::Typing && first.span.end == self.text.len();
        if first.kind != TokenKind::Word || (nearest(word, firsts).is_none() && !typing) {
            self.hide_rest(0);
            return;
        }
        self.next = 1;
        self.head();
        self.body = self.next;
        while self.next < self.tokens.len() {
            self.option_or_action();
        }
        if self.distrust {
            self.hide_every_value();
        }
    }

    /// The words up to the connection's name.
    fn head(&mut self) {
        let mut others = 0;
        while let Some(token) = self.tokens.get(self.next).copied() {
            let before = self.tokens[self.next - 1];
            let after_object = before.kind == TokenKind::Word && is_object(before.text(self.text));
            let word = token.text(self.text);
            let clause = ["OR", "REPLACE", "IF", "NOT", "EXISTS"]
                .iter()
                .any(|clause| token.is_word(self.text, clause));
            match token.kind {
                TokenKind::Word if clause => {}
                TokenKind::Word | TokenKind::QuotedName if after_object || self.after_exists() => {
                    self.next += 1;
                    return;
                }
                TokenKind::Word if others < 2 && (is_object(word) || !sounds_like_an_option(word)) => others += 1,
                _ => return,
            }
            self.next += 1;
        }
    }

    /// Whether EXISTS stands right before, and so the name comes next.
    fn after_exists(&self) -> bool {
        self.tokens[self.next - 1].is_word(self.text, "EXISTS")
    }

    fn option_or_action(&mut self) {
        let token = self.tokens[self.next];
        match token.kind {
            TokenKind::Symbol(',') => self.next += 1,
            TokenKind::Word => self.word(token),
            _ => self.hide_stray(),
        }
    }

    fn word(&mut self, token: &Token) {
        let word = token.text(self.text);
        if let Some(option) = connection_option(word) {
            self.next += 1;
            self.value_of(Some(option));
        } else if self.is_symbol(self.next + 1, '=') && !self.touches_string() {
            self.next += 1;
            self.value_of(None);
        } else if token.is_word(self.text, "TO") {
            self.next += 1;
            let is_name = self
                .tokens
                .get(self.next)
                .is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::QuotedName));
            self.next += usize::from(is_name);
        } else if known(word).is_some()
            || (self.is_being_typed(token) && (sounds_like_an_option(word) || self.begins_a_known_word(token)))
        {
            self.next += 1;
        } else {
            self.hide_stray();
        }
    }

    /// What follows the name of an option; None is an option that redwire does not have.
    fn value_of(&mut self, option: Option<&'static OptionSpec>) {
        let sign = self.is_symbol(self.next, '=');
        self.next += usize::from(sign);
        let Some(value) = self.tokens.get(self.next).copied() else {
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
            (_, TokenKind::Symbol('-')) => self.next += 2,
            // No option takes a quoted name; it may have swallowed the next option.
            (_, TokenKind::Symbol(_) | TokenKind::QuotedName) => self.hide_stray(),
            (_, TokenKind::String | TokenKind::Number | TokenKind::Word | TokenKind::Comment) => {
                self.next += 1;
            }
        }
    }

    fn url_may_be_shown(&self, value: &Token) -> bool {
        let inside = &self.text[value.inside()];
        value.closed && (self.url_passes)(&inside.replace("''", "'"))
    }

    fn password(&mut self, value: &Token, sign: bool) {
        let source = value.is_word(self.text, "ENV") || value.is_word(self.text, "FILE");
        let from_string = self
            .tokens
            .get(self.next + 1)
            .is_none_or(|token| token.kind == TokenKind::String);
        match value.kind {
            TokenKind::String if sign => self.hide_next(HiddenKind::Password),
            TokenKind::Word if value.is_word(self.text, "PROMPT") && sign => self.next += 1,
            TokenKind::Word if source && from_string && sign => self.next += 2,
            TokenKind::Word if sign && self.begins_a_source(value) => self.next += 1,
            _ => self.hide_from_here(),
        }
    }

    /// Whether the word is being typed and may become the source of a password.
    fn begins_a_source(&self, token: &Token) -> bool {
        let word = token.text(self.text).to_ascii_uppercase();
        let sources = ["PROMPT", "ENV", "FILE"];
        self.is_being_typed(token) && sources.iter().any(|source| source.starts_with(&word))
    }

    fn is_symbol(&self, index: usize, symbol: char) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
    }

    /// Whether a string ends right before: a quote in it was not doubled, and this is the rest of it.
    fn touches_string(&self) -> bool {
        let before = self.tokens[self.next - 1];
        before.kind == TokenKind::String && before.span.end == self.tokens[self.next].span.start
    }

    fn is_being_typed(&self, token: &Token) -> bool {
        self.stage == Stage::Typing && token.span.end == self.text.len()
    }

    /// Whether the word may become one that can stand here. One that sticks to a string may be the rest of it.
    fn begins_a_known_word(&self, token: &Token) -> bool {
        let word = token.text(self.text).to_ascii_uppercase();
        let stands_alone = self.text[..token.span.start].ends_with([' ', '\t', '\r', '\n', ',']);
        let options = CONNECTION_OPTIONS.iter().map(|option| option.name);
        let mut known = ["SET", "RESET", "RENAME", "TO"].into_iter().chain(options);
        stands_alone && known.any(|known| known.starts_with(&word))
    }

    /// Something stands here that no statement has here.
    fn hide_stray(&mut self) {
        self.distrust |= self.stage == Stage::Submitted;
        self.hide_next(HiddenKind::Value);
    }

    fn hide_next(&mut self, kind: HiddenKind) {
        self.found.push(Hidden {
            span: self.tokens[self.next].span.clone(),
            kind,
        });
        self.next += 1;
    }

    /// A secret without quotes: nobody knows where it ends.
    fn hide_from_here(&mut self) {
        self.distrust |= self.stage == Stage::Submitted;
        self.hide_rest(self.next);
    }

    fn hide_rest(&mut self, index: usize) {
        if let (Some(from), Some(to)) = (self.tokens.get(index), self.tokens.last()) {
            self.found.push(Hidden {
                span: from.span.start..to.span.end,
                kind: HiddenKind::Value,
            });
        }
        self.next = self.tokens.len();
    }

    fn hide(&mut self, index: usize) {
        self.found.push(Hidden {
            span: self.tokens[index].span.clone(),
            kind: HiddenKind::Value,
        });
    }

    fn hide_every_value(&mut self) {
        for index in self.body..self.tokens.len() {
            let token = self.tokens[index];
            let is_value = matches!(token.kind, TokenKind::String | TokenKind::QuotedName);
            if is_value && !self.found.iter().any(|hidden| hidden.span.contains(&token.span.start)) {
                self.hide(index);
            }
        }
    }
}

/// Whether the word is CONNECTION, perhaps misspelt, and not the beginning of CONNECTION_STRING.
fn is_object(word: &str) -> bool {
    word.len() <= "CONNECTION".len() + 2 && nearest(word, ["CONNECTION"]).is_some()
}

fn sounds_like_an_option(word: &str) -> bool {
    nearest(word, CONNECTION_OPTIONS.iter().map(|option| option.name)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        mask(text, |url| !url.contains("PWD")).text
    }

    #[test]
    fn a_password_literal_reads_prompt() {
        assert_eq!(
            masked("CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = 'it''s' COMMENT = 'x';"),
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = PROMPT COMMENT = 'x';"
        );
    }

    #[test]
    fn what_needs_no_mask_is_unchanged() {
        for text in [
            "CREATE OR REPLACE REDSHIFT CONNECTION IF NOT EXISTS \"my c\" CONNECTION_STRING = 'jdbc:x', USER_NAME = 'u' PASSWORD = ENV 'P'",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = FILE '/p' RESET COMMENT RENAME TO \"d e\"",
            "ALTER REDSHIFT CONNECTION c SET MAX_CONCURRENT_CONNECTIONS = -5 SET PASSWORD = PROMPT;",
            "SELECT 'a' FROM x WHERE password = 'missing' -- why",
            "SHOW CONNECTIONS LIKE 'a%'",
            "INSERT INTO t",
            "DROP CONNECTION a, \"b c\" CASCADE;",
            "DESCRIBE CONNECTION password;",
            "SHOW CREATE CONNECTION password x",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_hidden() {
        for text in [
            "CREATE REDSHIFT CONNECTION c PASWORD = 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD \"s3cret\"",
            "CREATE REDSHIFT CONNECTION c PASSWORD 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = my s3cret = 5",
            "CREATE REDSHIFT CONNECTION c PASSWORD = my COMMENT = 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD = \"s3cret\" COMMENT = 'x'",
            "CREATE REDSHIFT CONNECTION c PASSWORD = ENV s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = ('s3cret')",
            "CREATE REDSHIFT CONNECTION c PASSWORD == 's3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD: 's3cret'",
            "CREATE REDSHIFT CONNECTION c COMMENT = 'c' 's3cret'",
            "CREATE REDSHIFT CONNECTION c COMMENT = 'c' s3cret",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d;PWD=s3cret'",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = jdbc:s3cret",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob, PASSWORD = s3cret, COMMENT = 'x'",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob, PASSWORD = s3cret, COMMENT = 'x''",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob PASSWORD = s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 's3cret",
            "CREATE REDSHIFT CONNECTION c COMMENT = \" PASSWORD = 's3cret' \"",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 'a;s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 'a'b;s3cret'",
            "CREATE REDSHIFT CONNECTION c PASSWORD = a;s3cret",
            "CREATE REDSHIFT CONNECTION c PASSWORD = 'a's3cret='b'",
            "CREATE REDSHIFT CONNECTION c -- PASSWORD = 's3cret'\n USER_NAME = 'u'",
            "CREATE REDSHIFT CONNECTION c /* s3cret */ USER_NAME = 'u'",
            "CREAT REDSHFT CONECTION c PASSWORD = 's3cret'",
            "CREATE CONNECTION c s3cret",
            "CREATE SNOWFLAKE CONNECTION c TOKEN = 's3cret'",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD TO 's3cret'",
            "ALTER REDSHIFT CONNECTION c SET s3cret",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = E's3cret'",
            "s3cret",
            "'s3cret'",
            "DROP CONNECTION c 's3cret'",
            "DROP CONNECTION c PASSWORD s3cret",
            "SHOW CREATE CONNECTION c PASSWORD = s3cret",
            "DESCRIBE CONNECTION c, password = \"s3cret\" x",
        ] {
            assert!(!masked(text).contains("s3cret"), "{text} -> {}", masked(text));
        }
    }

    #[test]
    fn a_password_is_hidden_while_it_is_typed_and_the_rest_is_not() {
        let typed = "CREATE REDSHIFT CONNECTION c COMMENT = 'it' PASSWORD = 'hun";
        let ranges = hidden(typed, Stage::Typing, |_| true);
        assert_eq!(
            ranges,
            [Hidden {
                span: typed.len() - 4..typed.len(),
                kind: HiddenKind::Password
            }]
        );
        for typed in [
            "CREATE REDSHIFT CONNECTION c COMM",
            "CREATE REDSHIFT CONNECTION c U",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' max_c",
            "ALTER REDSHIFT CONNECTION c RESE",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = prom",
            "CREATE REDSHIFT CONNECTION c COMMENT = 'it is",
            "CREA",
        ] {
            assert!(hidden(typed, Stage::Typing, |_| true).is_empty(), "{typed}");
        }
    }

    #[test]
    fn what_sticks_to_a_string_may_be_the_rest_of_a_password() {
        let typed = "CREATE REDSHIFT CONNECTION c PASSWORD = 'it's";
        let ranges = hidden(typed, Stage::Typing, |_| true);
        assert_eq!(ranges.last().unwrap().span, typed.len() - 1..typed.len());
    }

    #[test]
    fn places_follow_the_mask() {
        let text = "CREATE REDSHIFT CONNECTION c PASSWORD = 'a long password' COMMENT = 5";
        let masked = mask(text, |_| true);
        let five = text.rfind('5').unwrap();
        assert_eq!(&masked.text[masked.range(five..five + 1)], "5");
        let start = text.find("'a long").unwrap();
        assert_eq!(&masked.text[masked.range(start..start + 17)], "PROMPT");
        assert_eq!(&masked.text[masked.range(start + 3..start + 5)], "PROMPT");
    }

    proptest::proptest! {
        #[test]
        fn a_password_never_survives_whatever_surrounds_it(
            before in "(USER_NAME = 'u'|COMMENT = |COMMENT|'|\"|=|,| |x|/\\*|--|\\(){0,4}",
            after in "('|\"|=|,| |x|\\*/|;|COMMENT = 'c'){0,4}",
        ) {
            // What opens before the password may swallow it; then the closing quote is missing, or the rest is wrong.
            let text = format!("CREATE REDSHIFT CONNECTION c {before} PASSWORD = 'S3CRET' {after}");
            proptest::prop_assert!(!masked(&text).contains("S3CRET"), "{} -> {}", text, masked(&text));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,100}", at in 0_usize..100) {
            let masked = mask(&text, |_| true);
            masked.range(at.min(text.len())..text.len());
            hidden(&text, Stage::Typing, |_| false);
        }
    }
}
