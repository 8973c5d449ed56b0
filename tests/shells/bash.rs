//! bash, with readline at a terminal.

use super::stage::{SCRIPTS, Stage};
use super::terminal::{PROMPT, Terminal, WORDS};
use crate::support::program::is_here;

/// A bash that has loaded the script; what `more` says comes first.
fn bash(stage: &Stage, more: &str) -> Terminal {
    let rc = format!(
        "PS1='{PROMPT}'\nbind 'set enable-bracketed-paste off'\nbind 'set completion-query-items 0'\n\
         {WORDS}\n{more}\nsource {SCRIPTS}/redwire.bash\n"
    );
    let rc = stage.home.write("rc.bash", rc);
    let mut command = stage.command("bash");
    command.args(["--noprofile", "--rcfile"]).arg(rc).arg("-i");
    Terminal::start(command)
}

#[test]
fn commands_options_and_values() {
    if !is_here("bash") {
        return;
    }
    let stage = Stage::filled();
    for word_breaks in ["", "COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}"] {
        let mut bash = bash(&stage, word_breaks);
        assert_eq!(bash.completed("redwire sh"), ["redwire", "show"]);
        assert_eq!(bash.completed("redwire show --ep"), ["redwire", "show", "--ephemeral"]);
        assert_eq!(bash.completed("redwire --format v"), ["redwire", "--format", "vertical"]);
        assert_eq!(bash.completed("redwire --format=v"), ["redwire", "--format=vertical"]);
        assert_eq!(bash.completed("redwire --format=js"), ["redwire", "--format=json"]);
        assert_eq!(
            bash.completed("redwire --secret-store=\"v"),
            ["redwire", "--secret-store=vault"]
        );
        assert_eq!(
            bash.completed("redwire -qa --on-error=c"),
            ["redwire", "-qa", "--on-error=continue"]
        );
        assert_eq!(bash.completed("redwire completions e"), ["redwire", "completions", "elvish"]);
        assert_eq!(bash.completed("redwire pl"), ["redwire", "plan"]);
        assert_eq!(
            bash.completed("redwire plan x.sql --ex"),
            ["redwire", "plan", "x.sql", "--exit-code"]
        );
        assert_eq!(bash.completed("redwire apply --pr"), ["redwire", "apply", "--prune"]);
        assert_eq!(bash.completed("redwire --dry"), ["redwire", "--dry-run"]);
        assert_eq!(bash.completed("redwire exec dep"), ["redwire", "exec", "depot"]);
        assert_eq!(
            bash.completed("redwire exec depot -- setsi"),
            ["redwire", "exec", "depot", "--", "setsid"]
        );
        bash.lists("redwire --color=", "never");
        bash.lists("redwire -", "--secret-store");
    }
}

#[test]
fn names_of_files() {
    if !is_here("bash") {
        return;
    }
    let stage = Stage::filled();
    for word_breaks in ["", "COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}"] {
        let mut bash = bash(&stage, word_breaks);
        assert_eq!(bash.completed("redwire -f scr"), ["redwire", "-f", "script one.sql"]);
        assert_eq!(bash.completed("redwire --file=scr"), ["redwire", "--file=script one.sql"]);
        assert_eq!(
            bash.completed("redwire --file='script o"),
            ["redwire", "--file=script one.sql"]
        );
        assert_eq!(bash.completed("redwire -f \"scr"), ["redwire", "-f", "script one.sql"]);
        assert_eq!(bash.completed("redwire -fscr"), ["redwire", "-fscript one.sql"]);
        assert_eq!(
            bash.completed("redwire -f more:scripts/t"),
            ["redwire", "-f", "more:scripts/two.sql"]
        );
        assert_eq!(bash.completed("redwire -f mo\tt"), ["redwire", "-f", "more:scripts/two.sql"]);
        assert_eq!(
            bash.completed("redwire --file=more:s\tt"),
            ["redwire", "--file=more:scripts/two.sql"]
        );
        assert_eq!(
            bash.completed("redwire --catalog=other"),
            ["redwire", "--catalog=other cat.db"]
        );
        let home = stage.home.path().to_str().unwrap();
        assert_eq!(
            bash.completed("redwire -f ~/scr"),
            ["redwire", "-f", &format!("{home}/script one.sql")]
        );
        assert_eq!(
            bash.completed("redwire -f $HOME/scr"),
            ["redwire", "-f", &format!("{home}/script one.sql")]
        );
        assert_eq!(bash.completed("redwire plan scr"), ["redwire", "plan", "script one.sql"]);
        assert_eq!(
            bash.completed("redwire apply --prune more:scripts/t"),
            ["redwire", "apply", "--prune", "more:scripts/two.sql"]
        );
        assert_eq!(bash.completed("redwire show <scr"), ["redwire", "show"]);
    }
}

#[test]
fn names_of_connections() {
    if !is_here("bash") {
        return;
    }
    let stage = Stage::filled();
    let mut bash = bash(&stage, "");
    assert_eq!(bash.completed("redwire show d"), ["redwire", "show", "depot"]);
    assert_eq!(bash.completed("redwire show DE"), ["redwire", "show", "depot"]);
    assert_eq!(bash.completed("redwire show -- d"), ["redwire", "show", "--", "depot"]);
    assert_eq!(bash.completed("redwire show sa"), ["redwire", "show", "sales"]);
    assert_eq!(bash.completed("redwire show \"d"), ["redwire", "show", "depot"]);
    assert_eq!(bash.completed("true; redwire show d"), ["true"]);
    bash.lists("redwire show ", "depot     sales     sales_eu");
    let other = ["redwire", "--catalog", "other cat.db", "show", "harbour"];
    assert_eq!(bash.completed("redwire --catalog other\\ cat.db show h"), other);
    assert_eq!(
        bash.completed("redwire --catalog=~/nothing show h"),
        ["redwire", "--catalog=~/nothing", "show", "h"]
    );
    let other = ["redwire", "show", "harbour", "--catalog=other cat.db"];
    assert_eq!(bash.completed_inside("redwire show h", " --catalog='other cat.db'"), other);
}
