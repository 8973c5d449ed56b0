//! Slots within one process; tests/slots has several.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::sqlstate::SqlState;

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(2);

const ID: i64 = 7;

struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("catalog.db.slots")
    }

    fn slots(&self) -> Slots {
        Slots::at(self.path())
    }

    fn take(&self, limit: Option<u32>, count: u32) -> Result<Claim, SlotError> {
        wanted(limit, count, |wanted| self.slots().take(wanted))
    }

    fn wait(&self, limit: u32, count: u32, patience: Duration) -> Result<Claim, SlotError> {
        let never = AtomicBool::new(false);
        wanted(Some(limit), count, |wanted| {
            self.slots()
                .take_waiting(wanted, patience, &never, &mut |_| {}, &mut || wanted.limit)
        })
    }

    /// Waits on its own thread, and returns once it waits.
    fn waiter<'scope, T: Send + 'scope>(
        &'scope self,
        scope: &'scope thread::Scope<'scope, '_>,
        count: u32,
        then: impl FnOnce(Claim) -> T + Send + 'scope,
    ) -> thread::ScopedJoinHandle<'scope, T> {
        let (sender, told) = mpsc::channel();
        let waiter = scope.spawn(move || {
            let claim = wanted(Some(2), count, |wanted| {
                let mut tell = |_: &[Holder]| sender.send(()).unwrap_or_default();
                self.slots().take_waiting(
                    wanted,
                    LONG,
                    &AtomicBool::new(false),
                    &mut tell,
                    &mut || wanted.limit,
                )
            });
            then(claim.unwrap())
        });
        told.recv().unwrap();
        waiter
    }

    fn held(&self) -> Vec<u32> {
        let holders = self.slots().sessions(Some(ID)).unwrap();
        holders.iter().map(|holder| holder.slot).collect()
    }
}

