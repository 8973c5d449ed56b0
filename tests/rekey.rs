//! The vault with identities of age, and `redwire vault rekey`, through the program.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use expectrl::{Eof, Expect, Session};

use crate::support::home::{Done, Home, REDWIRE, Run};
use crate::support::light_vault::PASSPHRASE;
use crate::support::shell::RunningShell;
use crate::support::vault_parts;
use crate::support::witness::{statement_create, strace_works};

const IDENTITY: &str = "REDWIRE_VAULT_IDENTITY_FILE";

const REKEY: [&str; 2] = ["vault", "rekey"];

/// Makes an identity with age's own program; returns its file and its recipient.
fn keygen(home: &Home, name: &str) -> (PathBuf, String) {
    let file = home.file(name);
    let made = home.command("age-keygen").arg("-o").arg(&file).output();
    assert!(made.expect("age-keygen runs (apt-get install age)").status.success());
    let text = fs::read_to_string(&file).expect("an identity");
    let recipient = text.lines().find_map(|line| line.strip_prefix("# public key: "));
    (file, recipient.expect("the recipient").to_owned())
}

/// The line with the key.
fn secret_of(identity: &Path) -> String {
    let text = fs::read_to_string(identity).expect("an identity");
    text.lines().last().expect("its last line").to_owned()
}

fn file(home: &Home) -> PathBuf {
    home.file("data/redwire/catalog.db.vault")
}

fn redwire(home: &Home, arguments: &[&str]) -> Run {
    let authorities = home.write("authorities.pem", "");
    home.redwire(["--verbose", "--secret-store", "vault"])
        .args(arguments)
        .env("SSL_CERT_FILE", authorities)
}

/// A program of `exec` prints the password.
fn password(home: &Home, name: &str) -> Run {
    redwire(home, &["exec", name, "--", "sh", "-c", "printf %s \"$PGPASSWORD\""])
}

fn create(name: &str) -> String {
    statement_create(name, "etl", &format!("pw-{name}"))
}

/// A home with the connection a, whose vault opens with the identity.
fn home_of(identity: impl Fn(&Home) -> PathBuf) -> (Home, PathBuf) {
    let home = Home::new();
    let identity = identity(&home);
    redwire(&home, &["-c", &create("a")]).env(IDENTITY, &identity).run().status(0);
    (home, identity)
}

#[test]
fn an_identity_opens_the_vault_without_a_passphrase_and_shows_nowhere() {
    let (home, identity) = home_of(|home| keygen(home, "identity").0);
    let secret = secret_of(&identity);
    let done = redwire(&home, &["exec", "a", "--", "env"]).env(IDENTITY, &identity);
    done.run()
        .status(0)
        .out_has("PGPASSWORD=pw-a")
        .nowhere("REDWIRE_VAULT")
        .nowhere(&secret);
    let (new, recipient) = keygen(&home, "new");
    let done = redwire(&home, &REKEY)
        .args(["--recipient", &recipient])
        .env(IDENTITY, &identity);
    done.run()
        .status(0)
        .err_has(&format!("the vault {} is now encrypted to 1 recipient", file(&home).display()))
        .nowhere(&secret);
    assert_eq!(password(&home, "a").env(IDENTITY, &new).run().status(0).out, "pw-a");
    let secrets = [secret, secret_of(&new), "pw-a".to_owned()];
    for entry in fs::read_dir(home.file("data/redwire")).expect("the catalog's folder") {
        let entry = entry.expect("a file");
        let metadata = entry.metadata().expect("its mode");
        let name = entry.file_name();
        if !metadata.is_file() {
            continue;
        }
        assert_eq!(metadata.mode() & 0o777, 0o600, "{name:?}");
        let bytes = fs::read(entry.path()).expect("a file");
        for secret in &secrets {
            let mut windows = bytes.windows(secret.len());
            assert!(!windows.any(|window| window == secret.as_bytes()), "{name:?}");
        }
    }
}

