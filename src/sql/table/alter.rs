//! ALTER TABLE: changes of a definition, which are read here and applied to it.

use nom::Parser;
use nom::combinator::opt;

use super::column::column;
use super::constraint::{begins_constraint, constraint};
use super::create::{behind_element, dist_style};
use super::draft::Draft;
use super::key::key_columns;
use super::not_kept::{AMONG_COLUMNS, refuse};
use super::{AlterTable, TableChange};
use crate::definition::{
    Constraint, ConstraintKind, DistStyle, SortKey, SortStyle, TableColumn, TableDefinition,
};
use crate::name::{Identifier, Name, TableName};
use crate::sql::action::actions;
use crate::sql::data_type::{DataType, data_type, encoding};
use crate::sql::error::{AlterTableError, Key, SqlErrorKind, TableError};
use crate::sql::keyword::nearest;
use crate::sql::lexical::{
    Parsed, expect, fail, fail_with, keyword, keywords, span_between, symbol, wanted,
};
use crate::sql::name::{Spanned, expect_name};
use crate::sql::option::TABLE_OPTIONS;

/// A change of a table's columns, keys or constraints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinitionChange {
    /// `ADD COLUMN`
    AddColumn(TableColumn),
    /// `DROP COLUMN`
    DropColumn {
        /// The column.
        name: Name,
        /// CASCADE.
        cascade: bool,
    },
    /// `RENAME COLUMN … TO …`
    RenameColumn {
        /// The column.
        name: Name,
        /// Its new name.
        new_name: Name,
    },
    /// `ALTER COLUMN … TYPE`
    ColumnType {
        /// The column.
        name: Name,
        /// The new type.
        data_type: DataType,
    },
    /// `ALTER COLUMN … ENCODE`
    ColumnEncoding {
        /// The column.
        name: Name,
        /// The new encoding.
        encoding: String,
    },
    /// `ADD [CONSTRAINT …]`
    AddConstraint(Constraint),
    /// `DROP CONSTRAINT`
    DropConstraint {
        /// The constraint.
        name: Name,
        /// CASCADE.
        cascade: bool,
    },
    /// `ALTER DISTSTYLE` and `ALTER DISTKEY`
    DistStyle {
        /// The new style.
        style: DistStyle,
        /// The column, for the style KEY.
        key: Option<Name>,
    },
    /// `ALTER SORTKEY`; None is NONE.
    SortKey(Option<SortKey>),
    /// `ALTER ENCODE AUTO`
    EncodeAuto,
}

/// The first words of Redshift's changes to tables that are not changes of a definition.
const NOT_RECORDED: [&[&str]; 9] = [
    &["ADD", "IF", "NOT", "EXISTS", "PARTITION"],
    &["ADD", "PARTITION"],
    &["APPEND"],
    &["DROP", "PARTITION"],
    &["OWNER"],
    &["ROW", "LEVEL"],
    &["SET", "FILE"],
    &["SET", "LOCATION"],
    &["SET", "TABLE"],
];

/// ```ebnf
/// alter table = "ALTER", "TABLE", table name, ( actions | change, { ",", change } ) ;
/// change      = "ADD", ( constraint | [ "COLUMN" ], column )
///             | "DROP", ( "CONSTRAINT" | [ "COLUMN" ] ), name, [ "CASCADE" | "RESTRICT" ]
///             | "RENAME", [ "COLUMN" ], name, "TO", name
///             | "ALTER", [ "COLUMN" ], name, ( "TYPE", type | "ENCODE", encoding )
///             | "ALTER", "DISTKEY", name
///             | "ALTER", "DISTSTYLE", ( "AUTO" | "EVEN" | "ALL" | "KEY", "DISTKEY", name )
///             | "ALTER", [ "COMPOUND" ], "SORTKEY", ( key columns | "AUTO" | "NONE" )
///             | "ALTER", "ENCODE", "AUTO" ;
/// ```
/// `input` begins at TABLE.
pub(in crate::sql) fn parse_alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, AlterTable> {
    let (rest, ()) = keyword("TABLE")(input)?;
    let (rest, name) = expect_name(source, rest)?;
    if NOT_RECORDED.iter().any(|words| keywords(words)(rest).is_ok()) {
        return fail(rest, SqlErrorKind::from(AlterTableError::NotAltered));
    }
    let renames_table = keywords(&["RENAME", "TO"])(rest).is_ok();
    let begins_change = ["ADD", "DROP", "ALTER", "RENAME"]
        .iter()
        .any(|word| keyword(word)(rest).is_ok());
    if renames_table || !begins_change {
        let (rest, actions) = actions(TABLE_OPTIONS, source, |_| false, rest)?;
        return Ok((
            rest,
            AlterTable {
                name,
                change: TableChange::Options(actions),
            },
        ));
    }
    let (rest, changes) = changes(source, &name.value, rest)?;
    let change = TableChange::Definition(changes);
    Ok((rest, AlterTable { name, change }))
}

