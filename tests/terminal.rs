//! The prompt at a real pseudo-terminal: what is shown, what is kept, and what never is.

use std::os::unix::fs::MetadataExt;

use redwire::sql::splitter::Dialect;

use crate::masking;
use crate::support::home::{Home, REDWIRE};
use crate::support::terminal::{
    CTRL_C, CTRL_D, CTRL_R, CTRL_Z, ENTER, RIGHT, TAB, Terminal, UP, files_with, program,
};

const SECRET: &str = "S3cretCanary";

/// A query that no machine finishes.
const ENDLESS: &str =
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t;";

/// A statement that makes a connection, with what is given for PASSWORD.
fn create(name: &str, password: &str) -> String {
    format!(
        "CREATE REDSHIFT CONNECTION {name} CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u' \
         PASSWORD = {password};"
    )
}

fn history(home: &Home) -> String {
    std::fs::read_to_string(home.file("state/redwire/history")).unwrap_or_default()
}

#[test]
fn the_greeting_names_the_way_to_help_unless_redwire_is_quiet() {
    let home = Home::new();
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory", "--no-pager"], &[]);
    terminal.run("\\?", "list these commands");
    assert!(terminal.end().starts_with("redwire "));
    let quiet = Terminal::open_at(&home, &["--ephemeral", "-q"], &[], "redwire (ephemeral)> ");
    assert!(!quiet.end().contains("\\?"));
}

#[test]
fn a_statement_spans_lines_and_an_empty_line_does_not_submit_it() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.keys("SHOW\r\r  CONNECTIONS\r").run(";", "(0 rows)");
    terminal.end();
    assert_eq!(history(&home), "SHOW\\n\\n  CONNECTIONS\\n;\n");
}

#[test]
fn a_further_line_has_a_prompt_of_its_own_and_takes_commands() {
    let home = Home::new();
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory", "--no-pager"], &[]);
    terminal
        .line("SELECT (")
        .wait_for("redwire(> ")
        .line("'a")
        .wait_for("redwire'> ");
    terminal.line("b')").wait_for("redwire-> ");
    for (command, answer) in [
        ("\\p", "'a\r\nb')"),
        ("\\?", "list these commands"),
        ("\\h DROP JOB", "DROP JOB [IF EXISTS]"),
        ("\\set n 7", ""),
        ("\\echo :n", "7\r\n"),
        ("\\tree", "no connections"),
        ("\\nonsense", "invalid command \\nonsense"),
    ] {
        terminal.line(command).wait_for(answer).wait_for("redwire-> ");
    }
    terminal.run("AS kept;", "│ kept");
    terminal.line("SELECT").wait_for("redwire-> ");
    terminal.line("\\r").wait_for("the statement was dropped").wait_for("redwire> ");
    terminal.run("SELECT 1 + 1;", "│     2 │");
    terminal.line("SELECT").wait_for("redwire-> ").line("\\q");
    assert_eq!(terminal.status(), 0);
}

#[test]
fn the_lines_of_an_unfinished_statement_can_be_edited() {
    let home = Home::new();
    let editor = program(&home, "editor", "echo 'AS edited;' >> \"$1\"");
    let environment = [("EDITOR", editor.as_str())];
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory"], &environment);
    terminal.line("SELECT 4").wait_for("redwire-> ").keys(UP).wait_for("redwire> ");
    terminal.keys("2").line("").wait_for("redwire-> ").run("AS n;", "│ 42 │");
    terminal
        .line("SELECT 1")
        .wait_for("redwire-> ")
        .line("\\e")
        .wait_for("│ edited │");
    terminal.end();
}

#[test]
fn a_paste_that_stops_counts_what_was_not_run() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    for (rest, notice) in [
        ("SELECT 1;", "1 statement after it was not run"),
        ("SELECT 1;\\x on\rSELECT ';';SELECT 3;", "3 statements after it were not run"),
    ] {
        terminal.paste(&format!("SHOW nonsense;{rest}")).keys(ENTER);
        terminal.wait_for("42601").wait_for(notice).wait_for("redwire> ");
    }
    terminal.end();
}

