//! The kind of candidates that may follow some tokens of a statement for a warehouse.
//!
//! It looks at words and parentheses and uses no grammar: an unfinished statement does not parse,
//! and a warehouse has more statements than redwire knows.

use crate::repl::completer::clause::{Open, begins_clause, open_at_end};
use crate::sql::token::{Token, TokenKind};

/// The kind of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlaceKind {
    /// The first word of a statement or of a query in parentheses.
    Begin,
    /// A table or view.
    Table,
    /// A table or view that is being created: only its schema exists.
    NewTable,
    Schema,
    /// A column, or anything else that begins an expression.
    Expression,
    /// A column of the table whose name begins with this token.
    ColumnOf(usize),
    /// A keyword.
    Word,
    /// A new name, or something that completion does not know.
    Nothing,
}

/// Words that an expression follows.
const BEFORE_EXPRESSION: &[&str] = &[
    "SELECT",
    "DISTINCT",
    "ALL",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "HAVING",
    "QUALIFY",
    "BY",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "RETURNING",
];

/// Functions in which FROM precedes an expression.
const FROM_IN_FUNCTION: &[&str] = &["EXTRACT", "TRIM", "SUBSTRING", "OVERLAY", "POSITION"];

/// The place behind the tokens, which begin with the statement.
pub(super) fn place(text: &str, tokens: &[Token]) -> PlaceKind {
    TypedStatement { text, kind: kind(text, tokens) }.place(tokens)
}

/// The first word of the statement; behind EXPLAIN that of the explained one.
fn kind(text: &str, tokens: &[Token]) -> String {
    let words = tokens.iter().map(|token| token.text(text).to_ascii_uppercase());
    let mut words = words.skip_while(|word| word == "EXPLAIN" || word == "VERBOSE");
    words.next().unwrap_or_default()
}

struct TypedStatement<'a> {
    text: &'a str,
    kind: String,
}

