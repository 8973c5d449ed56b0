//! The definition of a table as the warehouse has it, completed by what only the catalog knows:
//! pure.
//!
//! A server does not report everything: whether an encoding was given or chosen, a comment that was
//! never sent to it, and on PostgreSQL the storage of a table. The catalog keeps these properties,
//! so that a repeated import changes nothing.

use super::found::{ServerColumn, ServerConstraint, ServerDistStyle, ServerTable};
use crate::definition::{
    Constraint, ConstraintKind, DistStyle, Identity, SortKey, SortStyle, TableColumn,
    TableDefinition,
};
use crate::name::{Name, TableName};
use crate::sql::parse_constraint;

/// The new definition of the table; `kept` is its definition in the catalog, if any.
pub(super) fn definition(
    name: &TableName,
    found: &ServerTable,
    kept: Option<&TableDefinition>,
) -> TableDefinition {
    let columns = found.columns.iter().map(|column| {
        let before =
            kept.and_then(|kept| kept.columns.iter().find(|kept| kept.name == column.name));
        let is_auto = kept.is_some_and(|kept| kept.encode_auto);
        column_of(column, before, is_auto)
    });
    let (dist_style, dist_key) = distribution(found, kept);
    let kept_comment = kept.and_then(|kept| kept.comment.clone());
    let mut definition = TableDefinition {
        columns: columns.collect(),
        backup: kept.and_then(|kept| kept.backup),
        dist_style,
        dist_key,
        sort_key: sort_key(found, kept),
        encode_auto: kept.is_some_and(|kept| kept.encode_auto),
        comment: found.comment.clone().or(kept_comment),
        ..TableDefinition::new(name.clone())
    };
    add_constraints(&mut definition, found, kept);
    for name in definition.primary_key().to_vec() {
        if let Some(column) = definition.columns.iter_mut().find(|column| column.name == name) {
            column.is_nullable = false;
        }
    }
    definition
}

/// Adds the constraints of the server. One that was given no name gets none: the server made its
/// name up.
fn add_constraints(
    definition: &mut TableDefinition,
    found: &ServerTable,
    kept: Option<&TableDefinition>,
) {
    let kept = kept.map(|kept| kept.constraints.as_slice()).unwrap_or_default();
    for server in &found.constraints {
        let Some(mut constraint) = parse_constraint(&server.text, &definition.name) else {
            continue;
        };
        if let (ConstraintKind::ForeignKey { table, .. }, Some((schema, name))) =
            (&mut constraint.kind, &server.references)
        {
            table.schema.clone_from(schema);
            table.table.clone_from(name);
        }
        let is_same = |other: &&Constraint| {
            other.columns == constraint.columns && is_same_kind(&other.kind, &constraint.kind)
        };
        match kept.iter().find(is_same) {
            Some(other) if other.name.is_none() || is_named(other, server) => {
                definition.constraints.push(other.clone());
            }
            Some(_) | None => {
                definition.constraints.push(constraint);
                let made_up = definition.constraint_names().pop();
                if made_up.as_ref() != Some(&server.name)
                    && let Some(last) = definition.constraints.last_mut()
                {
                    last.name = Name::new(&server.name).ok();
                }
            }
        }
    }
}

fn is_named(constraint: &Constraint, server: &ServerConstraint) -> bool {
    constraint.name.as_ref().is_some_and(|name| name.as_str() == server.name)
}

/// A foreign key without columns references the primary key, whose columns the server names.
fn is_same_kind(kept: &ConstraintKind, found: &ConstraintKind) -> bool {
    match (kept, found) {
        (
            ConstraintKind::ForeignKey { table, columns },
            ConstraintKind::ForeignKey { table: other, columns: others },
        ) => table == other && (columns.is_empty() || columns == others),
        (kept, found) => kept == found,
    }
}

/// `is_auto` is true for a column of a table with ENCODE AUTO, whose encodings may change any time.
fn column_of(column: &ServerColumn, kept: Option<&TableColumn>, is_auto: bool) -> TableColumn {
    let kept_encoding = kept.map(|kept| kept.encoding.clone());
    let encoding = match (column.storage, kept_encoding) {
        (None, kept) => kept.flatten(),
        (Some(_), None) if is_auto => None,
        // The warehouse may choose the encoding, so its choice is not a difference.
        (Some(_), Some(None)) => None,
        (Some(_), Some(Some(word))) if word == "auto" => Some(word),
        (Some(storage), _) => Some(storage.encoding.to_string()),
    };
    let identity = column.default.as_deref().and_then(identity_of);
    let default = column.default.as_deref().filter(|_| identity.is_none());
    let kept_default = kept.and_then(|kept| kept.default.as_deref());
    TableColumn {
        name: column.name.clone(),
        data_type: column.data_type.to_string(),
        is_nullable: column.is_nullable && identity.is_none(),
        default: match (default, kept_default) {
            (Some(found), Some(kept)) if is_same_default(found, kept) => Some(kept.to_owned()),
            (found, _) => found.map(str::to_owned),
        },
        identity,
        encoding,
        // No view has it: SHOW COLUMNS and SHOW TABLE do, one table at a time.
        collation: kept.and_then(|kept| kept.collation).filter(|_| column.data_type.has_strings()),
        comment: column.comment.clone().or(kept.and_then(|kept| kept.comment.clone())),
    }
}

