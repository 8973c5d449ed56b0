//! The target of a job: its columns in the warehouse, and what is made there before a write.

use std::iter::repeat;
use std::ops::Range;

use super::engine::{JobSession, is_state};
use super::shape::{Mapped, ServerField, map_columns};
use super::statements::Statements;
use super::{RunError, TargetError};
use crate::name::Name;
use crate::sql::splitter::Dialect;
use crate::sql::token::{Token, TokenList, code_tokens};
use crate::sql::{ColumnMapping, JobWrite, MergeParts};

impl JobSession<'_> {
    /// Maps the stage to the target, and makes the target or its columns where the job may.
    pub fn map(&mut self) -> Result<Mapped, RunError> {
        let Some(mapping) = self.statements.mapping() else {
            if self.target_fields()?.is_none() {
                self.create_target(None)?;
            }
            return Ok(Mapped::default());
        };
        let stage = self.fields(&Statements::stage_fields())?.unwrap_or_default();
        let target = match self.target_fields()? {
            Some(target) => target,
            None => {
                let columns = self.columns_to_create(mapping, &stage)?;
                self.create_target(columns.as_deref())?
            }
        };
        let mapped = self.mapped(mapping, &stage, &target)?;
        if mapped.missing.is_empty() {
            return Ok(mapped);
        }
        for field in &mapped.missing {
            let add = self.statements.add_column(field);
            if !self.job.adds_columns || !field.has_type() {
                return Err(TargetError::NoColumn {
                    column: field.name.clone(),
                    table: self.statements.target(),
                    add,
                }
                .into());
            }
            self.ask(&add)?;
        }
        let target = self.target_fields()?.unwrap_or_default();
        self.mapped(mapping, &stage, &target)
    }

    pub(super) fn mapped(
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
                    let from_stage = || ServerField {
                        name: name.as_str().to_owned(),
                        is_required: false,
                        data_type: self.type_of_value(parts, value, stage),
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
        Ok(map_columns(mapping, query, target, &self.job.body.target.name, &alias)?)
    }

    pub(super) fn target_fields(&mut self) -> Result<Option<Vec<ServerField>>, RunError> {
        self.fields(&Statements::fields(&self.statements.target()))
    }

    /// The columns that the query finds; None if there is no such relation.
    fn fields(&mut self, sql: &str) -> Result<Option<Vec<ServerField>>, RunError> {
        let found = match self.ask(sql) {
            Err(error) if is_state(&error, "42P01") || is_state(&error, "3F000") => {
                return Ok(None);
            }
            found => found?,
        };
        let rows = found.results.into_iter().next().unwrap_or_default();
        let mut fields = Vec::with_capacity(rows.len());
        for row in rows {
            let [Some(name), Some(data_type), is_required, Some(kind)] = row.as_slice() else {
                continue;
            };
            // An ordinary or a partitioned table.
            if !matches!(kind.as_str(), "r" | "p") {
                return Err(TargetError::NotATable { table: self.statements.target() }.into());
            }
            fields.push(ServerField {
                name: name.clone(),
                data_type: data_type.clone(),
                is_required: is_required.as_deref().is_some_and(|text| text.starts_with('t')),
            });
        }
        Ok(Some(fields))
    }

    /// The type of a value of a MERGE: that of the stage's column, and empty for an expression.
    fn type_of_value(
        &self,
        parts: &MergeParts,
        value: &Range<usize>,
        stage: &[ServerField],
    ) -> String {
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
        let find = |column: &&Token| stage.iter().find(|field| is(column, &field.name));
        column.and_then(find).map(|field| field.data_type.clone()).unwrap_or_default()
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

    /// Creates the target from the catalog or with these columns, where the job may.
    fn create_target(
        &mut self,
        columns: Option<&[ServerField]>,
    ) -> Result<Vec<ServerField>, RunError> {
        let from_columns = || columns.map(|columns| self.statements.create_target(columns));
        let create = self.job.table_definition.clone().or_else(from_columns);
        match create {
            Some(create) if self.job.creates_table => {
                self.ask(&create)?;
                Ok(self.target_fields()?.unwrap_or_default())
            }
            create => Err(TargetError::NoTarget { table: self.statements.target(), create }.into()),
        }
    }
}