fn wanted<T>(limit: Option<u32>, count: u32, take: impl FnOnce(&Wanted<'_>) -> T) -> T {
    take(&Wanted {
        connection_id: ID,
        connection_name: "my_redshift",
        limit,
        count,
        purpose: &Purpose::CONNECT,
    })
}

fn numbers(claim: &Claim) -> Vec<u32> {
    claim.numbers().collect()
}

#[test]
fn the_lowest_free_slot_is_taken() {
    let site = Site::new();
    let first = site.take(Some(3), 1).unwrap();
    let second = site.take(Some(3), 1).unwrap();
    let third = site.take(Some(3), 1).unwrap();
    assert_eq!([&first, &second, &third].map(numbers), [[1], [2], [3]]);
    drop(second);
    assert_eq!(site.held(), [1, 3]);
    assert_eq!(numbers(&site.take(Some(3), 1).unwrap()), [2]);
}

#[test]
fn over_the_limit_there_is_none_and_it_is_said_who_holds_them() {
    let site = Site::new();
    let _claim = site.take(Some(1), 1).unwrap();
    let error = site.take(Some(1), 1).unwrap_err();
    assert_eq!(error.sqlstate(), SqlState::TooManyConnections);
    let SlotError::NoneFree { holders, .. } = error else {
        panic!("{error:?}")
    };
    let [holder] = &holders[..] else { panic!("{holders:?}") };
    assert_eq!((holder.connection_id, holder.slot), (ID, 1));
    assert_eq!(holder.who.connection_name.as_deref(), Some("my_redshift"));
    assert_eq!(holder.who.process, Some(std::process::id()));
    assert_eq!(holder.who.purpose.as_deref(), Some("connect"));
    assert!(holder.who.since.as_deref().is_some_and(|since| since.starts_with("20")));
}

#[test]
fn without_a_limit_slots_are_taken_and_seen_all_the_same() {
    let site = Site::new();
    let claims: Vec<Claim> = (0..20).map(|_| site.take(None, 1).unwrap()).collect();
    assert_eq!(site.held(), (1..=20).collect::<Vec<_>>());
    assert!(matches!(site.take(Some(20), 1), Err(SlotError::NoneFree { .. })));
    drop(claims);
    assert!(site.held().is_empty());
}

#[test]
fn a_limit_counts_from_the_next_session_on() {
    let site = Site::new();
    let mut claims: Vec<Claim> = (0..4).map(|_| site.take(Some(4), 1).unwrap()).collect();
    assert!(matches!(site.take(Some(2), 1), Err(SlotError::NoneFree { .. })));
    let fifth = site.take(Some(5), 1).unwrap();
    // Slots 3, 4 and 5 are held: as many as a lower limit allows, though their numbers are higher.
    drop(claims.drain(..2));
    assert!(matches!(site.take(Some(3), 1), Err(SlotError::NoneFree { .. })));
    drop(fifth);
    assert_eq!(numbers(&site.take(Some(3), 1).unwrap()), [1]);
}

#[test]
fn several_slots_come_together_or_not_at_all() {
    let site = Site::new();
    let one = site.take(Some(4), 1).unwrap();
    assert!(matches!(site.take(Some(4), 4), Err(SlotError::NoneFree { .. })));
    assert_eq!(site.held(), [1]);
    let three = site.take(Some(4), 3).unwrap();
    assert_eq!(numbers(&three), [2, 3, 4]);
    drop(one);
    drop(three);
    assert!(site.held().is_empty());
    let error = site.take(Some(4), 5).unwrap_err();
    assert_eq!(error, SlotError::MoreThanLimit { wanted: 5, limit: 4 });
    assert_eq!(error.sqlstate(), SqlState::InvalidParameterValue);
}

#[test]
fn connections_do_not_count_for_each_other() {
    let site = Site::new();
    let other = Wanted {
        connection_id: 8,
        connection_name: "other",
        limit: Some(1),
        count: 1,
        purpose: &Purpose::TEST,
    };
    let _one = site.take(Some(1), 1).unwrap();
    let _two = site.slots().take(&other).unwrap();
    let of = |id| {
        site.slots()
            .sessions(id)
            .unwrap()
            .iter()
            .map(|holder| holder.connection_id)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(None), [7, 8]);
    assert_eq!(of(Some(8)), [8]);
    assert!(of(Some(9)).is_empty());
}

/// A clock on which a pause takes no time, and which does something at each pause.
struct TestClock<F> {
    begin: Instant,
    passed: Mutex<Duration>,
    at_pause: F,
}

impl<F> std::fmt::Debug for TestClock<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestClock")
    }
}

impl<F: Fn() + Send + Sync> Clock for TestClock<F> {
    fn now(&self) -> Instant {
        self.begin + *self.passed.lock().unwrap()
    }

    fn sleep(&self, pause: Duration) {
        assert!(pause > Duration::ZERO);
        *self.passed.lock().unwrap() += pause;
        (self.at_pause)();
    }
}

impl Site {
    /// The slots with a clock of their own.
    fn slots_at_pause(&self, at_pause: impl Fn() + Send + Sync + 'static) -> Slots {
        Slots {
            clock: Box::new(TestClock {
                begin: Instant::now(),
                passed: Mutex::default(),
                at_pause,
            }),
            ..self.slots()
        }
    }
}

#[test]
fn patience_ends_in_time() {
    let site = Site::new();
    let _claim = site.take(Some(1), 1).unwrap();
    let slots = site.slots_at_pause(|| {});
    let error = wanted(Some(1), 1, |wanted| {
        slots
            .take_waiting(wanted, LONG, &AtomicBool::new(false), &mut |_| {}, &mut || wanted.limit)
            .unwrap_err()
    });
    let SlotError::NoneFree { holders, waited } = error else {
        panic!("{error:?}")
    };
    assert_eq!((holders.len(), waited), (1, LONG));
}

#[test]
fn a_freed_slot_is_taken_after_the_next_pause() {
    let site = Site::new();
    let claim = Mutex::new(Some(site.take(Some(1), 1).unwrap()));
    let slots = site.slots_at_pause(move || drop(claim.lock().unwrap().take()));
    let begin = slots.clock.now();
    let claim = wanted(Some(1), 1, |wanted| {
        slots.take_waiting(wanted, LONG, &AtomicBool::new(false), &mut |_| {}, &mut || wanted.limit)
    });
    assert_eq!(numbers(&claim.unwrap()), [1]);
    assert!(slots.clock.now() - begin <= Duration::from_millis(200));
}

