//! The columns of stage and target, and the mapping between them. Pure.

use super::TargetError;
use crate::name::{Identifier, TablePath};
use crate::sql::ColumnMapping;

/// A column of a table in the warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerField {
    /// The name, as the server has it.
    pub name: String,
    /// The type, in the words of `format_type`; empty if it is not known.
    pub data_type: String,
    /// True if an INSERT must give it a value: NOT NULL without a default.
    pub is_required: bool,
}

impl ServerField {
    /// True if the type is known.
    pub fn has_type(&self) -> bool {
        !self.data_type.is_empty()
    }

    fn is_text(&self) -> bool {
        ["char", "text", "\"char\"", "bpchar"]
            .iter()
            .any(|word| self.data_type.starts_with(word))
    }
}

/// The columns that a run writes, and the column of the stage for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    /// Column of the target, expression over the stage, both as SQL.
    pub columns: Vec<(String, String)>,
    /// Columns of the stage that the target lacks.
    pub missing: Vec<ServerField>,
}

/// Maps the columns of the stage to those of the target, before the query runs where `target` is
/// there. `stage` is the alias of the stage.
pub fn map_columns(
    mapping: &ColumnMapping,
    query: &[ServerField],
    target: &[ServerField],
    table: &TablePath,
    stage: &str,
) -> Result<Mapped, TargetError> {
    let find = |name: &str| target.iter().find(|field| field.name == name);
    let value = |from: &ServerField, to: &ServerField| {
        let column = format!("{stage}.{}", Identifier(&from.name));
        // CREATE TABLE AS makes text of a literal that an INSERT would take for another type.
        if from.is_text() && !to.is_text() {
            format!("CAST({column} AS {})", to.data_type)
        } else {
            column
        }
    };
    let pair =
        |from: &ServerField, to: &ServerField| (Identifier(&to.name).to_string(), value(from, to));
    let mut mapped = Mapped::default();
    match mapping {
        ColumnMapping::InOrder => {
            if query.len() > target.len() {
                return Err(TargetError::MoreExpressions {
                    query: query.len(),
                    target: target.len(),
                });
            }
            mapped.columns = query.iter().zip(target).map(|(from, to)| pair(from, to)).collect();
        }
        ColumnMapping::Listed(names) => {
            if query.len() != names.len() {
                return Err(TargetError::ListLength { query: query.len(), listed: names.len() });
            }
            for (from, name) in query.iter().zip(names) {
                match find(name.as_str()) {
                    Some(to) => mapped.columns.push(pair(from, to)),
                    None => mapped.missing.push(ServerField {
                        name: name.as_str().to_owned(),
                        ..from.clone()
                    }),
                }
            }
        }
        ColumnMapping::ByName { except } => {
            let is_excepted =
                |field: &&ServerField| !except.iter().any(|name| name.as_str() == field.name);
            for from in query.iter().filter(is_excepted) {
                match find(&from.name) {
                    Some(to) => mapped.columns.push(pair(from, to)),
                    None => mapped.missing.push(from.clone()),
                }
            }
        }
    }
    let written = |field: &&ServerField| {
        let name = Identifier(&field.name).to_string();
        mapped.columns.iter().any(|(column, _)| *column == name)
    };
    match target.iter().filter(|field| field.is_required).find(|field| !written(field)) {
        Some(field) => Err(TargetError::NoValue {
            column: field.name.clone(),
            table: table.table.table.as_str().to_owned(),
        }),
        None => Ok(mapped),
    }
}