#[test]
fn a_vault_goes_from_a_passphrase_to_identities_and_back() {
    let home = Home::with_light_vault();
    let with_passphrase = |run: Run| run.env(PASSPHRASE.0, PASSPHRASE.1);
    with_passphrase(redwire(&home, &["-c", &create("a")])).run().status(0);
    let (one, of_one) = keygen(&home, "one");
    let (other, of_other) = keygen(&home, "other");
    // The error says how, and the same environment then does it.
    let refused = password(&home, "a").env(IDENTITY, &one);
    with_passphrase(refused).run().status(125).err_has("redwire vault rekey");
    with_passphrase(redwire(&home, &REKEY).env(IDENTITY, &one)).run().status(0);
    assert_eq!(password(&home, "a").env(IDENTITY, &one).run().status(0).out, "pw-a");
    let refused = with_passphrase(password(&home, "a")).run().status(125);
    refused.err_has("opens with an identity").err_has(IDENTITY);
    // To both, so that machines can change over one by one, then to the new one alone. One that
    // comes twice counts once.
    let both = ["--recipient", &of_one, "--recipient", &of_other, "--recipient", &of_one];
    let done = redwire(&home, &REKEY).args(both).env(IDENTITY, &one).run().status(0);
    done.err_has("to 2 recipients");
    for identity in [&one, &other] {
        assert_eq!(password(&home, "a").env(IDENTITY, identity).run().status(0).out, "pw-a");
    }
    let done = redwire(&home, &REKEY).arg("--identity").arg(&other).env(IDENTITY, &one);
    done.run().status(0);
    password(&home, "a")
        .env(IDENTITY, &one)
        .run()
        .status(125)
        .err_has("no identity in");
    // A password that comes later is the new owner's too.
    redwire(&home, &["-c", &create("b")]).env(IDENTITY, &other).run().status(0);
    let new = home.write("passphrase", "another\n");
    let done = redwire(&home, &REKEY).arg("--passphrase-file").arg(new).env(IDENTITY, &other);
    done.run()
        .status(0)
        .err_has("is now encrypted with a passphrase")
        .nowhere("another");
    for name in ["a", "b"] {
        let done = password(&home, name).env("REDWIRE_VAULT_PASSPHRASE", "another").run();
        assert_eq!(done.status(0).out, format!("pw-{name}"));
        with_passphrase(password(&home, name))
            .run()
            .status(125)
            .err_has("wrong passphrase");
    }
}

#[test]
fn a_new_passphrase_is_asked_for_twice() {
    let (home, identity) = home_of(|home| keygen(home, "identity").0);
    let mut command = home.interruptible();
    command
        .args(REKEY)
        .arg("--passphrase")
        .env("TERM", "xterm")
        .env(IDENTITY, identity);
    let mut session = Session::spawn(command).expect("redwire starts");
    session.set_expect_timeout(Some(Duration::from_mins(1)));
    for (question, answer) in [
        ("New passphrase for the vault: ", "right"),
        ("The same passphrase again: ", "rigth"),
        ("The two differ. New passphrase for the vault: ", "right"),
        ("The same passphrase again: ", "right"),
    ] {
        session.expect(question).unwrap_or_else(|error| panic!("{question}: {error}"));
        session.send_line(answer).expect("it reads");
    }
    session.expect("encrypted with a passphrase").expect("it is done");
    session.expect(Eof).expect("it ends");
    let done = password(&home, "a").env("REDWIRE_VAULT_PASSPHRASE", "right").run();
    assert_eq!(done.status(0).out, "pw-a");
}

#[test]
fn a_key_that_is_none_changes_nothing() {
    let (home, identity) = home_of(|home| keygen(home, "identity").0);
    let (stranger, recipient) = keygen(&home, "stranger");
    let secret = secret_of(&stranger);
    let private = |name: &str, text: &str| {
        let path = home.write(name, text);
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
        path
    };
    let open = home.write("open", format!("{secret}\n"));
    fs::set_permissions(&open, Permissions::from_mode(0o644)).expect("a mode");
    let torn = private("torn", &format!("# torn\n{}\n", &secret[..50]));
    let public = private("public", &recipient);
    let empty = private("empty", "");
    let long = private("long", &format!("{}{secret}\n", "# a comment\n".repeat(6000)));
    let before = fs::read(file(&home)).expect("the vault");
    let bad_files: [(&Path, &str); 9] = [
        (&open, "open to other users (mode 0644)"),
        (&torn, "line 2 is no X25519 identity"),
        (&public, "line 1 is no X25519 identity"),
        (&empty, "it has no identity"),
        (&long, "it has more than 64 KiB"),
        (Path::new("/nowhere"), "No such file"),
        (home.path(), "directory"),
        (Path::new("/dev/zero"), "it has more than 64 KiB"),
        (&stranger, "no identity in"),
    ];
    let create = create("b");
    let new = identity.display().to_string();
    for (bad, message) in bad_files {
        for arguments in [&["-c", &create][..], &["vault", "rekey", "--identity", &new]] {
            let done = redwire(&home, arguments).env(IDENTITY, bad).run().status(1);
            done.err_has("58000").err_has(message).err_has("hint").nowhere(&secret[..50]);
        }
        // A stranger's file is no bad one to encrypt to.
        if bad != stranger {
            let new = bad.display().to_string();
            let done = redwire(&home, &["vault", "rekey", "--identity", &new]);
            let done = done.env(IDENTITY, &identity).run().status(1);
            done.err_has(message).nowhere(&secret[..50]);
        }
    }
    for (arguments, message) in [
        (&["--recipient", "age1abc"][..], "no X25519 recipient"),
        (&["--recipient", &secret], "no X25519 recipient"),
        (
            &["--recipient", "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z"],
            "nobody has",
        ),
        (&["--recipient", &recipient, "--identity", &new], "cannot be used with"),
        (&["--passphrase", &secret], "--passphrase asks for it"),
        (&["--ephemeral"], "a file that is kept"),
    ] {
        let done = home.redwire(REKEY).args(arguments).env(IDENTITY, &identity).run();
        done.status(2).err_has(message).nowhere(&secret);
    }
    let done = redwire(&home, &["vault", "rekey", "--passphrase-file", "/nowhere"]);
    done.env(IDENTITY, &identity)
        .run()
        .status(1)
        .err_has("--passphrase-file names /nowhere");
    assert!(fs::read(file(&home)).expect("the vault") == before);
    let mut command = home.unprivileged();
    let folder = home.file("data/redwire");
    fs::set_permissions(&folder, Permissions::from_mode(0o500)).expect("a mode");
    command.args(REKEY).env(IDENTITY, &identity).stdin(Stdio::null());
    let done = Done::from(command.output().expect("redwire runs"));
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("a mode");
    done.status(1).err_has("Permission denied");
    assert!(fs::read(file(&home)).expect("the vault") == before);
    let none = Home::new();
    none.redwire(REKEY)
        .env(IDENTITY, &identity)
        .run()
        .status(1)
        .err_has("there is no vault");
    assert!(!none.file("data/redwire").exists());
}

