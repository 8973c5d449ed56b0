//! Statements that have shown a secret once, with one quote, comma, word or letter more or less, a
//! wrong letter, or two letters swapped: in the history, excerpts, the log, messages of a server
//! and on the screen.

use std::path::{Path, PathBuf};

use redwire::sql::mask::{Echo, concealed, mask};
use redwire::sql::splitter::{Dialect, Splitter};

use crate::support::home::Home;
use crate::support::terminal::{Terminal, files_with};

/// The secret in them; no word has four of its characters in a row.
pub const SECRET: &str = "Zq7vKx2jw";

/// Texts that have leaked once; each has the secret in it.
const LEAKED: &[&str] = &[
    "select 'oops;\ncreate user u password 'Zq7vKx2jw';",
    "copy t from 's3://b/k access_key_id 'A' secret_access_key 'Zq7vKx2jw';",
    "select 'C:\\data\\'; create user u password 'Zq7vKx2jw';",
    "copy t from 's3://b/k' aws_secret_access_key 'Zq7vKx2jw'",
    "copy t from 's3://b/k' secret_access_key \"Zq7vKx2jw\"",
    "copy t from 's3://b/k' secret_access_key Zq7vKx2jw",
    "select 1 /* secret_access_key=Zq7vKx2jw */",
    "copy t from 's3://b/k' credentials aws_access_key_id=A;aws_secret_access_key=Zq7vKx2jw",
    "select * from dblink('host=h passwd=Zq7vKx2jw')",
    "select * from dblink('host=h pwd=Zq7vKx2jw')",
    "UNLOAD ('select n.password from names n') TO 's3://b/k' SECRET_ACCESS_KEY 'Zq7vKx2jw'",
    "COPY t (\"Bob's column\") FROM 's3://b/k' SECRET_ACCESS_KEY 'Zq7vKx2jw'",
    "COPY t FROM 's3://b/k' CREDENTIALS U&'Zq7vKx2jw'",
    "ALTER USER u IDENTIFIED BY 'Zq7vKx2jw'",
    "select dblink_connect('postgres://u:Zq7vKx2jw@h/d')",
    "ALTER REDSHIFT CONNECTION \"my sales SET PASSWORD = 'Zq7vKx2jw';",
    "CREATE OR REPLACE USER u PASSWORD Zq7vKx2jw",
    "COPY t FROM 's3://b/k' DELIMITER '\\' CREDENTIALS 'Zq7vKx2jw'",
    "CREATE IDENTITY PROVIDER p PARAMETERS '{\"client_secret\": \"a\\\"Zq7vKx2jw\"}'",
    "select dblink_connect('postgres://u:a/Zq7vKx2jw@h')",
    "CREATE USER u PASSWORD Zq7vKx2jw!x",
    "CREATE REDSHIFT CONNECTION PASSWORD = Zq7vKx2jw==",
    "SHOW CREATE CONNECTION PASSWORD = Zq7vKx2jw",
    "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = 'Zq7vKx2jw' COMMENT = 'mine'",
    "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u', \
     PASSWORD = 'Zq7vKx2jw' WITH TEST;",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = 'Zq7vKx2jw', USER_NAME = 'u'",
    "CREATE USER u PASSWORD 'Zq7vKx2jw' VALID UNTIL '2030-01-01'",
    "CREATE EXTERNAL SCHEMA s FROM POSTGRES URI 'h' SECRET_ARN 'Zq7vKx2jw'",
    "select 'https://b.s3.amazonaws.com/k?X-Amz-Signature=Zq7vKx2jw'",
    "CREATE USER u PASSWORD 'sha256|Zq7vKx2jw'",
    "DO $$ BEGIN EXECUTE 'ALTER USER u PASSWORD ''Zq7vKx2jw'''; END $$",
    "COPY t FROM 'x' MASTER_SYMMETRIC_KEY 'Zq7vKx2jw' ENCRYPTED",
    "COPY t FROM 'x' SESSION_TOKEN AS 'Zq7vKx2jw' CSV",
    "CREATE SNOWFLAKE CONNECTION c PRIVATE_KEY = Zq7vKx2jw",
    "CREATE JOB j PASSWORD = 'Zq7vKx2jw' AS INSERT INTO a.b.c SELECT 1",
    "CREATE JOB j AS INSERT INTO a.b.c SELECT 1 FROM a.b.d WHERE d.password = 'Zq7vKx2jw'",
    "CREATE TABLE a.b.c (x INT) COMMENT = 'password: Zq7vKx2jw'",
];

