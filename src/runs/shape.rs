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
    /// True if no INSERT may give it a value.
    pub is_generated: bool,
}

impl ServerField {
    /// A column that an INSERT may give a value or not.
    pub fn new(name: String, data_type: String) -> Self {
        Self {
            name,
            data_type,
            is_required: false,
            is_generated: false,
        }
    }

    /// True if the type is known.
    pub fn has_type(&self) -> bool {
        !self.data_type.is_empty()
    }

    /// The declared length of a character type.
    fn length(&self) -> Option<u64> {
        let (_, length) = self.data_type.strip_suffix(')')?.split_once('(')?;
        length.parse().ok().filter(|_| self.is_text())
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
    /// Columns of the target that may be too short.
    pub lengths: Vec<LengthLimit>,
}

/// A column of the target that may be too short for the values of the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthLimit {
    /// The column.
    pub target: ServerField,
    /// Its declared length.
    pub length: u64,
    /// The column of the stage.
    pub stage: String,
}

impl LengthLimit {
    /// The limit of a character column, if the stage may have longer values.
    pub fn new(from: &ServerField, to: &ServerField) -> Option<Self> {
        let length = to.length().filter(|_| from.is_text())?;
        from.length().is_none_or(|longest| longest > length).then(|| Self {
            target: to.clone(),
            length,
            stage: from.name.clone(),
        })
    }
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
    let value = |from: &ServerField, to: &ServerField| {
        let column = format!("{stage}.{}", Identifier(&from.name));
        // CREATE TABLE AS makes text of a literal that an INSERT would take for another type.
        if from.is_text() && !to.is_text() {
            format!("CAST({column} AS {})", to.data_type)
        } else {
            column
        }
    };
    let (pairs, missing) = pair_columns(mapping, query, target)?;
    if let Some((_, to)) = pairs.iter().find(|(_, to)| to.is_generated) {
        return Err(TargetError::Generated { column: to.name.clone() });
    }
    let is_written = |field: &ServerField| pairs.iter().any(|(_, to)| to.name == field.name);
    if let Some(field) = target.iter().find(|field| field.is_required && !is_written(field)) {
        return Err(TargetError::NoValue {
            column: field.name.clone(),
            table: table.table.table.as_str().to_owned(),
        });
    }
    Ok(Mapped {
        columns: pairs
            .iter()
            .map(|(from, to)| (Identifier(&to.name).to_string(), value(from, to)))
            .collect(),
        lengths: pairs.iter().filter_map(|(from, to)| LengthLimit::new(from, to)).collect(),
        missing,
    })
}

/// Columns of a query, each with the one of the target that it fills.
type Pairs<'a> = Vec<(&'a ServerField, &'a ServerField)>;

/// The columns of the query with their target, and those that the target lacks.
fn pair_columns<'a>(
    mapping: &ColumnMapping,
    query: &'a [ServerField],
    target: &'a [ServerField],
) -> Result<(Pairs<'a>, Vec<ServerField>), TargetError> {
    let find = |name: &str| target.iter().find(|field| field.name == name);
    let mut pairs = Vec::new();
    let mut missing = Vec::new();
    match mapping {
        ColumnMapping::InOrder => {
            if query.len() > target.len() {
                return Err(TargetError::MoreExpressions {
                    query: query.len(),
                    target: target.len(),
                });
            }
            pairs.extend(query.iter().zip(target));
        }
        ColumnMapping::Listed(names) => {
            if query.len() != names.len() {
                return Err(TargetError::ListLength { query: query.len(), listed: names.len() });
            }
            for (from, name) in query.iter().zip(names) {
                match find(name.as_str()) {
                    Some(to) => pairs.push((from, to)),
                    None => missing.push(ServerField {
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
                    Some(to) => pairs.push((from, to)),
                    None => missing.push(from.clone()),
                }
            }
        }
    }
    Ok((pairs, missing))
}
