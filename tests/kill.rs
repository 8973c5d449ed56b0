//! SIGKILL at every step of a change, and at random moments: the row is the old one or the new one,
//! its password is there, and after the next change no other password is.
//!
//! A step is a call that changes a file (strace kills before it; what a call changes in between is
//! for the kernel) or a message to the keyring (killed before it and after it, by a stand between
//! the program and the bus). Calls that only make an empty file are left out: the step behind them
//! sees the same.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use redwire::secret::{
    PassphraseReason, PassphraseSource, SecretError, SecretId, SecretStore, SecretString,
    VaultStore,
};
use secrecy::ExposeSecret;

use crate::support::bus_proxy::{BusProxy, End, LastMessage};
use crate::support::home::{Home, REDWIRE};
use crate::support::keyring_session::{Keyring, KeyringSession};
use crate::support::light_vault::PASSPHRASE;
use crate::support::random::Random;
use crate::support::sqlite::sqlite3;
use crate::support::vault_parts;
use crate::support::witness::{statement_create, strace_works};

/// The calls that change what others can see. A kill before fsync or fdatasync shows what a kill
/// before the next of these does: neither changes what another process reads, and no power fails
/// here.
const STEPS: &str = "write,pwrite64,rename,renameat,renameat2,unlink,unlinkat,ftruncate";

/// The number of random kills for each of the two stores.
const RANDOM_KILLS: usize = 100;

/// Begins a script that is a command line of redwire and no statement.
const COMMAND: &str = "redwire ";

/// A change, and the rows before and after it: names with their users. The password of a user is
/// `pw-` and its name.
struct Scenario {
    script: String,
    before: &'static [(&'static str, &'static str)],
    after: &'static [(&'static str, &'static str)],
    /// A change that leaves these rows as they are.
    sweeping: String,
}

/// The rows that each scenario begins with; `b` is never touched, so that the change that sweeps
/// can be made to it.
const BEFORE: &[(&str, &str)] = &[("a", "a1"), ("b", "b1"), ("z", "z1")];

fn create(name: &str, user: &str) -> String {
    statement_create(name, user, &format!("pw-{user}"))
}

fn setup() -> String {
    let rows = BEFORE.iter().map(|(name, user)| create(name, user) + ";");
    rows.collect::<String>().replace("CREATE", "CREATE OR REPLACE") + "DROP CONNECTION IF EXISTS c;"
}

/// Needs no password, so no passphrase either.
fn sweeping() -> String {
    "ALTER REDSHIFT CONNECTION b SET COMMENT = 'swept'".to_owned()
}

fn creating() -> Scenario {
    Scenario {
        script: create("c", "c1"),
        before: BEFORE,
        after: &[("a", "a1"), ("b", "b1"), ("c", "c1"), ("z", "z1")],
        sweeping: sweeping(),
    }
}

fn altering() -> Scenario {
    Scenario {
        script: "ALTER REDSHIFT CONNECTION a SET USER_NAME = 'a2', PASSWORD = 'pw-a2'".to_owned(),
        before: BEFORE,
        after: &[("a", "a2"), ("b", "b1"), ("z", "z1")],
        sweeping: sweeping(),
    }
}

fn dropping() -> Scenario {
    Scenario {
        script: "DROP CONNECTION a, z".to_owned(),
        before: BEFORE,
        after: &[("b", "b1")],
        sweeping: sweeping(),
    }
}

/// The file has `b` as it is, and `c` in place of the others.
fn applying(file: &Path) -> Scenario {
    let wanted = format!("{};\n{};\n", create("b", "b1"), create("c", "c1"));
    fs::write(file, wanted).expect("a file");
    Scenario {
        script: format!("{COMMAND}apply --prune {}", file.display()),
        before: BEFORE,
        after: &[("b", "b1"), ("c", "c1")],
        sweeping: sweeping(),
    }
}