#[test]
fn pasted_statements_run_in_order() {
    let home = Home::new();
    for bracketed in [true, false] {
        let mut terminal = Terminal::open(&home);
        let text = "SELECT 'one' || 1;\rBEGIN;\rROLLBACK;\r";
        if bracketed {
            terminal.paste(text).keys(ENTER)
        } else {
            terminal.keys(text)
        };
        terminal.wait_for("one1").wait_for("BEGIN\r\n").wait_for("ROLLBACK\r\n");
        terminal.end();
    }
}

#[test]
fn pasted_statements_stop_at_the_first_error() {
    let home = Home::new();
    for bracketed in [true, false] {
        let mut terminal = Terminal::open(&home);
        let text = "SELECT 'one' || 1;\rSHOW nonsense;\rDESCRIBE CONNECTION never;\r";
        if bracketed {
            terminal.paste(text).keys(ENTER)
        } else {
            terminal.keys(text)
        };
        terminal.wait_for("one1").wait_for("42601").wait_for("redwire> ");
        terminal.run("SELECT 'two' || 2;", "two2");
        assert!(!terminal.end().contains("there is no connection"));
    }
}

#[test]
fn a_long_paste_stops_at_its_first_error_too() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    let rest = "DESCRIBE CONNECTION never;\r".repeat(120);
    terminal
        .keys(&format!("SHOW nonsense;\r{rest}"))
        .wait_for("42601")
        .wait_for("redwire> ");
    terminal.run("SELECT 'two' || 2;", "two2");
    assert!(!terminal.end().contains("there is no connection"));
}

#[test]
fn an_indented_statement_can_be_pasted_without_completing_anything() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.run("SHOW\r\tCONNECTIONS\r\tLIKE 'x';", "(0 rows)");
    terminal.end();
    assert_eq!(history(&home), "SHOW\\n    CONNECTIONS\\n    LIKE 'x';\n");
}

#[test]
fn a_password_is_drawn_as_bullets_and_reaches_no_screen_and_no_file() {
    for environment in [&[][..], &[("NO_COLOR", "1")]] {
        let home = Home::new();
        let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory"], environment);
        for key in create("sales", &format!("'{SECRET}'")).chars() {
            terminal.keys(&key.to_string());
        }
        terminal.wait_for(&"•".repeat(SECRET.len())).keys(ENTER);
        terminal.wait_for("CREATE CONNECTION\r\n").wait_for("redwire> ");
        terminal
            .paste(&format!("\\x on\nALTER REDSHIFT CONNECTION sales SET PASWORD = '{SECRET}';"));
        terminal.keys(ENTER).wait_for("did you mean PASSWORD?").wait_for("redwire> ");
        let transcript = terminal.end();
        assert!(!transcript.contains(SECRET), "{transcript}");
        assert!(history(&home).contains("PASSWORD = PROMPT;\n"), "{}", history(&home));
        assert_eq!(files_with(home.path(), SECRET), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn a_password_that_is_typed_ahead_is_not_shown() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    let slow = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 1000000) SELECT max(n) FROM t;";
    terminal.submit(slow);
    terminal.line(&create("sales", &format!("'{SECRET}'")));
    terminal.wait_for("1000000").wait_for("CREATE CONNECTION\r\n");
    let transcript = terminal.end();
    assert!(!transcript.contains(SECRET), "{transcript}");
}

#[test]
fn a_secret_in_a_url_is_drawn_as_bullets() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    let url = format!("jdbc:redshift://h.example.com/dev?PWD={SECRET}");
    terminal.keys(&format!("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}'"));
    terminal
        .wait_for(&format!("PWD={}", "•".repeat(SECRET.len())))
        .run(";", "22023");
    assert!(!terminal.end().contains(SECRET));
    assert_eq!(files_with(home.path(), SECRET), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_terminal_that_can_hide_nothing_is_warned_of() {
    let home = Home::new();
    let environment = [("TERM", "dumb")];
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory"], &environment);
    assert!(terminal.transcript().contains("PASSWORD = PROMPT"));
    terminal
        .line("SHOW")
        .wait_for("-> ")
        .line("CONNECTIONS;")
        .wait_for("(0 rows)")
        .wait_for("redwire> ");
    terminal.line("SHOW").wait_for("-> ").keys("CON").wait_for("CON").keys(CTRL_C);
    terminal
        .wait_for("^C\r\nredwire> ")
        .line("SELECT 1 + 1;")
        .wait_for("│     2 │")
        .wait_for("redwire> ");
    // The second line relied on the first one.
    terminal.keys("frob;\rSELECT 40 + 2;\r").wait_for("42601").wait_for("redwire> ");
    terminal.line("\\x").wait_for("vertically").wait_for("redwire> ");
    assert!(!terminal.end().contains("│ 40 + 2 │"));
}

/// The interrupt comes as soon as the prompt is shown, which may be before anything is read.
#[test]
fn no_interrupt_is_missed_at_a_terminal_that_can_hide_nothing() {
    let home = Home::new();
    let environment = [("TERM", "dumb")];
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory"], &environment);
    for _ in 0..200 {
        terminal.keys(CTRL_C).wait_for("^C\r\nredwire> ");
    }
    terminal.end();
}

#[test]
fn an_interrupt_drops_what_is_typed() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal
        .keys("SHOW CONNECT")
        .wait_for("CONNECT")
        .keys(CTRL_C)
        .wait_for("^C")
        .wait_for("redwire> ");
    terminal.run("SELECT 1 + 1;", "│     2 │");
    terminal.end();
    assert_eq!(history(&home), "SELECT 1 + 1;\n");
}

#[test]
fn an_interrupt_cancels_what_runs() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    for _ in 0..2 {
        terminal.submit(ENDLESS).keys(CTRL_C);
        terminal.wait_for("57014").wait_for("redwire> ");
    }
    terminal.run("SELECT 1 + 1;", "│     2 │");
    terminal.end();
}

