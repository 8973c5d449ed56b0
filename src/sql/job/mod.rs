//! CREATE and ALTER JOB.
//!
//! Pure: the body of a job is parsed, brought into canonical form, and searched for the tables that
//! it names. The executor looks them up.

mod body;
mod check;
mod columns;
mod merge;
mod outline;
mod scope;
mod sources;
mod target;
mod token;
mod writer;

use std::fmt;
use std::ops::Range;

use nom::Parser;
use nom::combinator::opt;

use super::action::{Actions, actions};
use super::dialect::Dialect;
use super::error::SqlError;
use super::lexical::{ParseError, Parsed, Reason, keyword, keywords};
use super::name::{Spanned, expect_name};
use super::option::{JOB_OPTIONS, SKIP_ALL_VALIDATIONS};
use super::setting::{Settings, settings};
use super::token::code_tokens;
use crate::definition::JobKind;
use crate::name::{JobName, Name, TablePath};

use body::body;
pub use columns::ColumnMapping;

/// `CREATE JOB`
#[derive(Clone, Debug)]
pub struct CreateJob {
    /// SYNC: the job waits for the jobs that write its sources.
    pub is_sync: bool,
    /// IF NOT EXISTS: leave the job alone if it exists.
    pub if_not_exists: bool,
    /// The name of the job.
    pub name: Spanned<JobName>,
    /// The options that are given.
    pub settings: Settings,
    /// INSERT or MERGE.
    pub body: JobBody,
    /// WITH TEST.
    pub with_test: WithTest,
}

/// WITH TEST of CREATE JOB: the warehouse explains the query before the job is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithTest {
    /// It is not written.
    No,
    /// The query has passed redwire's check.
    Checked,
    /// The check refuses the query, and the warehouse decides.
    Refused,
}

/// The body of a job: its canonical text, and the tables that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobBody {
    /// INSERT or MERGE.
    pub kind: JobKind,
    /// The text behind AS: the clauses in canonical form, the query unchanged.
    pub text: String,
    /// The table that it writes.
    pub target: TableReference,
    /// The tables that its query reads, in order, each as often as it is named.
    pub sources: Vec<TableReference>,
    /// The parts of the text.
    pub write: JobWrite,
    /// The parts of the text that are copied from the statement, in order.
    pub copies: Vec<CopiedPart>,
}

/// A part of a statement that the body's text has unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedPart {
    /// The byte of the text at which it begins.
    pub inside: usize,
    /// Its bytes in the statement.
    pub span: Range<usize>,
}

/// The parts of a body's text; ranges are bytes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobWrite {
    /// INSERT.
    Insert {
        /// The columns that are written.
        columns: ColumnMapping,
        /// The query.
        query: Range<usize>,
    },
    /// Upsolver's MERGE.
    Merge(MergeParts),
    /// Redshift's own MERGE.
    RedshiftMerge {
        /// The name of the table behind USING.
        source: Range<usize>,
        /// The name by which the rest of the text calls that table.
        alias: Name,
        /// True if the alias is written behind the table.
        has_alias: bool,
    },
}

/// The parts of Upsolver's MERGE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeParts {
    /// The alias of the target.
    pub target_alias: Name,
    /// The alias of the query.
    pub query_alias: Name,
    /// The query.
    pub query: Range<usize>,
    /// The columns of ON: the target's, and the query's that is equal to it.
    pub keys: Vec<MergeKey>,
    /// The condition of WHEN MATCHED AND … THEN DELETE.
    pub delete: Option<Range<usize>>,
    /// The columns that INSERT writes.
    pub columns: ColumnMapping,
    /// The expressions of VALUES, one for each listed column; none if columns are mapped by name.
    pub values: Vec<Range<usize>>,
}

/// A condition of ON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeKey {
    /// The column of the target.
    pub target: Name,
    /// The column of the query.
    pub query: Name,
}

impl JobBody {
    /// The places that name tables, the target first.
    pub fn places(&self) -> impl Iterator<Item = &TableReference> {
        std::iter::once(&self.target).chain(&self.sources)
    }

    /// The byte of the statement from which this byte of the text is copied.
    pub fn byte_in_statement(&self, byte: usize) -> Option<usize> {
        self.copies.iter().find_map(|part| {
            let offset = byte.checked_sub(part.inside)?;
            (offset <= part.span.len()).then(|| part.span.start + offset)
        })
    }
}

/// A reference to a table in the body of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableReference {
    /// The name; that of the target has three parts.
    pub name: TablePath,
    /// The last part of the name if the query uses it as an alias; after a rename of the table the
    /// alias must be written out.
    pub alias: Option<Name>,
    /// The bytes of the name in the body's text.
    pub inside: Range<usize>,
    /// The bytes of the name in the statement.
    pub span: Range<usize>,
}

