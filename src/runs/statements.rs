//! The statements of one run. Pure.
//!
//! The query fills a stage before anything is locked. The writes stand in one message with the
//! claim, and each holds only if the run has the claim.

use std::ops::Range;

use super::Window;
use super::ledger::Ledger;
use super::shape::{LengthLimit, Mapped, ServerField};
use super::translation::{Translation, Translator, has_bounds, warehouse_name};
use crate::name::{Identifier, Name};
use crate::sql::{ColumnMapping, JobBody, JobWrite, MergeKey, MergeParts};
use crate::warehouse::views::Views;

/// The temporary table with the rows of the query.
pub const STAGE: &str = "redwire_stage";

/// The temporary table with the keys of the rows that a MERGE deletes.
pub const GONE: &str = "redwire_gone";

/// The most rows of a check that are shown.
pub const SHOWN_KEYS: usize = 3;

/// A statement of the message that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// The claim.
    Claim,
    /// Finds the keys of the rows that a MERGE deletes, or empties a stage without a claim.
    Prepare,
    /// Deletes from the target.
    Delete,
    /// Inserts into the target.
    Insert,
    /// Redshift's own MERGE.
    Merge,
}

/// The claim of a run.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The window.
    pub window: Window,
    /// The id of the run.
    pub run_id: &'a str,
    /// Rows in the stage.
    pub staged: u64,
}

/// Writes the statements of a job.
#[derive(Clone, Copy, Debug)]
pub struct Statements<'a> {
    /// The job's body.
    pub body: &'a JobBody,
}