#[test]
fn an_interrupt_cancels_a_file_between_its_statements() {
    let home = Home::new();
    home.write("endless.sql", format!("{ENDLESS}\n").repeat(1000));
    let mut terminal = Terminal::open(&home);
    terminal.submit("\\i endless.sql").keys(CTRL_C);
    terminal.wait_for("57014").wait_for("redwire> ");
    terminal.run("SELECT 1 + 1;", "│     2 │");
    terminal.end();
}

#[test]
fn the_shell_can_be_stopped_and_goes_on() {
    let home = Home::new();
    let mut command = home.command("bash");
    command
        .args(["--norc", "--noprofile", "-i"])
        .env("TERM", "xterm")
        .env("PS1", "sh> ");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("sh> ").line("stty echo").wait_for("sh> ");
    terminal
        .line(&format!("{REDWIRE} --ephemeral"))
        .wait_for("redwire (ephemeral)> ");
    terminal.keys("SELECT 1").wait_for(" 1").keys(CTRL_Z).wait_for("sh> ");
    terminal.line("stty -a").wait_for(" echo ").wait_for("sh> ");
    terminal.line("fg").at("redwire (ephemeral)> ").run(" + 1;", "│     2 │");
    terminal
        .keys(CTRL_D)
        .wait_for("sh> ")
        .line("stty -a")
        .wait_for(" echo ")
        .wait_for("sh> ")
        .line("exit");
    terminal.status();
}

#[test]
fn the_end_rolls_an_open_transaction_back_and_says_so() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.line("BEGIN;").wait_for("BEGIN\r\n").wait_for("redwire*> ");
    terminal
        .line(&create("sales", "'x'"))
        .wait_for("CREATE CONNECTION\r\n")
        .wait_for("redwire*> ");
    terminal.line("SHOW nonsense;").wait_for("42601").wait_for("redwire!> ");
    assert!(terminal.end().contains("the open transaction was rolled back"));
}

#[test]
fn the_prompt_ends_with_status_0_after_any_error() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.run("SHOW nonsense;", "42601").line("\\q");
    assert_eq!(terminal.status(), 0);
}

