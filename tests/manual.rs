//! The manual page, and the help that redwire gives on the command line.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::generated_docs::manual_page;
use crate::support::home::{Home, REDWIRE};
use crate::support::program::is_here;

#[test]
fn groff_has_nothing_against_the_page() {
    if !is_here("groff") {
        return;
    }
    let mut groff = Command::new("groff");
    let groff = groff.args(["-man", "-ww", "-rLL=80n", "-Tutf8", "-P-cbu"]);
    let mut child = groff
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(manual_page::page().unwrap().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    for heading in ["SYNOPSIS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"] {
        assert!(text.contains(heading), "{heading}: {text}");
    }
}

#[test]
fn the_examples_run() {
    let home = Home::new();
    std::fs::create_dir_all(home.file(".config/fish/completions")).unwrap();
    let passphrase = home.write("passphrase", "for this test\n");
    home.write(
        "connections.sql",
        "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://sales.example.com/dev' \
         USER_NAME = 'etl' PASSWORD = 'x';",
    );
    for (_, example) in manual_page::EXAMPLES {
        let script = format!("redwire() {{ '{REDWIRE}' \"$@\"; }}; {example}");
        let mut shell = home.command("sh");
        shell.args(["-c", &script]).env("REDWIRE_VAULT_PASSPHRASE_FILE", &passphrase);
        let output = shell.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{example}: {output:?}");
    }
    let csv = std::fs::read_to_string(home.file("names.csv")).unwrap();
    assert_eq!(csv.replace('\r', ""), "name\nsales\n");
    assert!(home.file(".config/fish/completions/redwire.fish").metadata().unwrap().len() > 0);
}

#[test]
fn help_and_version_are_no_errors() {
    let home = Home::new();
    for arguments in [["--help", ""], ["-h", ""], ["show", "--help"], ["help", "completions"]] {
        let arguments = arguments.into_iter().filter(|argument| !argument.is_empty());
        let done = home.redwire(arguments).run().status(0).out_has("Usage: redwire");
        assert_eq!(done.err, "");
    }
    let done = home.redwire(["--version"]).run().status(0);
    assert_eq!(done.out, concat!("redwire ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_wrong_command_line_is_status_2_and_says_what_was_meant() {
    let home = Home::new();
    for (arguments, said) in [
        (&["--formt", "json"][..], "'--format'"),
        (&["shwo"], "'show'"),
        (&["--csv", "-c", "SELECT 1"], "--format csv"),
        (&["connect", "sales", "--markdown"], "--format markdown"),
        (&["--format", "jsom"], "'json'"),
        (&["--catalog"], "--catalog <PATH>"),
        (&["completions"], "<SHELL>"),
        (&["completions", "tcsh"], "powershell"),
        (&["show", "a", "b"], "'b'"),
        (&["-c", "SHOW CONNECTIONS", "show"], "-c and -f"),
        (&["--ephemeral", "--catalog", "x"], "cannot be used with"),
    ] {
        let done = home.redwire(arguments).run().status(2).err_has("error: ").err_has(said);
        assert_eq!(done.out, "", "{arguments:?}");
    }
    assert!(!home.file("data/redwire").exists());
}
