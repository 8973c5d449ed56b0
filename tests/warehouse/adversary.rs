//! A server that plays a script, whatever the protocol says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::{self, JoinHandle};

use redwire::warehouse::Cancel;

/// A step of a script.
#[derive(Clone, Debug)]
pub enum Act {
    /// Reads the message that has no tag: the request for TLS, or the first message.
    HearFirst,
    /// Reads a message with a tag.
    Hear,
    /// Sends this.
    Send(Vec<u8>),
    /// Sends this until nobody takes it any more.
    Flood(Vec<u8>),
    /// Wants this cancelled, as a user who presses Ctrl-C.
    Interrupt(Cancel),
    /// Wants it as soon as an earlier wish was seen.
    InterruptAgain(Cancel),
    /// Wants it again and again until the test ends.
    InterruptWithoutEnd(Cancel),
    /// Does nothing until the test ends.
    Silence,
    /// Closes the connection.
    Close,
}

/// A server at a port of 127.0.0.1 for one connection. It ends when it is dropped.
pub struct Adversary {
    port: u16,
    held: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Adversary {
    /// A server that plays this to whoever comes first.
    pub fn playing(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let (held, ends) = mpsc::channel();
        let thread = thread::spawn(move || {
            if let Ok((stream, _)) = listener.accept() {
                play(stream, &script, &ends);
            }
        });
        Self {
            port,
            held: Some(held),
            thread: Some(thread),
        }
    }

    /// Its URL with these options.
    pub fn url(&self, options: &str) -> String {
        format!("jdbc:redshift://127.0.0.1:{}/dev{options}", self.port)
    }
}

impl Drop for Adversary {
    fn drop(&mut self) {
        drop(self.held.take());
        // Whoever never came need not be waited for.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            // A panic of the script is seen in the output; the test has its own verdict.
            let _ = thread.join();
        }
    }
}

fn play(mut stream: TcpStream, script: &[Act], ends: &Receiver<()>) {
    for act in script {
        let done = match act {
            Act::HearFirst => hear(&mut stream),
            Act::Hear => stream.read_exact(&mut [0]).and_then(|()| hear(&mut stream)),
            Act::Send(bytes) => stream.write_all(bytes),
            Act::Flood(bytes) => loop {
                if let Err(error) = stream.write_all(bytes) {
                    break Err(error);
                }
            },
            Act::Interrupt(cancel) => {
                cancel.set();
                Ok(())
            }
            Act::InterruptAgain(cancel) => {
                while cancel.is_set() {
                    thread::yield_now();
                }
                cancel.set();
                Ok(())
            }
            Act::InterruptWithoutEnd(cancel) => {
                while ends.try_recv() == Err(TryRecvError::Empty) {
                    cancel.set();
                    thread::yield_now();
                }
                return;
            }
            Act::Silence => {
                // The end of the test is what it waits for.
                let _ = ends.recv();
                return;
            }
            Act::Close => return,
        };
        // The client may have gone away by then, which is what it should do.
        if done.is_err() {
            return;
        }
    }
}

fn hear(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let rest = u32::from_be_bytes(length).saturating_sub(4);
    std::io::copy(&mut stream.take(rest.into()), &mut std::io::sink()).map(|_| ())
}

/// A message with its tag and its length.
pub fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a length");
    [&[tag][..], &length.to_be_bytes(), body].concat()
}

/// A header that announces a body of any length.
pub fn header(tag: u8, length: i32) -> Vec<u8> {
    [&[tag][..], &length.to_be_bytes()].concat()
}