#[test]
fn a_limit_that_changes_counts_for_those_who_wait() {
    let site = Site::new();
    let _claim = site.take(Some(1), 1).unwrap();
    let slots = site.slots_at_pause(|| {});
    let take = |limit| {
        wanted(Some(1), 1, |wanted| {
            let never = AtomicBool::new(false);
            slots.take_waiting(wanted, LONG, &never, &mut |_| {}, &mut || limit)
        })
    };
    assert_eq!(numbers(&take(Some(2)).unwrap()), [2]);
    assert_eq!(numbers(&take(None).unwrap()), [2]);
}

#[test]
fn the_grace_lasts_a_second_unless_the_user_cancels() {
    let site = Site::new();
    let slots = site.slots_at_pause(|| {});
    let begin = slots.clock.now();
    assert_eq!(slots.keep_grace(&AtomicBool::new(false)), Ok(()));
    assert_eq!(slots.clock.now() - begin, Duration::from_secs(1));
    let cancel = Arc::new(AtomicBool::new(false));
    let user = Arc::clone(&cancel);
    let slots = site.slots_at_pause(move || user.store(true, Ordering::SeqCst));
    let begin = slots.clock.now();
    assert_eq!(slots.keep_grace(&cancel), Err(SlotError::Cancelled));
    assert!(slots.clock.now() - begin < Duration::from_millis(100));
}

#[test]
fn waiting_can_be_cancelled() {
    let site = Site::new();
    let _claim = site.take(Some(1), 1).unwrap();
    let cancel = AtomicBool::new(false);
    let error = wanted(Some(1), 1, |wanted| {
        let mut notify = |holders: &[Holder]| {
            assert_eq!(holders.len(), 1);
            cancel.store(true, Ordering::SeqCst);
        };
        site.slots()
            .take_waiting(wanted, LONG, &cancel, &mut notify, &mut || wanted.limit)
            .unwrap_err()
    });
    assert_eq!(error, SlotError::Cancelled);
    assert_eq!(error.sqlstate(), SqlState::QueryCanceled);
}

#[test]
fn a_waiting_process_gets_a_released_slot() {
    let site = Site::new();
    let both = site.take(Some(2), 2).unwrap();
    thread::scope(|scope| {
        let waiter = site.waiter(scope, 1, |claim| numbers(&claim));
        drop(both);
        assert_eq!(waiter.join().unwrap(), [1]);
    });
}

#[test]
fn two_who_want_several_never_block_each_other() {
    let site = Site::new();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..20 {
                    drop(site.wait(4, 3, LONG).unwrap());
                }
            });
        }
    });
    assert!(site.held().is_empty());
}

#[test]
fn many_threads_never_hold_more_than_the_limit() {
    let site = Site::new();
    let open = AtomicUsize::new(0);
    let most = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let claim = site.wait(4, 1, LONG).unwrap();
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::yield_now();
                    open.fetch_sub(1, Ordering::SeqCst);
                    drop(claim);
                }
            });
        }
    });
    let most = most.into_inner();
    assert!((2..=4).contains(&most), "{most} at once");
}

#[test]
fn requests_at_the_same_moment_share_the_limit() {
    const THREADS: usize = 6;
    let site = Site::new();
    let (begin, end) = (Barrier::new(THREADS), Barrier::new(THREADS));
    let taken = AtomicUsize::new(0);
    let compete = || {
        for round in 1..=100 {
            begin.wait();
            let claim = site.take(Some(3), 1);
            taken.fetch_add(usize::from(claim.is_ok()), Ordering::SeqCst);
            end.wait();
            assert_eq!(taken.load(Ordering::SeqCst), 3 * round);
            drop(claim);
        }
    };
    thread::scope(|scope| {
        let competitors: Vec<_> = (0..THREADS).map(|_| scope.spawn(compete)).collect();
        drop(competitors);
    });
}