/// `ALTER JOB`
#[derive(Clone, Debug)]
pub struct AlterJob {
    /// The name of the job.
    pub name: Spanned<JobName>,
    /// The changes.
    pub actions: Actions<JobName>,
}

impl fmt::Display for CreateJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            is_sync,
            if_not_exists,
            name,
            settings,
            body,
            with_test,
        } = self;
        let (name, settings) = (&name.value, &settings.0);
        f.write_str(&create_job_text(*is_sync, *if_not_exists, name, settings, &body.text))?;
        match with_test {
            WithTest::No => Ok(()),
            WithTest::Checked | WithTest::Refused => f.write_str("\nWITH TEST"),
        }
    }
}

/// The canonical text of CREATE JOB.
pub fn create_job_text(
    is_sync: bool,
    if_not_exists: bool,
    name: &JobName,
    settings: impl IntoIterator<Item = impl fmt::Display>,
    body: &str,
) -> String {
    let sync = if is_sync { "SYNC " } else { "" };
    let if_not_exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
    let settings = settings.into_iter().map(|setting| format!("\n    {setting}"));
    let settings: String = settings.collect();
    format!("CREATE {sync}JOB {if_not_exists}{}{settings}\nAS {body}", name.sql())
}

impl fmt::Display for AlterJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ALTER JOB {}{}", self.name.value.sql(), self.actions)
    }
}

/// ```ebnf
/// create job = "CREATE", [ "SYNC" ], "JOB", [ "IF", "NOT", "EXISTS" ], name, options, [ "AS" ], body,
///              with test ;
/// ```
/// `input` begins behind JOB.
pub(super) fn parse_create<'a>(
    is_sync: bool,
    source: &'a str,
    input: &'a str,
) -> Parsed<'a, CreateJob> {
    let (rest, not_exists) = opt(keywords(&["IF", "NOT", "EXISTS"])).parse(input)?;
    let (rest, name) = expect_name(source, rest)?;
    let (rest, settings) = settings(JOB_OPTIONS, source, begins_body, rest)?;
    let (rest, _) = opt(keyword("AS")).parse(rest)?;
    let is_checked = !settings.is_true(&SKIP_ALL_VALIDATIONS);
    let start = source.len() - rest.len();
    let end = start_of_test(source, start);
    let text = &source[..end.unwrap_or(source.len())];
    let checked = body(text, is_checked, &text[start..]);
    let (rest, body, with_test) = match (checked, end) {
        (Ok((rest, body)), None) => (rest, body, WithTest::No),
        (Ok((rest, body)), Some(_)) => (rest, body, WithTest::Checked),
        (Err(nom::Err::Failure(error)), Some(_)) if is_checked => {
            match body(text, false, &text[start..]) {
                Ok((rest, body)) => (rest, body, WithTest::Refused),
                Err(_) => return Err(nom::Err::Failure(error.in_longer(text, source))),
            }
        }
        (Err(error), _) => return Err(error.map(|error| error.in_longer(text, source))),
    };
    let rest = if rest.is_empty() {
        ""
    } else {
        &source[text.len() - rest.len()..]
    };
    let statement = CreateJob {
        is_sync,
        if_not_exists: not_exists.is_some(),
        name,
        settings,
        body,
        with_test,
    };
    Ok((rest, statement))
}

/// The byte at which WITH TEST begins, which ends the statement.
fn start_of_test(source: &str, start: usize) -> Option<usize> {
    let body = &source[start..];
    let found = code_tokens(body, Dialect::Catalog);
    let [.., with, test] = found.as_slice() else {
        return None;
    };
    (with.is_word(body, "WITH") && test.is_word(body, "TEST")).then(|| start + with.span.start)
}

/// Reads a body in the form in which the catalog keeps it.
pub fn parse_body(text: &str) -> Result<JobBody, SqlError> {
    // Its syntax was checked when the job was made.
    super::whole(text, |source, input| body(source, false, input))
}

fn begins_body(input: &str) -> bool {
    let words = ["AS", "INSERT", "MERGE", "COPY"];
    words.iter().any(|word| keyword(word)(input).is_ok())
}

/// Ends the parse of the statement with the error.
fn failure(source: &str, error: SqlError) -> nom::Err<ParseError<'_>> {
    nom::Err::Failure(ParseError {
        rest: &source[error.span.start..],
        length: Some(error.span.len()),
        reason: Reason::Other(error.kind),
    })
}

/// ```ebnf
/// alter job = "ALTER", "JOB", name, actions ;
/// ```
/// `input` begins at JOB.
pub(super) fn parse_alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, AlterJob> {
    let (rest, ()) = keyword("JOB")(input)?;
    let (rest, name) = expect_name(source, rest)?;
    let (rest, actions) = actions(JOB_OPTIONS, source, |_| false, rest)?;
    Ok((rest, AlterJob { name, actions }))
}

#[cfg(test)]
mod tests;
