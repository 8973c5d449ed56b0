//! In which clause of a query a text ends, by its tokens.

use crate::sql::token::{Token, TokenKind};

/// Words that begin a clause of a SELECT.
const CLAUSES: &[&str] = &[
    "SELECT", "FROM", "ON", "USING", "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT",
    "UNION", "WITH",
];

/// What is open where some tokens end, outside of parentheses that are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// The clause that this token began.
    Clause(usize),
    /// The parenthesis that this token opened, in which no clause has begun.
    Parenthesis(usize),
    /// Neither.
    Nothing,
}

/// What is open where the tokens end; `begins` knows the words that begin a clause.
pub(super) fn open_at_end(tokens: &[Token], begins: impl Fn(&Token) -> bool) -> Open {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().rev() {
        match token.kind {
            TokenKind::Symbol(')') => depth += 1,
            TokenKind::Symbol('(') if depth == 0 => return Open::Parenthesis(index),
            TokenKind::Symbol('(') => depth -= 1,
            TokenKind::Word if depth == 0 && begins(token) => return Open::Clause(index),
            _ => {}
        }
    }
    Open::Nothing
}

/// Whether a table stands behind the tokens of a query: after FROM and JOIN, and after a comma in
/// the list of FROM.
pub(super) fn wants_table(text: &str, tokens: &[Token]) -> bool {
    let Some(last) = tokens.last() else {
        return false;
    };
    let is = |word: &str| last.is_word(text, word);
    let begins = |token: &Token| CLAUSES.iter().any(|clause| token.is_word(text, clause));
    is("FROM")
        || is("JOIN")
        || last.kind == TokenKind::Symbol(',')
            && matches!(open_at_end(tokens, begins), Open::Clause(index) if tokens[index].is_word(text, "FROM"))
}
