//! The option in statements: no server is needed.

use crate::support::home::Home;

const CREATE: &str = "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = \
                      'jdbc:redshift://h.example.com/dev' USER_NAME = 'etl' PASSWORD = 'x'";

#[test]
fn the_option_is_kept_altered_and_reset() {
    let home = Home::new();
    let script = format!(
        "{CREATE} SSH_TUNNEL = 'me@bastion.example.com:2222';\n\
         SELECT ssh_tunnel FROM system.information_schema.connections;\n\
         ALTER REDSHIFT CONNECTION sales SET SSH_TUNNEL = 'other';\n\
         SHOW CREATE CONNECTION sales;\n\
         ALTER REDSHIFT CONNECTION sales RESET SSH_TUNNEL;\n\
         SHOW CREATE CONNECTION sales;\n"
    );
    let done = home.script(&script).run().status(0);
    let (altered, reset) = done.out.split_once("SSH_TUNNEL = 'other'").expect("the option");
    assert!(altered.contains("me@bastion.example.com:2222"), "{altered}");
    assert!(!reset.contains("SSH_TUNNEL"), "{reset}");
}

#[test]
fn a_destination_that_ssh_would_take_for_an_option_is_refused() {
    let home = Home::new();
    for value in ["-oProxyCommand=touch x", "me@-oProxyCommand=x", "a b", "h:0", "ssh://h"] {
        let done = home.script(&format!("{CREATE} SSH_TUNNEL = '{value}';\n")).run().status(1);
        done.err_has("invalid value for SSH_TUNNEL: it is [user@]host[:port]")
            .err_has("22023");
    }
}

#[test]
fn an_export_plans_to_nothing() {
    let home = Home::new();
    let create = CREATE.replace("'x'", "COMMAND 'cat x'");
    home.redwire(["-c", &format!("{create} SSH_TUNNEL = 'bastion'")])
        .run()
        .status(0);
    home.redwire(["-c", "EXPORT CATALOG TO 'all.sql'"]).run().status(0);
    home.redwire(["plan", "all.sql"]).run().status(0);
    let changed = std::fs::read_to_string(home.file("all.sql")).expect("the file");
    home.write("all.sql", changed.replace("'bastion'", "'other'"));
    let done = home.redwire(["plan", "all.sql"]).run();
    done.out_has("SSH_TUNNEL: 'bastion' -> 'other'");
}