#[test]
fn looking_never_makes_a_free_slot_look_taken() {
    let site = Site::new();
    let begin = Barrier::new(3);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                begin.wait();
                while !is_over.load(Ordering::SeqCst) {
                    let sessions = site.slots().sessions(None).unwrap();
                    assert!(sessions.len() <= 1, "{sessions:?}");
                }
            });
        }
        begin.wait();
        let taken: Result<Vec<_>, _> =
            (0..300).map(|_| site.take(Some(1), 1).map(|claim| numbers(&claim))).collect();
        is_over.store(true, Ordering::SeqCst);
        assert!(taken.unwrap().iter().all(|numbers| numbers == &[1]));
    });
}

#[test]
fn looking_makes_no_folder_and_leaves_nothing_behind() {
    let site = Site::new();
    assert!(site.slots().sessions(None).unwrap().is_empty());
    assert!(!site.path().exists());
    drop(site.take(Some(1), 1).unwrap());
    assert!(site.slots().sessions(None).unwrap().is_empty());
    let left: Vec<_> = fs::read_dir(site.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["lock"]);
}

#[test]
fn a_note_beside_a_free_slot_is_that_of_a_killed_process() {
    let site = Site::new();
    let claim = site.take(Some(1), 1).unwrap();
    let who = site.path().join("7/1.who");
    let text = fs::read_to_string(&who).unwrap();
    drop(claim);
    assert!(!who.exists());
    assert!(!site.take(Some(1), 1).unwrap().is_after_kill());
    // The note as a killed process leaves it.
    fs::write(&who, text).unwrap();
    assert!(site.held().is_empty());
    // A claim that is dropped before the grace is over leaves the note.
    assert!(site.take(Some(1), 1).unwrap().is_after_kill());
    let mut claim = site.take(Some(1), 1).unwrap();
    assert!(claim.is_after_kill());
    claim.settle().unwrap();
    assert!(!claim.is_after_kill());
    drop(claim);
    assert!(!site.take(Some(1), 1).unwrap().is_after_kill());
}

/// Leaves slots as a killed process does.
fn kill(claim: Claim) {
    let mut claim = claim;
    claim.keep_notes();
}

#[test]
fn slots_of_killed_processes_stay_aside_while_there_are_others() {
    let site = Site::new();
    kill(site.take(Some(4), 2).unwrap());
    let one = site.take(Some(4), 1).unwrap();
    let two = site.take(Some(4), 1).unwrap();
    assert_eq!([&one, &two].map(numbers), [[3], [4]]);
    assert!(!one.is_after_kill() && !two.is_after_kill());
    // Two are held, and the server may have two more.
    let mut three = site.take(Some(4), 1).unwrap();
    assert_eq!(numbers(&three), [1]);
    assert!(three.is_after_kill());
    // Once the server has no such session, that holds for all of them.
    three.settle().unwrap();
    let four = site.take(Some(4), 1).unwrap();
    assert_eq!(numbers(&four), [2]);
    assert!(!four.is_after_kill());
}

#[test]
fn a_lower_limit_counts_what_killed_processes_left_above_it() {
    let site = Site::new();
    let mut four = site.take(Some(8), 4).unwrap();
    four.keep_notes();
    let two = site.take(Some(8), 2).unwrap();
    drop(four);
    assert_eq!(numbers(&two), [5, 6]);
    let mut third = site.take(Some(6), 1).unwrap();
    assert!(third.is_after_kill());
    // Until the grace is over no other process takes them.
    assert_eq!(site.held(), [1, 2, 3, 4, 5, 6]);
    third.settle().unwrap();
    assert_eq!(site.held(), [1, 5, 6]);
    assert!(matches!(site.take(Some(3), 1), Err(SlotError::NoneFree { .. })));
}

#[test]
fn the_note_of_a_session_outlives_a_kill() {
    let site = Site::new();
    let mut claim = site.take(Some(1), 1).unwrap();
    claim.note_session("127.0.0.1:5439 1 2").unwrap();
    kill(claim);
    // Released without a session of its own: the session that was left is still known.
    for _ in 0..2 {
        let claim = site.take(Some(1), 1).unwrap();
        assert_eq!(claim.left_sessions().collect::<Vec<_>>(), ["127.0.0.1:5439 1 2"]);
    }
    let mut claim = site.take(Some(1), 1).unwrap();
    claim.settle().unwrap();
    kill(claim);
    assert_eq!(site.take(Some(1), 1).unwrap().left_sessions().next(), None);
}