fn several() -> Scenario {
    let create = create("c", "c1");
    Scenario {
        script: format!("BEGIN; {create}; {}; DROP CONNECTION z; COMMIT", altering().script),
        before: BEFORE,
        after: &[("a", "a2"), ("b", "b1"), ("c", "c1")],
        sweeping: sweeping(),
    }
}

#[test]
fn a_create_into_the_vault_survives_a_kill_at_every_step() {
    survives_every_step_of_a_file(&mut VaultSite::new(), &creating());
}

#[test]
fn an_alter_in_the_vault_survives_a_kill_at_every_step() {
    survives_every_step_of_a_file(&mut VaultSite::new(), &altering());
}

#[test]
fn a_drop_from_the_vault_survives_a_kill_at_every_step() {
    survives_every_step_of_a_file(&mut VaultSite::new(), &dropping());
}

#[test]
fn a_transaction_with_the_vault_survives_a_kill_at_every_step() {
    survives_every_step_of_a_file(&mut VaultSite::new(), &several());
}

#[test]
fn an_apply_with_the_vault_survives_a_kill_at_every_step() {
    let mut site = VaultSite::new();
    let scenario = applying(&site.home.file("wanted.sql"));
    survives_every_step_of_a_file(&mut site, &scenario);
}

#[test]
fn the_first_password_in_a_vault_survives_a_kill_at_every_step() {
    let mut site = VaultSite::with_no_vault();
    let scenario = Scenario {
        script: create("b", "b1"),
        before: &[],
        after: &[("b", "b1")],
        sweeping: create("b", "b1").replace("CREATE", "CREATE OR REPLACE"),
    };
    survives_every_step_of_a_file(&mut site, &scenario);
}

#[test]
fn a_catalog_whose_making_is_killed_at_any_step_is_made_by_the_next_change() {
    if !strace_works() {
        return;
    }
    let script = statement_create("b", "b1", "x");
    let site = || MemorySite(Home::new());
    for step in site().steps_of(&script) {
        let mut site = site();
        assert!(site.is_killed_at(&script, &step), "{step:?}");
        let existing = site.run("SHOW CONNECTIONS");
        site.run(&script.replacen("CONNECTION", "CONNECTION IF NOT EXISTS", 1));
        let names = sqlite3(&site.catalog(), "PRAGMA integrity_check; SELECT name FROM connection");
        assert_eq!(names, "ok\nb", "{step:?}: {existing}");
    }
}

#[test]
fn changes_with_the_keyring_survive_a_kill_at_every_step_of_a_file() {
    let Some(mut site) = KeyringSite::start() else { return };
    for scenario in [creating(), altering(), dropping(), several()] {
        survives_every_step_of_a_file(&mut site, &scenario);
    }
}

#[test]
fn changes_with_the_keyring_survive_a_kill_at_every_message_that_is_lost() {
    survive_every_message(LastMessage::Lost);
}

#[test]
fn changes_with_the_keyring_survive_a_kill_at_every_message_that_still_arrives() {
    survive_every_message(LastMessage::Delivered);
}

#[test]
fn many_changes_with_the_vault_survive_a_kill_at_a_hundred_random_moments() {
    survives_random_moments(&mut VaultSite::new(), 1);
}

#[test]
fn many_changes_with_the_keyring_survive_a_kill_at_a_hundred_random_moments() {
    if let Some(mut site) = KeyringSite::start() {
        survives_random_moments(&mut site, 2);
    }
}

/// Kills the scenario before each of its steps.
fn survives_every_step_of_a_file(site: &mut impl Site, scenario: &Scenario) {
    if !strace_works() {
        return;
    }
    site.reset();
    let steps = site.steps_of(&scenario.script);
    let mut killed = 0;
    for step in &steps {
        let was_killed = end_at_step(site, scenario, step);
        killed += usize::from(was_killed);
        is_old_or_new(site, scenario, &format!("{step:?}"), !was_killed);
    }
    assert!(killed * 10 > steps.len() * 9, "killed at {killed} of {} steps", steps.len());
}

