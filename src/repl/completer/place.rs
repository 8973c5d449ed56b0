//! The kind of candidates that may follow some tokens of a query, or of a statement for a
//! warehouse.
//!
//! It looks at words and parentheses and uses no grammar: an unfinished statement does not parse,
//! and a warehouse has more statements than redwire knows.

use crate::sql::keyword::is_reserved_on_warehouse;
use crate::sql::token::{Token, TokenKind};
use PlaceKind::{Begin, Expression, NewTable, Nothing, Schema, Table, Type, Word};

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
    /// A type of data.
    Type,
    /// A keyword.
    Word,
    /// A new name, or something that completion does not know.
    Nothing,
}

/// The first word of a statement, as far as a place depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstWord {
    Alter,
    Analyze,
    Comment,
    Copy,
    Create,
    Delete,
    Fetch,
    Grant,
    Merge,
    Revoke,
    Set,
    Show,
    Update,
    Vacuum,
    Other,
}

impl FirstWord {
    fn new(word: &str) -> Self {
        match word.to_ascii_uppercase().as_str() {
            "ALTER" => Self::Alter,
            "ANALYZE" => Self::Analyze,
            "COMMENT" => Self::Comment,
            "COPY" => Self::Copy,
            "CREATE" => Self::Create,
            "DELETE" => Self::Delete,
            "FETCH" => Self::Fetch,
            "GRANT" => Self::Grant,
            "MERGE" => Self::Merge,
            "REVOKE" => Self::Revoke,
            "SET" => Self::Set,
            "SHOW" => Self::Show,
            "UPDATE" => Self::Update,
            "VACUUM" => Self::Vacuum,
            _ => Self::Other,
        }
    }
}

/// The place behind a word: the words, the first words of the statements in which the row holds
/// (any, if it names none), and the place. The first row that fits counts; behind any other word
/// there is a keyword.
const BEHIND_WORD: &[(&str, &[FirstWord], PlaceKind)] = &[
    (
        "FROM",
        &[FirstWord::Copy, FirstWord::Grant, FirstWord::Revoke, FirstWord::Fetch],
        Nothing,
    ),
    ("FROM", &[FirstWord::Show], Word),
    ("FROM JOIN REFERENCES", &[], Table),
    ("INTO", &[FirstWord::Fetch], Nothing),
    ("INTO", &[], Table),
    ("TABLE VIEW", &[FirstWord::Create], NewTable),
    ("TABLE VIEW", &[], Table),
    ("FULL ONLY REINDEX RECLUSTER", &[FirstWord::Vacuum], Table),
    ("COMPRESSION", &[FirstWord::Analyze], Table),
    ("USING", &[FirstWord::Delete, FirstWord::Merge], Table),
    ("ON", &[FirstWord::Grant, FirstWord::Revoke], Table),
    ("ON", &[FirstWord::Comment], Word),
    ("ON", &[], Expression),
    ("SCHEMA", &[FirstWord::Create], Nothing),
    ("SCHEMA", &[], Schema),
    ("COLUMN", &[FirstWord::Comment], Table),
    ("COLUMN", &[FirstWord::Alter], Expression),
    ("COLUMN", &[], Nothing),
    ("TO AS", &[FirstWord::Set, FirstWord::Alter, FirstWord::Grant], Nothing),
    ("SET", &[FirstWord::Update, FirstWord::Merge], Expression),
    ("PROCEDURE FUNCTION USER ROLE DATABASE LIBRARY MODEL CALL", &[], Nothing),
    ("WHEN THEN NOT", &[FirstWord::Merge], Word),
    ("SELECT DISTINCT ALL WHERE HAVING QUALIFY BY RETURNING", &[], Expression),
    ("AND OR NOT CASE WHEN THEN ELSE BETWEEN LIKE ILIKE", &[], Expression),
];

/// Statements that begin with one word and the name of a table.
const BEFORE_TABLE: &str = "UPDATE TRUNCATE COPY ANALYZE VACUUM LOCK";

/// Functions in which FROM precedes an expression.
const FROM_IN_FUNCTION: &str = "EXTRACT TRIM SUBSTRING OVERLAY POSITION";

/// Functions in which AS precedes a type.
const AS_IN_FUNCTION: &str = "CAST TRY_CAST";

/// Words that begin a list or a clause.
const CLAUSES: &str = "SELECT FROM ON USING WHERE GROUP HAVING QUALIFY ORDER BY LIMIT UNION \
                       INTERSECT EXCEPT MINUS WITH SET VALUES INTO TABLE VIEW SCHEMA LOCK \
                       TRUNCATE TO";

/// True if the word, in any letter case, is one of the words between blanks.
fn is_one_of(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known.eq_ignore_ascii_case(word))
}

