//! The manual page, and the help that redwire gives on the command line.

use std::io::Write;
use std::process::{Command, Stdio};

use redwire::cli;

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
    let done = home.redwire(["shwo"]).run().status(2);
    done.err_has("the command is show");
}

#[test]
fn the_examples_in_the_help_are_command_lines_and_run_where_no_warehouse_is_needed() {
    let home = Home::new();
    std::fs::create_dir_all(home.file(".config/fish/completions")).unwrap();
    let create = "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = \
                  'jdbc:redshift://sales.example.com/dev' USER_NAME = 'etl' PASSWORD = 'x';";
    home.script(create).run().status(0);
    home.write("catalog.sql", create.replace("'x'", "ENV 'PASSWORD_OF_SALES'"));
    for (name, examples) in cli::EXAMPLES {
        let needs_nothing = !["", "connect", "run", "exec", "vault"].contains(name);
        for example in *examples {
            let line = example.split(['|', '>']).next().unwrap();
            let words = shlex::split(line).unwrap();
            assert!(cli::command().try_get_matches_from(words).is_ok(), "{example}");
            if needs_nothing && *name != "man" {
                let done = home
                    .shell(example)
                    .env("PASSWORD_OF_SALES", "x")
                    .env("REDWIRE_SECRET_STORE", "memory");
                let done = done.stdin("").run();
                assert!([0, 4].contains(&done.status), "{example}: {done:?}");
            }
        }
    }
}

#[test]
fn the_help_of_a_command_lists_what_it_uses_and_follows_color() {
    let home = Home::new();
    let help = |arguments: &[&str]| home.redwire(arguments).run().status(0).out.clone();
    let rekey = help(&["vault", "rekey", "--help"]);
    assert!(rekey.contains("--catalog") && rekey.contains("Examples:"), "{rekey}");
    assert!(!rekey.contains("--format") && !rekey.contains("--wait"), "{rekey}");
    assert!(!help(&["show", "--help"]).contains("--secret-store"));
    assert!(help(&["--color", "always", "--help"]).contains('\x1b'));
    assert!(help(&["show", "--help", "--color=always"]).contains('\x1b'));
    for arguments in [&["--help"][..], &["--color", "never", "--help"]] {
        assert!(!help(arguments).contains('\x1b'));
    }
}

#[test]
fn the_manual_page_and_the_facts_about_the_build_are_printed() {
    let home = Home::new();
    let page = home.redwire(["man"]).run().status(0).out.clone();
    assert_eq!(page, std::fs::read_to_string("docs/redwire.1").unwrap());
    let version = home.redwire(["--version"]).run().status(0).out.clone();
    assert_eq!(version.lines().count(), 1, "{version}");
    let build = home.redwire(["--version", "--verbose"]).run().status(0).out.clone();
    assert!(build.starts_with(&version) && build.contains("\nrustls: "), "{build}");
}
