//! Slots: how long a free one takes to be taken, and how soon one that was freed goes to the next
//! who waits.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime};

use redwire::warehouse::slots::{Claim, Purpose, SlotError, Slots, Wanted};

use crate::figure::{Figure, Limit};
use crate::measure::milliseconds;
use crate::stage::Stage;

/// Tells this program to be one of those who wait, at the slots in that folder.
pub const WAITER: &str = "REDWIRE_BENCH_WAITER";

/// The number of times that a free slot is taken.
const TAKES: usize = 1_000;

/// The number of slots held in the second measurement; one more is free.
const HELD: u32 = 100;

/// The number of waiting processes.
const WAITERS: usize = 64;

/// The number of times that all of them wait.
const ROUNDS: usize = 3;

/// Longer than any of them waits.
const PATIENCE: Duration = Duration::from_mins(2);

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let alone = free_slot(&stage.path("slots-0"), 0)?;
    let crowded = free_slot(&stage.path("slots-100"), HELD)?;
    let mut handed = Vec::new();
    for round in 0..ROUNDS {
        handed.extend(hand_over(&stage.path(&format!("slots-{WAITERS}-{round}")))?);
    }
    let mut figures = Vec::from(taken("none of them held", alone));
    figures.extend(taken("100 of 101 held", crowded));
    figures.push(Figure::milliseconds(
        "with 64 processes that wait, a freed slot is taken: all of them",
        milliseconds(handed),
        100,
        Some(Limit::AtMost(100.0)),
    ));
    Ok(figures)
}

/// The usual take is held against the limit. Those that the machine interrupts are told, too.
fn taken(held: &str, times: Vec<Duration>) -> [Figure; 2] {
    let times = milliseconds(times);
    let limit = Some(Limit::AtMost(1.0));
    [
        Figure::milliseconds(format!("a free slot is taken, {held}"), times.clone(), 50, limit),
        Figure::milliseconds("the same: 99 of 100 takes", times, 99, None),
    ]
}

fn wanted<T>(limit: u32, take: impl FnOnce(&Wanted<'_>) -> Result<T, SlotError>) -> io::Result<T> {
    let wanted = Wanted {
        connection_id: 1,
        connection_name: "warehouse",
        limit: Some(limit),
        count: 1,
        purpose: &Purpose::CONNECT,
    };
    take(&wanted).map_err(io::Error::other)
}

/// Takes the one slot that is free, and gives it back, again and again.
fn free_slot(folder: &Path, held: u32) -> io::Result<Vec<Duration>> {
    let slots = Slots::at(folder.to_owned());
    let take = || wanted(held + 1, |wanted| slots.take(wanted));
    let _held = (0..held).map(|_| take()).collect::<io::Result<Vec<Claim>>>()?;
    let mut times = Vec::with_capacity(TAKES);
    for _ in 0..TAKES {
        let begin = Instant::now();
        let claim = take()?;
        times.push(begin.elapsed());
        drop(claim);
    }
    Ok(times)
}

/// Frees the only slot while many wait. Each of them gives it back at once; the times are those
/// from one who gives it back to the next who has it.
fn hand_over(folder: &Path) -> io::Result<Vec<Duration>> {
    let slots = Slots::at(folder.to_owned());
    let claim = wanted(1, |wanted| slots.take(wanted))?;
    let (reader, writer) = io::pipe()?;
    let children = (0..WAITERS)
        .map(|_| waiter(folder.as_os_str(), writer.try_clone()?))
        .collect::<io::Result<Vec<Child>>>()?;
    drop(writer);
    let mut said = BufReader::new(reader);
    for _ in 0..WAITERS {
        hear(&mut said)?;
    }
    let mut freed = now();
    drop(claim);
    let mut times = Vec::with_capacity(WAITERS);
    for _ in 0..WAITERS {
        let (taken, given_back) = (hear(&mut said)?, hear(&mut said)?);
        times.push(Duration::from_nanos(taken.saturating_sub(freed)));
        freed = given_back;
    }
    for mut child in children {
        child.wait()?;
    }
    Ok(times)
}

fn waiter(folder: &OsStr, out: io::PipeWriter) -> io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .env(WAITER, folder)
        .stdin(Stdio::null())
        .stdout(out)
        .spawn()
}

/// One of those who wait: says the time when it waits, when it has the slot, and when it gives it
/// back.
pub fn wait_for_slot(folder: &OsStr) -> io::Result<()> {
    let slots = Slots::at(folder.into());
    let mut tell = |_: &[_]| say(now());
    let claim = wanted(1, |wanted| {
        slots.take_waiting(wanted, PATIENCE, &AtomicBool::new(false), &mut tell, &mut || {
            wanted.limit
        })
    })?;
    let taken = now();
    say(taken);
    say(now());
    drop(claim);
    Ok(())
}

/// In one piece, so that what several say does not mix.
fn say(time: u64) {
    // Whoever measures hears at the end that something is missing.
    let _ = io::stdout().write_all(format!("{time}\n").as_bytes());
}

fn hear(said: &mut BufReader<PipeReader>) -> io::Result<u64> {
    let mut line = String::new();
    said.read_line(&mut line)?;
    line.trim()
        .parse()
        .map_err(|_| io::Error::other("a process that waits has ended"))
}

/// The time that all processes agree on, in nanoseconds.
fn now() -> u64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
