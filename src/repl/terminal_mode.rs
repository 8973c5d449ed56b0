//! The terminal between two lines: text typed ahead is not echoed, since it may contain a password.

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

    /// The controlling terminal, if there is one, without echo for the lifetime of this value.
    #[derive(Default)]
    pub(in crate::repl) struct QuietTerminal(Option<OpenTerminal>);

    struct OpenTerminal {
        terminal: File,
        usual: Termios,
        quiet: Termios,
    }

    /// The silence after which a long paste is over.
    const SILENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 30_000_000 };

    impl QuietTerminal {
        /// Takes the controlling terminal.
        pub fn begin() -> Self {
            let quiet = Self(OpenTerminal::open());
            quiet.take_back();
            quiet
        }

        /// Restores the usual mode for another program.
        pub fn lend(&self) {
            if let Some(open) = &self.0 {
                open.set(&open.usual);
            }
        }

        /// Turns the echo off again when that program has ended.
        pub fn take_back(&self) {
            if let Some(open) = &self.0 {
                open.set(&open.quiet);
            }
        }

        /// The number of bytes typed and not read yet.
        pub fn waiting(&self) -> u64 {
            self.0.as_ref().map_or(0, OpenTerminal::waiting)
        }

        /// Discards that many bytes of typed text.
        pub fn discard(&self, bytes: u64) {
            if let Some(open) = &self.0 {
                open.discard(bytes);
            }
        }
    }

    impl Drop for QuietTerminal {
        fn drop(&mut self) {
            self.lend();
        }
    }

    impl OpenTerminal {
        fn open() -> Option<Self> {
            let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
            let usual = tcgetattr(&terminal).ok()?;
            let mut quiet = usual.clone();
            // With ICANON the terminal would truncate lines to 4,095 bytes.
            quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
            quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
            quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
            Some(Self { terminal, usual, quiet })
        }

        fn waiting(&self) -> u64 {
            ioctl_fionread(&self.terminal).unwrap_or(0)
        }

        /// Discards that many bytes of typed text. There are more of them than rustyline reads at a
        /// time, so they are a paste, and the rest of it may still be arriving.
        fn discard(&self, bytes: u64) {
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

        /// A closed terminal has no modes to set.
        fn set(&self, modes: &Termios) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, modes);
        }
    }
}

#[cfg(not(unix))]
mod other {
    /// A Windows console, which does not echo while nobody reads from it.
    #[derive(Default)]
    pub(in crate::repl) struct QuietTerminal;

    impl QuietTerminal {
        pub fn begin() -> Self {
            Self
        }

        pub fn lend(&self) {}

        pub fn take_back(&self) {}

        pub fn waiting(&self) -> u64 {
            0
        }

        pub fn discard(&self, _bytes: u64) {}
    }
}
