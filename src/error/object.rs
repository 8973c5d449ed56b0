//! Errors of connections, tables and jobs: they do not exist, exist already, or are still in use.

use crate::catalog::{Usage, UsageKind};
use crate::definition::ConnectionKind;
use crate::diagnostic::{Diagnosis, Diagnostic};
use crate::name::{ConnectionName, Identifier, JobName, Name, Object, TableName, shown_sql};
use crate::sqlstate::SqlState as S;

/// An error while a definition is created, changed or dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectError {
    /// CREATE on a name that exists.
    Exists {
        /// The existing object.
        object: Object,
    },
    /// RENAME TO a name that exists.
    NewNameExists {
        /// The existing object.
        object: Object,
    },
    /// No object of this kind has this name.
    Missing {
        /// The missing object.
        object: Object,
        /// The name of a similar object, as SQL.
        nearest: Option<String>,
    },
    /// Other objects depend on an object that should be dropped.
    InUse {
        /// The dependents, each once.
        usages: Vec<Usage>,
        /// The objects to drop: at least one, all of one kind.
        objects: Vec<Object>,
    },
    /// A statement for a warehouse would remove what other objects depend on.
    UsedInWarehouse {
        /// The dependents, each once.
        usages: Vec<Usage>,
        /// The command tag of the statement.
        tag: String,
        /// The names of what it would remove, as written.
        names: Vec<String>,
    },
    /// DROP of a column or a primary key that foreign keys reference.
    PartInUse {
        /// COLUMN or CONSTRAINT.
        word: &'static str,
        /// The column or the constraint.
        name: Name,
        /// The tables with the foreign keys.
        keys: Vec<TableName>,
    },
    /// A job under the RUN_KEY of another one.
    RunKeyInUse {
        /// The key.
        key: String,
        /// The other job.
        job: JobName,
    },
    /// SYNC jobs that wait for each other.
    SyncCircle {
        /// The jobs, in the order in which they wait.
        jobs: Vec<JobName>,
    },
    /// A rename that would change the tables that a job names.
    JobWouldChange {
        /// The job.
        name: JobName,
    },
}

impl Diagnostic for ObjectError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Exists { object } => exists(object).hint(other_than_create(object)),
            Self::NewNameExists { object } => exists(object).hint(format!(
                "choose another name, or DROP {} {} first",
                object.kind().to_ascii_uppercase(),
                object.shown()
            )),
            Self::Missing { object, nearest } => missing(object, nearest.as_deref()),
            Self::InUse { usages, objects } => S::DependentObjectsStillExist
                .error(usages_message(usages, objects))
                .hint(drop_script(usages, objects)),
            Self::UsedInWarehouse { tag, names, .. } => used_in_warehouse(tag, names),
            Self::PartInUse { word, name, keys } => {
                let keys: Vec<String> = keys.iter().map(TableName::shown).collect();
                S::DependentObjectsStillExist
                    .error(format!(
                        "cannot drop {} {} because other objects depend on it",
                        word.to_lowercase(),
                        name.quoted()
                    ))
                    .hint(format!(
                        "foreign keys of {} reference it; DROP {word} {} CASCADE drops them",
                        keys.join(", "),
                        name.shown()
                    ))
            }
            Self::RunKeyInUse { key, job } => S::DuplicateObject
                .error(format!(
                    "job {} runs under RUN_KEY {}",
                    job.quoted(),
                    Identifier(key).quoted()
                ))
                .hint("choose another name, or give RUN_KEY = '…' with a key that no job has"),
            Self::SyncCircle { jobs } => {
                let names: Vec<String> =
                    jobs.iter().chain(jobs.first()).map(JobName::quoted).collect();
                S::NotSupported
                    .error(format!("SYNC jobs wait for each other: {}", names.join(" -> ")))
                    .hint("leave SYNC out of one of them")
            }
            Self::JobWouldChange { name } => S::NotSupported
                .error(format!(
                    "the query of job {} would change its meaning under this name",
                    name.quoted()
                ))
                .hint(format!(
                    "choose another name, or give the aliases in the job other names first: SHOW \
                 CREATE JOB {}",
                    name.shown()
                )),
        }
    }
}

fn missing(object: &Object, nearest: Option<&str>) -> Diagnosis {
    let sqlstate = match object {
        Object::Connection(_) | Object::Job(_) => S::UndefinedObject,
        Object::Table(_) => S::UndefinedTable,
    };
    let missing = Diagnosis::new(sqlstate, format!("{} does not exist", object.in_message()));
    if matches!(object, Object::Connection(name) if name.as_str().contains("://")) {
        return missing.hint(format!(
            "write the name of a connection, not a URL; {} keeps one",
            ConnectionKind::Redshift.create()
        ));
    }
    let kind = object.kind().to_ascii_uppercase();
    missing.did_you_mean(nearest, format!("SHOW {kind}S lists what is there"))
}

