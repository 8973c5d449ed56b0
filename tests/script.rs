//! Scripts from stdin, -c and -f: what runs, what is said, how it ends.

use crate::support::home::Home;

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
