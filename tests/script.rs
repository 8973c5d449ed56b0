//! Scripts from stdin, -c and -f: what runs, what is said, how it ends.

use crate::support::home::{Home, REDWIRE};

#[test]
fn the_quickstart_shows_the_main_job() {
    let home = Home::new();
    let quickstart = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/quickstart.sql");
    let done = home.redwire(["--ephemeral", "-f", quickstart]).run().status(0);
    done.err_has("connection sales exists")
        .err_has("DROP CONNECTION")
        .out_has("sales.example.com:5439/dev");
    assert_eq!(std::fs::read_dir(home.file("data")).unwrap().count(), 0);
}

#[test]
fn a_select_works_before_in_and_after_a_transaction_that_is_rolled_back() {
    let home = Home::new();
    let select = "SELECT name FROM system.information_schema.connections;";
    let script = format!("BEGIN; {select} ROLLBACK; {select} BEGIN; {select} ROLLBACK;");
    let done = home
        .redwire(["--ephemeral", "--format", "csv", "-q", "-c", &script])
        .run();
    assert_eq!(done.status(0).out, "name\nname\nname\n");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_script_that_waits_for_input() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;

    let home = Home::new();
    let mut child = home
        .command(REDWIRE)
        .arg("--ephemeral")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"BEGIN;\n").unwrap();
    let mut tag = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut tag)
        .unwrap();
    assert_eq!(tag, "BEGIN\n");
    let killed = home
        .command("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