#[test]
fn the_history_is_masked_private_and_comes_back() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.run(&create("sales", &format!("'{SECRET}'")), "CREATE CONNECTION\r\n");
    terminal
        .run("SHOW\rCONNECTIONS;", "h.example.com")
        .run("SHOW\rCONNECTIONS;", "h.example.com");
    terminal.end();
    let file = home.file("state/redwire/history");
    assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(file.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    assert_eq!(history(&home), format!("{}\nSHOW\\nCONNECTIONS;\n", create("sales", "PROMPT")));

    let mut terminal = Terminal::open(&home);
    terminal
        .keys(UP)
        .wait_for("CONNECTIONS")
        .keys(ENTER)
        .wait_for("(1 row)")
        .wait_for("redwire> ");
    terminal
        .keys(CTRL_R)
        .wait_for("reverse-i-search")
        .keys("sales")
        .wait_for("PROMPT")
        .keys(ENTER);
    terminal.wait_for("connection \"sales\" already exists").wait_for("redwire> ");
    assert!(!terminal.end().contains(SECRET));
}

#[test]
fn a_killed_shell_keeps_its_history_and_two_shells_share_it() {
    let home = Home::new();
    let (mut one, mut other) = (Terminal::open(&home), Terminal::open(&home));
    one.run("SELECT 'one' || 1;", "one1");
    other.run("SELECT 'two' || 2;", "two2");
    one.run("\\timing on", "timing is on");
    one.kill();
    other.kill();
    assert_eq!(history(&home), "SELECT 'one' || 1;\nSELECT 'two' || 2;\n\\\\timing on\n");
}

#[test]
fn nothing_of_an_ephemeral_shell_is_kept() {
    let home = Home::new();
    let mut terminal = Terminal::open_at(&home, &["--ephemeral"], &[], "redwire (ephemeral)> ");
    terminal.run("SELECT 'one' || 1;", "one1");
    terminal.end();
    assert_eq!(std::fs::read_dir(home.file("data")).unwrap().count(), 0);
}

#[test]
fn a_history_that_cannot_be_kept_is_told_once() {
    let home = Home::new();
    std::fs::create_dir_all(home.file("state/redwire/history")).unwrap();
    let mut terminal = Terminal::open(&home);
    terminal.run("SELECT 'one' || 1;", "one1").run("SELECT 'two' || 2;", "two2");
    assert_eq!(terminal.end().matches("could not save history to file").count(), 1);
}

#[test]
fn a_history_that_is_no_ordinary_file_is_not_kept_and_stays_as_it_is() {
    let home = Home::new();
    let file = home.file("state/redwire/history");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    assert!(
        home.command("mkfifo")
            .args(["-m", "644"])
            .arg(&file)
            .status()
            .unwrap()
            .success()
    );
    let mut terminal = Terminal::open(&home);
    terminal.run("SELECT 'go' || 'es on';", "goes on");
    assert!(terminal.end().contains("could not save history to file"));
    assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o644);
}

#[test]
fn a_tab_shows_names_that_would_turn_the_text_as_escapes() {
    let home = Home::new();
    for name in ["\"a\u{202e}b\"", "ac"] {
        home.script(&create(name, "'x'")).run().status(0);
    }
    let mut terminal = Terminal::open(&home);
    terminal.keys(&format!("DROP CONNECTION \"a{TAB}")).wait_for("\"a\\u{202e}b\"");
    terminal.keys(CTRL_C).wait_for("redwire> ");
    assert!(!terminal.end().contains('\u{202e}'));
}

#[test]
fn a_tab_completes_keywords_names_options_and_paths() {
    let home = Home::new();
    home.write("one.sql", "SELECT 'from ' || 'file';\n");
    let mut terminal =
        Terminal::open_with(&home, &["--secret-store", "memory"], &[("NO_COLOR", "1")]);
    terminal.run(&create("sales_eu", "'x'"), "CREATE CONNECTION\r\n");
    terminal.run(&create("\"sales us\"", "'x'"), "CREATE CONNECTION\r\n");
    terminal
        .keys(&format!("desc{TAB}conn{TAB}sales_{TAB}"))
        .wait_for("describe connection sales_eu")
        .run(";", "h.example.com");
    terminal
        .keys(&format!("DESCRIBE CONNECTION \"sa{TAB}"))
        .wait_for("\"sales us\"")
        .wait_for("\"sales_eu\"");
    terminal.keys(CTRL_C).wait_for("redwire> ");
    terminal
        .keys(&format!("ALTER REDSHIFT CONNECTION sales_eu SET MAX{TAB}9"))
        .wait_for("MAX_CONCURRENT");
    terminal.run(";", "ALTER CONNECTION\r\n");
    terminal.keys(&format!("\\i on{TAB}")).wait_for("one.sql").run("", "from file");
    terminal.keys(&format!("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{TAB}"));
    terminal.wait_for("'jdbc:redshift://").keys(CTRL_C);
    terminal
        .wait_for("redwire> ")
        .keys(&format!("SELECT name FROM {TAB}inf{TAB}conn{TAB}"));
    terminal
        .wait_for("system.information_schema.connections")
        .run(" LIMIT 0;", "(0 rows)");
    terminal.end();
}

