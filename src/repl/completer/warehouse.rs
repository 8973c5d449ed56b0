//! Inside the query of a job: tables where a table stands, and the words of SQL elsewhere.

use super::name::{Part, existing};
use super::{Candidate, Completion, Names, begins, in_case_of};
use crate::sql::grammar::NameOf;
use crate::sql::keyword::QUERY_KEYWORDS;
use crate::sql::token::{Token, TokenKind, tokens};

/// Words that begin a clause of a SELECT.
const CLAUSES: &[&str] = &[
    "SELECT", "FROM", "ON", "USING", "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "UNION", "WITH",
];

/// `before` is the statement up to the cursor, and a word begins at `start` or nothing does.
pub(super) fn complete(before: &str, start: usize, names: &mut dyn Names) -> Completion {
    let typed = &before[start..];
    let part = Part::read(before, start);
    let candidates = if is_table(&before[..part.start]) {
        existing(NameOf::Table, before, start, names)
    } else if part.parents.is_empty() && !typed.is_empty() {
        words(before, typed)
    } else {
        Vec::new()
    };
    Completion { start, candidates }
}

/// Whether a table stands behind the text: after FROM and JOIN, and after a comma in the list of FROM.
fn is_table(before: &str) -> bool {
    let all: Vec<Token> = tokens(before)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let Some(last) = all.last() else {
        return false;
    };
    let is = |word: &str| last.is_word(before, word);
    is("FROM") || is("JOIN") || last.kind == TokenKind::Symbol(',') && clause(before, &all) == Some("FROM")
}

/// The word that began the clause in which the tokens end, outside of parentheses that are closed.
fn clause(before: &str, tokens: &[Token]) -> Option<&'static str> {
    let mut depth = 0_usize;
    for token in tokens.iter().rev() {
        match token.kind {
            TokenKind::Symbol(')') => depth += 1,
            TokenKind::Symbol('(') if depth == 0 => return None,
            TokenKind::Symbol('(') => depth -= 1,
            TokenKind::Word if depth == 0 => {
                let found = CLAUSES.iter().find(|clause| token.is_word(before, clause));
                if let Some(clause) = found {
                    return Some(clause);
                }
            }
            _ => {}
        }
    }
    None
}

fn words(before: &str, typed: &str) -> Vec<Candidate> {
    let words = QUERY_KEYWORDS.iter().filter(|word| begins(word, typed));
    words
        .map(|word| {
            let word = in_case_of(before, typed, word);
            Candidate::new(format!("{word} "), word)
        })
        .collect()
}