fn used_in_warehouse(tag: &str, names: &[String]) -> Diagnosis {
    let names: Vec<&str> = names.iter().map(|name| shown_sql(name)).collect();
    let them = if names.len() == 1 { "it" } else { "them" };
    S::DependentObjectsStillExist
        .error(format!(
            "cannot {} {} because other objects depend on {them}",
            tag.to_lowercase(),
            names.join(", ")
        ))
        .hint("\\guard off lets such statements through until \\guard on")
}

fn exists(object: &Object) -> Diagnosis {
    let sqlstate = duplicate(object);
    Diagnosis::new(sqlstate, format!("{} already exists", object.in_message()))
}

fn duplicate(object: &Object) -> S {
    match object {
        Object::Connection(_) | Object::Job(_) => S::DuplicateObject,
        Object::Table(_) => S::DuplicateTable,
    }
}

/// Statements that change an existing object, or do not change it.
fn other_than_create(object: &Object) -> String {
    match object {
        Object::Connection(name) => format!(
            "{} {} changes it; CREATE OR REPLACE and IF NOT EXISTS also take a name that exists",
            ConnectionKind::Redshift.alter(),
            name.shown()
        ),
        Object::Table(name) => {
            format!("DROP TABLE {} removes it; IF NOT EXISTS leaves it alone", name.shown())
        }
        Object::Job(name) => {
            format!("DROP JOB {} removes it; IF NOT EXISTS leaves it alone", name.shown())
        }
    }
}

/// The maximum number of names in the message about usages.
const MAX_NAMES_IN_MESSAGE: usize = 20;

/// The documented message: tables joined by `, `, a space, jobs joined by `, `; the rest as a
/// number.
fn usages_message(usages: &[Usage], objects: &[Object]) -> String {
    let kind = objects.first().map_or("object", Object::kind);
    let mut message = format!("Cannot delete {kind} due to usages:");
    let shown = &usages[..usages.len().min(MAX_NAMES_IN_MESSAGE)];
    let is_job = |usage: &&Usage| usage.kind == UsageKind::Job;
    let (jobs, tables): (Vec<_>, Vec<_>) = shown.iter().partition(is_job);
    for usages in [tables, jobs] {
        let names: Vec<&str> = usages.iter().map(|usage| shown_sql(&usage.name)).collect();
        if !names.is_empty() {
            message.extend([" ", &names.join(", ")]);
        }
    }
    if usages.len() > MAX_NAMES_IN_MESSAGE {
        let more = usages.len() - MAX_NAMES_IN_MESSAGE;
        message.extend([" and ", &more.to_string(), " more"]);
    }
    message
}

/// A script that drops the dependents, then the objects; it can be run unchanged.
fn drop_script(usages: &[Usage], objects: &[Object]) -> String {
    let mut script = String::new();
    for (kind, statement) in [(UsageKind::Job, "DROP JOB"), (UsageKind::Table, "DROP TABLE")] {
        let names = names_of(usages, kind);
        if !names.is_empty() {
            script.extend([statement, " ", &names.join(", "), "; "]);
        }
    }
    for usage in usages {
        for name in &usage.foreign_keys {
            let (table, name) = (shown_sql(&usage.name), shown_sql(name));
            script.extend(["ALTER TABLE ", table, " DROP CONSTRAINT ", name, "; "]);
        }
    }
    let kind = objects.first().map_or("", Object::kind).to_ascii_uppercase();
    let names: Vec<String> = objects.iter().map(Object::shown).collect();
    format!(
        "{script}DROP {kind} {0}; -- or, in one: DROP {kind} {0} CASCADE;",
        names.join(", ")
    )
}

fn names_of(usages: &[Usage], kind: UsageKind) -> Vec<&str> {
    usages
        .iter()
        .filter(|usage| usage.kind == kind)
        .map(|usage| shown_sql(&usage.name))
        .collect()
}

/// An error while a file of definitions is planned or applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// A definition needs a connection that the file lacks and `--prune` would drop.
    WouldBePruned { connection: ConnectionName },
    /// The file defines the same object twice.
    DefinedTwice { object: Object },
    /// The file contains another statement than CREATE.
    NotADefinition,
}

impl Diagnostic for PlanError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::WouldBePruned { connection } => S::DependentObjectsStillExist
                .error(format!(
                    "the file lacks connection {}, which --prune would drop",
                    connection.quoted()
                ))
                .hint(format!(
                    "add {} {} to the file, or leave --prune out",
                    ConnectionKind::Redshift.create(),
                    connection.shown()
                )),
            Self::DefinedTwice { object } => Diagnosis::new(
                duplicate(object),
                format!("{} specified more than once", object.in_message()),
            )
            .hint("leave one of the two out"),
            Self::NotADefinition => S::NotSupported
                .error("a file for plan and apply has only CREATE statements, without WITH TEST")
                .hint("leave it out, or run the file as a script: redwire -f FILE"),
        }
    }
}