impl<'a> Statements<'a> {
    fn translator(self, window: Option<Window>) -> Translator<'a> {
        Translator { body: self.body, window }
    }

    /// True if the query or a clause asks for the bounds of its window.
    pub fn has_bounds(self) -> bool {
        has_bounds(&self.body.text)
    }

    /// The target, as SQL.
    pub fn target(self) -> String {
        warehouse_name(&self.body.target.name)
    }

    /// The columns that an INSERT writes.
    pub fn mapping(self) -> Option<&'a ColumnMapping> {
        match &self.body.write {
            JobWrite::Insert { columns, .. } => Some(columns),
            JobWrite::Merge(parts) => Some(&parts.columns),
            JobWrite::RedshiftMerge { .. } => None,
        }
    }

    /// The alias by which the job's text calls the stage.
    pub fn stage_alias(self) -> String {
        match &self.body.write {
            JobWrite::Merge(parts) => parts.query_alias.sql().to_string(),
            JobWrite::Insert { .. } | JobWrite::RedshiftMerge { .. } => STAGE.to_owned(),
        }
    }

    /// The query for a window.
    fn query(self, window: Window) -> Translation {
        let mut query = Translation::default();
        let range: &Range<usize> = match &self.body.write {
            JobWrite::Insert { query, .. } => query,
            JobWrite::Merge(parts) => &parts.query,
            JobWrite::RedshiftMerge { source, .. } => {
                query.push("SELECT * FROM ");
                source
            }
        };
        self.translator(Some(window)).add(range, &mut query);
        query
    }

    /// Asks for the columns of the query, without rows.
    pub fn describe(self, window: Window) -> Translation {
        let mut text = Translation::default();
        text.push("SELECT * FROM (\n");
        text.append(&self.query(window));
        text.push("\n) AS redwire_query LIMIT 0");
        text
    }

    /// EXPLAINs the query.
    pub fn explain(self, window: Window) -> Translation {
        let mut text = Translation::default();
        text.push("EXPLAIN ");
        text.append(&self.query(window));
        text
    }

    /// Fills the stage. The result is the number of its rows, unless the server tells it in the tag
    /// of CREATE TABLE AS; for a MERGE also the numbers of rows whose key is NULL and of keys that
    /// are there twice. `columns` are the names of the stage's columns if they are not those of the
    /// query.
    pub fn stage(
        self,
        window: Window,
        columns: Option<&[String]>,
        has_count_in_tag: bool,
    ) -> Translation {
        let mut text = begun_stage(columns);
        text.append(&self.query(window));
        match &self.body.write {
            JobWrite::Merge(parts) => text.push(&key_checks(&parts.keys)),
            JobWrite::Insert { .. } | JobWrite::RedshiftMerge { .. } if has_count_in_tag => {}
            JobWrite::Insert { .. } | JobWrite::RedshiftMerge { .. } => {
                text.push(&format!("\n;\nSELECT count(*) FROM {STAGE}"));
            }
        }
        text
    }

    /// Asks for some of the stage's keys that are NULL.
    pub fn null_keys(keys: &[MergeKey]) -> String {
        let keys = key_names(keys);
        let are_null = joined(keys.iter().map(|key| format!("{key} IS NULL")), " OR ");
        let listed = joined(&keys, ", ");
        format!("SELECT {listed} FROM {STAGE} WHERE {are_null} LIMIT {SHOWN_KEYS}")
    }

    /// Asks for some of the stage's keys that are there twice.
    pub fn duplicate_keys(keys: &[MergeKey]) -> String {
        let listed = joined(key_names(keys), ", ");
        format!(
            "SELECT {listed} FROM {STAGE} GROUP BY {listed} HAVING count(*) > 1 \
             LIMIT {SHOWN_KEYS}"
        )
    }

    /// Makes the stage without rows.
    pub fn empty_stage(self, window: Window, columns: Option<&[String]>) -> Translation {
        let mut text = begun_stage(columns);
        text.append(&self.describe(window));
        text
    }

    /// Asks for the columns of the target, or of the stage, and the kind of the relation.
    pub fn fields(table: &str, views: Views) -> String {
        let (is_given, is_generated) = match views {
            // IDENTITY is a default there (AWS's v_generate_tbl_ddl).
            Views::Redshift => ("a.atthasdef", "FALSE"),
            Views::PostgreSql => (
                "(a.atthasdef OR a.attidentity <> '')",
                "a.attidentity = 'a' OR a.attgenerated <> ''",
            ),
        };
        format!(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod), \
             a.attnotnull AND NOT {is_given}, {is_generated}, c.relkind \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid \
             WHERE c.oid = '{}'::regclass AND a.attnum > 0 AND NOT a.attisdropped \
             ORDER BY a.attnum",
            table.replace('\'', "''")
        )
    }

    /// Asks for the greatest length of each of the stage's columns, in bytes or in characters as
    /// the server declares lengths. Blanks at the end do not count: the server cuts them off.
    pub fn longest(limits: &[LengthLimit], views: Views) -> String {
        let length = match views {
            Views::Redshift => "octet_length",
            Views::PostgreSql => "char_length",
        };
        let longest = limits
            .iter()
            .map(|limit| format!("max({length}(rtrim({}, ' ')))", Identifier(&limit.stage)));
        format!("SELECT {} FROM {STAGE}", joined(longest, ", "))
    }

    /// Creates the target with the columns of the stage.
    pub fn create_target(self, fields: &[ServerField]) -> String {
        let column =
            |field: &ServerField| format!("    {} {}", Identifier(&field.name), field.data_type);
        let columns = joined(fields.iter().map(column), ",\n");
        format!("CREATE TABLE {} (\n{columns}\n)", self.target())
    }

    /// Adds a column to the target; a type that is not known is left to the user.
    pub fn add_column(self, field: &ServerField) -> String {
        let data_type = if field.has_type() { &field.data_type } else { "<type>" };
        format!(
            "ALTER TABLE {} ADD COLUMN {} {data_type}",
            self.target(),
            Identifier(&field.name)
        )
    }

    /// The message that writes: the claim, the writes, and COMMIT. The roles are those of its
    /// statements before COMMIT.
    pub fn write(
        self,
        ledger: &Ledger,
        claim: Claim<'_>,
        mapped: &Mapped,
    ) -> (Translation, Vec<Write>) {
        let mut text = Translation::default();
        let Claim { window, run_id, staged } = claim;
        text.push(&ledger.claim(window.start, window.end, run_id, staged));
        let is_claimed = ledger.is_claimed(run_id);
        let mut roles = vec![Write::Claim];
        match &self.body.write {
            JobWrite::Insert { .. } => {
                text.push(";\n");
                text.push(&self.insert(mapped, STAGE, &is_claimed));
                roles.push(Write::Insert);
            }
            JobWrite::Merge(parts) => {
                self.merge(parts, claim, mapped, &is_claimed, &mut text, &mut roles);
            }
            JobWrite::RedshiftMerge { source, alias, has_alias } => {
                text.push(&format!(";\nDELETE FROM {STAGE} WHERE NOT {is_claimed};\n"));
                self.redshift_merge(source, alias, *has_alias, window, &mut text);
                roles.extend([Write::Prepare, Write::Merge]);
            }
        }
        text.push(";\nCOMMIT");
        (text, roles)
    }

    fn insert(self, mapped: &Mapped, stage: &str, condition: &str) -> String {
        let columns = joined(mapped.columns.iter().map(|(column, _)| column), ", ");
        let values = joined(mapped.columns.iter().map(|(_, value)| value), ", ");
        format!(
            "INSERT INTO {} ({columns})\nSELECT {values}\nFROM {stage}\nWHERE {condition}",
            self.target()
        )
    }

    fn merge(
        self,
        parts: &MergeParts,
        claim: Claim<'_>,
        mapped: &Mapped,
        is_claimed: &str,
        text: &mut Translation,
        roles: &mut Vec<Write>,
    ) {
        let translator = self.translator(Some(claim.window));
        let (target, query) = (parts.target_alias.sql(), parts.query_alias.sql());
        let on = |left: &str, right: &str, pick: fn(&MergeKey) -> &Name| {
            let equal = |key: &MergeKey| {
                format!("{left}.{} = {right}.{}", pick(key).sql(), key.query.sql())
            };
            joined(parts.keys.iter().map(equal), " AND ")
        };
        if let Some(condition) = &parts.delete {
            let keys = parts.keys.iter().map(|key| format!("{query}.{}", key.query.sql()));
            text.push(&format!(
                ";\nCREATE TEMP TABLE {GONE} AS\nSELECT DISTINCT {}\nFROM {STAGE} AS {query} \
                 JOIN {} AS {target} ON {}\nWHERE {is_claimed} AND (",
                joined(keys, ", "),
                self.target(),
                on(&target.to_string(), &query.to_string(), |key| &key.target),
            ));
            translator.add(condition, text);
            text.push("\n)");
            roles.push(Write::Prepare);
        }
        // Redshift's DELETE knows its table by its own name alone.
        let own_name = self.body.target.name.table.table.sql().to_string();
        text.push(&format!(
            ";\nDELETE FROM {} USING {STAGE}\nWHERE {} AND {is_claimed};\n",
            self.target(),
            on(&own_name, STAGE, |key| &key.target),
        ));
        let kept = match parts.delete {
            Some(_) => format!(
                "{is_claimed}\nAND NOT EXISTS (SELECT 1 FROM {GONE} WHERE {})",
                on(GONE, &query.to_string(), |key| &key.query)
            ),
            None => is_claimed.to_owned(),
        };
        let from = format!("{STAGE} AS {query}");
        if parts.values.is_empty() {
            text.push(&self.insert(mapped, &from, &kept));
        } else {
            let columns = joined(mapped.columns.iter().map(|(column, _)| column), ", ");
            text.push(&format!("INSERT INTO {} ({columns})\nSELECT ", self.target()));
            for (index, value) in parts.values.iter().enumerate() {
                text.push(if index == 0 { "" } else { ", " });
                translator.add(value, text);
            }
            text.push(&format!("\nFROM {from}\nWHERE {kept}"));
        }
        roles.extend([Write::Delete, Write::Insert]);
    }

    /// Redshift's own MERGE, with the stage in place of its source.
    fn redshift_merge(
        self,
        source: &Range<usize>,
        alias: &Name,
        has_alias: bool,
        window: Window,
        text: &mut Translation,
    ) {
        let table = self.body.sources.iter().find(|reference| reference.inside == *source);
        let all = 0..self.body.text.len();
        self.translator(Some(window)).add_with(&all, text, |reference| {
            let is_source = table.is_some_and(|table| table.name == reference.name);
            if reference.inside == *source && !has_alias {
                format!("{STAGE} AS {}", alias.sql())
            } else if reference.inside == *source {
                STAGE.to_owned()
            } else if is_source && reference.inside.start > source.start {
                alias.sql().to_string()
            } else {
                warehouse_name(&reference.name)
            }
        });
    }
}

