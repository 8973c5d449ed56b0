//! The place at which a text stops being SQL that the parser takes.
//!
//! The parser tries several readings and reports the failure of the last one, which may lie before
//! the fault, and its position is now the token that it read and now the one behind. So the text is
//! parsed again by a dialect that watches how far the parser comes, and from there on each token is
//! tried: it can stand where it does if something that follows it lets the parser come further.

use std::any::TypeId;
use std::cell::Cell;

use sqlparser::ast::Expr;
use sqlparser::dialect::{Dialect, RedshiftSqlDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::excerpt::{Kind, RECURSION_LIMIT};

/// What may follow a token: enough of a query for the parser to come to an expression in it.
const CONTINUATIONS: [&str; 17] = [
    "x + x",
    "1 + x",
    "x WHERE x",
    "WHERE x",
    "BY x + x",
    "x BY x + x",
    "(x + x",
    "x) + x",
    ") + x",
    "int) + x",
    "x) WHERE x",
    ") WHERE x",
    "END + x",
    "THEN x + x",
    "AND x",
    "SELECT x",
    "(SELECT x",
];

/// From so many tokens on, the place where the parser stopped must do.
const LONG: usize = 20_000;

/// How many tokens behind the furthest one are tried.
const STEPS: usize = 16;

/// The index of the token that is at fault; the number of tokens where something is missing at the
/// end.
pub(super) fn fault(tokens: &[TokenWithSpan], kind: Kind) -> usize {
    let reach = Reach::of(tokens.to_vec(), kind);
    // The token that the parser read last, unless it looked at one behind it.
    let mut at = match reach.looked {
        looked if looked >= reach.read => looked,
        _ => last_token(tokens, reach.read),
    };
    if tokens.len() > LONG {
        return at;
    }
    for _ in 0..STEPS {
        if at >= tokens.len() || !can_stand(tokens, at, kind) {
            break;
        }
        at = next_token(tokens, at + 1);
    }
    at
}

/// Whether anything can follow the token.
fn can_stand(tokens: &[TokenWithSpan], at: usize, kind: Kind) -> bool {
    CONTINUATIONS.iter().any(|text| {
        let Ok(behind) = Tokenizer::new(&RedshiftSqlDialect {}, text).tokenize_with_location()
        else {
            return false;
        };
        let mut tried = tokens[..=at].to_vec();
        tried.push(TokenWithSpan::wrap(Token::Whitespace(sqlparser::tokenizer::Whitespace::Space)));
        let begin = tried.len();
        tried.extend(behind);
        let reach = Reach::of(tried, kind);
        reach.read.max(reach.looked) > begin
    })
}

fn is_blank(token: &TokenWithSpan) -> bool {
    matches!(token.token, Token::Whitespace(_))
}

fn next_token(tokens: &[TokenWithSpan], from: usize) -> usize {
    (from..tokens.len())
        .find(|&index| !is_blank(&tokens[index]))
        .unwrap_or(tokens.len())
}

fn last_token(tokens: &[TokenWithSpan], before: usize) -> usize {
    (0..before.min(tokens.len()))
        .rev()
        .find(|&index| !is_blank(&tokens[index]))
        .unwrap_or(0)
}

/// How far the parser came.
struct Reach {
    /// Behind the token that it read last in the reading that it ended with.
    read: usize,
    /// The furthest token at which it looked for an expression or an operator.
    looked: usize,
}

impl Reach {
    fn of(tokens: Vec<TokenWithSpan>, kind: Kind) -> Self {
        let watching = Watching::default();
        let mut parser = Parser::new(&watching)
            .with_recursion_limit(RECURSION_LIMIT)
            .with_tokens_with_locations(tokens);
        // How it ends is known; how far it came is the question.
        let _ = match kind {
            Kind::Query => parser.parse_query().map(drop),
            Kind::Expression => parser.parse_expr().map(drop),
        };
        let read = parser.index();
        Self { read, looked: watching.looked.get() }
    }
}

/// The Redshift dialect, as far as the parser asks it, which notes how far the parser comes.
#[derive(Debug, Default)]
struct Watching {
    looked: Cell<usize>,
}

impl Watching {
    fn note(&self, parser: &Parser<'_>) {
        let mut index = parser.index();
        while is_blank(parser.token_at(index)) {
            index += 1;
        }
        self.looked.set(self.looked.get().max(index));
    }
}

impl Dialect for Watching {
    fn dialect(&self) -> TypeId {
        TypeId::of::<RedshiftSqlDialect>()
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        self.note(parser);
        None
    }

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        self.note(parser);
        None
    }

    fn is_identifier_start(&self, character: char) -> bool {
        RedshiftSqlDialect {}.is_identifier_start(character)
    }

    fn is_identifier_part(&self, character: char) -> bool {
        RedshiftSqlDialect {}.is_identifier_part(character)
    }

    fn is_reserved_for_identifier(&self, word: Keyword) -> bool {
        RedshiftSqlDialect {}.is_reserved_for_identifier(word)
    }

    fn convert_type_before_value(&self) -> bool {
        true
    }

    fn supports_connect_by(&self) -> bool {
        true
    }

    fn supports_top_before_distinct(&self) -> bool {
        true
    }

    fn supports_partiql(&self) -> bool {
        true
    }

    fn supports_unpivot_expr(&self) -> bool {
        true
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    fn supports_array_typedef_with_brackets(&self) -> bool {
        true
    }

    fn allow_extract_single_quotes(&self) -> bool {
        true
    }

    fn supports_select_wildcard_exclude(&self) -> bool {
        true
    }

    fn supports_select_wildcard_with_alias(&self) -> bool {
        true
    }

    fn supports_left_associative_joins_without_parens(&self) -> bool {
        false
    }

    fn supports_select_exclude(&self) -> bool {
        true
    }

    fn supports_string_literal_concatenation_with_newline(&self) -> bool {
        true
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }
}
