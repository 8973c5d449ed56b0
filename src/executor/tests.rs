//! The catalog and the secret store stay in step, with a store that fails at a chosen call.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::Connection;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

use super::transaction::seconds_since_1970;
use super::*;
use crate::diagnostic::Diagnostic;
use crate::error::{Cancelled, ErrorKind};
use crate::secret::{SecretError, SecretId, SecretStore};

/// The calls of a store that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Open,
    Prepare,
    NewId,
    Put,
    Get,
    Flush,
    Delete,
}

const CALLS: [Call; 7] = [
    Call::Open,
    Call::Prepare,
    Call::NewId,
    Call::Put,
    Call::Get,
    Call::Flush,
    Call::Delete,
];

/// The contents of a store that outlives its processes, and the failure to inject.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way to fail")]
struct Backing {
    secrets: BTreeMap<SecretId, String>,
    calls: Vec<Call>,
    /// Fails the n-th of these calls from now on; 0 is the next one.
    fails_at: Option<(Call, usize)>,
    /// A `put` that fails stores the secret all the same.
    stores_what_fails: bool,
    /// A `put` gets no answer, and stores the secret long after the process has given up.
    puts_arrive_late: bool,
    late: BTreeMap<SecretId, String>,
    /// Each call fails.
    is_out_of_reach: bool,
    /// Changes wait for a flush, as in the vault; otherwise they are done at once, as in the
    /// keyring.
    waits_for_flush: bool,
}

