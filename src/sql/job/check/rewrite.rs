//! The rewrite of a query for the parser: SQL of Redshift that the parser lacks is left out, or
//! replaced by as many bytes, so that every token keeps its place.

use std::ops::Range;

use crate::sql::keyword::is_reserved_on_warehouse;
use crate::sql::token::{Token, TokenKind, TokenList};

/// A query as the parser gets it.
pub(super) struct Rewritten {
    /// The tokens that are left.
    pub tokens: Vec<Token>,
    /// The text from the first of all tokens on.
    pub text: String,
}

/// Rewrites the tokens.
pub(super) fn rewrite(list: TokenList<'_, '_>, range: &Range<usize>) -> Rewritten {
    let start = list.span_of(range).start;
    let (mut tokens, mut text) = (Vec::with_capacity(range.len()), String::new());
    let mut groups = Groups::default();
    let mut left_out = 0;
    for (index, token) in list.tokens.iter().enumerate().take(range.end).skip(range.start) {
        left_out = left_out.max(index + words_without_meaning(list, index, range));
        let is_nested = groups.pass(list, index);
        if index < left_out || is_nested {
            continue;
        }
        fill(&mut text, token.span.start - start);
        let replacement = replacement(list, index, range, &groups);
        text.push_str(replacement.unwrap_or(token.text(list.source)));
        tokens.push(token.clone());
    }
    Rewritten { tokens, text }
}

/// The text that the parser gets instead of the token, which is as long.
fn replacement(
    list: TokenList<'_, '_>,
    index: usize,
    range: &Range<usize>,
    groups: &Groups,
) -> Option<&'static str> {
    let before = index.checked_sub(1).filter(|before| *before >= range.start)?;
    // A cast may stand wherever ISNULL may behind its operand.
    if list.is_word(index, "ISNULL")
        && ends_operand(list, before)
        && !list.is_symbol(index + 1, '(')
    {
        return Some("::date");
    }
    // An alias that the parser takes for the beginning of a window.
    if list.is_word(index, "OVER") && list.is_symbol(before, ')') && ends_item(list, index + 1) {
        return Some("____");
    }
    // KEEP and SET lead to further arguments.
    match groups.open.last() {
        Some(Group::ObjectTransform) if list.is_word(index, "KEEP") => Some(",   "),
        Some(Group::ObjectTransform) if list.is_word(index, "SET") => Some(",  "),
        Some(_) | None => None,
    }
}

/// True if an item of a SELECT has ended before the token.
fn ends_item(list: TokenList<'_, '_>, index: usize) -> bool {
    list.get(index).is_none_or(|token| {
        token.is_symbol(',')
            || token.is_symbol(')')
            || (token.kind == TokenKind::Word && is_reserved_on_warehouse(token.text(list.source)))
    })
}

/// Fills the text up to the length: the gap is one comment if it is long, since the parser makes a
/// token of each blank. A blank before it keeps an operator and the comment apart.
fn fill(text: &mut String, length: usize) {
    const OPEN: &str = " /*";
    const CLOSE: &str = "*/";
    let gap = length - text.len();
    let marks = OPEN.len() + CLOSE.len();
    if gap <= marks {
        text.push_str(&"     "[..gap]);
    } else {
        text.push_str(OPEN);
        text.push_str(&" ".repeat(gap - marks));
        text.push_str(CLOSE);
    }
}

/// The number of tokens from the index on that the parser lacks, and that change nothing for it.
fn words_without_meaning(list: TokenList<'_, '_>, index: usize, range: &Range<usize>) -> usize {
    let is_behind = |symbol| index > range.start && list.is_symbol(index - 1, symbol);
    let is_one_of = |at, words: &[&str]| words.iter().any(|word| list.is_word(at, word));
    if list.is_symbol(index, '(') && list.is_symbol(index + 1, '+') {
        let is_outer_join = list.is_symbol(index + 2, ')')
            && index > range.start
            && (list.is_name(index - 1) || is_behind(']'));
        return if is_outer_join { 3 } else { 0 };
    }
    if list.is_word(index, "APPROXIMATE") && !is_behind('.') {
        let is_call =
            is_one_of(index + 1, &["COUNT", "PERCENTILE_DISC"]) && list.is_symbol(index + 2, '(');
        return usize::from(is_call);
    }
    if list.is_word(index, "NATIONAL") {
        return usize::from(is_one_of(index + 1, &["CHARACTER", "CHAR"]));
    }
    if list.is_word(index, "BINARY") {
        return usize::from(list.is_word(index + 1, "VARYING"));
    }
    if list.is_word(index, "AT") {
        // An array is unnested by position, and its elements have no name.
        let is_path = is_behind(']') || (index > range.start + 1 && list.is_symbol(index - 2, '.'));
        let is_time_zone = list.is_word(index + 1, "TIME") && list.is_word(index + 2, "ZONE");
        let names = list.is_name(index + 1) && !ends_item(list, index + 1) && !is_time_zone;
        return usize::from(is_path && names);
    }
    let begins_trim =
        is_behind('(') && index >= range.start + 2 && is_one_of(index - 2, &["TRIM", "BTRIM"]);
    if !begins_trim {
        return 0;
    }
    let side = usize::from(is_one_of(index, &["BOTH", "LEADING", "TRAILING"]));
    if list.is_word(index + side, "FROM") {
        side + 1
    } else {
        0
    }
}

/// True if an operand may end with the token.
fn ends_operand(list: TokenList<'_, '_>, index: usize) -> bool {
    list.get(index).is_some_and(|token| match token.kind {
        TokenKind::Word => !token.is_word(list.source, "AS"),
        TokenKind::QuotedName | TokenKind::Number | TokenKind::String => true,
        TokenKind::Symbol(symbol) => symbol == ')' || symbol == ']',
        TokenKind::Comment => false,
    })
}

/// The kind of an open parenthesis.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Sets,
    /// GROUPING SETS inside GROUPING SETS, which only adds sets to those around it.
    NestedSets,
    ObjectTransform,
    Other,
}

#[derive(Default)]
struct Groups {
    open: Vec<Group>,
}

impl Groups {
    /// Passes the token; true for the words and parentheses of nested GROUPING SETS.
    fn pass(&mut self, list: TokenList<'_, '_>, index: usize) -> bool {
        let is_in_sets = self
            .open
            .last()
            .is_some_and(|group| matches!(group, Group::Sets | Group::NestedSets));
        let begins = |at: usize| {
            list.is_word(at, "GROUPING")
                && list.is_word(at + 1, "SETS")
                && list.is_symbol(at + 2, '(')
        };
        if list.is_symbol(index, ')') {
            return self.open.pop() == Some(Group::NestedSets);
        }
        if list.is_symbol(index, '(') {
            let group = match index.checked_sub(2).is_some_and(begins) {
                true if is_in_sets => Group::NestedSets,
                true => Group::Sets,
                false if index > 0 && list.is_word(index - 1, "OBJECT_TRANSFORM") => {
                    Group::ObjectTransform
                }
                false => Group::Other,
            };
            self.open.push(group);
            return group == Group::NestedSets;
        }
        is_in_sets && (begins(index) || index.checked_sub(1).is_some_and(begins))
    }
}