fn survive_every_message(last: LastMessage) {
    let Some(mut site) = KeyringSite::start() else { return };
    site.reset();
    for scenario in [creating(), altering(), dropping(), several()] {
        for message in 1.. {
            let end = end_at_message(&mut site, &scenario, message, last);
            is_old_or_new(&mut site, &scenario, &format!("message {message}"), end == End::Done);
            if end == End::Done {
                assert!(message > 8, "killed at {message} messages only");
                break;
            }
        }
    }
}

/// Part of the notice that old passwords are still there.
const NOT_SWEPT: &str = "could not be removed";

/// The number of tries for steps that a busy machine may make too slow.
const TRIES: usize = 5;

/// Kills the scenario before the step; false if it ends before. On a busy machine a keyring may
/// answer too late or end, and threads that wake each other may need a call less.
fn end_at_step(site: &mut impl Site, scenario: &Scenario, step: &Step) -> bool {
    for _ in 0..TRIES {
        begin_with(site, scenario);
        if site.is_killed_at(&scenario.script, step) {
            return true;
        }
        if !site.revive() && look(site).rows == named(scenario.after) {
            return false;
        }
    }
    panic!("{} is not killed at {step:?}", scenario.script);
}

/// Kills the scenario at the message, if it has so many. Tries again if the keyring answers too
/// late or ends.
fn end_at_message(
    site: &mut KeyringSite,
    scenario: &Scenario,
    message: usize,
    last: LastMessage,
) -> End {
    for _ in 0..TRIES {
        begin_with(site, scenario);
        let end = site.run_behind_proxy(&scenario.script, message, last);
        if end != End::GaveUp {
            return end;
        }
        site.revive();
    }
    panic!("{} fails", scenario.script);
}

/// A kill that left everything as it was needs no new beginning.
fn begin_with(site: &mut impl Site, scenario: &Scenario) {
    if !site.catalog().exists() || look(site).rows != named(scenario.before) {
        site.reset();
    }
}

/// As the kill left it, and after the change of the next process.
#[track_caller]
fn is_old_or_new(site: &mut impl Site, scenario: &Scenario, step: &str, ended: bool) {
    let found = look(site).rows;
    let is_new = found == named(scenario.after);
    assert!(
        is_new || (!ended && found == named(scenario.before)),
        "{} killed at {step}: {found:?}",
        scenario.script
    );
    let is_kept = !scenario.before.is_empty();
    site.run(&scenario.sweeping);
    let swept = look(site);
    assert!(
        !is_kept || swept.rows == found,
        "{} killed at {step}, then swept: {:?}",
        scenario.script,
        swept.rows
    );
    swept.is_tidy(step);
}

/// Lets a process make changes, kills it at a random moment, again and again on the same catalog.
fn survives_random_moments(site: &mut impl Site, stream: u64) {
    let seed = seed();
    writeln!(std::io::stderr(), "REDWIRE_TEST_SEED={seed} repeats these moments")
        .expect("stderr is open");
    let mut random = Random(seed ^ (stream << 32));
    site.reset();
    let script = many_changes();
    for kill in 0..RANDOM_KILLS {
        // One in four may also come while the program starts; the others once it changes things.
        let mut child = if random.below(4) > 0 {
            start_and_wait_for_a_note(site, &script)
        } else {
            site.start(&script)
        };
        thread::sleep(Duration::from_micros(random.below(60_000)));
        child.kill().expect("it is ours to kill");
        child.wait().expect("its end");
        // The password of each row is that of its user: old with old, new with new.
        let found = look(site).rows;
        assert!(found.iter().any(|(name, _)| name == "b"), "kill {kill}: {found:?}");
        site.run(&sweeping());
        let swept = look(site);
        assert_eq!(swept.rows, found, "kill {kill}");
        swept.is_tidy(&format!("random moment {kill}"));
    }
}