/// The identity in a default such as `"identity"(100, 0, '1,1'::text)`, as Redshift keeps it.
fn identity_of(default: &str) -> Option<Identity> {
    let by_default = default.starts_with("default_identity(");
    if !by_default && !default.starts_with("\"identity\"(") {
        return None;
    }
    let (_, numbers) = default.split_once('\'')?;
    let (seed, step) = numbers.split_once('\'')?.0.split_once(',')?;
    Some(Identity {
        by_default,
        seed: seed.trim().parse().ok()?,
        step: step.trim().parse().ok()?,
    })
}

/// True if the server's default is the one that was written: a server adds casts and parentheses.
fn is_same_default(found: &str, kept: &str) -> bool {
    bare_default(found) == bare_default(kept)
}

/// The expression without casts and parentheses around it, in lower case.
fn bare_default(text: &str) -> String {
    let mut text = text.trim();
    loop {
        let is_cast = |(_, cast): &(&str, &str)| !cast.contains(['\'', ')', '+', '|']);
        let uncast = text.rsplit_once("::").filter(is_cast).map_or(text, |(before, _)| before);
        let inside = uncast.strip_prefix('(').and_then(|inside| inside.strip_suffix(')'));
        let next = inside.unwrap_or(uncast).trim();
        if next == text {
            return text.to_ascii_lowercase();
        }
        text = next;
    }
}

/// The sort key. One that the warehouse chooses is no difference.
fn sort_key(found: &ServerTable, kept: Option<&TableDefinition>) -> Option<SortKey> {
    let kept_key = kept.and_then(|kept| kept.sort_key.clone());
    if kept_key == Some(SortKey::Auto) {
        return kept_key;
    }
    if !found.reports_storage() {
        return kept_key.filter(|key| key.columns().iter().all(|name| has_column(found, name)));
    }
    let columns = found.sort_key();
    if columns.is_empty() {
        return None;
    }
    let kept_style = kept_key.as_ref().and_then(SortKey::style);
    let is_interleaved = columns.iter().any(|(place, _)| *place < 0);
    // The position of a single column is positive in either style.
    let may_be_interleaved = columns.len() == 1 && kept_style == Some(SortStyle::Interleaved);
    let style = if is_interleaved || may_be_interleaved {
        Some(SortStyle::Interleaved)
    } else {
        // A sort key without a style is COMPOUND.
        kept_style.filter(|style| *style == SortStyle::Compound)
    };
    let names = columns.into_iter().map(|(_, column)| column.name.clone());
    Some(SortKey::Columns(style, names.collect()))
}

/// The distribution style and the column of its key.
fn distribution(
    found: &ServerTable,
    kept: Option<&TableDefinition>,
) -> (Option<DistStyle>, Option<Name>) {
    let kept_style = kept.and_then(|kept| kept.dist_style);
    let kept_key = kept.and_then(|kept| kept.dist_key.clone());
    let kept_key = kept_key.filter(|name| has_column(found, name));
    let as_kept = (
        kept_style.filter(|style| *style != DistStyle::Key || kept_key.is_some()),
        kept_key.clone(),
    );
    let is_kept_auto = match kept_style {
        Some(style) => style == DistStyle::Auto,
        None => kept_key.is_none(),
    };
    let key = found.dist_key().next().map(|column| column.name.clone());
    match (found.dist_style, key) {
        (Some(ServerDistStyle::Auto), _) if is_kept_auto => as_kept,
        (Some(ServerDistStyle::Auto), _) => (None, None),
        (Some(ServerDistStyle::Even), _) => (Some(DistStyle::Even), None),
        (Some(ServerDistStyle::All), _) => (Some(DistStyle::All), None),
        (Some(ServerDistStyle::Key) | None, Some(key)) if kept_key.as_ref() == Some(&key) => {
            let style =
                kept_style.filter(|style| *style == DistStyle::Key || found.dist_style.is_none());
            (style, Some(key))
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
