//! The text of a job in the warehouse's words. Pure.
//!
//! Names of tables lose their connection, and `run_start_time()` and `run_end_time()` become the
//! bounds of the window: by place, so that nothing in strings or comments changes.

use std::ops::Range;

use super::Window;
use crate::definition::Moment;
use crate::name::TablePath;
use crate::sql::token::{Token, TokenKind, TokenList, tokens};
use crate::sql::{JobBody, TableReference};

/// A statement for the warehouse, and the places of the job's text in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// The statement.
    pub sql: String,
    /// The parts that are the user's, in order: their bytes here, and in the job's text.
    parts: Vec<(Range<usize>, Range<usize>)>,
}

impl Translation {
    /// A message without a part that is the user's.
    pub fn from_own(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), parts: Vec::new() }
    }

    /// Adds text that is not the user's.
    pub fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Adds another translation.
    pub fn append(&mut self, other: &Self) {
        let start = self.sql.len();
        let moved = other
            .parts
            .iter()
            .map(|(here, there)| (here.start + start..here.end + start, there.clone()));
        self.parts.extend(moved);
        self.sql.push_str(&other.sql);
    }

    fn push_part(&mut self, text: &str, there: Range<usize>) {
        let start = self.sql.len();
        self.sql.push_str(text);
        self.parts.push((start..self.sql.len(), there));
    }

    /// The byte of the job's text for a position of the server, in characters from 1; None if the
    /// text there is not the user's.
    pub fn place_of(&self, position: usize) -> Option<usize> {
        let (byte, _) = self.sql.char_indices().nth(position.checked_sub(1)?)?;
        let (here, there) = self.parts.iter().find(|(here, _)| here.contains(&byte))?;
        let place = there.start + (byte - here.start);
        // A name or a bound that was put in has another length than the text for which it stands.
        Some(if here.len() == there.len() { place } else { there.start })
    }
}

/// Translates parts of a job's body.
#[derive(Clone, Copy, Debug)]
pub struct Translator<'a> {
    /// The body, with current names in it.
    pub body: &'a JobBody,
    /// The bounds to put in; None for a body without them.
    pub window: Option<Window>,
}

/// A change of the text.
struct Change {
    at: Range<usize>,
    text: String,
}

impl Translator<'_> {
    /// Adds the translation of these bytes of the body.
    pub fn add(self, range: &Range<usize>, to: &mut Translation) {
        self.add_with(range, to, named);
    }

    /// Like [`Self::add`], with other names in place of the references.
    pub fn add_with(
        self,
        range: &Range<usize>,
        to: &mut Translation,
        name: impl Fn(&TableReference) -> String,
    ) {
        let references = self.body.places().map(|reference| Change {
            at: reference.inside.clone(),
            text: name(reference),
        });
        let is_inside =
            |change: &Change| range.start <= change.at.start && change.at.end <= range.end;
        let mut changes: Vec<Change> =
            references.chain(self.bounds(range)).filter(is_inside).collect();
        changes.sort_by_key(|change| change.at.start);
        let text = &self.body.text;
        let mut start = range.start;
        for change in changes {
            to.push_part(&text[start..change.at.start], start..change.at.start);
            // A name in quotes may touch a word, and what stands for it may have none.
            if to.sql.ends_with(is_of_word) {
                to.push(" ");
            }
            to.push_part(&change.text, change.at.clone());
            start = change.at.end;
            if text[start..range.end].starts_with(is_of_word) {
                to.push(" ");
            }
        }
        to.push_part(&text[start..range.end], start..range.end);
    }

    fn bounds(self, range: &Range<usize>) -> Vec<Change> {
        let Some(window) = self.window else {
            return Vec::new();
        };
        let text = &self.body.text[range.clone()];
        let change = |call: BoundCall| Change {
            at: range.start + call.at.start..range.start + call.at.end,
            text: format!("TIMESTAMP '{}'", call.moment(window)),
        };
        calls(text).into_iter().map(change).collect()
    }
}

/// True if the text asks for the bounds of its window.
pub fn has_bounds(text: &str) -> bool {
    !calls(text).is_empty()
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The name of the table in the warehouse, with the alias that the query needs.
fn named(reference: &TableReference) -> String {
    let name = warehouse_name(&reference.name);
    match &reference.alias {
        Some(alias) if *alias != reference.name.table.table => format!("{name} AS {}", alias.sql()),
        Some(_) | None => name,
    }
}

/// `schema.table`, or `database.schema.table`, as SQL.
pub fn warehouse_name(path: &TablePath) -> String {
    let database = path.database.as_ref().map(|name| format!("{}.", name.sql()));
    let table = &path.table;
    format!("{}{}.{}", database.unwrap_or_default(), table.schema.sql(), table.table.sql())
}

/// One of the two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Start,
    End,
}

