//! The terminal between two lines: text typed ahead is not echoed, since it may contain a password.

#[cfg(unix)]
pub(super) use unix::QuietTerminal;

#[cfg(not(unix))]
pub(super) use other::QuietTerminal;

#[cfg(unix)]
mod unix {
    use std::fs::File;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::ioctl_fionread;
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
            let quiet = Self(open());
            quiet.take_back();
            quiet
        }

        /// Restores the usual mode for another program.
        pub fn lend(&self) {
            self.set(|open| &open.usual);
        }

        /// Turns the echo off again when that program has ended.
        pub fn take_back(&self) {
            self.set(|open| &open.quiet);
        }

        /// True if something is typed and not read yet.
        pub fn is_waiting(&self) -> bool {
            let waiting = |open: &OpenTerminal| ioctl_fionread(&open.terminal).unwrap_or(0);
            self.0.as_ref().is_some_and(|open| waiting(open) > 0)
        }

        /// Discards typed text. There is more of it than rustyline reads at a time, so it is a
        /// paste, and the rest of it may still be arriving.
        pub fn discard(&self) {
            let Some(open) = &self.0 else { return };
            let more_comes = || {
                let mut wanted = [PollFd::new(&open.terminal, PollFlags::IN)];
                poll(&mut wanted, Some(&SILENCE)).is_ok_and(|ready| ready > 0) && self.is_waiting()
            };
            while more_comes() && tcflush(&open.terminal, QueueSelector::IFlush).is_ok() {}
        }

        /// A closed terminal has no modes to set.
        fn set(&self, modes: fn(&OpenTerminal) -> &Termios) {
            if let Some(open) = &self.0 {
                let _ = tcsetattr(&open.terminal, OptionalActions::Now, modes(open));
            }
        }
    }

    impl Drop for QuietTerminal {
        fn drop(&mut self) {
            self.lend();
        }
    }

    fn open() -> Option<OpenTerminal> {
        let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
        let usual = tcgetattr(&terminal).ok()?;
        let mut quiet = usual.clone();
        // With ICANON the terminal would truncate lines to 4,095 bytes.
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        Some(OpenTerminal { terminal, usual, quiet })
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

        pub fn is_waiting(&self) -> bool {
            false
        }

        pub fn discard(&self) {}
    }
}