#[test]
fn a_session_that_could_not_be_cancelled_is_not_forgotten() {
    let site = Site::new();
    let mut both = site.take(Some(2), 2).unwrap();
    both.note_session("127.0.0.1:5439 1 2").unwrap();
    kill(both);
    let mut claim = site.take(Some(2), 1).unwrap();
    assert_eq!(site.held(), [1, 2]);
    claim.give_up_left();
    assert_eq!(site.held(), [1]);
    drop(claim);
    assert_eq!(site.take(Some(2), 1).unwrap().left_sessions().count(), 2);
}

#[test]
fn slots_of_killed_processes_do_not_pile_up() {
    let site = Site::new();
    let mut most = 0;
    for _ in 0..100 {
        let mut claim = site.take(Some(2_000), 1).unwrap();
        most = most.max(numbers(&claim)[0]);
        if claim.is_after_kill() {
            claim.settle().unwrap();
        }
        kill(claim);
    }
    assert!(most < 30, "slot {most}");
}

#[test]
fn a_holder_that_tells_nothing_is_a_holder() {
    let site = Site::new();
    let _claim = site.take(Some(1), 1).unwrap();
    let who = site.path().join("7/1.who");
    for text in [&b""[..], b"\xff\xfe\0 \n", "x".repeat(100_000).as_bytes()] {
        fs::write(&who, text).unwrap();
        let sessions = site.slots().sessions(None).unwrap();
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0].who, HolderNote::default());
    }
    fs::remove_file(&who).unwrap();
    assert_eq!(site.held(), [1]);
}

#[test]
fn foreign_files_are_left_alone() {
    let site = Site::new();
    drop(site.take(Some(1), 1).unwrap());
    for name in [
        "notes",
        "7/notes",
        "7/-1.slot",
        "7/x.slot",
        "7/99999999999.slot",
        "7/slot",
        "8.txt",
    ] {
        private_file::create_folder(&site.path().join("7")).unwrap();
        fs::write(site.path().join(name), "mine").unwrap();
        let claim = site.take(Some(1), 1).unwrap();
        assert_eq!(site.held(), [1], "{name}");
        drop(claim);
        assert!(site.held().is_empty());
        assert_eq!(fs::read_to_string(site.path().join(name)).unwrap(), "mine");
    }
}

#[test]
fn a_file_with_a_slots_name_that_is_none_is_named() {
    let site = Site::new();
    private_file::create_folder(&site.path().join("7/1.slot")).unwrap();
    let error = site.take(Some(1), 1).unwrap_err();
    assert_eq!(error.sqlstate(), SqlState::IoError);
    assert!(error.to_string().contains("1.slot"), "{error}");
    assert!(error.cause().is_some());
    assert!(site.slots().sessions(None).is_err());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let site = Site::new();
    fs::write(site.path(), "a file").unwrap();
    let error = site.take(None, 1).unwrap_err();
    assert_eq!(error.sqlstate(), SqlState::IoError);
    assert!(error.to_string().contains("catalog.db.slots"), "{error}");
    let below_a_file = Slots::at(site.path().join("folder"));
    assert!(matches!(
        wanted(None, 1, |wanted| below_a_file.take(wanted)),
        Err(SlotError::Unusable { .. })
    ));
    let nowhere = Slots::at(site.folder.path().join("no/such/folder"));
    assert!(nowhere.sessions(None).unwrap().is_empty());
}

#[test]
fn a_folder_that_is_removed_forgets_who_holds_slots_and_goes_on() {
    let site = Site::new();
    let forgotten = site.take(Some(1), 1).unwrap();
    fs::remove_dir_all(site.path()).unwrap();
    assert!(site.held().is_empty());
    let claim = site.take(Some(1), 1).unwrap();
    drop(forgotten);
    assert_eq!(site.held(), [1]);
    drop(claim);
}

