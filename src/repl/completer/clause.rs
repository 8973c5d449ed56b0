//! The clause of a query in which a text ends, found from its tokens.

use crate::sql::token::{Token, TokenKind};

/// Words that begin a list or a clause.
const CLAUSES: &[&str] = &[
    "SELECT",
    "FROM",
    "ON",
    "USING",
    "WHERE",
    "GROUP",
    "HAVING",
    "QUALIFY",
    "ORDER",
    "BY",
    "LIMIT",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "MINUS",
    "WITH",
    "SET",
    "VALUES",
    "INTO",
    "TABLE",
    "VIEW",
    "SCHEMA",
    "LOCK",
    "TRUNCATE",
    "TO",
];

/// True for a word that begins a list or a clause.
pub(super) fn begins_clause(text: &str, token: &Token) -> bool {
    CLAUSES.iter().any(|clause| token.is_word(text, clause))
}

/// The innermost clause or parenthesis that is open at the end of the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// The clause that began with this token.
    Clause(usize),
    /// This parenthesis, in which no clause has begun.
    Parenthesis(usize),
    /// Neither.
    Nothing,
}

/// The clause or parenthesis that is open at the end; `begins` is true for words that begin a
/// clause.
pub(super) fn open_at_end(tokens: &[Token], begins: impl Fn(&Token) -> bool) -> Open {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().rev() {
        if token.is_symbol(')') {
            depth += 1;
        } else if depth == 0 && token.is_symbol('(') {
            return Open::Parenthesis(index);
        } else if depth == 0 && token.kind == TokenKind::Word && begins(token) {
            return Open::Clause(index);
        } else if token.is_symbol('(') {
            depth -= 1;
        }
    }
    Open::Nothing
}

/// True if a table follows the tokens of a query: after FROM and JOIN, and after a comma in the
/// list of FROM.
pub(super) fn wants_table(text: &str, tokens: &[Token]) -> bool {
    let Some(last) = tokens.last() else {
        return false;
    };
    let is = |word: &str| last.is_word(text, word);
    let open = || open_at_end(tokens, |token| begins_clause(text, token));
    is("FROM")
        || is("JOIN")
        || last.is_symbol(',')
            && matches!(open(), Open::Clause(index) if tokens[index].is_word(text, "FROM"))
}
