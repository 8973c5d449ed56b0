//! The tables that a statement names, with their aliases.

use crate::executor::WarehouseNames;
use crate::repl::completer::place::{PlaceKind, TypedStatement};
use crate::sql::keyword::is_reserved_on_warehouse;
use crate::sql::keyword::warehouse::is_word;
use crate::sql::token::{Token, TokenKind, TokenList};

/// The maximum number of tables of one statement.
const MAX_MENTIONS: usize = 100;

/// A table that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// The parts of its name, without quotes; the last one is the table.
    pub name: Vec<String>,
    /// Its alias in the statement.
    pub alias: Option<String>,
}

/// The tables that the statement names. They include the queries of WITH, which no warehouse has.
pub(super) fn mentions(statement: &TypedStatement<'_>) -> Vec<Mention> {
    let (text, tokens) = (statement.text, statement.tokens);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() && found.len() < MAX_MENTIONS {
        if is_name(text, &tokens[at]) && statement.place(&tokens[..at]) == PlaceKind::Table {
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
            if end.is_symbol(')') && comma.is_symbol(','));
        is_first || is_next
    };
    let is_query = |index: usize| match &tokens[index..] {
        [name, next, ..] => {
            is_name(text, name) && (next.is_word(text, "AS") || next.is_symbol('('))
        }
        _ => false,
    };
    let found = (0..tokens.len()).filter(|index| is_query(*index) && begins(*index));
    found.map(|index| folded(text, &tokens[index])).collect()
}

impl Mention {
    /// Reads the name that begins with the token, and its alias. Also returns the index of the
    /// token after it.
    pub fn read(text: &str, tokens: &[Token], start: usize) -> (Self, usize) {
        let list = TokenList { source: text, tokens };
        let path = list.path_at(start);
        let name: Vec<String> = path.iter().map(|token| folded(text, token)).collect();
        let behind = start + (2 * name.len()).saturating_sub(1);
        let end = (behind + usize::from(list.is_symbol(behind, '.'))).max(start + 1);
        let has_as = list.is_word(end, "AS");
        let is_alias = |token: &&Token| token.is_name() && (has_as || !is_word(token.text(text)));
        let alias = list.get(end + usize::from(has_as)).filter(is_alias);
        let alias = alias.map(|token| folded(text, token));
        (Self { name, alias }, end)
    }

    /// True if a column of the table may have this qualifier.
    pub fn is_called(&self, qualifier: &str) -> bool {
        let name = self.alias.as_ref().or(self.name.last());
        name.is_some_and(|name| name.eq_ignore_ascii_case(qualifier))
    }

    /// Its columns in order; none if the table is unknown.
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

/// True if a name may begin with the token.
fn is_name(text: &str, token: &Token) -> bool {
    match token.kind {
        TokenKind::Word => !is_reserved_on_warehouse(token.text(text)),
        TokenKind::QuotedName => true,
        TokenKind::String | TokenKind::Number | TokenKind::Comment | TokenKind::Symbol(_) => false,
    }
}

/// The name in the server's spelling: without quotes it is in lower case.
fn folded(text: &str, token: &Token) -> String {
    if token.kind == TokenKind::Word {
        token.text(text).to_lowercase()
    } else {
        token.unquoted(text).into_owned()
    }
}
