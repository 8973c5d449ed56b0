//! The changes that make the catalog equal to a file of definitions: pure, from definitions to
//! changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Prune;
use crate::catalog::{Contents, Definition, JobDefinition};
use crate::definition::{
    Constraint, ConstraintKind, LoginOption, PasswordKeeper, TableColumn, TableDefinition,
};
use crate::name::{ConnectionName, JobName, Name, Object, TableName};
use crate::sql::option::{
    COLOR, COMMENT, CONNECTION_STRING, JOB_OPTIONS, MAX_CONCURRENT_CONNECTIONS, OptionSpec,
    PASSWORD, PROTECTION, RUN_KEY, USER_NAME,
};
use crate::sql::{StringLiteral, login_value};

/// The definitions in a file.
#[derive(Clone, Debug, Default)]
pub(super) struct DesiredCatalog {
    /// The connections; their secrets are not compared.
    pub connections: BTreeMap<ConnectionName, Definition>,
    pub tables: BTreeMap<TableName, TableDefinition>,
    /// The jobs; the ids in their references are not compared.
    pub jobs: BTreeMap<JobName, JobDefinition>,
}

/// The difference between a password in a file and the stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::executor) enum PasswordDifference {
    /// The store has another password.
    Another,
    /// The store has no password.
    None,
}

/// The action on an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlanAction {
    /// The catalog lacks the object.
    Create,
    /// The catalog has the object with another definition.
    Alter,
    /// The file lacks the object.
    Drop,
}

impl PlanAction {
    /// The word in the column `action`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Alter => "alter",
            Self::Drop => "drop",
        }
    }
}

/// An object that differs between the file and the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedChange {
    pub action: PlanAction,
    pub object: Object,
    /// The differences; empty unless the object is altered.
    pub differences: Vec<Difference>,
}

impl PlannedChange {
    /// True if only `--prune` would make the change.
    pub fn stays(&self, prune: Prune) -> bool {
        self.action == PlanAction::Drop && prune == Prune::No
    }

    /// True if the change stores another password than before.
    pub fn replaces_password(&self) -> bool {
        self.differences
            .iter()
            .any(|difference| matches!(difference, Difference::Password(_)))
    }
}

/// A difference between two definitions of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::executor) enum Difference {
    /// Two values as SQL; None means no value.
    Value {
        /// The property.
        what: String,
        /// The value in the catalog.
        old: Option<String>,
        /// The value in the file.
        new: Option<String>,
    },
    /// The password; neither value is shown.
    Password(PasswordDifference),
    /// The text behind AS, which is too long to be shown.
    Body,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { what, old, new } => {
                let [old, new] = [old, new].map(|value| value.as_deref().unwrap_or("none"));
                write!(f, "{what}: {old} -> {new}")
            }
            Self::Password(PasswordDifference::Another) => {
                write!(f, "{}: another one is kept", PASSWORD.name)
            }
            Self::Password(PasswordDifference::None) => {
                write!(f, "{}: none is kept", PASSWORD.name)
            }
            Self::Body => f.write_str("AS: another text"),
        }
    }
}

/// The changes in an order in which each finds its prerequisites and drops nothing that is still in
/// use: connections, tables and jobs that are created or altered, then jobs, tables and connections
/// that are dropped.
pub(super) fn diff(
    wanted: &DesiredCatalog,
    contents: &Contents,
    password_difference: impl Fn(&Definition) -> Option<PasswordDifference>,
) -> Vec<PlannedChange> {
    let connections = contents.connections.iter().map(|found| &found.definition);
    let (mut changes, gone_connections) = compare(
        &wanted.connections,
        connections.map(|definition| (&definition.name, definition)),
        Object::Connection,
        |old, new| connection_differences(old, new, password_difference(old)),
    );
    let tables = contents.tables.iter().map(|found| &found.definition);
    let (tables, gone_tables) = compare(
        &wanted.tables,
        tables.map(|definition| (&definition.name, definition)),
        Object::Table,
        table_differences,
    );
    let jobs = contents.jobs.iter().map(|found| &found.definition);
    let (jobs, gone_jobs) = compare(
        &wanted.jobs,
        jobs.map(|definition| (&definition.name, definition)),
        Object::Job,
        job_differences,
    );
    changes.extend([tables, jobs, gone_jobs, gone_tables, gone_connections].into_iter().flatten());
    changes
}