/// More changes than any of the moments lets happen.
fn many_changes() -> String {
    let mut script = String::new();
    for round in 0..200 {
        let alter = |name: &str| {
            let user = format!("{name}{round}");
            format!(
                "ALTER REDSHIFT CONNECTION {name} SET USER_NAME = '{user}', PASSWORD = 'pw-{user}';"
            )
        };
        let replace = create("c", &format!("c{round}")).replace("CREATE", "CREATE OR REPLACE");
        let (b, c) = (alter("b"), alter("c"));
        for statement in
            [&replace, ";", &b, "DROP CONNECTION c;BEGIN;", &b, &replace, ";", &c, "COMMIT;"]
        {
            script.push_str(statement);
        }
    }
    script
}

/// Starts the script and waits for its first change: its notes make the journal longer than it is
/// between changes. Starts it again if the keyring fails it.
fn start_and_wait_for_a_note(site: &mut impl Site, script: &str) -> Child {
    let journal = beside(&site.catalog(), ".secrets");
    let length = || fs::metadata(&journal).expect("the journal").len();
    for _ in 0..TRIES {
        let between_changes = length();
        let mut child = site.start(script);
        while child.try_wait().expect("its status").is_none() {
            if length() != between_changes {
                return child;
            }
            thread::sleep(Duration::from_micros(200));
        }
        site.revive();
    }
    panic!("it ends by itself");
}

/// One catalog with its secret store, and a witness of what is in them.
trait Site {
    /// The program in this site's environment, with its store and catalog.
    fn command(&self, program: &str) -> Command;
    fn catalog(&self) -> PathBuf;
    /// Back to the rows that the scenarios begin with.
    fn reset(&mut self);
    /// Every password that the store has for this catalog, by its id.
    fn secrets(&mut self, catalog_id: &str) -> BTreeMap<String, String>;
    /// Starts a store that has ended by itself; true if it had.
    fn revive(&mut self) -> bool {
        false
    }