#[test]
fn the_program_age_reads_a_rekeyed_vault() {
    let (home, identity) = home_of(|home| keygen(home, "identity").0);
    let (new, recipient) = keygen(&home, "new");
    let done = redwire(&home, &REKEY).args(["--recipient", &recipient]).env(IDENTITY, identity);
    done.run().status(0);
    let parts = vault_parts::read(&fs::read(file(&home)).expect("the vault"));
    let decrypt = |identity: &Path, part: &[u8]| {
        let part = home.write("part", part);
        let output = home.command("age").arg("-d").arg("-i").arg(identity).arg(part).output();
        let done = Done::from(output.expect("age runs"));
        done.status(0).out
    };
    let key = home.write("key", decrypt(&new, &parts[0].1));
    assert!(decrypt(&key, &parts[1].1).ends_with("\npw-a"));
    assert_eq!(parts.len(), 2);
}

#[test]
fn a_kill_at_any_step_leaves_the_old_vault_or_the_new_one() {
    if !strace_works() {
        return;
    }
    let (home, old) = home_of(|home| keygen(home, "old").0);
    let (new, recipient) = keygen(&home, "new");
    let before = fs::read(file(&home)).expect("the vault");
    let mut ends = [0, 0];
    for call in ["write", "fsync", "rename", "unlink", "flock"] {
        for number in 1.. {
            fs::write(file(&home), &before).expect("the old vault");
            let mut command: Command = home.command("strace");
            command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e"]);
            command.arg(format!("inject={call}:signal=SIGKILL:when={number}"));
            command.arg(REDWIRE).args(REKEY).args(["--recipient", &recipient]);
            let output = command.env(IDENTITY, &old).stdin(Stdio::null()).output();
            if output.expect("strace runs").status.success() {
                break;
            }
            let is_new = fs::read(file(&home)).expect("the vault") != before;
            let identity = if is_new { &new } else { &old };
            let done = password(&home, "a").env(IDENTITY, identity).run();
            assert_eq!(done.status(0).out, "pw-a", "{call} {number}");
            ends[usize::from(is_new)] += 1;
        }
    }
    assert!(ends[0] > 3 && ends[1] > 0, "{ends:?}");
    // The next one replaces what a kill has left.
    redwire(&home, &REKEY)
        .args(["--recipient", &recipient])
        .env(IDENTITY, &new)
        .run()
        .status(0);
    assert!(!home.file("data/redwire/catalog.db.vault.new").exists());
}

#[test]
fn processes_that_add_and_rekey_at_once_lose_nothing() {
    let (home, identity) = home_of(|home| {
        let [(one, _), (other, _)] = ["one", "other"].map(|name| keygen(home, name));
        let both = [one, other].map(|path| fs::read_to_string(path).expect("an identity"));
        let both_path = home.write("both", both.concat());
        fs::set_permissions(&both_path, Permissions::from_mode(0o600)).expect("a mode");
        both_path
    });
    let mut shells: Vec<RunningShell> = (0..3)
        .map(|_| {
            let mut command = home.command(REDWIRE);
            command.args(["--secret-store", "vault"]).env(IDENTITY, &identity);
            RunningShell::start(command)
        })
        .collect();
    for round in 0..4 {
        let rekeys: Vec<_> = ["one", "other", "both"]
            .map(|name| {
                let mut command = home.command(REDWIRE);
                command.args(REKEY).arg("--identity").arg(home.file(name));
                command.env(IDENTITY, &identity).stderr(Stdio::piped());
                command.spawn().expect("redwire starts")
            })
            .into();
        for (index, shell) in shells.iter_mut().enumerate() {
            shell.tell(&create(&format!("c{index}{round}")));
        }
        for rekey in rekeys {
            Done::from(rekey.wait_with_output().expect("it ends")).status(0);
        }
    }
    for shell in shells {
        shell.ends(0);
    }
    for name in (0..3).flat_map(|index| (0..4).map(move |round| format!("c{index}{round}"))) {
        let done = password(&home, &name).env(IDENTITY, &identity).run();
        assert_eq!(done.status(0).out, format!("pw-{name}"));
    }
}
