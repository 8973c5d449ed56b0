//! zsh, with its line editor at a terminal.

use super::stage::{SCRIPTS, Stage};
use super::terminal::{PROMPT, Terminal, WORDS};
use crate::support::program::is_here;

/// The two ways in which zsh gets the script.
const FOUND: &str = "autoload -Uz compinit; compinit -u -D";
const SOURCED: &str = "fpath=(${fpath:#*redwire*}); autoload -Uz compinit; compinit -u -D; source <(redwire completions zsh)";

fn zsh(stage: &Stage, load: &str) -> Terminal {
    let rc = format!(
        "PS1='{PROMPT}'\nunsetopt prompt_cr prompt_sp zle_bracketed_paste 2>/dev/null\nunset zle_bracketed_paste\nbindkey -e\n{WORDS}\n\
         fpath=({SCRIPTS} $fpath)\n{load}\n"
    );
    stage.home.write(".zshrc", rc);
    let mut command = stage.command("zsh");
    command.args(["-d", "-i"]).env("ZDOTDIR", stage.home.path());
    Terminal::start(command)
}

#[test]
fn commands_options_and_values() {
    if !is_here("zsh") {
        return;
    }
    let stage = Stage::filled();
    for load in [FOUND, SOURCED] {
        let mut zsh = zsh(&stage, load);
        assert_eq!(zsh.completed("redwire sh"), ["redwire", "show"]);
        assert_eq!(zsh.completed("redwire show --ep"), ["redwire", "show", "--ephemeral"]);
        assert_eq!(zsh.completed("redwire --format v"), ["redwire", "--format", "vertical"]);
        assert_eq!(zsh.completed("redwire --format=v"), ["redwire", "--format=vertical"]);
        assert_eq!(zsh.completed("redwire --format=js"), ["redwire", "--format=json"]);
        assert_eq!(
            zsh.completed("redwire -qa --on-error=c"),
            ["redwire", "-qa", "--on-error=continue"]
        );
        assert_eq!(zsh.completed("redwire completions e"), ["redwire", "completions", "elvish"]);
        assert_eq!(
            zsh.completed("redwire plan x.sql --ex"),
            ["redwire", "plan", "x.sql", "--exit-code"]
        );
        zsh.lists("redwire ", "List the connections, or describe one");
        zsh.lists("redwire --on-error=", "Go on with the next statement");
    }
}

#[test]
fn names_of_files() {
    if !is_here("zsh") {
        return;
    }
    let stage = Stage::filled();
    let mut zsh = zsh(&stage, FOUND);
    assert_eq!(zsh.completed("redwire -f scr"), ["redwire", "-f", "script one.sql"]);
    assert_eq!(zsh.completed("redwire --file=scr"), ["redwire", "--file=script one.sql"]);
    assert_eq!(zsh.completed("redwire --file='script o"), ["redwire", "--file=script one.sql"]);
    assert_eq!(zsh.completed("redwire -f \"scr"), ["redwire", "-f", "script one.sql"]);
    assert_eq!(zsh.completed("redwire -fscr"), ["redwire", "-fscript one.sql"]);
    assert_eq!(zsh.completed("redwire apply scr"), ["redwire", "apply", "script one.sql"]);
    assert_eq!(
        zsh.completed("redwire --file=more:scripts/t"),
        ["redwire", "--file=more:scripts/two.sql"]
    );
    assert_eq!(zsh.completed("redwire --catalog=other"), ["redwire", "--catalog=other cat.db"]);
    let home = stage.home.path().to_str().unwrap();
    assert_eq!(
        zsh.completed("redwire -f ~/scr"),
        ["redwire", "-f", &format!("{home}/script one.sql")]
    );
    assert_eq!(
        zsh.completed("redwire -f $HOME/scr"),
        ["redwire", "-f", &format!("{home}/script one.sql")]
    );
}

#[test]
fn names_of_connections() {
    if !is_here("zsh") {
        return;
    }
    let stage = Stage::filled();
    let mut zsh = zsh(&stage, FOUND);
    assert_eq!(zsh.completed("redwire show d"), ["redwire", "show", "depot"]);
    assert_eq!(zsh.completed("redwire show -- d"), ["redwire", "show", "--", "depot"]);
    assert_eq!(zsh.completed("redwire show sa"), ["redwire", "show", "sales"]);
    assert_eq!(zsh.completed("redwire show \"d"), ["redwire", "show", "depot"]);
    zsh.lists("redwire show ", "depot     sales     sales_eu");
    let other = ["redwire", "--catalog", "other cat.db", "show", "harbour"];
    assert_eq!(zsh.completed("redwire --catalog other\\ cat.db show h"), other);
    let home = stage.home.path().to_str().unwrap();
    let other = ["redwire", "--catalog", &format!("{home}/other cat.db"), "show", "harbour"];
    assert_eq!(zsh.completed("redwire --catalog ~/other\\ cat.db show h"), other);
    let other = ["redwire", "show", "harbour", "--catalog=other cat.db"];
    assert_eq!(zsh.completed_inside("redwire show h", " --catalog='other cat.db'"), other);
}