    /// Runs statements that must work, and returns their answer.
    #[track_caller]
    fn run(&mut self, script: &str) -> String {
        let output = self.output(|site| {
            let mut command = site.command(REDWIRE);
            command.args(arguments(script));
            command
        });
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {err}");
        assert!(!err.contains(NOT_SWEPT), "{script}: {err}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs the command, again if the keyring answers too late or ends.
    fn output(&mut self, command: impl Fn(&Self) -> Command) -> Output {
        let run = |site: &Self| command(site).output().expect("the program runs");
        let mut output = run(self);
        for _ in 1..TRIES {
            let err = String::from_utf8_lossy(&output.stderr);
            let is_too_late = err.contains("no answer within");
            let has_failed = !output.status.success() || err.contains(NOT_SWEPT);
            if is_too_late || (has_failed && self.revive()) {
                output = run(self);
            }
        }
        output
    }

    /// Starts statements.
    fn start(&self, script: &str) -> Child {
        let mut command = self.command(REDWIRE);
        command
            .args(arguments(script))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().expect("redwire starts")
    }

    /// The steps that statements take, each as a call and which of its kind it is. The kinds are
    /// counted by thread, as strace does; only the program's first thread touches files.
    fn steps_of(&mut self, script: &str) -> Vec<Step> {
        let log = tempfile::NamedTempFile::new().expect("a file");
        let output = self.output(|site| {
            let mut command = site.command("strace");
            command
                .args(["-f", "-qq", "-e", &format!("trace={STEPS}"), "-o"])
                .arg(log.path());
            command.arg(REDWIRE).args(arguments(script));
            command
        });
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let log = fs::read_to_string(log.path()).expect("its log");
        let first_thread = log.split(' ').next().expect("a line");
        let mut steps: Vec<Step> = Vec::new();
        for line in log.lines().filter_map(|line| line.strip_prefix(first_thread)) {
            let Some((call, _)) = line.trim_start().split_once('(') else {
                continue;
            };
            let count = steps.iter().filter(|step| step.call == call).count();
            let call = call.to_owned();
            steps.push(Step { call, number: count + 1 });
        }
        assert!(steps.len() > 20, "only {steps:?}");
        steps
    }

    /// Runs statements and kills them before the step; whether they came so far.
    fn is_killed_at(&self, script: &str, Step { call, number }: &Step) -> bool {
        let mut command = self.command("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e"]);
        command.arg(format!("inject={call}:signal=SIGKILL:when={number}"));
        command.arg(REDWIRE).args(arguments(script));
        let output = command.stdin(Stdio::null()).output().expect("strace runs");
        matches!(output.status.code(), None | Some(137))
    }
}

/// The arguments of redwire for the script.
fn arguments(script: &str) -> Vec<&str> {
    match script.strip_prefix(COMMAND) {
        Some(command) => command.split(' ').collect(),
        None => vec!["-c", script],
    }
}

/// A call that changes a file, as strace knows it.
#[derive(Debug)]
struct Step {
    call: String,
    /// Its number among calls of its kind, from 1.
    number: usize,
}

/// The two stores as a witness sees them.
struct Look {
    /// Names with their users.
    rows: Vec<(String, String)>,
    /// The ids in the store that no row names.
    unnamed: Vec<String>,
    /// The number of notes in the journal.
    notes: usize,
}

/// Looks at both stores; a damaged catalog is a failure, and so is a row whose password is not that
/// of its user.
#[track_caller]
fn look(site: &mut impl Site) -> Look {
    let catalog = site.catalog();
    let text = sqlite3(
        &catalog,
        "PRAGMA integrity_check; SELECT id FROM catalog; \
         SELECT name, user_name, secret_id FROM connection ORDER BY name",
    );
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("ok"), "{text}");
    let mut secrets = site.secrets(lines.next().expect("the catalog's id"));
    let row = |line: &str| {
        let parts: Vec<&str> = line.split('|').collect();
        let [name, user, id] = parts[..] else { panic!("{line}") };
        assert_eq!(secrets.remove(id), Some(format!("pw-{user}")), "{name} in {text}");
        (name.to_owned(), user.to_owned())
    };
    let rows = lines.map(row).collect();
    let journal = fs::read_to_string(beside(&catalog, ".secrets")).unwrap_or_default();
    Look {
        rows,
        unnamed: secrets.into_keys().collect(),
        notes: journal.lines().skip(1).count(),
    }
}

impl Look {
    /// The store has no password but those of the rows, and the journal no note.
    #[track_caller]
    fn is_tidy(&self, step: &str) {
        assert!(self.unnamed.is_empty(), "killed at {step}: left over: {:?}", self.unnamed);
        assert_eq!(self.notes, 0, "killed at {step}: the journal keeps notes");
    }
}

fn named(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(name, user)| ((*name).to_owned(), (*user).to_owned()))
        .collect()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A catalog with a vault. Each reset brings the same files back, so that their key is unlocked
/// once.
struct VaultSite {
    home: Home,
    template: PathBuf,
    vault: VaultStore,
}

impl VaultSite {
    fn new() -> Self {
        let home = Home::with_light_vault();
        let mut site = Self {
            vault: VaultStore::new(beside(&home.catalog(), ".vault"), Box::new(Known)),
            template: home.file("template"),
            home,
        };
        site.run(&setup());
        fs::rename(site.folder(), &site.template).expect("a template");
        site.reset();
        site
    }

    /// A catalog with nothing in it, and nothing beside it.
    fn with_no_vault() -> Self {
        let mut site = Self::new();
        site.run("DROP CONNECTION a, b, z");
        fs::remove_dir_all(&site.template).expect("the old template");
        fs::create_dir(&site.template).expect("a folder");
        fs::copy(site.catalog(), site.template.join("catalog.db")).expect("a copy");
        site
    }

