//! Files and folders that another user could have prepared: nothing beside the catalog is opened
//! through a link, and folders that others can change are refused with the fix.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::home::{Done, Home};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::witness::statement_create;

/// A home with a vault and the connection `a`.
fn home() -> Home {
    let home = Home::with_light_vault();
    run(&home, &statement_create("a", "etl", "x")).status(0);
    home
}

fn run(home: &Home, script: &str) -> Done {
    home.redwire(STORE).args(["-c", script]).env(PASSPHRASE.0, PASSPHRASE.1).run()
}

#[test]
fn no_file_beside_the_catalog_is_opened_through_a_link() {
    for (suffix, is_refused) in [
        (".vault", true),
        (".vault.lock", true),
        (".secrets", true),
        (".vault.new", false),
    ] {
        let home = home();
        let mine = home.write("mine", "mine");
        let link = home.file(&format!("data/redwire/catalog.db{suffix}"));
        if link.exists() {
            fs::remove_file(&link).expect("the home is writable");
        }
        symlink(&mine, &link).expect("the home is writable");
        let done = run(&home, &statement_create("b", "etl", "x"));
        assert_eq!(fs::read_to_string(&mine).expect("a file"), "mine", "{suffix}");
        if is_refused {
            done.status(1).err_has("58000").err_has("it is a symbolic link");
        } else {
            done.status(0);
        }
    }
}

#[test]
fn a_vault_that_others_can_replace_is_refused() {
    let home = home();
    let folder = home.file("data/redwire");
    let set_mode = |mode| fs::set_permissions(&folder, Permissions::from_mode(mode));
    for mode in [0o770, 0o702] {
        set_mode(mode).expect("its owner may");
        let done = run(&home, &statement_create("b", "etl", "x")).status(1);
        done.err_has("58000").err_has(&format!("hint: chmod go-w {}", folder.display()));
    }
    set_mode(0o755).expect("its owner may");
    run(&home, &statement_create("b", "etl", "x")).status(0);
}
