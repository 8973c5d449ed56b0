//! The target of a job: its columns in the warehouse, and what is made there before a write.

use std::iter::repeat;
use std::ops::Range;

use super::engine::{JobSession, is_state};
use super::shape::{LengthLimit, Mapped, ServerField, map_columns};
use super::statements::{STAGE, Statements};
use super::{RunError, TargetError};
use crate::definition::TableColumn;
use crate::name::{Identifier, Name};
use crate::sql::splitter::Dialect;
use crate::sql::token::{Token, TokenList, code_tokens};
use crate::sql::{ColumnMapping, JobWrite, MergeKey, MergeParts};
use crate::warehouse::views::Views;

/// The statements that the target needs before a write, and the columns of the write.
pub(super) struct TargetPlan {
    pub statements: Vec<String>,
    pub mapped: Mapped,
}

impl JobSession<'_> {
    /// Maps the stage to the target, and makes the target or its columns where the job may.
    pub fn map(&mut self) -> Result<Mapped, RunError> {
        let plan = self.plan_target()?;
        if plan.statements.is_empty() {
            return Ok(plan.mapped);
        }
        for statement in &plan.statements {
            self.ask(statement)?;
        }
        Ok(self.plan_target()?.mapped)
    }

    /// Maps the stage to the target as it will be.
    pub(super) fn plan_target(&mut self) -> Result<TargetPlan, RunError> {
        let target = self.target_fields()?;
        let Some(mapping) = self.statements.mapping() else {
            let create = target.is_none().then(|| self.target_to_create(None)).transpose()?;
            return Ok(TargetPlan {
                statements: create.into_iter().map(|(create, _)| create).collect(),
                mapped: Mapped::default(),
            });
        };
        let stage = self.fields(STAGE)?.unwrap_or_default();
        let mut statements = Vec::new();
        let mut target = match target {
            Some(target) => target,
            None => {
                let columns = self.columns_to_create(mapping, &stage)?;
                let (create, columns) = self.target_to_create(columns)?;
                statements.push(create);
                columns
            }
        };
        for field in self.mapped(mapping, &stage, &target)?.missing {
            let add = self.statements.add_column(&field);
            if !self.job.adds_columns || !field.has_type() {
                return Err(TargetError::NoColumn {
                    column: field.name,
                    table: self.statements.target(),
                    add,
                }
                .into());
            }
            statements.push(add);
            target.push(field);
        }
        let mapped = self.mapped(mapping, &stage, &target)?;
        self.check_keys(&mapped)?;
        Ok(TargetPlan { statements, mapped })
    }

    /// Refuses a MERGE that does not insert its key: the next one would insert its rows again.
    fn check_keys(&self, mapped: &Mapped) -> Result<(), RunError> {
        let JobWrite::Merge(parts) = &self.job.body.write else {
            return Ok(());
        };
        let is_inserted = |key: &&MergeKey| {
            let name = Identifier(key.target.as_str()).to_string();
            mapped.columns.iter().any(|(column, _)| *column == name)
        };
        match parts.keys.iter().find(|key| !is_inserted(key)) {
            Some(key) => Err(TargetError::NoKey { column: key.target.as_str().to_owned() }.into()),
            None => Ok(()),
        }
    }

    /// Refuses values that are longer than their columns, which Redshift says without a name.
    pub(super) fn check_lengths(&mut self, mapped: &Mapped) -> Result<(), RunError> {
        let deletes = match &self.job.body.write {
            // A row that is deleted may be as long as it likes.
            JobWrite::Merge(parts) => parts.delete.is_some(),
            JobWrite::Insert { .. } | JobWrite::RedshiftMerge { .. } => false,
        };
        if mapped.lengths.is_empty() || deletes {
            return Ok(());
        }
        let found = self.ask(&Statements::longest(&mapped.lengths, self.views))?;
        let longest = found.results.into_iter().flatten().flatten();
        for (limit, longest) in mapped.lengths.iter().zip(longest) {
            let longest: Option<u64> = longest.and_then(|longest| longest.parse().ok());
            if let Some(longest) = longest.filter(|longest| *longest > limit.length) {
                let unit = match self.views {
                    Views::Redshift => "bytes",
                    Views::PostgreSql => "characters",
                };
                return Err(TargetError::TooLong {
                    column: limit.target.name.clone(),
                    data_type: limit.target.data_type.clone(),
                    longest: format!("{longest} {unit}"),
                }
                .into());
            }
        }
        Ok(())
    }

    fn mapped(
        &self,
        mapping: &ColumnMapping,
        stage: &[ServerField],
        target: &[ServerField],
    ) -> Result<Mapped, RunError> {
        let alias = self.statements.stage_alias();
        // The values of a MERGE are expressions over the stage, one for each listed column.
        let listed: Option<Vec<ServerField>> = match (&self.job.body.write, mapping) {
            (JobWrite::Merge(parts), ColumnMapping::Listed(names)) => {
                let field = |(name, value): (&Name, &Range<usize>)| {
                    let known = target.iter().find(|field| field.name == name.as_str());
                    let from_stage = || {
                        let column = self.column_of_value(parts, value, stage);
                        let data_type = column.map(|column| column.data_type.clone());
                        let data_type = data_type.unwrap_or_default();
                        ServerField::new(name.as_str().to_owned(), data_type)
                    };
                    known.cloned().unwrap_or_else(from_stage)
                };
                Some(names.iter().zip(&parts.values).map(field).collect())
            }
            (
                JobWrite::Insert { .. } | JobWrite::Merge(_) | JobWrite::RedshiftMerge { .. },
                ColumnMapping::InOrder | ColumnMapping::Listed(_) | ColumnMapping::ByName { .. },
            ) => None,
        };
        let query = listed.as_deref().unwrap_or(stage);
        let table = &self.job.body.target.name;
        let mut mapped = map_columns(mapping, query, target, table, &alias)?;
        mapped.lengths.extend(self.listed_limits(stage, target));
        Ok(mapped)
    }

    fn target_fields(&mut self) -> Result<Option<Vec<ServerField>>, RunError> {
        self.fields(&self.statements.target())
    }

    /// The columns of the table; None if there is no such relation.
    fn fields(&mut self, table: &str) -> Result<Option<Vec<ServerField>>, RunError> {
        let found = match self.ask(&Statements::fields(table, self.views)) {
            Err(error) if is_state(&error, "42P01") || is_state(&error, "3F000") => {
                return Ok(None);
            }
            found => found?,
        };
        let rows = found.results.into_iter().next().unwrap_or_default();
        let mut fields = Vec::with_capacity(rows.len());
        for row in rows {
            let [Some(name), Some(data_type), is_required, is_generated, Some(kind)] =
                row.as_slice()
            else {
                continue;
            };
            // An ordinary or a partitioned table.
            if !matches!(kind.as_str(), "r" | "p") {
                return Err(TargetError::NotATable { table: self.statements.target() }.into());
            }
            fields.push(ServerField {
                name: name.clone(),
                data_type: data_type.clone(),
                is_required: is_required.as_deref() == Some("t"),
                is_generated: is_generated.as_deref() == Some("t"),
            });
        }
        Ok(Some(fields))
    }

    /// The limits of the columns that a MERGE lists, for values that are columns of the stage.
    fn listed_limits(&self, stage: &[ServerField], target: &[ServerField]) -> Vec<LengthLimit> {
        let JobWrite::Merge(parts) = &self.job.body.write else {
            return Vec::new();
        };
        let ColumnMapping::Listed(names) = &parts.columns else {
            return Vec::new();
        };
        let limit = |(name, value): (&Name, &Range<usize>)| {
            let from = self.column_of_value(parts, value, stage)?;
            let to = target.iter().find(|field| field.name == name.as_str())?;
            LengthLimit::new(from, to)
        };
        names.iter().zip(&parts.values).filter_map(limit).collect()
    }

    /// The column of the stage that is a value of a MERGE; None for an expression.
    fn column_of_value<'s>(
        &self,
        parts: &MergeParts,
        value: &Range<usize>,
        stage: &'s [ServerField],
    ) -> Option<&'s ServerField> {
        let text = &self.job.body.text[value.clone()];
        let tokens = code_tokens(text, Dialect::Catalog);
        let path = TokenList { source: text, tokens: &tokens }.path_at(0);
        let is = |token: &Token, name: &str| token.unquoted(text).eq_ignore_ascii_case(name);
        let column = match path.as_slice() {
            [column] if tokens.len() == 1 => Some(column),
            [alias, column] if tokens.len() == 3 && is(alias, parts.query_alias.as_str()) => {
                Some(column)
            }
            _ => None,
        };
        column.and_then(|column| stage.iter().find(|field| is(column, &field.name)))
    }

    /// The columns of a target that is missing; None if the job does not tell their types.
    fn columns_to_create(
        &self,
        mapping: &ColumnMapping,
        stage: &[ServerField],
    ) -> Result<Option<Vec<ServerField>>, RunError> {
        let columns = match mapping {
            ColumnMapping::InOrder => {
                let names = self.described.iter().flatten().map(Some).chain(repeat(None));
                let field = |(field, name): (&ServerField, Option<&String>)| ServerField {
                    name: name.unwrap_or(&field.name).clone(),
                    ..field.clone()
                };
                stage.iter().zip(names).map(field).collect()
            }
            ColumnMapping::Listed(_) | ColumnMapping::ByName { .. } => {
                self.mapped(mapping, stage, &[])?.missing
            }
        };
        Ok(columns.iter().all(ServerField::has_type).then_some(columns))
    }

    /// CREATE TABLE from the catalog or with these columns, where the job may, and its columns.
    fn target_to_create(
        &self,
        columns: Option<Vec<ServerField>>,
    ) -> Result<(String, Vec<ServerField>), RunError> {
        let found = match (&self.job.table_definition, columns) {
            (Some(definition), _) => {
                let column = |column: &TableColumn| {
                    let data_type = column.data_type.to_ascii_lowercase();
                    let data_type = data_type.replacen("varchar", "character varying", 1);
                    ServerField::new(column.name.as_str().to_owned(), data_type)
                };
                let columns = definition.columns.iter().map(column).collect();
                Some((definition.warehouse_sql(), columns))
            }
            (None, Some(columns)) => Some((self.statements.create_target(&columns), columns)),
            (None, None) => None,
        };
        match found {
            Some(found) if self.job.creates_table => Ok(found),
            found => Err(TargetError::NoTarget {
                table: self.statements.target(),
                create: found.map(|(create, _)| create),
            }
            .into()),
        }
    }
}