impl TypedStatement<'_> {
    fn place(&self, tokens: &[Token]) -> PlaceKind {
        let Some((last, rest)) = tokens.split_last() else {
            return PlaceKind::Begin;
        };
        match last.kind {
            TokenKind::Symbol('(') => self.in_parenthesis(rest),
            TokenKind::Symbol(',') => self.in_list(tokens),
            TokenKind::Symbol('*') if self.is_star(rest) => PlaceKind::Word,
            TokenKind::Symbol(':' | '.') => PlaceKind::Nothing,
            TokenKind::Symbol(')' | ']')
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Number => PlaceKind::Word,
            TokenKind::Symbol('=') if self.is_search_path(rest) => PlaceKind::Schema,
            TokenKind::Symbol('=') if self.is("SET") => PlaceKind::Nothing,
            TokenKind::Symbol(_) | TokenKind::Comment => PlaceKind::Expression,
            TokenKind::Word => self.behind_word(&last.text(self.text).to_ascii_uppercase(), rest),
        }
    }

    /// The place behind a word; `rest` are the tokens before it.
    fn behind_word(&self, word: &str, rest: &[Token]) -> PlaceKind {
        match word {
            "FROM" => self.behind_from(rest),
            "JOIN" | "REFERENCES" => PlaceKind::Table,
            "INTO" if self.is("FETCH") => PlaceKind::Nothing,
            "INTO" => PlaceKind::Table,
            "TABLE" | "VIEW" if self.is("CREATE") => PlaceKind::NewTable,
            "TABLE" | "VIEW" => PlaceKind::Table,
            "UPDATE" | "TRUNCATE" | "COPY" | "ANALYZE" | "VACUUM" | "LOCK"
                if self.is(word) && self.begins(rest) =>
            {
                PlaceKind::Table
            }
            "FULL" | "ONLY" | "REINDEX" | "RECLUSTER" if self.is("VACUUM") => PlaceKind::Table,
            "COMPRESSION" if self.is("ANALYZE") => PlaceKind::Table,
            "ONLY" if self.ends_with(rest, "FROM") || self.ends_with(rest, "TABLE") => {
                PlaceKind::Table
            }
            "USING" if self.is("DELETE") || self.is("MERGE") => PlaceKind::Table,
            "LIKE"
                if self.is("CREATE")
                    && matches!(rest.last(), Some(last) if last.kind == TokenKind::Symbol('(')) =>
            {
                PlaceKind::Table
            }
            "ON" if self.is("GRANT") || self.is("REVOKE") => PlaceKind::Table,
            "ON" if self.is("COMMENT") => PlaceKind::Word,
            "ON" => PlaceKind::Expression,
            "SCHEMA" if self.is("CREATE") => PlaceKind::Nothing,
            "SCHEMA" => PlaceKind::Schema,
            "COLUMN" if self.is("COMMENT") => PlaceKind::Table,
            "COLUMN" if self.is("ALTER") && !self.ends_with(rest, "ADD") => PlaceKind::Expression,
            "COLUMN" => PlaceKind::Nothing,
            "TO" if self.is_search_path(rest) => PlaceKind::Schema,
            "TO" | "AS" if self.is("SET") || self.is("ALTER") || self.is("GRANT") => {
                PlaceKind::Nothing
            }
            "EXISTS" => self.behind_exists(rest),
            "SET" if self.is("UPDATE") || self.is("MERGE") => PlaceKind::Expression,
            "PROCEDURE" | "FUNCTION" | "USER" | "ROLE" | "DATABASE" | "LIBRARY" | "MODEL"
            | "CALL" => PlaceKind::Nothing,
            "WHEN" | "THEN" | "NOT" if self.is("MERGE") => PlaceKind::Word,
            _ if BEFORE_EXPRESSION.contains(&word) => PlaceKind::Expression,
            _ => PlaceKind::Word,
        }
    }

    fn behind_from(&self, rest: &[Token]) -> PlaceKind {
        let is_distinct = matches!(rest, [.., before, last]
            if last.is_word(self.text, "DISTINCT") && ["IS", "NOT"].iter().any(|word| before.is_word(self.text, word)));
        if is_distinct || self.is_in_function(rest) {
            return PlaceKind::Expression;
        }
        match self.kind.as_str() {
            "COPY" | "GRANT" | "REVOKE" | "FETCH" => PlaceKind::Nothing,
            "CREATE" if !self.has_query(rest) => PlaceKind::Nothing,
            "SHOW" => PlaceKind::Word,
            _ => PlaceKind::Table,
        }
    }

    /// True if FROM belongs to a function such as `extract(year FROM at)`.
    fn is_in_function(&self, rest: &[Token]) -> bool {
        let Open::Parenthesis(open) = open_at_end(rest, |token| token.is_word(self.text, "SELECT"))
        else {
            return false;
        };
        let function = open.checked_sub(1).map(|index| rest[index].text(self.text));
        function.is_some_and(|name| {
            FROM_IN_FUNCTION.iter().any(|known| name.eq_ignore_ascii_case(known))
        })
    }

    /// IF EXISTS and IF NOT EXISTS precede the object of their statement.
    fn behind_exists(&self, rest: &[Token]) -> PlaceKind {
        match rest {
            [before @ .., condition, not]
                if condition.is_word(self.text, "IF") && not.is_word(self.text, "NOT") =>
            {
                self.place(before)
            }
            [before @ .., condition] if condition.is_word(self.text, "IF") => self.place(before),
            _ => PlaceKind::Word,
        }
    }

    /// The place behind a comma, which `tokens` end in.
    fn in_list(&self, tokens: &[Token]) -> PlaceKind {
        let index = match open_at_end(tokens, |token| begins_clause(self.text, token)) {
            Open::Parenthesis(index) => return self.in_parenthesis(&tokens[..index]),
            Open::Nothing => return PlaceKind::Word,
            Open::Clause(index) => index,
        };
        match tokens[index].text(self.text).to_ascii_uppercase().as_str() {
            // After a join condition the list of FROM continues.
            "ON" | "USING" if !self.is("GRANT") && !self.is("REVOKE") => PlaceKind::Table,
            "SET"
                if self.is("SET")
                    && self.is_search_path(&tokens[..tokens.len().min(index + 2)]) =>
            {
                PlaceKind::Schema
            }
            "SET" if self.is("SET") => PlaceKind::Nothing,
            "VALUES" | "LIMIT" | "WITH" => PlaceKind::Nothing,
            "SELECT" | "WHERE" | "GROUP" | "ORDER" | "HAVING" | "QUALIFY" | "BY" | "SET" => {
                PlaceKind::Expression
            }
            _ => self.place(&tokens[..=index]),
        }
    }

    /// The place behind a parenthesis; `rest` are the tokens before it.
    fn in_parenthesis(&self, rest: &[Token]) -> PlaceKind {
        let Some((last, before)) = rest.split_last() else {
            return PlaceKind::Begin;
        };
        if let Some(table) = self.target_of_list(rest) {
            return PlaceKind::ColumnOf(table);
        }
        let word = match last.kind {
            TokenKind::Word => last.text(self.text).to_ascii_uppercase(),
            _ => String::new(),
        };
        match word.as_str() {
            "FROM" | "JOIN" if !self.is_in_function(before) => PlaceKind::Begin,
            "AS" | "EXISTS" | "UNION" | "ALL" | "EXCEPT" | "INTERSECT" => PlaceKind::Begin,
            "USING" if self.is("MERGE") || self.is("DELETE") => PlaceKind::Begin,
            "VALUES" | "OVER" => PlaceKind::Word,
            _ if self.is("CREATE") && !self.has_query(rest) => PlaceKind::Word,
            _ if last.kind == TokenKind::Symbol(',') && self.in_list(rest) == PlaceKind::Table => {
                PlaceKind::Begin
            }
            _ => PlaceKind::Expression,
        }
    }

    /// The table of INSERT INTO or COPY whose columns are listed behind its name.
    fn target_of_list(&self, rest: &[Token]) -> Option<usize> {
        let mut name = rest.len().checked_sub(1)?;
        while name >= 2 && rest[name - 1].kind == TokenKind::Symbol('.') {
            name -= 2;
        }
        let leader = rest[..name].last()?;
        let is_target = leader.is_word(self.text, "INTO") || (self.is("COPY") && name == 1);
        let is_name = matches!(rest[name].kind, TokenKind::Word | TokenKind::QuotedName);
        (is_target && is_name).then_some(name)
    }

    /// True if the star is not a multiplication.
    fn is_star(&self, rest: &[Token]) -> bool {
        rest.last().is_some_and(|last| {
            matches!(last.kind, TokenKind::Symbol('(' | ',' | '.'))
                || ["SELECT", "DISTINCT", "ALL"].iter().any(|word| last.is_word(self.text, word))
        })
    }

    fn is_search_path(&self, rest: &[Token]) -> bool {
        self.is("SET") && self.ends_with(rest, "SEARCH_PATH")
    }

    /// True for a statement of this kind.
    fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    fn ends_with(&self, tokens: &[Token], word: &str) -> bool {
        tokens.last().is_some_and(|last| last.is_word(self.text, word))
    }

    /// True if nothing but EXPLAIN comes before.
    fn begins(&self, rest: &[Token]) -> bool {
        let is_explain = |token: &Token| {
            token.is_word(self.text, "EXPLAIN") || token.is_word(self.text, "VERBOSE")
        };
        rest.iter().all(is_explain)
    }

    fn has_query(&self, tokens: &[Token]) -> bool {
        tokens.iter().any(|token| token.is_word(self.text, "SELECT"))
    }
}