#[test]
fn a_tab_completes_tables_and_jobs() {
    let home = Home::new();
    let mut terminal =
        Terminal::open_with(&home, &["--secret-store", "memory"], &[("NO_COLOR", "1")]);
    terminal.run(&create("sales", "'x'"), "CREATE CONNECTION\r\n");
    terminal
        .keys(&format!(
            "create ta{TAB}sal{TAB}public.\"Odd Name\" (id big{TAB} enc{TAB}zs{TAB})"
        ))
        .wait_for("create table sales.public.\"Odd Name\" (id bigint encode zstd)")
        .run(";", "CREATE TABLE\r\n");
    terminal
        .keys(&format!(
            "CREATE JOB load START_{TAB}NOW AS INS{TAB}INTO sa{TAB}public.totals SELECT id FROM sa{TAB}pu{TAB}{TAB}"
        ))
        .wait_for("START_FROM = NOW AS INSERT INTO sales.public.totals SELECT id FROM sales.public.\"odd name\"")
        .run(";", "CREATE JOB\r\n");
    terminal
        .keys(&format!("SHOW CREATE JOB lo{TAB}"))
        .wait_for("SHOW CREATE JOB load")
        .run(";", "START_FROM = NOW");
    terminal
        .keys(&format!("\\tree sal{TAB}"))
        .wait_for("\\tree sales")
        .run("", "└── job load");
    terminal.end();
    assert!(history(&home).contains("\\\\tree sales\n"), "{}", history(&home));
}

#[test]
fn a_remark_and_a_query_are_seen_and_kept_and_a_password_among_them_is_not() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.run(&create("sales", "'x'"), "CREATE CONNECTION\r\n");
    let job = "CREATE JOB j COMMENT = 'nightly' AS INSERT INTO sales.a.b SELECT 'x' AS y FROM sales.a.c; -- so";
    terminal.run(job, "CREATE JOB\r\n");
    let wrong = format!(
        "CREATE JOB k COMMENT = 'c' PASSWORD = '{SECRET}' AS INSERT INTO sales.a.b SELECT 'z';"
    );
    for key in wrong.chars() {
        terminal.keys(&key.to_string());
    }
    terminal.wait_for(&"•".repeat(SECRET.len())).keys(ENTER);
    terminal.wait_for("option \"PASSWORD\" not recognized").wait_for("redwire> ");
    assert!(!terminal.end().contains(SECRET));
    let history = history(&home);
    assert!(
        history.contains("COMMENT = 'nightly' AS INSERT INTO sales.a.b SELECT 'x' AS y"),
        "{history}"
    );
    assert!(
        history.contains(
            "CREATE JOB *** COMMENT = *** PASSWORD = *** AS INSERT INTO *** SELECT ***;\n"
        ),
        "{history}"
    );
    assert_eq!(files_with(home.path(), SECRET), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_hint_shows_what_may_follow_and_the_right_arrow_takes_it() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal
        .keys("show connectio")
        .wait_for("\x1b[90mns")
        .keys(RIGHT)
        .run(";", "(0 rows)");
    terminal.end();
    let environment = [("NO_COLOR", "1")];
    let plain = Terminal::open_at(&home, &["-q"], &environment, "redwire> ");
    let mut plain = plain;
    plain.keys("show connectio").wait_for("connectio").run("ns;", "(0 rows)");
    assert!(!plain.end().contains("\x1b[90m"));
}

