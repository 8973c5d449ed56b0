//! Signals: an interrupt cancels the running statement; SIGTERM and SIGHUP also end the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The exit status of a process that an interrupt ended, as shells report it.
const INTERRUPTED: i32 = 130;

/// The flags that signal handlers set and read. Clones share them.
#[derive(Clone, Debug)]
pub struct Signals {
    /// Set by a signal to cancel the running statement.
    cancel: Arc<AtomicBool>,
    /// An interrupt ends the process; off while a question is open or the prompt is up.
    interrupt_ends: Arc<AtomicBool>,
    /// SIGTERM and SIGHUP end the process at once; off while a server has to be told first.
    termination_ends: Arc<AtomicBool>,
    /// The number of the signal that must end the process; 0 for none.
    pending: Arc<AtomicUsize>,
}

impl Default for Signals {
    /// Flags as a process starts with them; no handler is installed.
    fn default() -> Self {
        Self {
            cancel: Arc::default(),
            interrupt_ends: Arc::new(AtomicBool::new(true)),
            termination_ends: Arc::new(AtomicBool::new(true)),
            pending: Arc::default(),
        }
    }
}

/// Restores flags to their earlier values when dropped.
#[derive(Debug)]
pub struct Deferred(Vec<(Arc<AtomicBool>, bool)>);

impl Drop for Deferred {
    fn drop(&mut self) {
        for (flag, before) in &self.0 {
            flag.store(*before, Ordering::SeqCst);
        }
    }
}

impl Signals {
    /// The flag that asks the running statement to end.
    pub fn cancel(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancel)
    }

    /// True once a signal has asked the running statement to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::SeqCst)
    }

    /// Clears an interrupt that was meant for something else.
    pub fn clear(&self) {
        self.cancel.store(false, Ordering::SeqCst);
    }

    /// True once SIGTERM or SIGHUP has come and was deferred.
    pub fn must_die(&self) -> bool {
        self.pending.load(Ordering::SeqCst) != 0
    }

    /// Until the result is dropped, all signals cancel and none ends the process: a server that
    /// runs a statement must be told first.
    pub fn defer(&self) -> Deferred {
        Deferred([&self.interrupt_ends, &self.termination_ends].map(switch_off).into())
    }

    /// Until the result is dropped, an interrupt does not end the process.
    pub fn defer_interrupt(&self) -> Deferred {
        Deferred(vec![switch_off(&self.interrupt_ends)])
    }

    /// True while an interrupt ends the process.
    pub fn interrupt_ends(&self) -> bool {
        self.interrupt_ends.load(Ordering::SeqCst)
    }
}

fn switch_off(flag: &Arc<AtomicBool>) -> (Arc<AtomicBool>, bool) {
    (Arc::clone(flag), flag.swap(false, Ordering::SeqCst))
}

#[cfg(unix)]
mod handlers {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag;

    use super::{INTERRUPTED, Signals};

    impl Signals {
        /// Installs the handlers, but none for a signal that was ignored at the start, as under
        /// nohup and in background jobs of scripts: it stays ignored, also in programs that redwire
        /// starts. A prompt takes SIGINT anyway, as psql does: a query must be cancellable. No
        /// thread waits for signals: starting and ending one would slow down a short run.
        pub fn listen(&self, is_prompt: bool) {
            let ignored = ignored_at_start();
            let is_ignored = |signal: i32| ignored.map(|mask| mask & (1 << (signal - 1)) != 0);
            // If the system refuses, the signal keeps its default.
            if is_prompt || is_ignored(SIGINT) != Some(true) {
                let ends = Arc::clone(&self.interrupt_ends);
                let _ = flag::register_conditional_shutdown(SIGINT, INTERRUPTED, ends)
                    .and_then(|_| flag::register(SIGINT, self.cancel()));
            }
            // Without a handler these two end the process anyway.
            for signal in [SIGTERM, SIGHUP] {
                if is_ignored(signal) == Some(false) {
                    let _ = self.listen_to_termination(signal);
                }
            }
        }

        fn listen_to_termination(&self, signal: i32) -> std::io::Result<()> {
            let number = usize::try_from(signal).map_err(std::io::Error::other)?;
            flag::register_conditional_default(signal, Arc::clone(&self.termination_ends))?;
            flag::register_usize(signal, Arc::clone(&self.pending), number)?;
            flag::register(signal, self.cancel())?;
            Ok(())
        }

        /// Ends the process by the deferred signal, so that its parent sees the signal.
        pub fn die_by_pending_signal(&self) {
            if let Ok(signal @ 1..) = i32::try_from(self.pending.load(Ordering::SeqCst)) {
                // If that fails, the exit status says that the process was interrupted.
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        }
    }

    /// The signals that were ignored when the process started, one bit each from 1 on (Linux,
    /// proc_pid_status(5)); None if the system does not tell.
    fn ignored_at_start() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Installs no handler: signals keep their default.
    pub fn listen(&self, _is_prompt: bool) {}

    /// Nothing is deferred without handlers.
    pub fn die_by_pending_signal(&self) {}
}

/// Ends the process as an interrupt does.
#[allow(clippy::exit, reason = "an interrupt ends the process from any thread")]
pub fn exit_interrupted() -> ! {
    std::process::exit(INTERRUPTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deferred_signal_stays_deferred_after_a_question() {
        let signals = Signals::default();
        let prompt = signals.defer_interrupt();
        drop(signals.defer());
        assert!(!signals.interrupt_ends());
        drop(prompt);
        assert!(signals.interrupt_ends());
    }
}