/// The changes, or the errors of all of them.
fn changes<'a>(
    source: &'a str,
    table: &TableName,
    mut input: &'a str,
) -> Parsed<'a, Vec<Spanned<DefinitionChange>>> {
    let (mut changes, mut errors) = (Vec::new(), Vec::new());
    let rest = loop {
        let rest = match spanned_change(source, table, input) {
            Ok((rest, change)) => {
                changes.push(change);
                rest
            }
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
                errors.push(error);
                match behind_element(input) {
                    Some(rest) => rest,
                    None => break "",
                }
            }
            Err(other) => return Err(other),
        };
        match symbol(',', ",")(rest) {
            Ok((after, ())) => input = after,
            Err(_) => break rest,
        }
    };
    fail_with(errors)?;
    Ok((rest, changes))
}

fn spanned_change<'a>(
    source: &'a str,
    table: &TableName,
    input: &'a str,
) -> Parsed<'a, Spanned<DefinitionChange>> {
    let (rest, value) = change(source, table, input)?;
    let span = span_between(source, input, rest);
    Ok((rest, Spanned { value, span }))
}

fn change<'a>(source: &'a str, table: &TableName, input: &'a str) -> Parsed<'a, DefinitionChange> {
    if let Ok((rest, ())) = keyword("ADD")(input) {
        return add(source, table, rest);
    }
    if let Ok((rest, ())) = keyword("DROP")(input) {
        let (rest, of_constraint) = opt(keyword("CONSTRAINT")).parse(rest)?;
        let (rest, _) = opt(keyword("COLUMN")).parse(rest)?;
        let (rest, name) = column_name(source, rest)?;
        let (rest, cascade) = cascade(rest)?;
        return Ok((
            rest,
            match of_constraint {
                Some(()) => DefinitionChange::DropConstraint { name, cascade },
                None => DefinitionChange::DropColumn { name, cascade },
            },
        ));
    }
    if let Ok((rest, ())) = keyword("RENAME")(input) {
        let (rest, _) = opt(keyword("COLUMN")).parse(rest)?;
        let (rest, name) = column_name(source, rest)?;
        let (rest, ()) = expect("TO", keyword("TO"))(rest)?;
        let (rest, new_name) = column_name(source, rest)?;
        return Ok((rest, DefinitionChange::RenameColumn { name, new_name }));
    }
    let (rest, ()) = expect("ADD, DROP, RENAME or ALTER", keyword("ALTER"))(input)?;
    alter(source, rest)
}

fn add<'a>(source: &'a str, table: &TableName, input: &'a str) -> Parsed<'a, DefinitionChange> {
    refuse(AMONG_COLUMNS, input)?;
    let mut draft = Draft::new(table.clone());
    if begins_constraint(input) {
        let (rest, ()) = constraint(source, &mut draft, input)?;
        let Some((constraint, _)) = draft.constraints.pop() else {
            return wanted(input, "a constraint");
        };
        return Ok((rest, DefinitionChange::AddConstraint(constraint)));
    }
    let (begin, _) = opt(keyword("COLUMN")).parse(input)?;
    let (rest, ()) = column(source, &mut draft, begin)?;
    let has_key =
        !draft.constraints.is_empty() || draft.dist_key.is_some() || draft.sort_key.is_some();
    match draft.columns.pop() {
        Some(column) if !has_key && column.identity.is_none() => {
            Ok((rest, DefinitionChange::AddColumn(column)))
        }
        Some(_) | None => fail(begin, AlterTableError::AddedWithKey),
    }
}