#[cfg(unix)]
#[test]
fn files_and_folders_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new();
    let _claim = site.take(Some(1), 1).unwrap();
    let mode =
        |name: &str| fs::metadata(site.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(["", "7"].map(mode), [0o700; 2]);
    assert_eq!(["lock", "7/1.slot", "7/1.who"].map(mode), [0o600; 3]);
    let temporary = Slots::in_memory().unwrap();
    let mode = fs::metadata(&temporary.folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_use_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    for folder in ["", "7"] {
        for mode in [0o750, 0o701, 0o770, 0o702, 0o1777] {
            let site = Site::new();
            drop(site.take(None, 1).unwrap());
            private_file::create_folder(&site.path().join("7")).unwrap();
            let path = if folder.is_empty() {
                site.path()
            } else {
                site.path().join(folder)
            };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = site.take(None, 1).unwrap_err();
            assert!(error.cause().unwrap().contains(&format!("{mode:04o}")), "{error:?}");
            let fix = format!("chmod go-rwx {}", path.display());
            assert_eq!(error.hint(), Some(fix));
        }
    }
}

/// Another user who could write beside the catalog made them.
#[cfg(unix)]
#[test]
fn nothing_is_opened_through_a_link() {
    use std::os::unix::fs::symlink;
    for link in ["", "lock", "7", "7/1.slot", "7/1.who"] {
        let site = Site::new();
        let elsewhere = site.folder.path().join("elsewhere");
        let is_folder = ["", "7"].contains(&link);
        if is_folder {
            private_file::create_folder(&elsewhere).unwrap();
        } else {
            fs::write(&elsewhere, "mine").unwrap();
        }
        let path = if link.is_empty() {
            site.path()
        } else {
            site.path().join(link)
        };
        private_file::create_folder(path.parent().unwrap()).unwrap();
        symlink(&elsewhere, path).unwrap();
        let error = site.take(Some(1), 1).unwrap_err();
        assert_eq!(error.cause().as_deref(), Some("it is a symbolic link"), "{link}");
        if is_folder {
            assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
        } else {
            assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
        }
    }
}

#[test]
fn the_slots_of_a_catalog_in_memory_go_with_it() {
    let slots = Slots::in_memory().unwrap();
    let other = Slots::in_memory().unwrap();
    let folder = slots.folder.clone();
    let claim = wanted(Some(1), 1, |wanted| slots.take(wanted)).unwrap();
    assert!(wanted(Some(1), 1, |wanted| slots.take(wanted)).is_err());
    assert!(wanted(Some(1), 1, |wanted| other.take(wanted)).is_ok());
    drop(claim);
    drop(slots);
    assert!(!folder.exists());
}

#[test]
fn a_lock_of_the_folder_that_never_comes_free_is_an_error() {
    let site = Site::new();
    drop(site.take(Some(1), 1).unwrap());
    let lock = fs::File::options().write(true).open(site.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let slots = site.slots_at_pause(|| {});
    for (limit, longest) in [(Some(1), 6), (None, 1)] {
        let begin = slots.clock.now();
        let error = wanted(limit, 1, |wanted| slots.take(wanted)).unwrap_err();
        assert_eq!(error.sqlstate(), SqlState::ObjectInUse);
        assert!(slots.clock.now() - begin <= Duration::from_secs(longest), "{limit:?}");
    }
}

#[test]
fn errors_say_what_to_do() {
    let holders = |count| {
        vec![
            Holder {
                connection_id: 1,
                slot: 1,
                who: HolderNote::default()
            };
            count
        ]
    };
    let none_free = |held, seconds| {
        let waited = Duration::from_secs(seconds);
        SlotError::NoneFree { holders: holders(held), waited }.to_string()
    };
    assert_eq!(none_free(1, 0), "too many connections: 1 slot is in use");
    assert_eq!(none_free(4, 60), "too many connections: 4 slots are in use (waited 60 s)");
    let more = SlotError::MoreThanLimit { wanted: 5, limit: 4 };
    assert_eq!(more.hint().as_deref(), Some("--slots 4 takes all of them"));
}