    fn folder(&self) -> PathBuf {
        self.home.file("data/redwire")
    }
}

impl Site for VaultSite {
    fn command(&self, program: &str) -> Command {
        let mut command = self.home.command(program);
        command.env("REDWIRE_SECRET_STORE", "vault").env(PASSPHRASE.0, PASSPHRASE.1);
        command
    }

    fn catalog(&self) -> PathBuf {
        self.home.catalog()
    }

    fn reset(&mut self) {
        let folder = self.folder();
        // There is none the first time.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        for file in fs::read_dir(&self.template).expect("its files") {
            let file = file.expect("a file");
            fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
        }
    }

    fn secrets(&mut self, _catalog_id: &str) -> BTreeMap<String, String> {
        let Ok(bytes) = fs::read(beside(&self.catalog(), ".vault")) else {
            return BTreeMap::new();
        };
        let mut open = |id: String| {
            let secret = self.vault.get(&SecretId::from_stored(&id)).expect("the vault opens");
            let secret = secret.expect("what its file names").expose_secret().to_owned();
            (id, secret)
        };
        let parts = vault_parts::read(&bytes).into_iter();
        parts.filter_map(|(id, _)| id).map(&mut open).collect()
    }
}

/// Knows the passphrase.
struct Known;

impl PassphraseSource for Known {
    fn passphrase(
        &mut self,
        _vault: &Path,
        _reason: PassphraseReason,
    ) -> Result<SecretString, SecretError> {
        Ok(PASSPHRASE.1.into())
    }
}

/// A catalog with a real keyring.
struct KeyringSite(KeyringSession);

impl KeyringSite {
    fn start() -> Option<Self> {
        KeyringSession::start(Keyring::Unlocked).map(Self)
    }

    fn run_behind_proxy(&self, script: &str, message: usize, last: LastMessage) -> End {
        let bus = self.0.socket();
        let proxy = BusProxy::start(bus.with_file_name("proxy"), bus, message, last);
        proxy.run(|| {
            let mut command = self.command(REDWIRE);
            command
                .args(["-q", "-c", script])
                .env("DBUS_SESSION_BUS_ADDRESS", proxy.address());
            // Its messages are for the reader of a failed test.
            command.stdin(Stdio::null()).stdout(Stdio::null());
            command.spawn().expect("redwire starts")
        })
    }
}

impl Site for KeyringSite {
    fn command(&self, program: &str) -> Command {
        self.0.command(program)
    }

    fn catalog(&self) -> PathBuf {
        self.0.home().join(".local/share/redwire/catalog.db")
    }

    fn reset(&mut self) {
        self.run(&setup());
    }

    fn secrets(&mut self, catalog_id: &str) -> BTreeMap<String, String> {
        let prefix = format!("{catalog_id}/");
        let secrets = self.0.secrets_after_all().into_iter();
        secrets
            .filter_map(|(user, secret)| Some((user.strip_prefix(&prefix)?.to_owned(), secret)))
            .collect()
    }

    fn revive(&mut self) -> bool {
        self.0.revive()
    }
}

/// A home whose passwords are forgotten with each process.
struct MemorySite(Home);

impl Site for MemorySite {
    fn command(&self, program: &str) -> Command {
        let mut command = self.0.command(program);
        command.env("REDWIRE_SECRET_STORE", "memory");
        command
    }

    fn catalog(&self) -> PathBuf {
        self.0.catalog()
    }

    fn reset(&mut self) {
        self.0 = Home::new();
    }

    fn secrets(&mut self, _catalog_id: &str) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
}

fn seed() -> u64 {
    let given = std::env::var("REDWIRE_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock");
        u64::from(now.subsec_nanos()) ^ now.as_secs()
    })
}