fn alter<'a>(source: &'a str, input: &'a str) -> Parsed<'a, DefinitionChange> {
    if let Ok((rest, ())) = keyword("DISTKEY")(input) {
        let (rest, key) = column_name(source, rest)?;
        let key = Some(key);
        return Ok((rest, DefinitionChange::DistStyle { style: DistStyle::Key, key }));
    }
    if keyword("DISTSTYLE")(input).is_ok() {
        let (rest, (style, _)) = dist_style(input)?;
        if style != DistStyle::Key {
            return Ok((rest, DefinitionChange::DistStyle { style, key: None }));
        }
        let (rest, ()) = expect("DISTKEY", keyword("DISTKEY"))(rest)?;
        let (rest, key) = column_name(source, rest)?;
        return Ok((rest, DefinitionChange::DistStyle { style, key: Some(key) }));
    }
    if let Ok((rest, ())) = keywords(&["ENCODE", "AUTO"])(input) {
        return Ok((rest, DefinitionChange::EncodeAuto));
    }
    if keyword("SORTKEY")(input).is_ok() || keyword("COMPOUND")(input).is_ok() {
        return sort_key(source, input);
    }
    let (rest, _) = opt(keyword("COLUMN")).parse(input)?;
    let (rest, name) = column_name(source, rest)?;
    if let Ok((rest, ())) = keyword("TYPE")(rest) {
        let (rest, data_type) = expect("the type of the column", data_type)(rest)?;
        return Ok((rest, DefinitionChange::ColumnType { name, data_type }));
    }
    let (rest, ()) = expect("TYPE or ENCODE", keyword("ENCODE"))(rest)?;
    let (rest, encoding) = encoding(rest)?;
    Ok((rest, DefinitionChange::ColumnEncoding { name, encoding: encoding.to_string() }))
}

fn sort_key<'a>(source: &'a str, input: &'a str) -> Parsed<'a, DefinitionChange> {
    let (rest, compound) = opt(keyword("COMPOUND")).parse(input)?;
    let (rest, ()) = expect("SORTKEY", keyword("SORTKEY"))(rest)?;
    if compound.is_none() {
        if let Ok((rest, ())) = keyword("NONE")(rest) {
            return Ok((rest, DefinitionChange::SortKey(None)));
        }
        if let Ok((rest, ())) = keyword("AUTO")(rest) {
            return Ok((rest, DefinitionChange::SortKey(Some(SortKey::Auto))));
        }
    }
    let (rest, columns) = key_columns(source, rest)?;
    let style = compound.map(|()| SortStyle::Compound);
    let key = SortKey::Columns(style, columns.names());
    Ok((rest, DefinitionChange::SortKey(Some(key))))
}

fn column_name<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Name> {
    let (rest, name) = expect_name::<Name>(source, input)?;
    Ok((rest, name.value))
}

fn cascade(input: &str) -> Parsed<'_, bool> {
    let (rest, cascade) = opt(keyword("CASCADE")).parse(input)?;
    let (rest, _) = opt(keyword("RESTRICT")).parse(rest)?;
    Ok((rest, cascade.is_some()))
}

impl DefinitionChange {
    /// The column that the change takes away, renames or gives another type: a query that names it
    /// may fail.
    pub fn touched_column(&self) -> Option<&Name> {
        match self {
            Self::DropColumn { name, .. }
            | Self::RenameColumn { name, .. }
            | Self::ColumnType { name, .. } => Some(name),
            Self::AddColumn(_)
            | Self::ColumnEncoding { .. }
            | Self::AddConstraint(_)
            | Self::DropConstraint { .. }
            | Self::DistStyle { .. }
            | Self::SortKey(_)
            | Self::EncodeAuto => None,
        }
    }

