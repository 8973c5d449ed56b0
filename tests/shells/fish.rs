//! fish: what it would offer, and what it puts into the line.

use super::stage::{SCRIPTS, Stage};
use super::terminal::{PROMPT, Terminal};
use crate::support::program::is_here;

/// The offers of fish for a line: on each line a candidate and its description.
#[track_caller]
fn offered(stage: &Stage, line: &str) -> Vec<String> {
    load(stage);
    let mut command = stage.command("fish");
    let output = command
        .args(["-c", "complete -C $argv[1]", "--", line])
        .output()
        .expect("fish starts");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Puts the script where fish looks for it.
fn load(stage: &Stage) {
    let folder = stage.home.file("config/fish/completions");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(format!("{SCRIPTS}/redwire.fish"), folder.join("redwire.fish")).expect("a copy");
}

fn fish(stage: &Stage) -> Terminal {
    load(stage);
    let config = format!(
        "function fish_prompt; printf '{PROMPT}'; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n\
         function words; printf '[words'; printf '<%s>' $argv; echo 'words]'; end\n"
    );
    stage.home.write("config/fish/config.fish", config);
    let mut command = stage.command("fish");
    command.arg("-i");
    Terminal::start(command)
}

#[test]
fn what_is_offered_comes_with_descriptions() {
    if !is_here("fish") {
        return;
    }
    let stage = Stage::filled();
    assert_eq!(offered(&stage, "redwire sh"), ["show\tList the connections, or describe one"]);
    assert_eq!(
        offered(&stage, "redwire --on-error=c"),
        ["--on-error=continue\tGo on with the next statement"]
    );
    assert_eq!(offered(&stage, "redwire --format js"), ["json", "jsonl"]);
    assert_eq!(offered(&stage, "redwire apply --pr"), ["--prune\tDrop what the file lacks"]);
    assert_eq!(offered(&stage, "redwire plan scr"), ["script one.sql"]);
    assert_eq!(offered(&stage, "redwire -f 'scr"), ["script one.sql"]);
    assert_eq!(offered(&stage, "redwire show "), ["depot", "sales", "sales_eu"]);
    assert_eq!(offered(&stage, "redwire show sa"), ["sales", "sales_eu"]);
    assert_eq!(offered(&stage, "redwire show -- d"), ["depot"]);
    assert_eq!(offered(&stage, "A=b redwire show d"), ["depot"]);
    assert_eq!(offered(&stage, "redwire --catalog 'other cat.db' show h"), ["harbour"]);
    assert_eq!(offered(&stage, "redwire --catalog=other\\ cat.db show "), ["harbour"]);
    assert_eq!(offered(&Stage::empty(), "redwire show "), [] as [&str; 0]);
}

#[test]
fn what_is_inserted_is_what_was_meant() {
    if !is_here("fish") {
        return;
    }
    let stage = Stage::filled();
    let mut fish = fish(&stage);
    assert_eq!(fish.completed("redwire show d"), ["redwire", "show", "depot"]);
    assert_eq!(fish.completed("redwire --format=v"), ["redwire", "--format=vertical"]);
    assert_eq!(fish.completed("redwire -f scr"), ["redwire", "-f", "script one.sql"]);
    assert_eq!(fish.completed("redwire -f 'scr"), ["redwire", "-f", "script one.sql"]);
    assert_eq!(fish.completed("redwire --file=script\\ "), ["redwire", "--file=script one.sql"]);
    assert_eq!(
        fish.completed("redwire --file=more:scripts/t"),
        ["redwire", "--file=more:scripts/two.sql"]
    );
    let home = stage.home.path().to_str().unwrap();
    assert_eq!(
        fish.completed("redwire -f ~/scr"),
        ["redwire", "-f", &format!("{home}/script one.sql")]
    );
}
