//! Tunnels that cannot be opened, and one that breaks.

use super::Site;
use crate::support::bastion::{await_end_of_ssh, path, put_ssh, real_ssh};
use crate::support::terminal::Terminal;

const ASK: &str = "SELECT 1";

#[test]
fn a_key_that_the_bastion_does_not_know_is_refused() {
    let Some(site) = Site::new() else { return };
    site.home.write("authorized_keys", "");
    let done = site.select(ASK).run().status(3);
    done.err_has("08001")
        .err_has("could not open the SSH tunnel through bastion")
        .err_has("Permission denied (publickey)")
        .err_has("ssh bastion tries the same without redwire");
}

#[test]
fn a_bastion_whose_key_is_unknown_is_not_trusted() {
    let Some(site) = Site::new() else { return };
    site.home.write("known_hosts", "");
    let done = site.select(ASK).run().status(3);
    done.err_has("Host key verification failed")
        .err_has("run ssh bastion once by hand");
}

#[test]
fn an_unknown_host_on_the_way_to_the_bastion_asks_nothing_at_the_terminal() {
    let Some(site) = Site::new() else { return };
    let settings = std::fs::read_to_string(site.home.file("ssh_config")).expect("the settings");
    let way = format!(
        "Host inner\n  ProxyJump unknown\nHost inner unknown\n  HostName 127.0.0.1\n  Port {}\n\
         Host unknown\n  UserKnownHostsFile /dev/null\n",
        site.bastion.port()
    );
    site.home.write("ssh_config", way + &settings);
    site.run(&["-c", "ALTER REDSHIFT CONNECTION sales SET SSH_TUNNEL = 'inner'"])
        .run()
        .status(0);
    let environment = path(&site.home);
    let environment = environment.to_str().expect("UTF-8");
    let mut terminal = Terminal::open_with(&site.home, &[], &[("PATH", environment)]);
    terminal.submit("\\connect sales").wait_for("Host key verification failed");
    let seen = terminal.end();
    assert!(!seen.contains("continue connecting"), "{seen}");
}

#[test]
fn a_bastion_that_does_not_answer_is_no_warehouse_that_does_not() {
    let Some(site) = Site::new() else { return };
    let alter = "ALTER REDSHIFT CONNECTION sales SET SSH_TUNNEL = 'me@127.0.0.1:1'";
    site.run(&["-c", alter]).run().status(0);
    let done = site.select(ASK).run().status(3);
    done.err_has("Connection refused")
        .err_has("ssh -p 1 me@127.0.0.1 tries the same");
}

#[test]
fn a_bastion_that_forwards_nothing_says_so() {
    let Some(site) = Site::new() else { return };
    let settings = std::fs::read_to_string(site.home.file("sshd_config")).expect("the settings");
    site.home.write("sshd_config", format!("{settings}AllowTcpForwarding no\n"));
    let done = site.select(ASK).run().status(3);
    done.err_has("open failed: administratively prohibited")
        .err_has("may forward to them");
    let test = site.run(&["--format", "csv", "-c", "TEST CONNECTION sales"]).run().status(3);
    test.out_has("ssh,failed,").out_has("tls,skipped,");
    await_end_of_ssh(&site.home);
}

#[test]
fn a_bastion_that_does_not_reach_the_warehouse_says_so() {
    let Some(site) = Site::new() else { return };
    let alter = "ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = \
                 'jdbc:redshift://127.0.0.1:1/dev?sslmode=disable'";
    site.run(&["-c", alter]).run().status(0);
    let done = site.select(ASK).run().status(3);
    done.err_has("open failed: connect failed: Connection refused");
}