#[test]
fn the_editor_gets_the_masked_statement_in_a_private_file_and_no_secrets() {
    let home = Home::new();
    let editor = program(
        &home,
        "editor",
        "cp \"$1\" seen; stat -c %a \"$1\" \"$(dirname \"$1\")\" > modes; env > environment; echo \"$1\" > path\n\
         echo \"SELECT 'edi' || 'ted';\" > \"$1\"",
    );
    let environment = [("EDITOR", editor.as_str()), ("REDWIRE_VAULT_PASSPHRASE", SECRET)];
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory"], &environment);
    terminal.run(&create("sales", &format!("'{SECRET}'")), "CREATE CONNECTION\r\n");
    terminal.run("\\timing off", "timing is off").run("\\e", "edited");
    terminal.end();
    assert_eq!(
        std::fs::read_to_string(home.file("seen")).unwrap().trim(),
        create("sales", "PROMPT")
    );
    assert_eq!(std::fs::read_to_string(home.file("modes")).unwrap(), "600\n700\n");
    assert_eq!(files_with(home.path(), SECRET), Vec::<std::path::PathBuf>::new());
    let path = std::fs::read_to_string(home.file("path")).unwrap();
    assert!(path.contains("/tmp/redwire-") && !std::path::Path::new(path.trim()).exists());
    assert!(history(&home).ends_with("SELECT 'edi' || 'ted';\n"));
}

#[test]
fn unfinished_text_of_the_editor_is_typed_on_and_a_failed_edit_is_not_run() {
    let home = Home::new();
    let editor = program(
        &home,
        "editor",
        "case $(cat on) in fail) exit 3;; esac; echo \"SELECT 'edi' ||\" > \"$1\"",
    );
    home.write("on", "");
    home.write("own.sql", "");
    let mut terminal =
        Terminal::open_with(&home, &["--secret-store", "memory"], &[("VISUAL", editor.as_str())]);
    terminal.line("\\e own.sql").wait_for("'edi'").run(" 'ted';", "edited");
    home.write("on", "fail");
    terminal.run("\\e", "nothing was run");
    let idle = program(&home, "editor", "true");
    assert_eq!(idle, editor);
    terminal.line("\\e").wait_for("redwire> ").run("SELECT 1 + 1;", "│     2 │");
    terminal.end();
    assert_eq!(std::fs::read_dir(home.file("tmp")).unwrap().count(), 0);
}

#[test]
fn backslash_commands_work_at_the_prompt() {
    let home = Home::new();
    home.write("one.sql", "SELECT 'one' || 1;\nSHOW nonsense;\nSELECT 'two' || 2;\n");
    let mut terminal = Terminal::open(&home);
    terminal
        .run("\\i one.sql", "one.sql:2:6")
        .run("\\i none.sql", "could not read none.sql");
    terminal
        .run("\\x on", "rows are drawn vertically")
        .run("SELECT 5 AS five;", "RECORD 1");
    terminal.run("\\x auto", "where a table is too wide");
    terminal
        .run("\\timing", "timing is on")
        .run("SELECT 1;", "time: ")
        .run("\\timing", "timing is off");
    terminal
        .run("\\o out.txt", "")
        .run("SELECT 'in ' || 'file';", "")
        .run("\\o", "");
    terminal.run("\\timng", "did you mean \\timing?");
    terminal.run("\\h DROP", "DROP [REDSHIFT] CONNECTION");
    terminal.run("\\expect 42704", "").run("DROP CONNECTION nobody;", "42704");
    let transcript = terminal.end();
    assert!(!transcript.contains("two2") && !transcript.contains("in file"), "{transcript}");
    assert!(std::fs::read_to_string(home.file("out.txt")).unwrap().contains("in file"));
}