/// The objects of one kind to create or to alter, and those to drop.
fn compare<'a, N: Ord + Clone + 'a, D: 'a>(
    wanted: &BTreeMap<N, D>,
    stored: impl Iterator<Item = (&'a N, &'a D)>,
    object: fn(N) -> Object,
    differences: impl Fn(&D, &D) -> Vec<Difference>,
) -> (Vec<PlannedChange>, Vec<PlannedChange>) {
    let change = |action, name: &N, differences| PlannedChange {
        action,
        object: object(name.clone()),
        differences,
    };
    let stored: BTreeMap<&N, &D> = stored.collect();
    let mut made = Vec::new();
    for (name, new) in wanted {
        let Some(old) = stored.get(name) else {
            made.push(change(PlanAction::Create, name, Vec::new()));
            continue;
        };
        let differences = differences(old, new);
        if !differences.is_empty() {
            made.push(change(PlanAction::Alter, name, differences));
        }
    }
    let gone = stored.keys().filter(|name| !wanted.contains_key(**name));
    let gone = gone.map(|name| change(PlanAction::Drop, name, Vec::new())).collect();
    (made, gone)
}

/// The difference between two values, if any.
fn of_values(
    what: impl Into<String>,
    old: Option<String>,
    new: Option<String>,
) -> Option<Difference> {
    (old != new).then(|| Difference::Value { what: what.into(), old, new })
}

fn literal(text: &str) -> String {
    StringLiteral(text).to_string()
}

fn comment_difference(old: Option<&String>, new: Option<&String>) -> Option<Difference> {
    of_values(COMMENT.name, old.map(|text| literal(text)), new.map(|text| literal(text)))
}

/// The differences between two definitions of a connection.
pub(in crate::executor) fn connection_differences(
    old: &Definition,
    new: &Definition,
    password: Option<PasswordDifference>,
) -> Vec<Difference> {
    // A password that the store is to have now, and that another keeper had.
    let is_new = !old.keeper.is_store() && new.keeper.is_store();
    let password = password.or(is_new.then_some(PasswordDifference::None));
    let text = |text: &String| literal(text);
    let limit = |definition: &Definition| definition.limit.map(|limit| limit.to_string());
    let protection = |definition: &Definition| definition.protection.map(|it| it.word().to_owned());
    let color = |definition: &Definition| definition.color.map(|color| literal(color.name()));
    let keeper = |definition: &Definition| keeper_words(&definition.keeper);
    let login = LoginOption::ALL.into_iter().filter_map(|option| {
        let value = |definition: &Definition| {
            definition.login.get(option).map(|value| login_value(option, value).to_string())
        };
        of_values(option.spec().name, value(old), value(new))
    });
    [
        of_values(
            CONNECTION_STRING.name,
            Some(literal(&old.connection_string)),
            Some(literal(&new.connection_string)),
        ),
        of_values(
            USER_NAME.name,
            old.user_name.as_ref().map(text),
            new.user_name.as_ref().map(text),
        ),
        of_values(PASSWORD.name, keeper(old), keeper(new)),
        password.map(Difference::Password),
    ]
    .into_iter()
    .flatten()
    .chain(login)
    .chain(of_values(MAX_CONCURRENT_CONNECTIONS.name, limit(old), limit(new)))
    .chain(of_values(PROTECTION.name, protection(old), protection(new)))
    .chain(of_values(COLOR.name, color(old), color(new)))
    .chain(comment_difference(old.comment.as_ref(), new.comment.as_ref()))
    .collect()
}

/// The keeper of a password; None for redwire's secret store.
fn keeper_words(keeper: &PasswordKeeper) -> Option<String> {
    match keeper {
        PasswordKeeper::Store => None,
        PasswordKeeper::Command(command) => Some(format!("COMMAND {}", literal(command))),
        PasswordKeeper::SecretsManager | PasswordKeeper::Iam => {
            keeper.word().map(|word| format!("by {word}"))
        }
    }
}