/// Texts of which no mutants are made: another typing error may hide that they have a secret.
const MORE_LEAKED: &[&str] = &[
    "select 'https://h/c?sv=1&sig=Zq7vKx2jw'",
    "select 'https://h/c?Signature=Zq7vKx2jw'",
    "select 'AccountName=a;AccountKey=Zq7vKx2jw'",
    "select '{\"auth\": \"Zq7vKx2jw\"}'",
    "select 'Bearer Zq7vKx2jw'",
    "select 'curl -u bob:Zq7vKx2jw https://h/'",
    "select 'ssh bob:Zq7vKx2jw@h'",
    "copy t from 's3://b/k' secret_access_key 'Zq7vKx2jwß",
    "select dblink_connect('postgres://u Zq7vKx2jw@h/d')",
    "select dblink_connect('postgres://u:a/Zq7vKx2jw",
    "select * from dblink('host=h pdw=Zq7vKx2jw')",
    "select * from dblink('host=h wpd=Zq7vKx2jw')",
    "select * from dblink('host=h psswd=Zq7vKx2jw')",
    "select * from dblink('host=h pasword=Zq7vKx2jw')",
    "select * from dblink('host=h pssswd=Zq7vKx2jw')",
    "select * from dblink('host=h passws=Zq7vKx2jw')",
];

/// All of them as statements that end.
fn all_leaked() -> impl Iterator<Item = String> {
    LEAKED
        .iter()
        .chain(MORE_LEAKED)
        .map(|text| format!("{};", text.trim_end_matches(';')))
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

/// A text that has leaked once, with one typing error.
pub struct Mutant {
    pub text: String,
    /// More than one character is gone, or the error may be in a word that is too short to be known
    /// with one.
    has_lost_a_word: bool,
}

impl Mutant {
    fn new(dice: &mut Dice) -> Self {
        const WRONG: &[&str] = &["x", "e", "k", "_", "1", "'", ".", "-", "("];
        const MORE: &[&str] = &["'", "\"", ",", "x", "''", ";", "/*", "--"];
        let text = LEAKED[dice.below(LEAKED.len())];
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[dice.below(places.len())];
        let word = text[at..].find(' ').map_or(text.len(), |length| at + length);
        let mut mutated = text.to_owned();
        let behind = text.ceil_char_boundary(at + 1);
        match dice.below(12) {
            0..=3 => mutated.insert_str(at, MORE[dice.below(MORE.len())]),
            4 => mutated.insert_str(word, " word "),
            5 => mutated.replace_range(at..word, ""),
            6..=7 => mutated.replace_range(at..behind, WRONG[dice.below(WRONG.len())]),
            8..=9 => {
                let next = text[behind..].chars().next().map_or(String::new(), String::from);
                mutated.replace_range(at..behind + next.len(), &(next + &text[at..behind]));
            }
            _ => mutated.replace_range(at..behind, ""),
        }
        let is_short =
            text.contains("pwd=") || text.contains("passwd=") && !mutated.contains("wd=");
        Self {
            has_lost_a_word: mutated.len() + 1 < text.len() || is_short,
            text: mutated,
        }
    }

    /// True if the word that said that a secret follows is gone as a whole: what is left is a text
    /// like any other. The search is the test's own.
    fn is_unmarked(&self) -> bool {
        let text = self.text.to_lowercase();
        let mut words = DOCUMENTED.iter().copied().chain(["@"]);
        self.has_lost_a_word && !words.any(|word| text.contains(word))
    }

    /// True if a `;` tears that word, so that each statement has a part of it.
    fn is_cut(&self) -> bool {
        let text = self.text.to_lowercase();
        let whole = text.replace(';', "");
        DOCUMENTED
            .iter()
            .any(|word| whole.matches(word).count() > text.matches(word).count())
    }

    fn is_on_connections(&self) -> bool {
        let text = self.text.to_lowercase();
        (text.contains("create ") || text.contains("alter ")) && text.contains(" connection ")
    }
}

/// The words of docs/security.md.
const DOCUMENTED: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "credential",
    "access_key",
    "api_key",
    "api-key",
    "apikey",
    "authorization:",
    "token",
    "private_key",
    "symmetric_key",
    "identified",
    "sha256|",
    "x-amz-",
];

/// True if four characters of the secret in a row are there.
pub fn leaks(shown: &str) -> bool {
    const PART: usize = 4;
    let shown = shown.to_lowercase();
    SECRET
        .to_lowercase()
        .as_bytes()
        .windows(PART)
        .any(|part| shown.as_bytes().windows(PART).any(|window| window == part))
}

/// Mutants with the sign of a secret, as statements that end.
pub fn mutants(seed: u64) -> impl Iterator<Item = String> {
    let mut dice = Dice(seed);
    let all = std::iter::repeat_with(move || Mutant::new(&mut dice));
    let known = all.filter(|mutant| !mutant.is_unmarked() && !mutant.is_cut());
    known.map(|mutant| format!("{};", mutant.text.trim_end_matches(';')))
}

/// The text with a bullet for each character that is concealed.
fn typed(text: &str) -> String {
    let ranges = concealed(text, false);
    let is_hidden = |at: &usize| ranges.iter().any(|range| range.contains(at));
    text.char_indices()
        .map(|(at, c)| if is_hidden(&at) { '•' } else { c })
        .collect()
}

