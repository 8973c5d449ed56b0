//! MERGE as Redshift has it: no alias of the target, both clauses without conditions, or REMOVE
//! DUPLICATES.

use super::create_table::closing;
use super::lexical::{Kind, Token};
use super::message::Report;
use super::refusal::Statement;
use super::rewrite::Edit;

/// The parts of a MERGE.
struct Merge<'t, 'a> {
    /// The target's name.
    target: &'t [Token<'a>],
    /// The first word after it.
    target_end: usize,
    /// The source and its alias.
    source: &'t [Token<'a>],
    /// The ON of the condition.
    on: usize,
    /// The WHEN of each clause.
    clauses: Vec<usize>,
}

impl<'t, 'a> Merge<'t, 'a> {
    fn find(statement: &Statement<'t, 'a>) -> Option<Self> {
        let words = statement.words;
        if !statement.begins(&["MERGE", "INTO"]) {
            return None;
        }
        let using = statement.find(&["USING"])?;
        let is_query = words.get(using + 1)?.is("(");
        let source_end = if is_query { closing(words, using + 1) } else { using + 1 };
        let on = words[source_end..].iter().position(|word| word.is("ON"))?;
        let on = source_end + on;
        let target_end = name_end(words, 2);
        Some(Self {
            target: words.get(2..target_end)?,
            target_end,
            source: &words[using + 1..on],
            on,
            clauses: clauses(words),
        })
    }

    /// The name of the target, without its schema.
    fn target_name(&self) -> Option<String> {
        self.target.last().and_then(Token::name)
    }

    fn has_query(&self) -> bool {
        self.source[0].is("(")
    }
}

/// The first word after a name that may have its schema before it.
pub fn name_end(words: &[Token], begin: usize) -> usize {
    let mut end = begin + 1;
    while words.get(end).is_some_and(|word| word.is(".")) {
        end += 2;
    }
    end
}

/// Each WHEN that is not one of a CASE.
fn clauses(words: &[Token]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut cases = 0_usize;
    for (place, word) in words.iter().enumerate() {
        if word.is("CASE") {
            cases += 1;
        } else if word.is("END") {
            cases = cases.saturating_sub(1);
        } else if word.is("WHEN") && cases == 0 {
            found.push(place);
        }
    }
    found
}

/// WITH does not stand before a MERGE.
pub fn merge_with(statement: &Statement) -> Option<Report> {
    let place = statement
        .begins(&["WITH"])
        .then(|| statement.find(&["MERGE", "INTO"]))
        .flatten();
    place.map(|word| statement.syntax_error(word))
}

/// The target has no alias.
pub fn merge_alias(statement: &Statement) -> Option<Report> {
    let merge = Merge::find(statement)?;
    let has_alias = !statement.words[merge.target_end].is("USING");
    has_alias.then(|| statement.syntax_error(merge.target_end))
}

/// The source is neither the target nor a query of it.
pub fn merge_source(statement: &Statement) -> Option<Report> {
    let merge = Merge::find(statement)?;
    let target = merge.target_name();
    let message = if merge.has_query() {
        let names_target = merge.source.iter().any(|word| word.name() == target);
        names_target
            .then_some("Source view/subquery in Merge statement cannot reference target table.")
    } else {
        let name = &merge.source[..name_end(merge.source, 0).min(merge.source.len())];
        let is_target = name.last().and_then(Token::name) == target;
        is_target.then_some("Source and target of Merge statement cannot be the same table.")
    };
    message.map(|message| Report::new("ERROR", "0A000", message))
}

/// WHEN MATCHED and WHEN NOT MATCHED have no condition.
pub fn merge_condition(statement: &Statement) -> Option<Report> {
    let merge = Merge::find(statement)?;
    let mut ends = merge.clauses.iter().map(|clause| {
        let is_not = statement.words.get(clause + 1).is_some_and(|word| word.is("NOT"));
        clause + if is_not { 3 } else { 2 }
    });
    let condition =
        ends.find(|end| statement.words.get(*end).is_some_and(|word| word.is("AND")))?;
    Some(statement.syntax_error(condition))
}

/// There are two clauses, one of each kind, and none does nothing.
pub fn half_a_merge(statement: &Statement) -> Option<Report> {
    let merge = Merge::find(statement)?;
    if let Some(word) = statement.find(&["DO", "NOTHING"]) {
        return Some(statement.syntax_error(word));
    }
    let removes = statement.find(&["REMOVE", "DUPLICATES"]).is_some();
    match merge.clauses[..] {
        [] if removes => None,
        [] => Some(Report::new("ERROR", "42601", "syntax error at end of input")),
        [_] => {
            let message = "MERGE statement with a single WHEN clause is not enabled.";
            Some(Report::new("ERROR", "0A000", message))
        }
        [_, _] => None,
        [_, _, third, ..] => Some(statement.syntax_error(third)),
    }
}

/// REMOVE DUPLICATES, as a DELETE of the rows that match and an INSERT of the source's.
pub fn remove_duplicates(statement: &Statement) -> Vec<Edit> {
    let words = statement.words;
    let (Some(merge), Some(end)) =
        (Merge::find(statement), statement.find(&["REMOVE", "DUPLICATES"]))
    else {
        return Vec::new();
    };
    let (target, source) = (folded(merge.target), folded(merge.source));
    let insert = format!(") INSERT INTO {target} SELECT * FROM {source}");
    vec![
        Edit::replace(&words[..2], "WITH redshift_gone AS (DELETE FROM"),
        Edit::replace(&words[merge.on..=merge.on], "WHERE"),
        Edit::replace(&words[end..end + 2], &insert),
    ]
}

/// The words with names in quotes in lower case.
fn folded(words: &[Token]) -> String {
    let folded = words.iter().map(|word| match word.kind {
        Kind::Quoted => word.text.to_ascii_lowercase(),
        Kind::Word | Kind::String | Kind::Value | Kind::Mark => word.text.to_owned(),
    });
    folded.collect::<Vec<_>>().join(" ")
}
