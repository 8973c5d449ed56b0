//! SHOW TABLES, DESCRIBE TABLE and SHOW CREATE TABLE.

use crate::catalog::{Db, StoredTable};
use crate::definition::{Constraint, DistStyle, SortKey, TableColumn, TableDefinition};
use crate::error::Error;
use crate::executor::Outcome;
use crate::executor::lookup::find_connection_id;
use crate::name::{ConnectionName, Name};
use crate::sql::Spanned;
use crate::sql::option::COMMENT;
use crate::value::{ResultSet, Value};

/// The rows of SHOW TABLES. A missing connection is an error, a schema without tables is not.
pub(super) fn list(
    db: &Db,
    connection: Option<&Spanned<ConnectionName>>,
    schema: Option<&Name>,
    like: Option<&str>,
) -> Result<Outcome, Error> {
    if let Some(Spanned { value, span }) = connection {
        find_connection_id(db, value, span.clone())?;
    }
    let connection = connection.map(|connection| &connection.value);
    Ok(Outcome::list(db.list_tables(connection, schema, like)?))
}

/// One row per column, in their order, then the constraints and the properties of the table:
/// `value` is the type of a column, the text of a constraint or the value of a property.
pub(super) fn describe(found: &StoredTable) -> ResultSet {
    let definition = &found.definition;
    let mut rows = ResultSet::with_columns([
        "part", "name", "value", "nullable", "default", "encode", "keys", "comment",
    ]);
    for column in &definition.columns {
        let identity = column.identity.map(|identity| identity.to_string());
        rows.rows.push(vec![
            "column".into(),
            column.name.as_str().into(),
            type_of(column).into(),
            Value::Boolean(column.is_nullable),
            Value::optional_text(column.default.as_deref().or(identity.as_deref())),
            Value::optional_text(column.encoding.as_deref()),
            Value::optional_text(keys_of(definition, column)),
            Value::optional_text(column.comment.as_deref()),
        ]);
    }
    for (part, name, value) in parts_of(found) {
        let nothing = std::iter::repeat_n(Value::Null, 5);
        rows.rows
            .push([part.into(), name.into(), value].into_iter().chain(nothing).collect());
    }
    rows
}

/// The constraints and the properties: part, name, value.
fn parts_of(found: &StoredTable) -> Vec<(&'static str, String, Value)> {
    let definition = &found.definition;
    let constraints = definition.constraints.iter().zip(definition.constraint_names());
    let mut parts: Vec<_> = constraints
        .map(|(constraint, name)| {
            let unnamed = Constraint { name: None, ..constraint.clone() };
            ("constraint", name, Value::from(unnamed.to_string()))
        })
        .collect();
    let sort_key = definition.sort_key.as_ref().map(SortKey::to_string);
    let sort_key = sort_key.map(|key| key.replacen("SORTKEY ", "", 1));
    let backup = definition.backup.map(|backup| if backup { "YES" } else { "NO" });
    let properties = [
        ("BACKUP", Value::optional_text(backup)),
        ("DISTSTYLE", Value::optional_text(definition.dist_style.map(DistStyle::word))),
        ("SORTKEY", Value::optional_text(sort_key)),
        ("ENCODE", Value::optional_text(definition.encode_auto.then_some("AUTO"))),
        (COMMENT.name, Value::optional_text(definition.comment.as_deref())),
        ("created_at", found.created_at.as_str().into()),
        ("altered_at", found.altered_at.as_str().into()),
    ];
    parts.extend(properties.map(|(name, value)| ("table", name.to_owned(), value)));
    parts
}

/// The type, with COLLATE.
fn type_of(column: &TableColumn) -> String {
    match column.collation {
        Some(collation) => format!("{} COLLATE {}", column.data_type, collation.word()),
        None => column.data_type.clone(),
    }
}

/// The keys that contain the column, with its position in a key of several columns.
fn keys_of(definition: &TableDefinition, column: &TableColumn) -> Option<String> {
    let place = |key: &[Name], word: &str| {
        let index = key.iter().position(|name| *name == column.name)?;
        Some(match key.len() {
            1 => word.to_owned(),
            _ => format!("{word} {}", index + 1),
        })
    };
    let dist_key = definition.dist_key.as_slice();
    let keys: Vec<String> = [
        place(definition.primary_key(), "PRIMARY KEY"),
        place(dist_key, "DISTKEY"),
        place(definition.sort_columns(), "SORTKEY"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}
