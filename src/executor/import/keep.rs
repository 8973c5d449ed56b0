//! The definition of a table as the warehouse has it, completed by what only the catalog knows:
//! pure.
//!
//! A server does not report everything: whether an encoding was given or chosen, a comment that was
//! never sent to it, and on PostgreSQL the storage of a table. The catalog keeps these properties,
//! so that a repeated import changes nothing.

use super::found::{ServerColumn, ServerDistStyle, ServerTable};
use crate::catalog::{TableColumn, TableDefinition};
use crate::name::{Name, TableName};
use crate::sql::{DistStyle, SortStyle};

/// The new definition of the table; `kept` is its definition in the catalog, if any.
pub(super) fn definition(
    name: &TableName,
    found: &ServerTable,
    kept: Option<&TableDefinition>,
) -> TableDefinition {
    let columns: Vec<TableColumn> = found
        .columns
        .iter()
        .map(|column| {
            let before =
                kept.and_then(|kept| kept.columns.iter().find(|kept| kept.name == column.name));
            column_of(column, found, before)
        })
        .collect();
    let (sort_style, sort_key) = sort_key(found, kept);
    let (dist_style, dist_key) = distribution(found, kept);
    let kept_comment = kept.and_then(|kept| kept.comment.clone());
    TableDefinition {
        name: name.clone(),
        columns,
        primary_key: primary_key(found),
        dist_style,
        dist_key,
        sort_style,
        sort_key,
        comment: found.comment.clone().or(kept_comment),
    }
}

fn primary_key(found: &ServerTable) -> Vec<Name> {
    let name = |number: &i32| found.columns.iter().find(|column| column.number == *number);
    let columns = found.primary_key.iter().filter_map(name);
    columns.map(|column| column.name.clone()).collect()
}

fn column_of(
    column: &ServerColumn,
    found: &ServerTable,
    kept: Option<&TableColumn>,
) -> TableColumn {
    let kept_encoding = kept.map(|kept| kept.encoding.clone());
    let encoding = match (column.storage, kept_encoding) {
        (None, kept) => kept.flatten(),
        // The warehouse may choose the encoding, so its choice is not a difference.
        (Some(_), Some(None)) => None,
        (Some(_), Some(Some(word))) if word == "auto" => Some(word),
        (Some(storage), _) => Some(storage.encoding.to_string()),
    };
    TableColumn {
        name: column.name.clone(),
        data_type: column.data_type.to_string(),
        is_nullable: column.is_nullable && !found.primary_key.contains(&column.number),
        encoding,
    }
}

/// The sort style and the columns of the sort key.
fn sort_key(found: &ServerTable, kept: Option<&TableDefinition>) -> (Option<String>, Vec<Name>) {
    let kept_style = kept.and_then(|kept| kept.sort_style.clone());
    if !found.reports_storage() {
        let kept_key = kept.map(|kept| kept.sort_key.clone()).unwrap_or_default();
        return if kept_key.iter().all(|name| has_column(found, name)) {
            (kept_style, kept_key)
        } else {
            (None, Vec::new())
        };
    }
    let columns = found.sort_key();
    let is_interleaved = columns.iter().any(|(place, _)| *place < 0);
    let interleaved = SortStyle::Interleaved.word();
    // The position of a single column is positive in either style.
    let may_be_interleaved = columns.len() == 1 && kept_style.as_deref() == Some(interleaved);
    let style = match kept_style {
        _ if columns.is_empty() => None,
        _ if is_interleaved || may_be_interleaved => Some(interleaved.to_owned()),
        // A sort key without a style is COMPOUND.
        kept => kept.filter(|style| style == SortStyle::Compound.word()),
    };
    let names = columns.into_iter().map(|(_, column)| column.name.clone());
    (style, names.collect())
}

/// The distribution style and the column of its key.
fn distribution(
    found: &ServerTable,
    kept: Option<&TableDefinition>,
) -> (Option<String>, Option<Name>) {
    let kept_style = kept.and_then(|kept| kept.dist_style.as_deref()).and_then(DistStyle::named);
    let kept_key = kept.and_then(|kept| kept.dist_key.clone());
    let kept_key = kept_key.filter(|name| has_column(found, name));
    let as_kept = (
        kept.and_then(|kept| kept.dist_style.clone())
            .filter(|_| kept_style != Some(DistStyle::Key) || kept_key.is_some()),
        kept_key.clone(),
    );
    let is_kept_auto = match kept_style {
        Some(style) => style == DistStyle::Auto,
        None => kept_key.is_none(),
    };
    let key = found.dist_key().next().map(|column| column.name.clone());
    let word = |style: DistStyle| Some(style.word().to_owned());
    match (found.dist_style, key) {
        (Some(ServerDistStyle::Auto), _) if is_kept_auto => as_kept,
        (Some(ServerDistStyle::Auto), _) => (None, None),
        (Some(ServerDistStyle::Even), _) => (word(DistStyle::Even), None),
        (Some(ServerDistStyle::All), _) => (word(DistStyle::All), None),
        (Some(ServerDistStyle::Key) | None, Some(key)) if kept_key.as_ref() == Some(&key) => {
            let style =
                kept_style.filter(|style| *style == DistStyle::Key || found.dist_style.is_none());
            (style.and_then(word), Some(key))
        }
        (Some(ServerDistStyle::Key) | None, Some(key)) => (None, Some(key)),
        // No column is the key, and the server does not report the style.
        (None, None) if found.reports_storage() && kept_key.is_some() && !is_kept_auto => {
            (None, None)
        }
        (Some(ServerDistStyle::Key) | None, None) => as_kept,
    }
}

fn has_column(found: &ServerTable, name: &Name) -> bool {
    found.columns.iter().any(|column| column.name == *name)
}
