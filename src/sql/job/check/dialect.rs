//! The SQL of Redshift for `sqlparser`: its Redshift dialect, with what Redshift shares with the
//! PostgreSQL dialect.

use std::any::TypeId;

use sqlparser::dialect::{Dialect, PostgreSqlDialect, Precedence, RedshiftSqlDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use crate::sql::keyword::is_reserved_on_warehouse;

/// Redshift's SQL. Words are reserved as Redshift reserves them, and `[` begins a subscript.
#[derive(Debug)]
pub(super) struct Redshift;

const UPSTREAM: RedshiftSqlDialect = RedshiftSqlDialect {};

impl Dialect for Redshift {
    /// The parser asks for the type of the PostgreSQL dialect before it takes prefix operators such
    /// as `@` and `|/`, which Redshift has too; no method of this trait turns them on.
    fn dialect(&self) -> TypeId {
        TypeId::of::<PostgreSqlDialect>()
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        UPSTREAM.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        UPSTREAM.is_identifier_part(ch)
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }

    fn is_reserved_for_identifier(&self, kw: Keyword) -> bool {
        UPSTREAM.is_reserved_for_identifier(kw)
    }

    fn prec_value(&self, prec: Precedence) -> u8 {
        UPSTREAM.prec_value(prec)
    }

    /// Operators that Redshift lacks are names.
    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        match &parser.peek_token_ref().token {
            Token::Word(word) => match word.keyword {
                Keyword::DIV
                | Keyword::GLOB
                | Keyword::MATCH
                | Keyword::MEMBER
                | Keyword::OPERATOR
                | Keyword::REGEXP
                | Keyword::RLIKE
                | Keyword::XOR => Some(Ok(self.prec_unknown())),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_select_item_alias(&self, explicit: bool, kw: &Keyword, parser: &mut Parser) -> bool {
        explicit || is_alias(*kw, parser)
    }

    fn is_table_factor_alias(&self, explicit: bool, kw: &Keyword, parser: &mut Parser) -> bool {
        explicit || is_alias(*kw, parser)
    }

    fn allow_extract_custom(&self) -> bool {
        true
    }

    fn allow_extract_single_quotes(&self) -> bool {
        true
    }

    fn convert_type_before_value(&self) -> bool {
        true
    }

    fn supports_array_typedef_with_brackets(&self) -> bool {
        true
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    fn supports_comma_separated_trim(&self) -> bool {
        true
    }

    fn supports_connect_by(&self) -> bool {
        true
    }

    fn supports_factorial_operator(&self) -> bool {
        true
    }

    fn supports_geometric_types(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_interval_options(&self) -> bool {
        true
    }

    fn supports_left_associative_joins_without_parens(&self) -> bool {
        false
    }

    fn supports_notnull_operator(&self) -> bool {
        true
    }

    fn supports_partiql(&self) -> bool {
        true
    }

    fn supports_select_exclude(&self) -> bool {
        true
    }

    fn supports_select_wildcard_exclude(&self) -> bool {
        true
    }

    fn supports_select_wildcard_with_alias(&self) -> bool {
        true
    }

    fn supports_string_literal_concatenation_with_newline(&self) -> bool {
        true
    }

    fn supports_top_before_distinct(&self) -> bool {
        true
    }

    fn supports_unpivot_expr(&self) -> bool {
        true
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }
}

/// True if the word before the parser's next token can be an alias without AS: Redshift does not
/// reserve it, and it begins no clause.
fn is_alias(keyword: Keyword, parser: &Parser) -> bool {
    let word_at = |index: usize| match &parser.peek_nth_token_ref(index).token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    };
    let next = word_at(0);
    match keyword {
        Keyword::NoKeyword => true,
        Keyword::CONNECT => next != Keyword::BY,
        Keyword::EXCLUDE => parser.peek_token_ref().token != Token::LParen,
        Keyword::FETCH => !matches!(next, Keyword::FIRST | Keyword::NEXT),
        Keyword::START => next != Keyword::WITH,
        Keyword::WINDOW => word_at(1) != Keyword::AS,
        Keyword::LATERAL | Keyword::TABLESAMPLE => false,
        // PostgreSQL reserves them, and Redshift does not.
        Keyword::ASYMMETRIC
        | Keyword::COLLATION
        | Keyword::CONCURRENTLY
        | Keyword::IF
        | Keyword::RETURNING
        | Keyword::SYMMETRIC
        | Keyword::VARIADIC => true,
        keyword => !is_reserved_on_warehouse(&keyword.to_string()),
    }
}
