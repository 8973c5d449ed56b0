//! The tables that a statement names, with their aliases, wherever they stand in it.

use super::place::{Place, place};
use crate::executor::WarehouseNames;
use crate::sql::keyword::is_reserved_on_warehouse;
use crate::sql::keyword::warehouse::is_word;
use crate::sql::token::{Token, TokenKind};

/// The most tables of one statement that are looked at.
const MAX_MENTIONS: usize = 100;

/// A table that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// The parts of its name, without quotes: the table itself is the last one.
    pub name: Vec<String>,
    /// What it is called in the statement.
    pub alias: Option<String>,
}

/// The tables that the statement names. What WITH defines is among them, and no warehouse has it.
pub(super) fn mentions(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() && found.len() < MAX_MENTIONS {
        if is_name(text, &tokens[at]) && place(text, &tokens[..at]) == Place::Table {
            let (mention, end) = Mention::read(text, tokens, at);
            found.push(mention);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// The names of the queries that WITH defines: `name AS (` and `name (a, b) AS (`.
pub(super) fn defined(text: &str, tokens: &[Token]) -> Vec<String> {
    if !tokens.iter().any(|token| token.is_word(text, "WITH")) {
        return Vec::new();
    }
    let begins = |index: usize| {
        let before = &tokens[..index];
        let is_first = ["WITH", "RECURSIVE"]
            .iter()
            .any(|word| before.last().is_some_and(|last| last.is_word(text, word)));
        let is_next = matches!(before, [.., end, comma]
            if end.kind == TokenKind::Symbol(')') && comma.kind == TokenKind::Symbol(','));
        is_first || is_next
    };
    let is_query = |index: usize| match &tokens[index..] {
        [name, next, ..] => {
            is_name(text, name) && (next.is_word(text, "AS") || next.kind == TokenKind::Symbol('('))
        }
        _ => false,
    };
    let found = (0..tokens.len()).filter(|index| is_query(*index) && begins(*index));
    found.map(|index| unquoted(text, &tokens[index])).collect()
}

impl Mention {
    /// Reads the name that begins with the token, and its alias. Answers also where it ends.
    pub fn read(text: &str, tokens: &[Token], start: usize) -> (Self, usize) {
        let mut name = Vec::new();
        let mut at = start;
        while let Some(token) = tokens.get(at).filter(|token| is_part(token)) {
            name.push(unquoted(text, token));
            at += 1;
            match tokens.get(at) {
                Some(point) if point.kind == TokenKind::Symbol('.') => at += 1,
                _ => break,
            }
        }
        let has_as = tokens.get(at).is_some_and(|token| token.is_word(text, "AS"));
        let alias = at + usize::from(has_as);
        let is_alias = |token: &&Token| is_part(token) && (has_as || !is_word(token.text(text)));
        let alias = tokens.get(alias).filter(is_alias).map(|token| unquoted(text, token));
        (Self { name, alias }, at.max(start + 1))
    }

    /// Whether a column of it may have this before its point.
    pub fn is_called(&self, qualifier: &str) -> bool {
        let name = self.alias.as_ref().or(self.name.last());
        name.is_some_and(|name| name.eq_ignore_ascii_case(qualifier))
    }

    /// Its columns, in their order; none where nobody knows the table.
    pub fn columns<'a>(&self, names: &'a WarehouseNames) -> Vec<&'a str> {
        let table = match self.name.as_slice() {
            [.., schema, table] => names.schema(schema).and_then(|schema| schema.table(table)),
            [table] => {
                let path = names.search_path().iter().map(String::as_str).chain(["pg_catalog"]);
                path.filter_map(|schema| names.schema(schema))
                    .find_map(|schema| schema.table(table))
            }
            [] => None,
        };
        table.map(|table| table.columns().collect()).unwrap_or_default()
    }
}

/// Whether a name may begin with the token.
fn is_name(text: &str, token: &Token) -> bool {
    match token.kind {
        TokenKind::Word => !is_reserved_on_warehouse(token.text(text)),
        kind => kind == TokenKind::QuotedName,
    }
}

fn is_part(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedName)
}

fn unquoted(text: &str, token: &Token) -> String {
    match token.kind {
        TokenKind::QuotedName => text[token.inside()].replace("\"\"", "\""),
        _ => token.text(text).to_lowercase(),
    }
}