/// Counts in one pass the stage's rows, those whose key is NULL, and those whose key is there
/// twice.
fn key_checks(keys: &[MergeKey]) -> String {
    let names = key_names(keys);
    match names.as_slice() {
        // A single key is counted faster than grouped.
        [key] => format!(
            "\n;\nSELECT count(*), count(*) - count({key}), count({key}) - count(DISTINCT {key})\n\
             FROM {STAGE}"
        ),
        _ => {
            let are_there = joined(names.iter().map(|key| format!("{key} IS NOT NULL")), " AND ");
            let listed = joined(&names, ", ");
            format!(
                "\n;\nSELECT count(*), count(*) - count(CASE WHEN {are_there} THEN 1 END),\n    \
                 (SELECT count(*) FROM (SELECT {listed} FROM {STAGE} GROUP BY {listed} \
                 HAVING count(*) > 1) d)\nFROM {STAGE}"
            )
        }
    }
}

fn key_names(keys: &[MergeKey]) -> Vec<String> {
    keys.iter().map(|key| key.query.sql().to_string()).collect()
}

/// The beginning of the statements that make the stage.
fn begun_stage(columns: Option<&[String]>) -> Translation {
    let mut text = Translation::default();
    let columns = columns.map(|columns| format!(" ({})", joined(columns, ", ")));
    text.push(&format!(
        "DROP TABLE IF EXISTS {STAGE}; DROP TABLE IF EXISTS {GONE};\n\
         CREATE TEMP TABLE {STAGE}{} AS\n",
        columns.unwrap_or_default()
    ));
    text
}

fn joined(texts: impl IntoIterator<Item = impl AsRef<str>>, separator: &str) -> String {
    let texts = texts.into_iter().map(|text| text.as_ref().to_owned());
    texts.collect::<Vec<_>>().join(separator)
}
