//! Waits for work that may never end, with a time limit for each stage.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::secret::SecretError;

/// A stage of an operation. Each has a time limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyringStage {
    /// Connecting to the keyring and looking at its lock. The limit leaves the rest of a second to
    /// the program.
    Reaching,
    /// The keyring asks the user to unlock it.
    Prompting,
    /// The keyring is unlocked, and reads or writes its file.
    Working,
}

impl KeyringStage {
    pub(super) fn limit(self) -> Duration {
        match self {
            Self::Reaching => Duration::from_millis(900),
            Self::Prompting => Duration::from_mins(1),
            Self::Working => Duration::from_secs(10),
        }
    }

    fn overdue(self, limit: Duration) -> SecretError {
        let cause = format!("no answer within {limit:?}");
        match self {
            Self::Reaching | Self::Working => SecretError::KeyringUnreachable(cause),
            Self::Prompting => SecretError::KeyringLocked(cause),
        }
    }
}

/// Goes from the work to the thread that waits for it.
enum Report<T> {
    Entered(KeyringStage),
    Done(T),
}

/// Reports the stages of the work.
pub(super) struct Progress {
    enter: Box<dyn Fn(KeyringStage) -> bool>,
}

impl Progress {
    fn new<T: 'static>(sender: Sender<Report<T>>) -> Self {
        let enter = move |stage| sender.send(Report::Entered(stage)).is_ok();
        Self { enter: Box::new(enter) }
    }

    /// Begins the stage; its limit counts from here, unless it has begun already. Fails if nobody
    /// waits any more: work that was given up must not change the keyring later.
    pub(super) fn enter(&self, stage: KeyringStage) -> Result<(), SecretError> {
        if (self.enter)(stage) {
            return Ok(());
        }
        Err(SecretError::KeyringUnreachable("given up".to_owned()))
    }
}

/// Does the work on a thread of its own and gives up when a stage takes longer than its limit. The
/// thread then stays behind until its work ends, or the process does.
pub(super) fn run<T, W>(limit: fn(KeyringStage) -> Duration, work: W) -> Result<T, SecretError>
where
    T: Send + 'static,
    W: FnOnce(&Progress) -> T + Send + 'static,
{
    let (sender, receiver) = mpsc::channel();
    let thread = thread::Builder::new().name("keyring".to_owned());
    let spawned = thread.spawn(move || {
        let progress = Progress::new(sender.clone());
        let result = work(&progress);
        drop(sender.send(Report::Done(result)));
    });
    match spawned {
        Ok(_) => wait(limit, &receiver),
        Err(error) => Err(broken(&error)),
    }
}

fn wait<T>(
    limit: fn(KeyringStage) -> Duration,
    receiver: &Receiver<Report<T>>,
) -> Result<T, SecretError> {
    let mut stage = KeyringStage::Reaching;
    let mut deadline = Instant::now() + limit(stage);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok(Report::Done(result)) => return Ok(result),
            Ok(Report::Entered(next)) if next == stage => {}
            Ok(Report::Entered(next)) => {
                stage = next;
                deadline = Instant::now() + limit(stage);
            }
            Err(RecvTimeoutError::Timeout) => return Err(stage.overdue(limit(stage))),
            Err(error @ RecvTimeoutError::Disconnected) => return Err(broken(&error)),
        }
    }
}

fn broken(error: &impl ToString) -> SecretError {
    SecretError::KeyringRefused(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: fn(KeyringStage) -> Duration = |_| Duration::ZERO;
    const PATIENT: fn(KeyringStage) -> Duration = |_| Duration::from_hours(1);

    #[test]
    fn work_within_its_limit_returns() {
        let done = run(PATIENT, |progress| {
            progress.enter(KeyringStage::Working).unwrap();
            42
        });
        assert_eq!(done, Ok(42));
    }

    #[test]
    fn a_keyring_that_never_answers_is_unreachable() {
        let (never, answer) = mpsc::channel::<()>();
        let error = run(AT_ONCE, move |_| answer.recv()).unwrap_err();
        drop(never);
        assert!(matches!(error, SecretError::KeyringUnreachable(_)), "{error:?}");
        assert!(KeyringStage::Reaching.limit() < Duration::from_secs(1));
    }

    #[test]
    fn the_limit_is_that_of_the_last_stage() {
        let limit = |stage| match stage {
            KeyringStage::Reaching => Duration::from_hours(1),
            KeyringStage::Prompting => Duration::ZERO,
            KeyringStage::Working => Duration::from_hours(1),
        };
        let (sender, receiver) = mpsc::channel::<Report<()>>();
        sender.send(Report::Entered(KeyringStage::Prompting)).unwrap();
        let error = wait(limit, &receiver).unwrap_err();
        assert!(matches!(error, SecretError::KeyringLocked(_)), "{error:?}");
    }

    #[test]
    fn work_that_was_given_up_enters_no_further_stage() {
        let (go_on, wait) = mpsc::channel();
        let (told, learnt) = mpsc::channel();
        run(AT_ONCE, move |progress| {
            wait.recv().unwrap();
            told.send(progress.enter(KeyringStage::Working)).unwrap();
        })
        .unwrap_err();
        go_on.send(()).unwrap();
        assert!(learnt.recv().unwrap().is_err());
    }

    #[test]
    fn work_that_panics_is_refused() {
        let error = run::<(), _>(PATIENT, |_| panic!("as the test wants it")).unwrap_err();
        assert!(matches!(error, SecretError::KeyringRefused(_)), "{error:?}");
    }
}
