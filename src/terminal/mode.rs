//! The modes of the controlling terminal.

#[cfg(unix)]
pub(crate) use unix::ControllingTerminal;

#[cfg(not(unix))]
pub(crate) use other::ControllingTerminal;

#[cfg(unix)]
mod unix {
    use std::cell::RefCell;
    use std::fs::File;
    use std::io::{BufRead, BufReader, Write};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, ioctl_fionread};
    use rustix::termios::{
        LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
        tcsetattr,
    };

    /// The controlling terminal, if there is one. It gets the modes back that it had at first when
    /// this value is dropped.
    pub(crate) struct ControllingTerminal(Option<OpenTerminal>);

    struct OpenTerminal {
        terminal: File,
        /// The modes that it had at first, and has for other programs.
        usual: Termios,
        /// The modes that it has for redwire.
        own: RefCell<Termios>,
    }

    /// The interval at which a wait checks for an interrupt.
    const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

    /// The silence after which a long paste is over.
    const SILENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 30_000_000 };

    impl ControllingTerminal {
        /// Opens the terminal and notes its modes.
        pub fn open() -> Self {
            let open = || {
                let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
                let usual = tcgetattr(&terminal).ok()?;
                let own = RefCell::new(usual.clone());
                Some(OpenTerminal { terminal, usual, own })
            };
            Self(open())
        }

        /// True if there is one.
        pub fn is_open(&self) -> bool {
            self.0.is_some()
        }

        /// Turns the echo off: text that is typed ahead may contain a password.
        pub fn silence(&self) {
            if let Some(open) = &self.0 {
                let mut own = open.own.borrow_mut();
                // With ICANON the terminal would truncate lines to 4,095 bytes.
                own.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
                own.special_codes[SpecialCodeIndex::VMIN] = 1;
                own.special_codes[SpecialCodeIndex::VTIME] = 0;
            }
            self.take_back();
        }

        /// Restores the usual modes for another program.
        pub fn lend(&self) {
            self.set(|open| open.usual.clone());
        }

        /// Sets redwire's modes again when that program has ended.
        pub fn take_back(&self) {
            self.set(|open| open.own.borrow().clone());
        }

        /// Shows a question and reads a line, with echo, without what was typed before. None if it
        /// is interrupted, or nothing can be read.
        pub fn ask(&mut self, question: &str, is_interrupted: impl Fn() -> bool) -> Option<String> {
            let own = &mut self.0.as_mut()?.own;
            own.get_mut().local_modes.insert(LocalModes::ECHO | LocalModes::ICANON);
            self.take_back();
            self.discard();
            let terminal = &self.0.as_ref()?.terminal;
            let mut line = String::new();
            let asked = (&*terminal).write_all(question.as_bytes());
            if asked.is_err() || !self.wait_for_line(is_interrupted) {
                self.end_line();
                return None;
            }
            BufReader::new(terminal).read_line(&mut line).ok().map(|_| line)
        }

        /// Begins a new line.
        pub fn end_line(&self) {
            if let Some(open) = &self.0 {
                // A closed terminal shows nothing.
                let _ = (&open.terminal).write_all(b"\n");
            }
        }

        /// Waits until a line can be read; false once it is interrupted.
        pub fn wait_for_line(&self, is_interrupted: impl Fn() -> bool) -> bool {
            let Some(open) = &self.0 else { return true };
            let mut wanted = [PollFd::new(&open.terminal, PollFlags::IN)];
            while !is_interrupted() {
                // The limit is for a signal that comes between the check and the call.
                if !matches!(poll(&mut wanted, Some(&LOOK)), Ok(0) | Err(Errno::INTR)) {
                    return true;
                }
            }
            false
        }

        /// True if something is typed and not read yet.
        pub fn is_waiting(&self) -> bool {
            let waiting = |open: &OpenTerminal| ioctl_fionread(&open.terminal).unwrap_or(0);
            self.0.as_ref().is_some_and(|open| waiting(open) > 0)
        }

        /// Discards typed text. It may be a paste whose rest is still arriving.
        pub fn discard(&self) {
            let Some(open) = &self.0 else { return };
            let more_comes = || {
                let mut wanted = [PollFd::new(&open.terminal, PollFlags::IN)];
                poll(&mut wanted, Some(&SILENCE)).is_ok_and(|ready| ready > 0) && self.is_waiting()
            };
            while more_comes() && tcflush(&open.terminal, QueueSelector::IFlush).is_ok() {}
        }

        /// A closed terminal has no modes to set.
        fn set(&self, modes: fn(&OpenTerminal) -> Termios) {
            if let Some(open) = &self.0 {
                let _ = tcsetattr(&open.terminal, OptionalActions::Now, &modes(open));
            }
        }
    }

    impl Drop for ControllingTerminal {
        fn drop(&mut self) {
            self.lend();
        }
    }
}

#[cfg(not(unix))]
mod other {
    /// A Windows console, which does not echo while nobody reads from it.
    pub(crate) struct ControllingTerminal;

    impl ControllingTerminal {
        pub fn open() -> Self {
            Self
        }

        pub fn is_open(&self) -> bool {
            true
        }

        pub fn silence(&self) {}

        pub fn lend(&self) {}

        pub fn take_back(&self) {}

        pub fn ask(
            &mut self,
            question: &str,
            _is_interrupted: impl Fn() -> bool,
        ) -> Option<String> {
            let mut line = String::new();
            eprint!("{question}");
            std::io::stdin().read_line(&mut line).ok().map(|_| line)
        }

        pub fn end_line(&self) {}

        pub fn wait_for_line(&self, _is_interrupted: impl Fn() -> bool) -> bool {
            true
        }

        pub fn is_waiting(&self) -> bool {
            false
        }

        pub fn discard(&self) {}
    }
}