#[test]
fn bare_words_quit_and_help_as_in_psql() {
    let home = Home::new();
    for word in ["quit", "EXIT", "exit;"] {
        let mut terminal = Terminal::open(&home);
        terminal.line(word);
        assert_eq!(terminal.status(), 0, "{word}");
    }
    let mut terminal = Terminal::open_with(&home, &[], &[("TERM", "dumb")]);
    terminal.line("quit");
    assert_eq!(terminal.status(), 0);
    let mut terminal = Terminal::open_with(&home, &["--no-pager"], &[]);
    terminal.run("help", "shows the syntax of one");
    terminal.run("SELECT 7 AS seven \\gx", "seven │ 7");
    terminal.run("SELECT 8 AS eight \\g", "│ eight │");
    terminal.run("SELECT 9 \\p", "a backslash cannot stand");
    terminal.line("SELECT 'a' ||").keys("quit").wait_for("then \\q quits");
    terminal.keys(CTRL_C).run("SELECT 1 + 1;", "│     2 │");
    terminal.end();
    assert_eq!(history(&home), "SELECT 7 AS seven ;\nSELECT 8 AS eight ;\nSELECT 1 + 1;\n");
}

#[test]
fn rows_that_are_too_wide_are_drawn_vertically() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    let wide = "x".repeat(50);
    terminal.run(&format!("SELECT '{wide}' AS a, '{wide}' AS b;"), "RECORD 1");
    terminal.end();
}

#[test]
fn long_results_go_through_the_pager() {
    let home = Home::new();
    let pager = program(&home, "pager", "env > environment; head -n 5; echo paged");
    let numbers = |n: usize| {
        format!(
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {n}) SELECT n FROM t;"
        )
    };
    let environment = [("PAGER", pager.as_str()), ("REDWIRE_VAULT_PASSPHRASE", SECRET)];
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory"], &environment);
    terminal
        .run(&numbers(3), "(3 rows)")
        .run(&numbers(50), "paged")
        .run(&numbers(100_000), "paged");
    for name in 0..30 {
        home.script(&create(&format!("c{name}"), "'x'")).run().status(0);
    }
    terminal.run("\\tree", "paged");
    assert!(!terminal.end().contains("(50 rows)"));
    assert_eq!(files_with(home.path(), SECRET), Vec::<std::path::PathBuf>::new());

    for (arguments, pager) in [
        (&["--secret-store", "memory", "--no-pager"][..], pager.as_str()),
        (&["--secret-store", "memory"], "no-such-pager"),
        (&["--secret-store", "memory"], ""),
    ] {
        let mut terminal = Terminal::open_with(&home, arguments, &[("PAGER", pager)]);
        terminal.run(&numbers(50), "(50 rows)");
        assert!(!terminal.end().contains("paged"));
    }
}

#[test]
fn a_password_is_asked_for_without_showing_it() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    let question = "Password for connection sales: ";
    terminal.submit(&create("sales", "PROMPT")).wait_for(question);
    terminal.line(SECRET).wait_for("CREATE CONNECTION\r\n").wait_for("redwire> ");
    let left_out = "CREATE REDSHIFT CONNECTION web CONNECTION_STRING = 'jdbc:redshift://h.example.com/dev' USER_NAME = 'u';";
    terminal.submit(left_out).wait_for("Password for connection web: ");
    terminal.line(SECRET).wait_for("CREATE CONNECTION\r\n").wait_for("redwire> ");
    terminal
        .submit("ALTER REDSHIFT CONNECTION sales SET PASSWORD = PROMPT;")
        .wait_for(question);
    terminal.keys("abc").keys_until(CTRL_C, "57014").wait_for("redwire> ");
    terminal
        .submit("ALTER REDSHIFT CONNECTION sales SET PASSWORD = PROMPT;")
        .wait_for(question);
    terminal.keys_until(CTRL_D, "57014").wait_for("redwire> ");
    terminal
        .submit("ALTER REDSHIFT CONNECTION sales SET PASSWORD = PROMPT;")
        .wait_for(question);
    terminal
        .line("")
        .wait_for("type the password at the question")
        .wait_for("redwire> ");
    terminal.run("SELECT 1 + 1;", "│     2 │");
    let shown = terminal.end();
    assert!(!shown.contains(SECRET));
    // An error stands on a line of its own, also where no Enter ended the question.
    assert_eq!(shown.matches(&format!("{question}\r\n")).count(), 4, "{shown}");
    assert_eq!(files_with(home.path(), SECRET), Vec::<std::path::PathBuf>::new());
}