/// The differences between two definitions of a table.
pub(in crate::executor) fn table_differences(
    old: &TableDefinition,
    new: &TableDefinition,
) -> Vec<Difference> {
    let mut differences = column_differences(&old.columns, &new.columns);
    differences.extend(constraint_differences(old, new));
    let value =
        |what: &str, of: fn(&TableDefinition) -> Option<String>| of_values(what, of(old), of(new));
    differences.extend(
        [
            value("BACKUP", |table| {
                table.backup.map(|backup| if backup { "YES" } else { "NO" }.to_owned())
            }),
            value("DISTSTYLE", |table| table.dist_style.map(|style| style.word().to_owned())),
            value("DISTKEY", |table| table.dist_key.as_ref().map(|name| name.sql().to_string())),
            value("SORTKEY", |table| {
                let key = table.sort_key.as_ref()?.to_string();
                Some(key.replacen("SORTKEY ", "", 1))
            }),
            value("ENCODE", |table| table.encode_auto.then(|| "AUTO".to_owned())),
            comment_difference(old.comment.as_ref(), new.comment.as_ref()),
        ]
        .into_iter()
        .flatten(),
    );
    differences
}

/// Constraints that only one of the two has; their order makes no difference.
fn constraint_differences(old: &TableDefinition, new: &TableDefinition) -> Vec<Difference> {
    let lacks =
        |table: &TableDefinition, constraint: &Constraint| !table.constraints.contains(constraint);
    let is_primary = |constraint: &&Constraint| constraint.kind == ConstraintKind::PrimaryKey;
    let primary = |table: &TableDefinition| {
        let constraint = table.constraints.iter().find(is_primary)?;
        Some(constraint.to_string().replacen("PRIMARY KEY ", "", 1))
    };
    let others = |of: &TableDefinition, than: &TableDefinition| -> Vec<String> {
        let others = of.constraints.iter().filter(|constraint| !is_primary(constraint));
        others
            .filter(|constraint| lacks(than, constraint))
            .map(Constraint::to_string)
            .collect()
    };
    let gone = others(old, new);
    let added = others(new, old);
    let one = |old: Option<String>, new: Option<String>| of_values("constraint", old, new);
    let mut differences: Vec<Difference> = Vec::new();
    differences.extend(of_values("PRIMARY KEY", primary(old), primary(new)));
    differences.extend(gone.into_iter().filter_map(|text| one(Some(text), None)));
    differences.extend(added.into_iter().filter_map(|text| one(None, Some(text))));
    differences
}

/// `(a, b)`, or None for no columns.
fn key_text(names: &[Name]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| name.sql().to_string()).collect();
    (!names.is_empty()).then(|| format!("({})", names.join(", ")))
}

/// Columns that were added, dropped or changed; if there are none, a change of their order.
fn column_differences(old: &[TableColumn], new: &[TableColumn]) -> Vec<Difference> {
    let texts = |columns: &[TableColumn]| -> BTreeMap<Name, String> {
        columns
            .iter()
            .map(|column| (column.name.clone(), column.type_and_attributes()))
            .collect()
    };
    let (old_texts, new_texts) = (texts(old), texts(new));
    let in_order: Vec<&Name> = old.iter().chain(new).map(|column| &column.name).collect();
    let mut seen = BTreeSet::new();
    let mut differences: Vec<Difference> = in_order
        .into_iter()
        .filter(|name| seen.insert(*name))
        .filter_map(|name| {
            let (old, new) = (old_texts.get(name).cloned(), new_texts.get(name).cloned());
            of_values(format!("column {}", name.sql()), old, new)
        })
        .collect();
    if differences.is_empty() {
        let names = |columns: &[TableColumn]| {
            let names: Vec<Name> = columns.iter().map(|column| column.name.clone()).collect();
            key_text(&names)
        };
        differences.extend(of_values("columns", names(old), names(new)));
    }
    differences
}

fn job_differences(old: &JobDefinition, new: &JobDefinition) -> Vec<Difference> {
    let value = |definition: &JobDefinition, option: &OptionSpec| {
        let kept = definition.option(option.name).map(String::as_str);
        kept.or(option.default_value()).map(str::to_owned)
    };
    let sync = |definition: &JobDefinition| definition.is_sync.to_string().to_ascii_uppercase();
    let key = |definition: &JobDefinition| literal(&definition.run_key);
    let mut differences: Vec<Difference> = JOB_OPTIONS
        .iter()
        .filter_map(|option| of_values(option.name, value(old, option), value(new, option)))
        .collect();
    differences.extend(of_values("SYNC", Some(sync(old)), Some(sync(new))));
    differences.extend(of_values(RUN_KEY.name, Some(key(old)), Some(key(new))));
    differences.extend(comment_difference(old.comment.as_ref(), new.comment.as_ref()));
    if old.kind != new.kind || old.canonical_body() != new.canonical_body() {
        differences.push(Difference::Body);
    }
    differences
}

#[cfg(test)]
mod tests;