/// A call of `run_start_time()` or `run_end_time()`.
#[derive(Debug)]
struct BoundCall {
    at: Range<usize>,
    bound: Bound,
    /// True if a comparison would count a row on the boundary in two windows, or in none: windows
    /// are half-open, so the moment before the bound stands for it.
    is_moment_before: bool,
}

impl BoundCall {
    fn moment(&self, window: Window) -> Moment {
        let moment = match self.bound {
            Bound::Start => window.start,
            Bound::End => window.end,
        };
        if self.is_moment_before { moment.plus(-1) } else { moment }
    }
}

/// The calls in the text, in order.
fn calls(text: &str) -> Vec<BoundCall> {
    let all: Vec<Token> = tokens(text).filter(|token| token.kind != TokenKind::Comment).collect();
    let list = TokenList { source: text, tokens: &all };
    let mut found = Vec::new();
    let mut depth = 0_usize;
    // The depths of each BETWEEN that still waits for its AND.
    let mut waiting: Vec<usize> = Vec::new();
    // The depths inside each CASE that still waits for its END; an AND in one is not BETWEEN's.
    let mut cases: Vec<usize> = Vec::new();
    let mut upper_end = None;
    for (index, token) in all.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => {
                depth = depth.saturating_sub(1);
                waiting.retain(|at| *at <= depth);
                cases.retain(|at| *at <= depth);
            }
            TokenKind::Word if token.is_word(text, "CASE") => {
                depth += 1;
                cases.push(depth);
            }
            TokenKind::Word if token.is_word(text, "END") && cases.last() == Some(&depth) => {
                cases.pop();
                depth -= 1;
                waiting.retain(|at| *at <= depth);
            }
            TokenKind::Word if token.is_word(text, "BETWEEN") => waiting.push(depth),
            TokenKind::Word if token.is_word(text, "AND") && waiting.last() == Some(&depth) => {
                waiting.pop();
                upper_end = Some(index + 1);
            }
            TokenKind::Word => {
                if let Some(bound) = bound_at(list, index) {
                    let operand = operand_at(list, index);
                    let is_moment_before = match bound {
                        Bound::End => {
                            upper_end == Some(operand.start)
                                || compares(list, &operand, ('<', true), ('>', true))
                        }
                        Bound::Start => compares(list, &operand, ('>', false), ('<', false)),
                    };
                    let replaced = if is_moment_before {
                        with_cast_to_date(list, index)
                    } else {
                        index..index + 3
                    };
                    let at = list.span_of(&replaced);
                    found.push(BoundCall { at, bound, is_moment_before });
                }
            }
            TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Number
            | TokenKind::Comment
            | TokenKind::Symbol(_) => {}
        }
    }
    found
}

fn bound_at(list: TokenList<'_, '_>, index: usize) -> Option<Bound> {
    let bound = if list.is_word(index, "run_start_time") {
        Bound::Start
    } else if list.is_word(index, "run_end_time") {
        Bound::End
    } else {
        return None;
    };
    let is_call = list.is_symbol(index + 1, '(') && list.is_symbol(index + 2, ')');
    is_call.then_some(bound)
}

/// Words before a parenthesis that is not that of a function.
const BEFORE_GROUPS: [&str; 13] = [
    "AND", "BETWEEN", "CASE", "ELSE", "HAVING", "NOT", "ON", "OR", "QUALIFY", "SELECT", "THEN",
    "WHEN", "WHERE",
];

/// The tokens of the call at the index, with the parentheses and the casts around it.
fn operand_at(list: TokenList<'_, '_>, index: usize) -> Range<usize> {
    let mut start = index;
    // For each parenthesis around the call, from the inside out: true if it is that of a CAST.
    let mut opened = Vec::new();
    while let Some(open) = start.checked_sub(1).filter(|open| list.is_symbol(*open, '(')) {
        let before = open.checked_sub(1).filter(|before| list.is_name(*before));
        let is_before = |word: &str| before.is_some_and(|before| list.is_word(before, word));
        let is_cast = is_before("CAST");
        if before.is_some() && !is_cast && !BEFORE_GROUPS.iter().any(|word| is_before(word)) {
            break;
        }
        start = if is_cast { open - 1 } else { open };
        opened.push(is_cast);
    }
    let mut end = end_of_casts(list, index + 3);
    for is_cast in opened {
        let close = if is_cast && list.is_word(end, "AS") {
            list.end_of_group(end)
        } else {
            end
        };
        if !list.is_symbol(close, ')') {
            break;
        }
        end = end_of_casts(list, close + 1);
    }
    start..end
}

