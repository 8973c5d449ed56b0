//! Core files, which a process leaves to others.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus, Stdio};

use crate::support::home::{Home, REDWIRE};
use crate::support::program::cannot_run;

/// Starts a program that may write a core file and waits for its input.
fn start(home: &Home, program: &str) -> Child {
    let mut command = home.command("sh");
    command.args(["-c", &format!("ulimit -c unlimited; exec {program}")]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

fn abort(child: &mut Child) -> ExitStatus {
    let aborted = std::process::Command::new("kill")
        .args(["-ABRT", &child.id().to_string()])
        .status();
    assert!(aborted.expect("kill runs").success());
    child.wait().expect("it ends")
}

#[test]
fn a_password_reaches_no_core_file() {
    let home = Home::new();
    let mut control = start(&home, "sh -c 'echo up >&2; read line'");
    let mut line = String::new();
    BufReader::new(control.stderr.take().expect("its errors"))
        .read_line(&mut line)
        .expect("it is up");
    if !abort(&mut control).core_dumped() {
        cannot_run("no program writes a core file on this machine");
        return;
    }
    let mut redwire = start(&home, &format!("{REDWIRE} --ephemeral"));
    let mut stdin = redwire.stdin.take().expect("its input");
    stdin.write_all(b"BEGIN;\n").expect("it reads");
    let mut errors = BufReader::new(redwire.stderr.take().expect("its errors"));
    line.clear();
    errors.read_line(&mut line).expect("it is up");
    assert_eq!(line, "BEGIN\n");
    let status = abort(&mut redwire);
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
}
