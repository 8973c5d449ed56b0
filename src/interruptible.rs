//! Work that cannot be interrupted, and a wait for it that can.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Does the work on a thread of its own, and looks at each interval if the wait is over: then it
/// fails, and the thread runs on until the work ends. `lost` makes the error of a thread that cannot
/// be started, or panics.
pub(crate) fn on_a_thread<T, E>(
    name: &str,
    interval: impl Fn() -> Duration,
    look: impl Fn() -> Result<(), E>,
    lost: impl Fn(String) -> E,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
{
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .name(name.to_owned())
        // After the wait nobody receives the result.
        .spawn(move || drop(sender.send(work())))
        .map_err(|error| lost(error.to_string()))?;
    loop {
        look()?;
        match receiver.recv_timeout(interval()) {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) => {}
            Err(error @ RecvTimeoutError::Disconnected) => return Err(lost(error.to_string())),
        }
    }
}