#[test]
fn results_alone_go_to_the_standard_output() {
    let home = Home::new();
    let mut command = home.command("sh");
    let script = format!("{REDWIRE} --ephemeral > out.txt");
    command.args(["-c", &script]).env("TERM", "xterm");
    let mut terminal = Terminal::start(command);
    terminal
        .wait_for("redwire (ephemeral)> ")
        .line("SELECT 'one' || 1;")
        .wait_for("redwire (ephemeral)> ")
        .line("\\q");
    assert_eq!(terminal.status(), 0);
    let out = std::fs::read_to_string(home.file("out.txt")).unwrap();
    assert!(
        out.contains("one1") && !out.contains("redwire") && !out.contains('\x1b'),
        "{out:?}"
    );
}

#[test]
fn the_shell_survives_what_it_does_not_understand() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.run("frobnicate;", "42601").run(&"(".repeat(1001), "54000");
    terminal.keys("\x16\0").run(";", "22021");
    terminal.run(");", "42601").run("SELECT 1 + 1;", "│     2 │");
    terminal.end();
    assert_eq!(history(&home), "frobnicate;\nSELECT 1 + 1;\n");
}

#[test]
fn a_mutated_statement_leaves_no_secret_in_the_history() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    masking::type_mutants(&mut terminal, Dialect::Catalog, 200);
    terminal.end();
    assert!(history(&home).lines().count() > 50, "{}", history(&home));
    masking::assert_kept_nowhere(home.path());
}

#[test]
fn a_named_query_is_saved_run_with_values_listed_edited_and_deleted() {
    let home = Home::new();
    let editor = program(&home, "editor", "echo 'SELECT $1 || 9' > \"$1\"");
    let mut terminal =
        Terminal::open_with(&home, &["--secret-store", "memory"], &[("EDITOR", &editor)]);
    terminal
        .run("\\n one", "query one does not exist")
        .run("\\ns one SELECT $1 || 7 -- last", "saved the query one")
        .run("\\n one a", "│ a7 ")
        .run("\\n one \"'); nix\"", "'); nix")
        .run("\\n one", "the query needs $1")
        .run("\\n", "SELECT $1 || 7");
    terminal
        .keys(&format!("\\n o{TAB}"))
        .wait_for(" one")
        .keys(CTRL_C)
        .wait_for("redwire> ");
    terminal.line("\\ne one").wait_for("redwire> ").run("\\n one b", "│ b9 ");
    terminal
        .run("\\nd one", "deleted the query one")
        .run("\\nd one", "does not exist");
    terminal.end();
    assert_eq!(std::fs::read_dir(home.file("config/redwire/queries")).unwrap().count(), 0);
}

#[test]
fn the_settings_of_config_toml_hold_at_the_prompt() {
    let home = Home::new();
    std::fs::create_dir_all(home.file("config/redwire")).unwrap();
    let file = "keys = 'vi'\nprompt = '{target} % '\nnull = '∅'\ntiming = true\n";
    home.write("config/redwire/config.toml", file);
    let store = ["--secret-store", "memory"];
    let mut terminal = Terminal::open_at(&home, &store, &[], "redwire % ");
    terminal.run("SELECT NULL AS n;", "│ ∅ ");
    // Escape, and then commands of vi: to the beginning, delete a word, insert.
    terminal
        .keys("NIX 1 + 1;\x1b0dwiSELECT ")
        .line("")
        .wait_for("2")
        .wait_for("time: ");
    terminal.wait_for("redwire % ");
    terminal.end();
    let mut terminal = Terminal::open_with(&home, &["--secret-store", "memory", "-X"], &[]);
    terminal.run("SELECT NULL AS n;", "│ NULL ");
    terminal.end();
    home.write("config/redwire/config.toml", "format = 'xml'");
    home.redwire(["config"]).run().status(2).err_has("config.toml:1:10");
}

#[test]
fn alt_enter_begins_a_line_in_a_complete_statement() {
    let home = Home::new();
    let mut terminal = Terminal::open(&home);
    terminal.keys("SELECT 1 + 1;\x1b\r").line("SELECT 2 + 2;").wait_for("│     2 │");
    terminal.wait_for("│     4 │").wait_for("redwire> ");
    terminal.end();
}