#[test]
fn a_tunnel_that_breaks_is_a_lost_session() {
    let Some(site) = Site::new() else { return };
    let child = site.start(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    while site.sleepers() != "1" {}
    site.bastion.hang_up();
    let output = child.wait_with_output().expect("its end");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{err}");
    assert!(err.contains("08006") && err.contains("closed by remote host"), "{err}");
    await_end_of_ssh(&site.home);
}

#[test]
fn a_tunnel_that_breaks_says_why_even_late() {
    let Some(site) = Site::new() else { return };
    let ssh = real_ssh();
    let ssh = ssh.strip_prefix("exec ").expect("its command");
    put_ssh(
        &site.home,
        &format!("{{ {ssh} 2>&1 >&3 | {{ said=$(cat); sleep 0.5; echo \"$said\" >&2; }}; }} 3>&1"),
    );
    let child = site.start(&["connect", "sales", "-c", "SELECT pg_sleep(600)"]);
    while site.sleepers() != "1" {}
    site.bastion.hang_up();
    let output = child.wait_with_output().expect("its end");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("08006") && err.contains("closed by remote host"), "{err}");
    await_end_of_ssh(&site.home);
}

#[test]
fn a_port_that_is_taken_meanwhile_is_chosen_again() {
    let Some(site) = Site::new() else { return };
    let taken = format!(
        "if [ $(wc -l < \"$HOME/pids\") -lt 3 ]; then\n  \
         echo 'channel_setup_fwd_listener_tcpip: cannot listen to port: 5' >&2; exit 255\nfi\n{}",
        real_ssh()
    );
    put_ssh(&site.home, &taken);
    site.select(ASK).run().status(0);
    assert_eq!(await_end_of_ssh(&site.home), 3);
    put_ssh(&site.home, "echo 'cannot listen to port: 5' >&2; exit 255");
    site.select(ASK).run().status(3).err_has("cannot listen to port: 5");
}

#[test]
fn an_ssh_that_does_no_good_is_an_error_of_the_tunnel() {
    let Some(site) = Site::new() else { return };
    for (script, cause) in [
        ("exit 0", "could not open the SSH tunnel through bastion"),
        ("echo 'no way' >&2; exit 7", "no way"),
        // Says that it is ready, and listens nowhere.
        ("echo; exec cat", "Connection refused"),
        ("exec no_such_program", "not found"),
        ("echo garbage; echo broken >&2; exit 1", "broken"),
    ] {
        put_ssh(&site.home, script);
        site.select(ASK).run().status(3).err_has("08001").err_has(cause);
    }
}

#[test]
fn the_login_timeout_ends_the_wait_for_ssh_and_ssh() {
    let Some(site) = Site::with("&loginTimeout=1") else {
        return;
    };
    put_ssh(&site.home, "trap '' HUP INT TERM; sleep 600");
    let done = site.select(ASK).run().status(3);
    done.err_has("SSH tunnel through bastion timed out after 1s");
    assert_eq!(await_end_of_ssh(&site.home), 1);
}

#[test]
fn an_interrupt_ends_the_wait_for_ssh_and_ssh() {
    let Some(site) = Site::new() else { return };
    put_ssh(&site.home, "exec sleep 600");
    let child = site.start(&["connect", "sales", "-c", ASK]);
    while std::fs::read_to_string(site.home.file("pids")).unwrap_or_default().is_empty() {}
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(await_end_of_ssh(&site.home), 1);
}

#[test]
fn a_password_in_clear_text_does_not_go_behind_the_bastion() {
    let Some(site) = Site::new() else { return };
    let url = site.database.url("localhost", "?sslmode=disable");
    let user = crate::support::postgres::CLEAR_USER.name;
    let alter = format!(
        "ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = '{url}', USER_NAME = '{user}'"
    );
    site.run(&["-c", &alter]).run().status(0);
    site.select(ASK).run().err_has("cleartext password");
}

#[test]
fn ssh_gets_no_secret_of_redwire() {
    let Some(site) = Site::new() else { return };
    put_ssh(
        &site.home,
        &format!("env > \"$HOME/seen\"; echo \"$@\" >> \"$HOME/seen\"\n{}", real_ssh()),
    );
    let secret = "Zaunkoenig8Xq";
    site.select(ASK).env("REDWIRE_VAULT_PASSPHRASE", secret).run().status(0);
    let seen = std::fs::read_to_string(site.home.file("seen")).expect("the file");
    let password = crate::support::postgres::SCRAM_USER.password;
    assert!(!seen.contains(secret) && !seen.contains(password), "{seen}");
}