impl Backing {
    fn call(&mut self, call: Call) -> Result<(), SecretError> {
        self.calls.push(call);
        if self.is_out_of_reach {
            let cause = "no bus".to_owned();
            return Err(SecretError::KeyringUnreachable(cause));
        }
        match self.fails_at {
            Some((failing, 0)) if failing == call => {
                self.fails_at = None;
                let cause = "as the test wants it".to_owned();
                Err(SecretError::KeyringRefused(cause))
            }
            Some((failing, count)) if failing == call => {
                self.fails_at = Some((failing, count - 1));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// A process's handle on the store; it claims to be a keyring.
struct FakeStore {
    backing: Rc<RefCell<Backing>>,
    waiting: Vec<(SecretId, Option<String>)>,
}

impl FakeStore {
    fn change(&mut self, id: &SecretId, secret: Option<String>) {
        self.waiting.push((id.clone(), secret));
        if !self.backing.borrow().waits_for_flush {
            self.settle();
        }
    }

    fn settle(&mut self) {
        let secrets = &mut self.backing.borrow_mut().secrets;
        for (id, secret) in self.waiting.drain(..) {
            match secret {
                Some(secret) => secrets.insert(id, secret),
                None => secrets.remove(&id),
            };
        }
    }
}

impl SecretStore for FakeStore {
    fn kind(&self) -> StoreKind {
        StoreKind::Keyring
    }

    fn prepare(&mut self) -> Result<(), SecretError> {
        self.backing.borrow_mut().call(Call::Prepare)
    }

    fn new_id(&mut self) -> Result<SecretId, SecretError> {
        self.backing.borrow_mut().call(Call::NewId)?;
        SecretId::random()
    }

    fn put(
        &mut self,
        id: &SecretId,
        _label: &str,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        let done = self.backing.borrow_mut().call(Call::Put);
        if self.backing.borrow().puts_arrive_late {
            let secret = secret.expose_secret().to_owned();
            self.backing.borrow_mut().late.insert(id.clone(), secret);
            let cause = "no answer".to_owned();
            return Err(SecretError::KeyringUnreachable(cause));
        }
        if done.is_ok() || self.backing.borrow().stores_what_fails {
            self.change(id, Some(secret.expose_secret().to_owned()));
        }
        done
    }

    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError> {
        self.backing.borrow_mut().call(Call::Get)?;
        let secret = self.backing.borrow().secrets.get(id).cloned();
        Ok(secret.map(SecretString::from))
    }

    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError> {
        self.backing.borrow_mut().call(Call::Delete)?;
        self.change(id, None);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SecretError> {
        if let Err(error) = self.backing.borrow_mut().call(Call::Flush) {
            self.waiting.clear();
            return Err(error);
        }
        self.settle();
        Ok(())
    }
}

type Answerer = Box<dyn FnMut(&str) -> Result<SecretString, PromptError>>;

/// A prompt with scripted answers.
struct FakePrompt(Answerer);

impl PasswordPrompt for FakePrompt {
    fn ask(&mut self, question: &str) -> Result<SecretString, PromptError> {
        (self.0)(question)
    }

    fn line(&mut self, question: &str) -> Result<String, PromptError> {
        (self.0)(question).map(|answer| answer.expose_secret().to_owned())
    }

    fn confirm(&mut self, question: &str) -> Result<bool, PromptError> {
        (self.0)(question).map(|answer| answer.expose_secret() == "y")
    }
}

/// A catalog's folder and the store beside it, which outlive the executors.
struct World {
    folder: TempDir,
    backing: Rc<RefCell<Backing>>,
}

/// Every connection with its password in the store.
type Passwords = Vec<(String, Option<String>)>;

impl World {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            backing: Rc::default(),
        }
    }

    /// A world with the connections a and b.
    fn with_two() -> Self {
        let world = Self::new();
        World::run(&mut world.executor(), &create("a"));
        World::run(&mut world.executor(), &create("b"));
        world.backing.borrow_mut().calls.clear();
        world
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("catalog.db")
    }

    fn journal(&self) -> Journal {
        Journal::at(self.folder.path().join("catalog.db.secrets"))
    }

    fn sqlite(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    /// A new process, without a terminal.
    fn executor(&self) -> Executor {
        self.executor_asking(Box::new(|question| panic!("it asks {question:?}")))
    }

    fn executor_asking(&self, answerer: Answerer) -> Executor {
        let backing = Rc::clone(&self.backing);
        Executor::new(Resources {
            patience: std::time::Duration::from_mins(1),
            opens_read_only: false,
            mode: Mode::Real,
            location: Location::File(self.path()),
            store: StoreKind::Keyring,
            opener: Box::new(move |_, _| {
                backing.borrow_mut().call(Call::Open)?;
                Ok(Box::new(FakeStore {
                    backing: Rc::clone(&backing),
                    waiting: Vec::new(),
                }))
            }),
            process: "0".repeat(16),
            prompt: Box::new(FakePrompt(answerer)),
            environment: std::rc::Rc::new(|_| None),
            clock: Box::new(|| SystemTime::UNIX_EPOCH),
            signals: crate::signals::Signals::default(),
        })
    }

    /// Runs statements that must succeed, and returns their notices.
    #[track_caller]
    fn run(executor: &mut Executor, script: &str) -> Vec<String> {
        run(executor, script).unwrap()
    }

    /// Every connection in the catalog, with its password.
    fn passwords(&self) -> Passwords {
        let sqlite = self.sqlite();
        let mut rows =
            sqlite.prepare("SELECT name, secret_id FROM connection ORDER BY name").unwrap();
        let secrets = &self.backing.borrow().secrets;
        let password = |id: String| secrets.get(&SecretId::from_stored(id)).cloned();
        rows.query_map([], |row| Ok((row.get(0)?, password(row.get(1)?))))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    /// Asserts that there are as many secrets as rows, and no journal entries.
    #[track_caller]
    fn is_tidy(&self) {
        let rows = self.passwords();
        assert!(rows.iter().all(|(_, password)| password.is_some()), "{rows:?}");
        assert_eq!(self.backing.borrow().secrets.len(), rows.len(), "a secret is left over");
        assert!(self.journal().is_empty().unwrap(), "a note is left");
    }

    /// Asserts that another process's next change tidies everything up.
    #[track_caller]
    fn is_tidy_after_a_change(&self) {
        World::run(&mut self.executor(), "ALTER REDSHIFT CONNECTION b SET COMMENT = 'swept'");
        self.is_tidy();
    }
}

fn create(name: &str) -> String {
    format!("CREATE REDSHIFT CONNECTION {name} {} PASSWORD = '{name}-old'", options())
}

fn options() -> &'static str {
    "CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'etl'"
}

/// Runs statements, separated by `; `, up to the first that fails; returns all notices.
fn run(executor: &mut Executor, script: &str) -> Result<Vec<String>, Error> {
    if let Some(file) = script.strip_prefix(APPLY) {
        return apply(executor, file);
    }
    let mut notices = Vec::new();
    for statement in script.split("; ") {
        let statement = crate::sql::parse(statement).unwrap();
        let outcome = executor.execute(&statement, Origin::Script)?;
        notices.extend(outcome.notices.into_iter().map(|notice| notice.text));
    }
    Ok(notices)
}

/// The prefix of a script that is a file of definitions, to be applied with `--prune`.
const APPLY: &str = "apply: ";

/// Applies a file and returns the notices, except those about the changes.
fn apply(executor: &mut Executor, file: &str) -> Result<Vec<String>, Error> {
    let statement = |text| DefinitionStatement {
        create: CreateStatement::from_statement(crate::sql::parse(text).unwrap()).unwrap(),
        locate: Box::new(|error| error),
    };
    let statements: Vec<DefinitionStatement> = file.split("; ").map(statement).collect();
    let outcome = executor.apply(&statements, Prune::Yes)?;
    let notices = outcome.notices.into_iter().map(|notice| notice.text);
    let tells_what_was_done = |text: &String| {
        let verbs = ["created ", "altered ", "dropped "];
        verbs.iter().any(|verb| text.starts_with(verb))
    };
    Ok(notices.filter(|text| !tells_what_was_done(text)).collect())
}

fn pairs(expected: &[(&str, &str)]) -> Passwords {
    let pair = |(name, password): &(&str, &str)| ((*name).to_owned(), Some((*password).to_owned()));
    expected.iter().map(pair).collect()
}

/// A script and the contents of the catalog after it.
struct Scenario {
    script: String,
    after: Passwords,
}

/// Every kind of change to a catalog with a and b, with one secret and with several.
fn scenarios() -> Vec<Scenario> {
    let scenario = |script: &str, after: &[(&str, &str)]| Scenario {
        script: script.to_owned(),
        after: pairs(after),
    };
    let (a, b) = (("a", "a-old"), ("b", "b-old"));
    let (c, a_new) = (("c", "c-old"), ("a", "a-new"));
    let options = options();
    vec![
        scenario(&create("c"), &[a, b, c]),
        scenario("ALTER REDSHIFT CONNECTION a SET PASSWORD = 'a-new'", &[a_new, b]),
        scenario("ALTER REDSHIFT CONNECTION a SET PASSWORD = 'c-old' RENAME TO c", &[b, c]),
        scenario(
            &format!("CREATE OR REPLACE REDSHIFT CONNECTION a {options} PASSWORD = 'a-new'"),
            &[a_new, b],
        ),
        scenario("DROP CONNECTION a", &[b]),
        scenario(
            &format!(
                "BEGIN; {}; ALTER REDSHIFT CONNECTION a SET PASSWORD = 'between'; \
                 ALTER REDSHIFT CONNECTION a SET PASSWORD = 'a-new'; {}; DROP CONNECTION d; COMMIT",
                create("c"),
                create("d")
            ),
            &[a_new, b, c],
        ),
        scenario(&format!("BEGIN; DROP CONNECTION a; {}; COMMIT", create("a")), &[a, b]),
        scenario(&format!("{APPLY}{}; {} COMMENT = 'x'", create("c"), create("b")), &[b, c]),
        scenario(
            &format!(
                "{APPLY}CREATE REDSHIFT CONNECTION b {options} PASSWORD = PROMPT; \
                 CREATE REDSHIFT CONNECTION a {options} PASSWORD = 'a-new'"
            ),
            &[a_new, b],
        ),
    ]
}

#[test]
fn a_change_is_made_as_a_whole_or_not_at_all_if_any_call_fails() {
    for waits_for_flush in [false, true] {
        for scenario in scenarios() {
            for call in CALLS {
                let times =
                    (0..).take_while(|time| fail_at(&scenario, call, *time, waits_for_flush));
                // Otherwise the failing call was never made.
                let may_be_none =
                    scenario.script.starts_with("DROP") || matches!(call, Call::Delete | Call::Get);
                assert!(times.count() > 0 || may_be_none, "{call:?}: {}", scenario.script);
            }
        }
    }
}

/// Runs the scenario with a store that fails the given call at the given time; true if that call
/// was made.
fn fail_at(scenario: &Scenario, call: Call, time: usize, waits_for_flush: bool) -> bool {
    let world = World::with_two();
    let before = world.passwords();
    world.backing.borrow_mut().waits_for_flush = waits_for_flush;
    world.backing.borrow_mut().fails_at = Some((call, time));
    let mut executor = world.executor();
    let result = run(&mut executor, &scenario.script);
    let has_failed = world.backing.borrow_mut().fails_at.take().is_none();
    let context = format!("{call:?} {time} ({waits_for_flush}) of {}: {result:?}", scenario.script);
    match result {
        Ok(notices) => {
            assert_eq!(world.passwords(), scenario.after, "{context}");
            let is_of_failure = |text: &&String| !text.starts_with("read 2 connections");
            let of_failure = notices.iter().filter(is_of_failure).count();
            assert_eq!(of_failure, usize::from(has_failed), "{context}");
        }
        Err(error) => {
            assert!(has_failed, "{context}");
            assert_eq!(error.sqlstate().code(), "58000", "{context}");
            assert_eq!(error.cause().as_deref(), Some("as the test wants it"), "{context}");
            assert!(error.hint().is_some(), "{context}");
            assert_eq!(world.passwords(), before, "{context}");
        }
    }
    // This process goes on, and so does the next one.
    if executor.transaction() != TransactionState::None {
        World::run(&mut executor, "ROLLBACK");
    }
    if time.is_multiple_of(2) {
        World::run(&mut executor, "ALTER REDSHIFT CONNECTION b SET COMMENT = 'goes on'");
        world.is_tidy();
    }
    world.is_tidy_after_a_change();
    has_failed
}

#[cfg(unix)]
#[test]
fn an_import_creates_all_its_connections_or_none() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("pgpass");
    std::fs::write(&path, "h:1:d:u:p\nh:1:d:v:q\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let scenario = Scenario {
        script: format!("IMPORT CONNECTIONS FROM PGPASS '{}'", path.display()),
        after: pairs(&[("a", "a-old"), ("b", "b-old"), ("h_d_u", "p"), ("h_d_v", "q")]),
    };
    for call in [Call::Open, Call::Prepare, Call::NewId, Call::Put, Call::Flush] {
        let times = (0..).take_while(|time| fail_at(&scenario, call, *time, true));
        assert!(times.count() > 0, "{call:?}");
    }
}

#[test]
fn a_password_that_the_store_took_and_denied_is_deleted() {
    let world = World::with_two();
    world.backing.borrow_mut().stores_what_fails = true;
    world.backing.borrow_mut().fails_at = Some((Call::Put, 0));
    run(&mut world.executor(), "ALTER REDSHIFT CONNECTION a SET PASSWORD = 'a-new'").unwrap_err();
    assert_eq!(world.passwords(), pairs(&[("a", "a-old"), ("b", "b-old")]));
    world.is_tidy_after_a_change();
}

#[test]
fn a_password_that_arrives_when_the_store_was_given_up_is_deleted_later() {
    let world = World::with_two();
    world.backing.borrow_mut().puts_arrive_late = true;
    run(&mut world.executor(), "ALTER REDSHIFT CONNECTION a SET PASSWORD = 'a-new'").unwrap_err();
    let late = std::mem::take(&mut world.backing.borrow_mut().late);
    assert_eq!(late.len(), 1);
    world.backing.borrow_mut().secrets.extend(late);
    assert_eq!(world.passwords(), pairs(&[("a", "a-old"), ("b", "b-old")]));
    world.is_tidy_after_a_change();
}

#[test]
fn a_commit_that_the_catalog_refuses_leaves_no_password() {
    for script in scenarios().into_iter().map(|scenario| scenario.script) {
        let world = World::with_two();
        let before = world.passwords();
        let mut executor = world.executor();
        executor.writer.catalog.writer().unwrap();
        executor.writer.catalog.reader().unwrap().refuse_commits();
        run(&mut executor, &script).unwrap_err();
        assert_eq!(executor.transaction(), TransactionState::None, "{script}");
        assert_eq!(world.passwords(), before, "{script}");
        world.is_tidy();
    }
}

#[test]
fn a_drop_works_with_a_store_out_of_reach_and_says_so_once() {
    let world = World::with_two();
    World::run(&mut world.executor(), &create("c"));
    world.backing.borrow_mut().is_out_of_reach = true;
    for name in ["a", "c"] {
        // The second one also finds the journal entry of the first one.
        let notices = World::run(&mut world.executor(), &format!("DROP CONNECTION {name}"));
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert!(notices[0].contains("could not connect to a keyring"), "{notices:?}");
        assert!(notices[0].contains("no bus"), "{notices:?}");
    }
    assert_eq!(world.passwords(), pairs(&[("b", "b-old")]));
    assert_eq!(world.backing.borrow().secrets.len(), 3);
    world.backing.borrow_mut().is_out_of_reach = false;
    world.is_tidy_after_a_change();
}

#[test]
fn a_password_that_could_not_be_deleted_is_deleted_with_a_later_change() {
    let world = World::with_two();
    let mut executor = world.executor();
    world.backing.borrow_mut().fails_at = Some((Call::Delete, 0));
    assert_eq!(World::run(&mut executor, "DROP CONNECTION a").len(), 1);
    assert_eq!(world.backing.borrow().secrets.len(), 2);
    let notices = World::run(&mut executor, "ALTER REDSHIFT CONNECTION b SET COMMENT = 'later'");
    assert_eq!(notices, Vec::<String>::new());
    world.is_tidy();
}

#[test]
fn a_sweep_that_cannot_ask_the_catalog_keeps_its_notes() {
    let world = World::with_two();
    world.backing.borrow_mut().fails_at = Some((Call::Delete, 0));
    World::run(&mut world.executor(), "DROP CONNECTION a");
    let mut executor = world.executor();
    executor.writer.catalog.writer().unwrap();
    let rename = |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        world.sqlite().execute_batch(&sql).unwrap();
    };
    rename("connection", "elsewhere");
    let mut outcome = Outcome::default();
    executor.writer.change(&mut outcome, |_, _| Ok(())).unwrap();
    assert_eq!(outcome.notices.len(), 1, "{outcome:?}");
    rename("elsewhere", "connection");
    world.is_tidy_after_a_change();
}

#[test]
fn reading_never_touches_the_store() {
    let world = World::with_two();
    World::run(
        &mut world.executor(),
        "SHOW CONNECTIONS; DESCRIBE CONNECTION a; SHOW CREATE CONNECTION a; SHOW USAGES OF CONNECTION a; \
         SELECT * FROM system.information_schema.connections",
    );
    assert_eq!(world.backing.borrow().calls, []);
}

#[test]
fn a_change_without_a_password_never_touches_the_store() {
    let world = World::with_two();
    World::run(
        &mut world.executor(),
        "ALTER REDSHIFT CONNECTION a SET COMMENT = 'x', USER_NAME = 'y'; ALTER REDSHIFT CONNECTION a RENAME TO c",
    );
    assert_eq!(world.backing.borrow().calls, []);
    assert_eq!(world.passwords(), pairs(&[("b", "b-old"), ("c", "a-old")]));
    world.is_tidy();
}

#[test]
fn passwords_wait_in_memory_for_the_commit() {
    let world = World::with_two();
    let mut executor = world.executor();
    World::run(&mut executor, &format!("BEGIN; {}", create("c")));
    World::run(
        &mut executor,
        "ALTER REDSHIFT CONNECTION a SET PASSWORD = 'a-new'; DROP CONNECTION b",
    );
    assert!(!world.backing.borrow().calls.contains(&Call::Put));
    assert!(!world.backing.borrow().calls.contains(&Call::Delete));
    assert!(world.journal().is_empty().unwrap());
    World::run(&mut executor, "COMMIT");
    assert_eq!(world.passwords(), pairs(&[("a", "a-new"), ("c", "c-old")]));
    world.is_tidy();
}

#[test]
fn a_rollback_leaves_neither_row_nor_password() {
    let scripts = scenarios().into_iter().map(|scenario| scenario.script);
    for script in scripts.filter(|script| !script.starts_with(APPLY)) {
        let world = World::with_two();
        let before = world.passwords();
        let script = script.trim_start_matches("BEGIN; ").trim_end_matches("; COMMIT");
        World::run(&mut world.executor(), &format!("BEGIN; {script}; ROLLBACK"));
        assert!(!world.backing.borrow().calls.contains(&Call::Put), "{script}");
        assert_eq!(world.passwords(), before, "{script}");
        world.is_tidy();
    }
}

#[test]
fn a_statement_that_fails_rolls_its_transaction_back_as_a_whole() {
    let world = World::with_two();
    let mut executor = world.executor();
    World::run(&mut executor, &format!("BEGIN; {}; DROP CONNECTION b", create("c")));
    let error = run(&mut executor, &create("a")).unwrap_err();
    assert_eq!(error.sqlstate().code(), "42710");
    assert_eq!(run(&mut executor, "SHOW CONNECTIONS").unwrap_err().sqlstate().code(), "25P02");
    assert_eq!(World::run(&mut executor, "COMMIT").len(), 1);
    assert_eq!(world.passwords(), pairs(&[("a", "a-old"), ("b", "b-old")]));
    world.is_tidy();
}

#[test]
fn a_name_that_is_taken_asks_for_nothing() {
    let world = World::with_two();
    let mut executor = world.executor();
    for (head, works) in
        [("REDSHIFT CONNECTION IF NOT EXISTS a", true), ("REDSHIFT CONNECTION a", false)]
    {
        let statement = format!("CREATE {head} {} PASSWORD = PROMPT", options());
        assert_eq!(run(&mut executor, &statement).is_ok(), works, "{statement}");
    }
    World::run(
        &mut executor,
        "ALTER REDSHIFT CONNECTION IF EXISTS nobody SET PASSWORD = PROMPT",
    );
    assert_eq!(world.backing.borrow().calls, []);
}

#[test]
fn others_can_change_the_catalog_while_a_password_is_asked_for() {
    let world = World::with_two();
    let path = world.path();
    let statements = [
        format!("CREATE REDSHIFT CONNECTION c {} PASSWORD = PROMPT", options()),
        "ALTER REDSHIFT CONNECTION a SET PASSWORD = PROMPT".to_owned(),
        format!("CREATE OR REPLACE REDSHIFT CONNECTION b {} PASSWORD = PROMPT", options()),
        format!("BEGIN; CREATE REDSHIFT CONNECTION d {} PASSWORD = PROMPT; COMMIT", options()),
    ];
    for statement in statements {
        let path = path.clone();
        let mut executor = world.executor_asking(Box::new(move |_| {
            let other = Connection::open(&path).unwrap();
            other.busy_timeout(Duration::ZERO).unwrap();
            other
                .execute_batch(
                    "BEGIN EXCLUSIVE; UPDATE connection SET comment = 'meanwhile'; COMMIT",
                )
                .unwrap();
            Ok("asked".into())
        }));
        World::run(&mut executor, &statement);
        world.is_tidy();
    }
    let asked = world.passwords();
    assert_eq!(asked.len(), 4);
    assert!(
        asked.iter().all(|(_, password)| password.as_deref() == Some("asked")),
        "{asked:?}"
    );
}

#[test]
fn a_prompt_that_is_broken_off_changes_nothing() {
    let world = World::with_two();
    let mut executor = world.executor_asking(Box::new(|_| Err(PromptError::Interrupted)));
    let error =
        run(&mut executor, "ALTER REDSHIFT CONNECTION a SET PASSWORD = PROMPT").unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Cancelled(Cancelled));
    assert_eq!(world.backing.borrow().calls, []);
    world.is_tidy();
}

#[test]
fn a_journal_that_is_damaged_refuses_changes_of_passwords_and_no_others() {
    let world = World::with_two();
    std::fs::write(
        world.folder.path().join("catalog.db.secrets"),
        "not a journal, but quite as long as one\n",
    )
    .unwrap();
    let error = run(&mut world.executor(), "ALTER REDSHIFT CONNECTION a SET PASSWORD = 'a-new'")
        .unwrap_err();
    assert_eq!(error.sqlstate().code(), "58000");
    let notices =
        World::run(&mut world.executor(), "ALTER REDSHIFT CONNECTION a SET COMMENT = 'x'");
    assert_eq!(notices.len(), 1);
    assert_eq!(world.passwords(), pairs(&[("a", "a-old"), ("b", "b-old")]));
    assert_eq!(world.backing.borrow().secrets.len(), 2);
}

#[test]
fn a_wrong_clock_gives_a_time_that_the_catalog_can_show() {
    let begin = SystemTime::UNIX_EPOCH;
    let seconds = |seconds| begin + Duration::from_secs(seconds);
    assert_eq!(seconds_since_1970(begin - Duration::from_secs(1)), 0);
    assert_eq!(seconds_since_1970(seconds(1)), 1);
    for late in [253_402_300_799, 253_402_300_800, 1 << 50] {
        let shown = Connection::open_in_memory().unwrap().query_row(
            "SELECT datetime(?1, 'unixepoch')",
            [seconds_since_1970(seconds(late))],
            |row| row.get::<_, String>(0),
        );
        assert_eq!(shown.unwrap(), "9999-12-31 23:59:59");
    }
}
