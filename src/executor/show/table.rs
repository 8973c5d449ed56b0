//! SHOW TABLES, DESCRIBE TABLE and SHOW CREATE TABLE.

use crate::catalog::{Db, StoredTable, TableColumn, TableDefinition};
use crate::error::{Error, InternalError};
use crate::executor::Outcome;
use crate::executor::lookup::find_connection_id;
use crate::name::{ConnectionName, Name};
use crate::sql::data_type::Encoding;
use crate::sql::option::COMMENT;
use crate::sql::{ColumnDefinition, CreateTable, DistStyle, SortKey, SortStyle, Spanned};
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
    Ok(Outcome::rows(db.list_tables(connection, schema, like)?))
}

/// One row per column, in their order, then the properties of the table: `value` is the type of a
/// column or the value of a property.
pub(super) fn describe(found: &StoredTable) -> ResultSet {
    let definition = &found.definition;
    let mut rows = ResultSet::with_columns(["part", "name", "value", "nullable", "encode", "keys"]);
    for column in &definition.columns {
        rows.rows.push(vec![
            "column".into(),
            column.name.as_str().into(),
            column.data_type.as_str().into(),
            Value::Boolean(column.is_nullable),
            Value::optional_text(column.encoding.as_deref()),
            Value::optional_text(keys_of(definition, column)),
        ]);
    }
    for (name, value) in [
        ("DISTSTYLE", Value::optional_text(definition.dist_style.as_deref())),
        ("SORTKEY", Value::optional_text(sort_key_of(definition))),
        (COMMENT.name, Value::optional_text(definition.comment.as_deref())),
        ("created_at", found.created_at.as_str().into()),
        ("altered_at", found.altered_at.as_str().into()),
    ] {
        let nothing = [Value::Null, Value::Null, Value::Null];
        rows.rows
            .push(["table".into(), name.into(), value].into_iter().chain(nothing).collect());
    }
    rows
}

/// The sort key, with its style before SORTKEY.
fn sort_key_of(definition: &TableDefinition) -> Option<String> {
    let columns: Vec<String> = definition.sort_key.iter().map(Name::to_string).collect();
    let style = definition.sort_style.as_ref().map(|style| format!("{style} "));
    let style = style.as_deref().unwrap_or("");
    (!columns.is_empty()).then(|| format!("{style}({})", columns.join(", ")))
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
        place(&definition.primary_key, "PRIMARY KEY"),
        place(dist_key, "DISTKEY"),
        place(&definition.sort_key, "SORTKEY"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}

/// A statement that creates the same table.
pub(in crate::executor) fn statement_of(
    definition: &TableDefinition,
) -> Result<CreateTable, Error> {
    let columns = definition.columns.iter().map(column_of).collect::<Result<_, _>>()?;
    let sort_style = definition.sort_style.as_deref();
    Ok(CreateTable {
        if_not_exists: false,
        name: definition.name.clone(),
        name_span: None,
        connection_span: None,
        columns,
        primary_key: definition.primary_key.clone(),
        dist_style: definition.dist_style.as_deref().and_then(DistStyle::named),
        dist_key: definition.dist_key.clone(),
        sort_key: (!definition.sort_key.is_empty()).then(|| SortKey {
            style: sort_style.and_then(SortStyle::named),
            columns: definition.sort_key.clone(),
        }),
        comment: definition.comment.clone(),
    })
}

fn column_of(column: &TableColumn) -> Result<ColumnDefinition, Error> {
    let unknown_type =
        |_| Error::new(InternalError("the catalog has a type that redwire does not know"));
    Ok(ColumnDefinition {
        name: column.name.clone(),
        data_type: column.data_type.parse().map_err(unknown_type)?,
        not_null: !column.is_nullable,
        encoding: column.encoding.as_deref().and_then(Encoding::named),
    })
}