    /// Changes the definition. The result is one that CREATE TABLE must accept, too.
    pub fn apply(&self, table: &mut TableDefinition) -> Result<(), SqlErrorKind> {
        match self {
            Self::AddColumn(column) => {
                if table.column(&column.name).is_some() {
                    return Err(TableError::ColumnTwice { name: column.name.clone() }.into());
                }
                table.columns.push(column.clone());
            }
            Self::DropColumn { name, .. } => drop_column(table, name)?,
            Self::RenameColumn { name, new_name } => rename_column(table, name, new_name)?,
            Self::ColumnType { name, data_type } => {
                let column = find_column(table, name)?;
                let is_varchar = column.data_type.starts_with("VARCHAR(");
                if !is_varchar || !matches!(data_type, DataType::VarChar(_)) {
                    return Err(AlterTableError::TypeNotAltered {
                        data_type: column.data_type.clone(),
                    }
                    .into());
                }
                column.data_type = data_type.to_string();
            }
            Self::ColumnEncoding { name, encoding } => {
                find_column(table, name)?.encoding = Some(encoding.clone());
                table.encode_auto = false;
            }
            Self::AddConstraint(constraint) => {
                let is_primary = constraint.kind == ConstraintKind::PrimaryKey;
                if is_primary && !table.primary_key().is_empty() {
                    return Err(TableError::SecondKey { key: Key::Primary }.into());
                }
                table.constraints.push(constraint.clone());
            }
            Self::DropConstraint { name, .. } => drop_constraint(table, name)?,
            Self::DistStyle { style, key } => {
                if let Some(key) = key {
                    find_column(table, key)?;
                }
                table.dist_style = Some(*style);
                table.dist_key.clone_from(key);
            }
            Self::SortKey(key) => table.sort_key.clone_from(key),
            Self::EncodeAuto => {
                table.encode_auto = true;
                for column in &mut table.columns {
                    column.encoding = None;
                }
            }
        }
        Ok(())
    }
}

fn find_column<'a>(
    table: &'a mut TableDefinition,
    name: &Name,
) -> Result<&'a mut TableColumn, SqlErrorKind> {
    let names = table.columns.iter().map(|column| column.name.as_str());
    let nearest = nearest(name.as_str(), names).and_then(|nearest| Name::new(nearest).ok());
    let error = AlterTableError::UnknownColumn { name: name.clone(), nearest };
    table.columns.iter_mut().find(|column| column.name == *name).ok_or(error.into())
}

fn drop_column(table: &mut TableDefinition, name: &Name) -> Result<(), SqlErrorKind> {
    find_column(table, name)?;
    let key = if table.dist_key.as_ref() == Some(name) {
        Some(Key::Distribution)
    } else {
        table.sort_columns().contains(name).then_some(Key::Sort)
    };
    if let Some(key) = key {
        return Err(AlterTableError::ColumnOfKey { key, name: name.clone() }.into());
    }
    table.columns.retain(|column| column.name != *name);
    let own_name = table.name.clone();
    table.constraints.retain(|constraint| {
        let references_it = match &constraint.kind {
            ConstraintKind::ForeignKey { table, columns } => {
                *table == own_name && columns.contains(name)
            }
            ConstraintKind::PrimaryKey | ConstraintKind::Unique => false,
        };
        !references_it && !constraint.columns.contains(name)
    });
    Ok(())
}

fn rename_column(
    table: &mut TableDefinition,
    name: &Name,
    new_name: &Name,
) -> Result<(), SqlErrorKind> {
    if name != new_name && table.column(new_name).is_some() {
        return Err(TableError::ColumnTwice { name: new_name.clone() }.into());
    }
    find_column(table, name)?.name = new_name.clone();
    let rename = |names: &mut Vec<Name>| {
        for other in names.iter_mut().filter(|other| *other == name) {
            *other = new_name.clone();
        }
    };
    for constraint in &mut table.constraints {
        rename(&mut constraint.columns);
        if let ConstraintKind::ForeignKey { table: referenced, columns } = &mut constraint.kind
            && *referenced == table.name
        {
            rename(columns);
        }
    }
    if let Some(SortKey::Columns(_, columns)) = &mut table.sort_key {
        rename(columns);
    }
    if table.dist_key.as_ref() == Some(name) {
        table.dist_key = Some(new_name.clone());
    }
    Ok(())
}

fn drop_constraint(table: &mut TableDefinition, name: &Name) -> Result<(), SqlErrorKind> {
    let names = table.constraint_names();
    match names.iter().position(|other| other == name.as_str()) {
        Some(index) => {
            table.constraints.remove(index);
            Ok(())
        }
        None => {
            let nearest = nearest(name.as_str(), names.iter().map(String::as_str));
            let nearest = nearest.map(|nearest| Identifier(nearest).shown());
            Err(AlterTableError::NoSuchConstraint { name: name.clone(), nearest }.into())
        }
    }
}
