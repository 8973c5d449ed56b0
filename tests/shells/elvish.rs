//! elvish: what its completer yields. It has one only at a terminal.

use super::stage::{SCRIPTS, Stage};
use super::terminal::{PROMPT, Terminal};
use crate::support::program::is_here;

fn elvish(stage: &Stage) -> Terminal {
    let rc = format!(
        "set edit:prompt = {{ put '{PROMPT}' }}\nset edit:rprompt = {{ }}\neval (slurp < {SCRIPTS}/redwire.elv)\n\
         fn offered {{|@words| print '[words'; $edit:completion:arg-completer[redwire] $@words | each \
         {{|found| print '<'$found[stem]'>' }}; echo 'words]' }}\n"
    );
    let rc = stage.home.write("rc.elv", rc);
    let mut command = stage.command("elvish");
    command.arg("-rc").arg(rc);
    Terminal::start(command)
}

#[test]
fn candidates_are_offered() {
    if !is_here("elvish") {
        return;
    }
    let stage = Stage::filled();
    let mut elvish = elvish(&stage);
    assert_eq!(elvish.run("offered redwire sh"), ["show"]);
    assert_eq!(elvish.run("offered redwire show sa"), ["sales", "sales_eu"]);
    assert_eq!(elvish.run("offered redwire show ''"), ["depot", "sales", "sales_eu"]);
    assert_eq!(elvish.run("offered redwire --catalog='other cat.db' show ''"), ["harbour"]);
    assert_eq!(elvish.run("offered redwire --file=scr"), ["--file=script one.sql"]);
    assert_eq!(elvish.run("offered redwire --format v"), ["vertical"]);
}
