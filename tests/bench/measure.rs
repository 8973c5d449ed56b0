//! Running a program or a function and taking its time.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::figure::Spread;

/// The resources that one run of a program used.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// From before the program is started until it has ended.
    pub wall: Duration,
    /// The most memory that it had at one time, as the operating system counts it.
    pub peak_bytes: u64,
}

/// Runs a program to its end; its output is thrown away. One that fails is an error.
pub fn run(command: &mut Command) -> io::Result<Run> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    forget_own_peak();
    let started = Instant::now();
    let ended = command.spawn()?.wait4()?;
    let wall = started.elapsed();
    if !ended.status.success() {
        return Err(io::Error::other(format!("{command:?}: {}", ended.status)));
    }
    Ok(Run { wall, peak_bytes: ended.rusage.maxrss })
}

/// A program that is started counts the peak of the process that starts it as its own: until exec
/// it is that process. So that peak goes back to what is in use, where the system can (Linux; see
/// proc_pid_clear_refs(5)); elsewhere a small program looks larger than it is.
fn forget_own_peak() {
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

/// Measures two things in turn, each time in the other order, after a round that does not count:
/// what slows the machine down for a while slows both.
pub fn in_turn<T>(
    rounds: usize,
    mut ours: impl FnMut() -> io::Result<T>,
    mut peer: impl FnMut() -> io::Result<T>,
) -> io::Result<Vec<(T, T)>> {
    ours()?;
    peer()?;
    let mut pairs = Vec::with_capacity(rounds);
    for round in 0..rounds {
        if round % 2 == 0 {
            let ours = ours()?;
            pairs.push((ours, peer()?));
        } else {
            let peer = peer()?;
            pairs.push((ours()?, peer));
        }
    }
    Ok(pairs)
}

/// Wall time against time, pair by pair.
pub fn time_ratios(pairs: &[(Run, Run)]) -> Spread {
    let ratio = |(ours, peer): &(Run, Run)| ours.wall.as_secs_f64() / peer.wall.as_secs_f64();
    Spread::of(pairs.iter().map(ratio))
}

/// Times in milliseconds.
pub fn milliseconds(times: impl IntoIterator<Item = Duration>) -> Spread {
    Spread::of(times.into_iter().map(|time| time.as_secs_f64() * 1000.0))
}

/// Peak memory in mebibytes.
pub fn mebibytes<'a>(runs: impl IntoIterator<Item = &'a Run>) -> Spread {
    #[allow(clippy::cast_precision_loss, reason = "no machine has 2^53 bytes")]
    Spread::of(runs.into_iter().map(|run| run.peak_bytes as f64 / f64::from(1 << 20)))
}
