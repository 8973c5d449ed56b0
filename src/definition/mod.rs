//! Types that statements, catalog and warehouse share.
//!
//! Each value is checked where it is made: by the parser, or by the reading of a catalog's row.

mod login;
mod moment;
mod protection;
mod table;

use std::fmt;
use std::str::FromStr;

use crate::name::JobName;

pub use login::{
    LoginOption, LoginOptions, LoginWay, PasswordKeeper, is_ssh_destination, ssh_arguments,
};
pub use moment::Moment;
pub use protection::{Protection, TerminalColor};
pub use table::{
    Collation, Constraint, ConstraintKind, DistStyle, Identity, SortKey, SortStyle, TableColumn,
    TableDefinition,
};

/// The kind of database that a connection leads to.
///
/// Its words are here. `sql` adds its options, `url` its endpoint, and the executor the way in
/// which its user logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionKind {
    /// Amazon Redshift.
    Redshift,
}

impl ConnectionKind {
    /// The kind of a connection whose statement names none.
    pub const DEFAULT: Self = Self::Redshift;

    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        let following = |kind: &Self| match kind {
            Self::Redshift => None,
        };
        std::iter::successors(Some(Self::Redshift), following)
    }

    /// The keyword before CONNECTION.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Redshift => "REDSHIFT",
        }
    }

    /// The first words of CREATE.
    pub const fn create(self) -> &'static str {
        match self {
            Self::Redshift => "CREATE REDSHIFT CONNECTION",
        }
    }

    /// The first words of ALTER.
    pub const fn alter(self) -> &'static str {
        match self {
            Self::Redshift => "ALTER REDSHIFT CONNECTION",
        }
    }

    /// A complete CREATE, for help and reference.
    pub const fn example_of_create(self) -> &'static str {
        match self {
            Self::Redshift => {
                "CREATE REDSHIFT CONNECTION sales
    CONNECTION_STRING = 'jdbc:redshift://sales.example.com:5439/dev'
    USER_NAME = 'etl'
    PASSWORD = ENV 'SALES_PASSWORD'
    MAX_CONCURRENT_CONNECTIONS = 5
    COMMENT = 'sales marts'"
            }
        }
    }

    /// A complete ALTER, for help and reference.
    pub const fn example_of_alter(self) -> &'static str {
        match self {
            Self::Redshift => {
                "ALTER REDSHIFT CONNECTION sales SET USER_NAME = 'loader', COMMENT = 'marts' \
                 RESET MAX_CONCURRENT_CONNECTIONS"
            }
        }
    }
}

/// Another tool whose file of connections redwire reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignTool {
    /// dbt: `profiles.yml`.
    Dbt,
    /// libpq: `.pgpass`.
    PgPass,
    /// libpq: `pg_service.conf`.
    PgService,
    /// DBeaver: `data-sources.json`.
    DBeaver,
    /// sling: `env.yaml`.
    Sling,
}

impl ForeignTool {
    /// Every tool.
    pub const ALL: [Self; 5] =
        [Self::Dbt, Self::PgPass, Self::PgService, Self::DBeaver, Self::Sling];

    /// The keyword behind IMPORT CONNECTIONS FROM.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Dbt => "DBT",
            Self::PgPass => "PGPASS",
            Self::PgService => "PG_SERVICE",
            Self::DBeaver => "DBEAVER",
            Self::Sling => "SLING",
        }
    }
}

/// The number of sessions that a connection may have open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit(u16);

impl Limit {
    /// The smallest limit.
    pub const MIN: i64 = 1;
    /// The largest limit: the most connections that a Redshift cluster takes (AWS documentation,
    /// "Quotas and limits").
    pub const MAX: i64 = 2000;

    /// The limit of that many sessions; None where it is out of range.
    pub fn new(sessions: i64) -> Option<Self> {
        let is_in_range = (Self::MIN..=Self::MAX).contains(&sessions);
        u16::try_from(sessions).ok().filter(|_| is_in_range).map(Self)
    }

    /// The number of sessions.
    pub fn get(self) -> u32 {
        self.0.into()
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The statement in a job's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// INSERT adds rows.
    Insert,
    /// MERGE adds, replaces and deletes rows.
    Merge,
}

impl JobKind {
    /// The word for it, in lower case, as the catalog keeps it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Merge => "merge",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Insert, Self::Merge].into_iter().find(|kind| kind.word() == word)
    }
}