/// The tokens of the call at the index, with a cast to DATE around it: cast to DATE, the moment
/// before a midnight would be the midnight before.
fn with_cast_to_date(list: TokenList<'_, '_>, index: usize) -> Range<usize> {
    let end = end_of_casts(list, index + 3);
    if (index + 3..end).any(|at| list.is_word(at, "DATE")) {
        return index..end;
    }
    let start = index.checked_sub(2).filter(|start| {
        list.is_word(*start, "CAST")
            && list.is_symbol(start + 1, '(')
            && list.is_word(index + 3, "AS")
            && list.is_word(index + 4, "DATE")
            && list.is_symbol(index + 5, ')')
    });
    start.map_or(index..index + 3, |start| start..index + 6)
}

/// The index behind each `::type` that stands there.
fn end_of_casts(list: TokenList<'_, '_>, mut end: usize) -> usize {
    while list.is_symbol(end, ':') && list.is_symbol(end + 1, ':') && list.is_name(end + 2) {
        end += 1 + 2 * list.path_at(end + 2).len();
        if list.is_symbol(end, '(') {
            end = list.end_of_group(end + 1) + 1;
        }
        if list.is_word(end, "WITH") || list.is_word(end, "WITHOUT") {
            // WITH TIME ZONE
            end += 3;
        }
    }
    end
}

