//! The terminal between two lines: nothing that is typed ahead is shown, since it may hold a
//! password.

#[cfg(unix)]
pub(super) use unix::QuietTerminal;

#[cfg(not(unix))]
pub(super) use other::QuietTerminal;

#[cfg(unix)]
mod unix {
    use std::fs::File;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{ioctl_fionread, read};
    use rustix::termios::{
        LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
        tcsetattr,
    };

    /// The terminal, which shows nothing of what is typed for as long as this lives.
    pub(in crate::repl) struct QuietTerminal {
        terminal: File,
        usual: Termios,
        quiet: Termios,
    }

    /// How long the terminal must be silent for a long paste to be over.
    const SILENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 30_000_000 };

    impl QuietTerminal {
        /// Takes the controlling terminal; None where there is none.
        pub fn begin() -> Option<Self> {
            let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
            let usual = tcgetattr(&terminal).ok()?;
            let mut quiet = usual.clone();
            // Without ICANON a line may be longer than the 4,095 bytes that the terminal would
            // keep.
            quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
            quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
            quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
            let terminal = Self { terminal, usual, quiet };
            terminal.set(&terminal.quiet);
            Some(terminal)
        }

        /// Runs another program's part in the terminal as it was.
        pub fn as_usual<T>(&self, work: impl FnOnce() -> T) -> T {
            self.lend();
            let result = work();
            self.take_back();
            result
        }

        /// Leaves the terminal as it was, for another program.
        pub fn lend(&self) {
            self.set(&self.usual);
        }

        /// Takes it again when that program has ended.
        pub fn take_back(&self) {
            self.set(&self.quiet);
        }

        /// How many bytes have been typed and not been read.
        pub fn waiting(&self) -> u64 {
            ioctl_fionread(&self.terminal).unwrap_or(0)
        }

        /// Drops that many bytes of what was typed. They are more than the editor takes at a time,
        /// so they are a paste, and what is left of it may still be on its way.
        pub fn discard(&self, bytes: u64) {
            let mut left = bytes.min(self.waiting());
            let mut chunk = [0; 1024];
            while left > 0 {
                let size = usize::try_from(left).unwrap_or(chunk.len()).min(chunk.len());
                match read(&self.terminal, &mut chunk[..size]) {
                    Ok(read) if read > 0 => left -= read as u64,
                    _ => return,
                }
            }
            while bytes > 0 && self.more_comes() {
                if tcflush(&self.terminal, QueueSelector::IFlush).is_err() {
                    return;
                }
            }
        }

        fn more_comes(&self) -> bool {
            let mut wanted = [PollFd::new(&self.terminal, PollFlags::IN)];
            poll(&mut wanted, Some(&SILENCE)).is_ok_and(|ready| ready > 0) && self.waiting() > 0
        }

        /// A terminal that is gone has no modes to set.
        fn set(&self, modes: &Termios) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, modes);
        }
    }

    impl Drop for QuietTerminal {
        fn drop(&mut self) {
            self.set(&self.usual);
        }
    }
}

#[cfg(not(unix))]
mod other {
    /// A console, which shows nothing by itself while nobody reads it.
    pub(in crate::repl) struct QuietTerminal;

    impl QuietTerminal {
        pub fn begin() -> Option<Self> {
            None
        }

        pub fn as_usual<T>(&self, work: impl FnOnce() -> T) -> T {
            work()
        }

        pub fn lend(&self) {}

        pub fn take_back(&self) {}

        pub fn waiting(&self) -> u64 {
            0
        }

        pub fn discard(&self, _bytes: u64) {}
    }
}
