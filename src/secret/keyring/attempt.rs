//! Work that may never end, waited for only so long.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::secret::SecretError;

/// How far an operation has come. Each stage has a time limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Looking for the keyring and at its lock. With what stands around it, the caller waits for
    /// less than a second.
    Reaching,
    /// The keyring asks the user to unlock it.
    Prompting,
    /// The keyring is there and unlocked, and reads or writes its file.
    Working,
}

impl Stage {
    fn limit(self) -> Duration {
        match self {
            Self::Reaching => Duration::from_millis(900),
            Self::Prompting => Duration::from_mins(1),
            Self::Working => Duration::from_secs(10),
        }
    }

    fn overdue(self) -> SecretError {
        let cause = format!("no answer within {:?}", self.limit());
        match self {
            Self::Reaching | Self::Working => SecretError::KeyringUnreachable { cause },
            Self::Prompting => SecretError::KeyringLocked { cause },
        }
    }
}

/// What the work tells the thread that waits for it.
enum Message<T> {
    Entered(Stage),
    Done(T),
}

/// The work's way to tell how far it has come.
pub(super) struct Progress {
    enter: Box<dyn Fn(Stage) -> bool>,
}

impl Progress {
    fn new<T: 'static>(sender: Sender<Message<T>>) -> Self {
        let enter = move |stage| sender.send(Message::Entered(stage)).is_ok();
        Self { enter: Box::new(enter) }
    }

    /// Begins the stage; its limit counts from here, unless it has begun already. Fails where
    /// nobody waits any more: what was given up must not change the keyring later.
    pub(super) fn enter(&self, stage: Stage) -> Result<(), SecretError> {
        if (self.enter)(stage) {
            return Ok(());
        }
        Err(SecretError::KeyringUnreachable { cause: "given up".to_owned() })
    }
}

/// Does the work on a thread of its own and gives up when a stage takes too long. The thread then
/// stays behind until its work ends, or the process does.
pub(super) fn run<T, W>(work: W) -> Result<T, SecretError>
where
    T: Send + 'static,
    W: FnOnce(&Progress) -> T + Send + 'static,
{
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new().name("keyring".to_owned());
    let spawned = thread.spawn(move || {
        let progress = Progress::new(sender.clone());
        let result = work(&progress);
        drop(sender.send(Message::Done(result)));
    });
    match spawned {
        Ok(_) => wait(&receiver),
        Err(error) => Err(broken(&error)),
    }
}

fn wait<T>(receiver: &Receiver<Message<T>>) -> Result<T, SecretError> {
    let mut stage = Stage::Reaching;
    let mut deadline = Instant::now() + stage.limit();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok(Message::Done(result)) => return Ok(result),
            Ok(Message::Entered(next)) if next == stage => {}
            Ok(Message::Entered(next)) => {
                stage = next;
                deadline = Instant::now() + stage.limit();
            }
            Err(RecvTimeoutError::Timeout) => return Err(stage.overdue()),
            Err(error @ RecvTimeoutError::Disconnected) => return Err(broken(&error)),
        }
    }
}

fn broken(error: &impl ToString) -> SecretError {
    SecretError::KeyringRefused { cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_in_time_comes_back() {
        let done = run(|progress| {
            progress.enter(Stage::Working).unwrap();
            42
        });
        assert_eq!(done, Ok(42));
    }

    #[test]
    fn a_keyring_that_never_answers_is_unreachable_within_a_second() {
        let begin = Instant::now();
        let error = run(|_| thread::sleep(Duration::from_secs(5))).unwrap_err();
        assert!(begin.elapsed() < Duration::from_secs(1));
        assert!(matches!(error, SecretError::KeyringUnreachable { .. }), "{error:?}");
    }

    #[test]
    fn a_later_stage_has_its_own_limit() {
        let done = run(|progress| {
            progress.enter(Stage::Working).unwrap();
            thread::sleep(Duration::from_millis(1100));
        });
        assert_eq!(done, Ok(()));
    }

    #[test]
    fn work_that_was_given_up_enters_no_further_stage() {
        let (told, learnt) = mpsc::channel();
        run(move |progress| {
            thread::sleep(Duration::from_millis(1100));
            told.send(progress.enter(Stage::Working)).unwrap();
        })
        .unwrap_err();
        assert!(learnt.recv().unwrap().is_err());
    }

    #[test]
    fn work_that_panics_is_refused() {
        let error = run::<(), _>(|_| panic!("as the test wants it")).unwrap_err();
        assert!(matches!(error, SecretError::KeyringRefused { .. }), "{error:?}");
    }
}