/// True if the operand stands behind the first operator or before the second: a sign, and true if
/// `=` belongs to it.
fn compares(
    list: TokenList<'_, '_>,
    operand: &Range<usize>,
    before: (char, bool),
    behind: (char, bool),
) -> bool {
    let sign_before = |(sign, has_equals): (char, bool)| {
        let Some(sign_at) = operand.start.checked_sub(1) else {
            return false;
        };
        if has_equals {
            list.is_symbol(sign_at, '=') && sign_at > 0 && list.is_symbol(sign_at - 1, sign)
        } else {
            // `<>` and `->` are no comparison with `>`.
            let other = sign_at
                .checked_sub(1)
                .is_some_and(|before| list.is_symbol(before, '<') || list.is_symbol(before, '-'));
            list.is_symbol(sign_at, sign) && !other
        }
    };
    let sign_behind = |(sign, has_equals): (char, bool)| {
        let next = operand.end;
        let other = list.is_symbol(next + 1, '=') || list.is_symbol(next + 1, '>');
        list.is_symbol(next, sign)
            && if has_equals {
                list.is_symbol(next + 1, '=')
            } else {
                !other
            }
    };
    sign_before(before) || sign_behind(behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{JobWrite, parse_body};

    const WINDOW: (&str, &str) = ("2026-01-01 10:00:00", "2026-01-01 11:00:00");

    fn window() -> Window {
        let at = |text| Moment::parse(text).unwrap();
        Window { start: at(WINDOW.0), end: at(WINDOW.1) }
    }

    /// The query of an INSERT, translated.
    fn translated(query: &str) -> Translation {
        let body = parse_body(&format!("INSERT INTO c.s.t\n{query}")).unwrap();
        let JobWrite::Insert { query, .. } = &body.write else {
            panic!("another statement")
        };
        let mut text = Translation::default();
        let translator = Translator { body: &body, window: Some(window()) };
        translator.add(query, &mut text);
        text
    }

    #[test]
    fn names_lose_their_connection_by_place() {
        for (query, sql) in [
            (
                "SELECT 'c.s.o', /* c.s.o */ o.a FROM c.s.o",
                "SELECT 'c.s.o', /* c.s.o */ o.a FROM s.o",
            ),
            ("SELECT c.s.o.a FROM c.s.o", "SELECT s.o.a FROM s.o"),
            (
                "SELECT 1 FROM c.d.s.o JOIN c.s.p x ON TRUE",
                "SELECT 1 FROM d.s.o JOIN s.p x ON TRUE",
            ),
            ("SELECT 1 FROM\"c\".s.o", "SELECT 1 FROM s.o"),
            (
                "WITH c AS (SELECT 1 AS a) SELECT a FROM c",
                "WITH c AS (SELECT 1 AS a) SELECT a FROM c",
            ),
        ] {
            assert_eq!(translated(query).sql, sql);
        }
    }

    #[test]
    fn a_row_on_a_boundary_is_in_one_window() {
        const BEFORE_START: &str = "2026-01-01 09:59:59.999999";
        const BEFORE_END: &str = "2026-01-01 10:59:59.999999";
        let (start, end) = WINDOW;
        for (condition, moments) in [
            ("a >= run_start_time() AND a < run_end_time()", [start, end].as_slice()),
            ("a BETWEEN run_start_time() AND run_end_time()", &[start, BEFORE_END]),
            ("a between Run_Start_Time ( ) and RUN_END_TIME() and true", &[start, BEFORE_END]),
            ("a > run_start_time() AND a <= run_end_time()", &[BEFORE_START, BEFORE_END]),
            ("run_start_time() < a AND run_end_time() >= a", &[BEFORE_START, BEFORE_END]),
            ("run_start_time() <= a AND run_end_time() > a", &[start, end]),
            ("a <> run_start_time() AND a = run_end_time()", &[start, end]),
            (
                "(a BETWEEN dateadd(day, -1, (run_start_time())) AND run_end_time()) AND run_end_time() > a",
                &[start, BEFORE_END, end],
            ),
            ("a BETWEEN 1 AND 2 AND b = run_end_time()", &[end]),
            (
                "a BETWEEN CASE WHEN b AND c THEN run_start_time() END AND run_end_time()",
                &[start, BEFORE_END],
            ),
            (
                "CASE WHEN a BETWEEN 1 AND 2 THEN b BETWEEN 1 AND run_end_time() END AND \
                 (SELECT 1 AS end) = 1 AND (a BETWEEN (SELECT 1 AS end) AND run_end_time())",
                &[BEFORE_END, BEFORE_END],
            ),
            ("a BETWEEN (run_start_time()) AND (run_end_time())", &[start, BEFORE_END]),
            (
                "a > ((run_start_time())) AND a <= (run_end_time())",
                &[BEFORE_START, BEFORE_END],
            ),
            ("(run_start_time()) < a AND (run_end_time()) >= a", &[BEFORE_START, BEFORE_END]),
            (
                "a > CAST(run_start_time() AS timestamp(6)) AND a <= CAST((run_end_time()) AS date)",
                &[BEFORE_START, BEFORE_END],
            ),
            (
                "a BETWEEN CAST(run_start_time() AS date) AND cast(run_end_time() AS date)",
                &[start, BEFORE_END],
            ),
            (
                "run_start_time()::timestamp < a AND CAST(run_end_time() AS timestamp) >= a",
                &[BEFORE_START, BEFORE_END],
            ),
            (
                "(run_start_time()::timestamp(6) without time zone)::date < a AND \
                 run_end_time()::pg_catalog.date >= a",
                &[BEFORE_START, BEFORE_END],
            ),
            ("a <= (run_end_time() - interval '1 day')", &[BEFORE_END]),
            ("(run_end_time() >= a) AND (a < (run_end_time()))", &[BEFORE_END, end]),
            (
                "a BETWEEN date_trunc('hour', run_start_time()) AND trunc(run_end_time())",
                &[start, end],
            ),
            ("a <= trunc((run_end_time())) AND trunc(run_end_time()) >= a", &[end, end]),
            ("NOT (a < run_start_time() OR a > run_end_time())", &[start, end]),
            ("'run_end_time()' = a /* run_end_time() */", &[]),
        ] {
            let sql = translated(&format!("SELECT 1 FROM c.s.o WHERE {condition}")).sql;
            let found: Vec<&str> = sql
                .split("TIMESTAMP '")
                .skip(1)
                .map(|rest| &rest[..rest.find('\'').unwrap()])
                .collect();
            assert_eq!(found, moments, "{condition}");
        }
    }

    #[test]
    fn a_cast_to_date_around_the_moment_before_a_bound_is_left_out() {
        for (condition, expected) in [
            (
                "a BETWEEN run_start_time()::date AND run_end_time()::date",
                "a BETWEEN TIMESTAMP '2026-01-01 10:00:00'::date AND TIMESTAMP '2026-01-01 10:59:59.999999'",
            ),
            (
                "a <= CAST(run_end_time() AS DATE) AND b",
                "a <= TIMESTAMP '2026-01-01 10:59:59.999999' AND b",
            ),
            (
                "a < run_end_time()::date AND b <= run_end_time()::timestamp",
                "a < TIMESTAMP '2026-01-01 11:00:00'::date AND b <= TIMESTAMP '2026-01-01 10:59:59.999999'::timestamp",
            ),
        ] {
            let query = format!("SELECT 1 FROM c.s.o WHERE {condition}");
            let sql = format!("SELECT 1 FROM s.o WHERE {expected}");
            assert_eq!(translated(&query).sql, sql);
        }
    }

    #[test]
    fn a_position_of_the_server_is_found_in_the_text() {
        let query = "SELECT 'é', b.x FROM c.s.o WHERE b.y < run_end_time() AND b.z";
        let text = translated(query);
        let start = "INSERT INTO c.s.t\n".len();
        for word in ["b.x", "b.y", "b.z", "WHERE"] {
            let byte = text.sql.find(word).unwrap();
            let position = text.sql[..byte].chars().count() + 1;
            assert_eq!(text.place_of(position), Some(start + query.find(word).unwrap()), "{word}");
        }
        let bound = text.sql.find("TIMESTAMP").unwrap();
        let position = text.sql[..bound].chars().count() + 4;
        assert_eq!(text.place_of(position), Some(start + query.find("run_end").unwrap()));
        assert_eq!(text.place_of(0), None);
        assert_eq!(text.place_of(10_000), None);
    }
}