/// A statement that is being typed. Its methods take its first tokens, up to a place.
pub(super) struct TypedStatement<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    /// Behind EXPLAIN the first word of the explained statement.
    first_word: FirstWord,
    /// The innermost clause or parenthesis that is open at each token, and at the end.
    open: Vec<Open>,
}

/// The innermost clause or parenthesis that is open at a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// The clause that began with this token.
    Clause(usize),
    /// This parenthesis, in which no clause has begun.
    Parenthesis(usize),
    /// Neither.
    Nothing,
}

impl<'a> TypedStatement<'a> {
    pub fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let mut words = tokens.iter().map(|token| token.text(text));
        let first_word = words.find(|word| !is_one_of("EXPLAIN VERBOSE", word));
        let (mut innermost, mut outer) = (Open::Nothing, Vec::new());
        let mut open = vec![innermost];
        for (index, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Symbol('(') => {
                    outer.push(innermost);
                    innermost = Open::Parenthesis(index);
                }
                TokenKind::Symbol(')') => innermost = outer.pop().unwrap_or(Open::Nothing),
                TokenKind::Word if is_one_of(CLAUSES, token.text(text)) => {
                    innermost = Open::Clause(index);
                }
                TokenKind::Word
                | TokenKind::QuotedName
                | TokenKind::String
                | TokenKind::Number
                | TokenKind::Comment
                | TokenKind::Symbol(_) => {}
            }
            open.push(innermost);
        }
        let first_word = first_word.map_or(FirstWord::Other, FirstWord::new);
        Self { text, tokens, first_word, open }
    }

    /// The kind of the place behind the tokens.
    pub fn place(&self, tokens: &[Token]) -> PlaceKind {
        let Some((last, rest)) = tokens.split_last() else {
            return Begin;
        };
        if self.is_new_column(last, rest) {
            return Type;
        }
        match last.kind {
            TokenKind::Symbol('(') => self.in_parenthesis(rest),
            TokenKind::Symbol(',') => self.in_list(tokens),
            TokenKind::Symbol('*') if self.is_star(rest) => Word,
            TokenKind::Symbol(':') if rest.last().is_some_and(|colon| colon.is_symbol(':')) => Type,
            TokenKind::Symbol(':' | '.') => Nothing,
            TokenKind::Symbol(')' | ']')
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Number => Word,
            TokenKind::Symbol('=') if self.is_search_path(rest) => Schema,
            TokenKind::Symbol('=') if self.is(FirstWord::Set) => Nothing,
            TokenKind::Symbol(_) | TokenKind::Comment => Expression,
            TokenKind::Word => self.behind_word(&last.text(self.text).to_ascii_uppercase(), rest),
        }
    }

    /// The place behind a word; `rest` are the tokens before it.
    fn behind_word(&self, word: &str, rest: &[Token]) -> PlaceKind {
        match word {
            "FROM" if self.is_no_clause(rest) => Expression,
            "FROM" if self.is(FirstWord::Create) && !self.has_query(rest) => Nothing,
            "EXISTS" => self.behind_exists(rest),
            "TO" if self.is_search_path(rest) => Schema,
            "COLUMN" if self.ends_with(rest, "ADD") => Nothing,
            "AS" if self.is_in_function(rest, AS_IN_FUNCTION) => Type,
            "TYPE" if self.is(FirstWord::Alter) => Type,
            "ONLY" if self.ends_with(rest, "FROM") || self.ends_with(rest, "TABLE") => Table,
            "LIKE"
                if self.is(FirstWord::Create)
                    && rest.last().is_some_and(|last| last.is_symbol('(')) =>
            {
                Table
            }
            _ if self.begins(rest) && is_one_of(BEFORE_TABLE, word) => Table,
            _ => {
                let mut rows = BEHIND_WORD.iter();
                let row = rows.find(|(words, first_words, _)| {
                    let is_in = first_words.is_empty() || first_words.contains(&self.first_word);
                    is_in && is_one_of(words, word)
                });
                row.map_or(Word, |(_, _, place)| *place)
            }
        }
    }

    /// True if FROM after the tokens belongs to IS DISTINCT FROM or to a function.
    fn is_no_clause(&self, rest: &[Token]) -> bool {
        let is_distinct = matches!(rest, [.., before, last]
            if last.is_word(self.text, "DISTINCT") && is_one_of("IS NOT", before.text(self.text)));
        is_distinct || self.is_in_function(rest, FROM_IN_FUNCTION)
    }

    /// True if a word behind the tokens belongs to one of the functions, as in
    /// `extract(year FROM at)`.
    fn is_in_function(&self, rest: &[Token], functions: &str) -> bool {
        let Open::Parenthesis(open) = self.open[rest.len()] else {
            return false;
        };
        let function = open.checked_sub(1).map(|index| rest[index].text(self.text));
        function.is_some_and(|name| is_one_of(functions, name))
    }

    /// True if `last` is the name of a column that CREATE TABLE or ALTER TABLE … ADD defines.
    fn is_new_column(&self, last: &Token, rest: &[Token]) -> bool {
        if !last.is_name() || is_reserved_on_warehouse(last.text(self.text)) {
            return false;
        }
        if self.is(FirstWord::Alter) {
            let before = rest.split_last();
            return before.is_some_and(|(column, before)| {
                column.is_word(self.text, "COLUMN") && self.ends_with(before, "ADD")
            });
        }
        let begins =
            rest.last().is_some_and(|before| before.is_symbol('(') || before.is_symbol(','));
        let Open::Parenthesis(open) = self.open[rest.len()] else {
            return false;
        };
        let is_outermost = !matches!(self.open[open], Open::Parenthesis(_));
        self.is(FirstWord::Create) && begins && is_outermost && !self.has_query(rest)
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
            _ => Word,
        }
    }

    /// The place behind a comma, which `tokens` end in.
    fn in_list(&self, tokens: &[Token]) -> PlaceKind {
        let index = match self.open[tokens.len()] {
            Open::Parenthesis(index) => return self.in_parenthesis(&tokens[..index]),
            Open::Nothing => return Word,
            Open::Clause(index) => index,
        };
        match tokens[index].text(self.text).to_ascii_uppercase().as_str() {
            // After a join condition the list of FROM continues.
            "ON" | "USING" if !self.is(FirstWord::Grant) && !self.is(FirstWord::Revoke) => Table,
            "SET"
                if self.is(FirstWord::Set)
                    && self.is_search_path(&tokens[..tokens.len().min(index + 2)]) =>
            {
                Schema
            }
            "SET" if self.is(FirstWord::Set) => Nothing,
            "VALUES" | "LIMIT" | "WITH" => Nothing,
            "SELECT" | "WHERE" | "GROUP" | "ORDER" | "HAVING" | "QUALIFY" | "BY" | "SET" => {
                Expression
            }
            _ => self.place(&tokens[..=index]),
        }
    }

    /// The place behind a parenthesis; `rest` are the tokens before it.
    fn in_parenthesis(&self, rest: &[Token]) -> PlaceKind {
        let Some((last, before)) = rest.split_last() else {
            return Begin;
        };
        if let Some(table) = self.target_of_list(rest) {
            return PlaceKind::ColumnOf(table);
        }
        let word = if last.kind == TokenKind::Word {
            last.text(self.text).to_ascii_uppercase()
        } else {
            String::new()
        };
        match word.as_str() {
            "FROM" | "JOIN" if !self.is_in_function(before, FROM_IN_FUNCTION) => Begin,
            "AS" | "EXISTS" | "UNION" | "ALL" | "EXCEPT" | "INTERSECT" => Begin,
            "USING" if self.is(FirstWord::Merge) || self.is(FirstWord::Delete) => Begin,
            "VALUES" | "OVER" => Word,
            _ if self.is(FirstWord::Create) && !self.has_query(rest) => Word,
            _ if last.kind == TokenKind::Symbol(',') && self.in_list(rest) == Table => Begin,
            _ => Expression,
        }
    }

    /// The table of INSERT INTO or COPY whose columns are listed behind its name.
    fn target_of_list(&self, rest: &[Token]) -> Option<usize> {
        let mut name = rest.len().checked_sub(1)?;
        while name >= 2 && rest[name - 1].kind == TokenKind::Symbol('.') {
            name -= 2;
        }
        let leader = rest[..name].last()?;
        let is_target =
            leader.is_word(self.text, "INTO") || (self.is(FirstWord::Copy) && name == 1);
        let is_name = matches!(rest[name].kind, TokenKind::Word | TokenKind::QuotedName);
        (is_target && is_name).then_some(name)
    }

    /// True if the star is not a multiplication.
    fn is_star(&self, rest: &[Token]) -> bool {
        rest.last().is_some_and(|last| {
            matches!(last.kind, TokenKind::Symbol('(' | ',' | '.'))
                || is_one_of("SELECT DISTINCT ALL", last.text(self.text))
        })
    }

    fn is_search_path(&self, rest: &[Token]) -> bool {
        self.is(FirstWord::Set) && self.ends_with(rest, "SEARCH_PATH")
    }

    /// True for a statement with this first word.
    fn is(&self, first_word: FirstWord) -> bool {
        self.first_word == first_word
    }

    fn ends_with(&self, tokens: &[Token], word: &str) -> bool {
        tokens.last().is_some_and(|last| last.is_word(self.text, word))
    }

    /// True if nothing but EXPLAIN comes before.
    fn begins(&self, rest: &[Token]) -> bool {
        rest.iter().all(|token| is_one_of("EXPLAIN VERBOSE", token.text(self.text)))
    }

    fn has_query(&self, tokens: &[Token]) -> bool {
        tokens.iter().any(|token| token.is_word(self.text, "SELECT"))
    }
}