fn assert_none(leaked: &[String]) {
    assert!(leaked.is_empty(), "{} leaks\n{}", leaked.len(), leaked.join("\n"));
}

#[test]
fn a_text_that_has_leaked_once_leaks_no_more() {
    for text in LEAKED.iter().chain(MORE_LEAKED) {
        for shown in [mask(text, false).text, typed(text)] {
            assert!(!leaks(&shown), "{text}\n{shown}");
        }
    }
}

#[test]
fn a_mutated_statement_leaks_nothing() {
    const COUNT: usize = 20_000;
    let mut dice = Dice(1);
    let mut leaked = Vec::new();
    let mut unmarked = 0;
    for _ in 0..COUNT {
        let mutant = Mutant::new(&mut dice);
        let text = &mutant.text;
        unmarked += usize::from(mutant.is_unmarked());
        let shown = mask(text, false).text;
        if leaks(&shown) && (!mutant.is_unmarked() || mutant.is_on_connections()) {
            leaked.push(format!("{text}\n  {shown}"));
        }
        let shown = typed(text);
        if leaks(&shown) && !mutant.is_unmarked() {
            leaked.push(format!("{text}\n  {shown}"));
        }
    }
    assert_none(&leaked);
    assert!(unmarked < COUNT / 40, "{unmarked} texts were not looked at");
}

#[test]
fn no_piece_of_a_mutated_script_leaks_by_the_rules_of_any_sql() {
    let script: String = mutants(2).take(2_000).flat_map(|text| [text, "\n".to_owned()]).collect();
    let warehouse = |backslash_escapes| Dialect::Warehouse { backslash_escapes };
    for dialect in [Dialect::Catalog, warehouse(false), warehouse(true)] {
        let mut leaked = Vec::new();
        for line in script.lines().chain([script.as_str()]) {
            let mut splitter = Splitter::new(dialect);
            splitter.push(line);
            let mut check = |text: &str, follows_secret| {
                let shown = mask(text, follows_secret).text;
                if leaks(&shown) {
                    leaked.push(format!("{text}\n  {shown}"));
                }
            };
            while let Some(piece) = splitter.next_piece() {
                match piece {
                    Ok(piece) => check(piece.text, piece.follows_secret),
                    Err(broken) => check(broken.text, broken.follows_secret),
                }
            }
            match splitter.finish() {
                Some(Ok(piece)) => check(piece.text, piece.follows_secret),
                Some(Err(broken)) => check(broken.text, broken.follows_secret),
                None => {}
            }
        }
        assert_none(&leaked);
    }
}

#[test]
fn a_server_that_repeats_a_mutated_statement_is_quieted() {
    let mut leaked = Vec::new();
    for text in mutants(3).take(2_000) {
        let echo = Echo::new(&text, false);
        let mut all_said = vec![format!("while running {text}")];
        let is_in_word = |c: char| c.is_alphanumeric() || c == '_';
        for word in text.split(|c| !is_in_word(c)).filter(|word| leaks(word)) {
            let head = &word[..word.len() - 1];
            let near = [word, head, &word.to_lowercase()].map(|near| format!("near \"{near}\""));
            all_said.extend(near);
        }
        for said in all_said {
            for quiet in [echo.without_secrets(&said), echo.without_secrets_in_sql(&said)] {
                if leaks(&quiet) {
                    leaked.push(format!("{text}\n  {said}\n  {quiet}"));
                }
            }
        }
    }
    assert_none(&leaked);
}

/// The arguments for the texts that have leaked and for so many mutants, none of which opens a
/// connection.
pub fn arguments(seed: u64, count: usize) -> Vec<String> {
    let all = all_leaked().chain(mutants(seed)).filter(|text| !text.contains("TEST"));
    all.take(count).flat_map(|text| ["-c".to_owned(), text]).collect()
}

/// Types the texts that have leaked and so many mutants at the prompt.
#[track_caller]
pub fn type_mutants(terminal: &mut Terminal, dialect: Dialect, count: usize) {
    let all = all_leaked().chain(mutants(20)).filter(|text| !text.contains("TEST"));
    for text in all.take(count) {
        let is_whole = Splitter::is_complete(&text, dialect);
        terminal.paste(&text).leave_line(is_whole);
    }
}

/// No file below the folder has the secret.
#[track_caller]
pub fn assert_kept_nowhere(folder: &Path) {
    assert_eq!(files_with(folder, SECRET), Vec::<PathBuf>::new());
}

#[test]
fn mutated_statements_leak_in_no_error_and_no_line_of_the_log() {
    let home = Home::new();
    for seed in 4..8 {
        let run = home.redwire(["--verbose", "--secret-store", "memory", "--on-error", "continue"]);
        let done = run.args(arguments(seed, 500)).run().status(1).err_has("***");
        assert!(!leaks(&done.err), "{}", done.err);
    }
}
