//! A tunnel between redwire and the server, which hides from this machine what the server still does.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

/// Where the tunnel begins. Once a client has gone it closes that side whole, at once, and leaves the server's open.
pub fn to(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let begin = listener.local_addr().expect("its address").port();
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.expect("a client");
            thread::spawn(move || carry(&client, port));
        }
    });
    begin
}

fn carry(client: &TcpStream, port: u16) {
    let server = TcpStream::connect(("127.0.0.1", port)).expect("the server");
    thread::scope(|scope| {
        scope.spawn(|| {
            pass(&server, client);
            drop(client.shutdown(Shutdown::Both));
        });
        pass(client, &server);
        drop(client.shutdown(Shutdown::Both));
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
