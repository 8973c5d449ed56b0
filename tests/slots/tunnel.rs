//! A tunnel between redwire and the server, which hides from this machine what the server still
//! does.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// Once a client has gone it closes that side whole, at once, and leaves the server's open.
pub struct Tunnel {
    begin: u16,
    end: u16,
    listener: Option<(JoinHandle<()>, Arc<AtomicBool>)>,
    /// The number of clients whose connections have been closed.
    gone: Arc<AtomicUsize>,
    /// Both ends of a connection to the port: as long as it is open, the system gives the port to
    /// nobody else, even while nobody listens.
    _kept: (TcpStream, TcpStream),
}

impl Tunnel {
    /// A tunnel to that port, from any free one.
    pub fn to(end: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let begin = listener.local_addr().expect("its address").port();
        let client = TcpStream::connect(("127.0.0.1", begin)).expect("a connection");
        let (server, _) = listener.accept().expect("its other end");
        let gone = Arc::default();
        let listener = Some(listen(listener, end, &gone));
        Self {
            begin,
            end,
            listener,
            gone,
            _kept: (client, server),
        }
    }

    /// The port of its near end.
    pub fn port(&self) -> u16 {
        self.begin
    }

    /// Waits until a client has gone and its side is closed.
    pub fn await_end_of_client(&self) {
        while self.gone.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
    }

    /// Takes nobody in any more. Who is inside stays.
    pub fn close(&mut self) {
        if let Some((thread, is_closed)) = self.listener.take() {
            is_closed.store(true, Ordering::SeqCst);
            drop(TcpStream::connect(("127.0.0.1", self.begin)));
            thread.join().expect("its end");
        }
    }

    /// Takes clients in again.
    pub fn open(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.begin)).expect("its own port");
        self.listener = Some(listen(listener, self.end, &self.gone));
    }
}

fn listen(
    listener: TcpListener,
    end: u16,
    gone: &Arc<AtomicUsize>,
) -> (JoinHandle<()>, Arc<AtomicBool>) {
    let is_closed = Arc::new(AtomicBool::new(false));
    let (closed, gone) = (Arc::clone(&is_closed), Arc::clone(gone));
    let thread = thread::spawn(move || {
        for client in listener.incoming() {
            if closed.load(Ordering::SeqCst) {
                return;
            }
            let client = client.expect("a client");
            let gone = Arc::clone(&gone);
            thread::spawn(move || carry(&client, end, &gone));
        }
    });
    (thread, is_closed)
}

fn carry(client: &TcpStream, end: u16, gone: &AtomicUsize) {
    let server = TcpStream::connect(("127.0.0.1", end)).expect("the server");
    thread::scope(|scope| {
        scope.spawn(|| {
            pass(&server, client);
            drop(client.shutdown(Shutdown::Both));
        });
        pass(client, &server);
        drop(client.shutdown(Shutdown::Both));
        gone.fetch_add(1, Ordering::SeqCst);
    });
}

fn pass(mut from: &TcpStream, mut to: &TcpStream) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..length]).is_err() {
            return;
        }
    }
}
