//! The target of a job: its columns in the warehouse, and what is made there before a write.

use super::engine::{JobSession, is_state};
use super::shape::{Mapped, ServerField, map_columns};
use super::statements::Statements;
use super::{RunError, TargetError};
use crate::name::Name;
use crate::sql::{ColumnMapping, JobWrite};

impl JobSession<'_> {
    /// Maps the stage to the target, and makes the target or its columns where the job may.
    pub fn map(&mut self) -> Result<Mapped, RunError> {
        let Some(mapping) = self.statements.mapping() else {
            return Ok(Mapped::default());
        };
        let stage = self.fields(&Statements::stage_fields())?.unwrap_or_default();
        let target = match self.target_fields()? {
            Some(target) => target,
            None => self.create_target(&stage)?,
        };
        let mapped = self.mapped(mapping, &stage, &target)?;
        if mapped.missing.is_empty() {
            return Ok(mapped);
        }
        for field in &mapped.missing {
            let add = self.statements.add_column(field);
            if !self.job.adds_columns {
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
            (JobWrite::Merge(_), ColumnMapping::Listed(names)) => {
                let field = |name: &Name| {
                    let known = target.iter().find(|field| field.name == name.as_str());
                    let unknown = || ServerField {
                        name: name.as_str().to_owned(),
                        data_type: "varchar".to_owned(),
                        is_required: false,
                    };
                    known.cloned().unwrap_or_else(unknown)
                };
                Some(names.iter().map(field).collect())
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

    fn create_target(&mut self, stage: &[ServerField]) -> Result<Vec<ServerField>, RunError> {
        let named = stage
            .iter()
            .zip(self.described.iter().flatten().map(Some).chain(std::iter::repeat(None)));
        let fields: Vec<ServerField> = named
            .map(|(field, name)| ServerField {
                name: name.unwrap_or(&field.name).clone(),
                ..field.clone()
            })
            .collect();
        let create = match &self.job.table_definition {
            Some(definition) => definition.clone(),
            None => self.statements.create_target(&fields),
        };
        if !self.job.creates_table {
            return Err(TargetError::NoTarget { table: self.statements.target(), create }.into());
        }
        self.ask(&create)?;
        Ok(self.target_fields()?.unwrap_or_default())
    }
}