/// The state of one run of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It has begun.
    Running,
    /// Its rows are in the target.
    Done,
    /// It has written nothing.
    Failed,
    /// Another run was faster: it has written nothing.
    Skipped,
    /// Its rows were in the target; REWIND JOB lets its window run again.
    Rewound,
}

impl RunState {
    /// The word for it, as the catalog keeps it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Rewound => "rewound",
        }
    }
}

/// A job that a SYNC job waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitedJob {
    /// The job.
    pub job: JobName,
    /// The moment up to which it is loaded; None if it never ran.
    pub until: Option<Moment>,
    /// True if it is paused.
    pub is_paused: bool,
}

impl AwaitedJob {
    /// The moment up to which the SYNC job may run.
    pub fn ready(&self) -> Moment {
        self.until.unwrap_or(Moment::BEGINNING)
    }
}

/// Says for which job a SYNC job waits.
impl fmt::Display for AwaitedJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paused = if self.is_paused { "is paused and " } else { "" };
        write!(f, "it waits for job {}, which {paused}", self.job.shown())?;
        match self.until {
            Some(until) => write!(f, "is loaded until {until}"),
            None => f.write_str("never ran"),
        }
    }
}

/// The state of a job, as far as the catalog knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its next window.
    Idle,
    /// Its last run has not ended.
    Running,
    /// PAUSE has stopped it.
    Paused,
    /// Its last run has failed.
    Failed,
    /// It is loaded up to END_AT.
    Ended,
}

impl JobState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Failed => "failed",
            Self::Ended => "ended",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Idle, Self::Running, Self::Paused, Self::Failed, Self::Ended]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// The text names no secret store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret stores are keyring, vault and memory")]
pub struct UnknownStoreError;

/// The store of a secret; the catalog keeps its word beside the secret's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreKind {
    /// The keyring of the operating system.
    Keyring,
    /// An encrypted file beside the catalog.
    Vault,
    /// The memory of a process: gone when it ends.
    Memory,
}

impl StoreKind {
    /// In the order of the documentation.
    pub const ALL: &'static [Self] = &[Self::Keyring, Self::Vault, Self::Memory];

    /// The word on the command line and in the catalog.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Vault => "vault",
            Self::Memory => "memory",
        }
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for StoreKind {
    type Err = UnknownStoreError;

    fn from_str(word: &str) -> Result<Self, UnknownStoreError> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.word() == word)
            .ok_or(UnknownStoreError)
    }
}

/// The place of a connection's password, as far as the catalog knows; no store is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordPlace {
    /// The store that has it.
    Store(StoreKind),
    /// No store has it: it was in the memory of a process that has ended, or an import found none.
    Missing,
    /// It is in no store of redwire; the word of its keeper.
    Elsewhere(&'static str),
}

impl PasswordPlace {
    /// The word in the column `password` of the view `connections`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Store(kind) => kind.word(),
            Self::Missing => "missing",
            Self::Elsewhere(word) => word,
        }
    }

    /// The place with this word; a store of a later version has nothing for this one.
    pub fn from_word(word: &str) -> Self {
        let keeper = PasswordKeeper::WORDS.into_iter().find(|keeper| *keeper == word);
        match keeper {
            Some(word) => Self::Elsewhere(word),
            None => word.parse().map_or(Self::Missing, Self::Store),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_kind_have_its_keyword() {
        for kind in ConnectionKind::all() {
            assert_eq!(kind.create(), format!("CREATE {} CONNECTION", kind.keyword()));
            assert_eq!(kind.alter(), format!("ALTER {} CONNECTION", kind.keyword()));
            assert!(kind.example_of_create().starts_with(kind.create()));
            assert!(kind.example_of_alter().starts_with(kind.alter()));
        }
    }

    #[test]
    fn a_limit_is_between_1_and_2000() {
        for (sessions, expected) in [
            (i64::MIN, None),
            (0, None),
            (1, Some(1)),
            (2000, Some(2000)),
            (2001, None),
            (65_537, None),
        ] {
            assert_eq!(Limit::new(sessions).map(Limit::get), expected);
        }
    }
}
