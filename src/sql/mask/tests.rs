use proptest::prelude::*;

use super::*;

const SECRET: &str = "Hunter2xq";

fn masked(text: &str) -> String {
    mask(text).text
}

/// The text with a bullet for each character that is concealed.
fn typed(text: &str) -> String {
    let ranges = concealed(text, false);
    let is_hidden = |at: &usize| ranges.iter().any(|range| range.contains(at));
    text.char_indices()
        .map(|(at, c)| if is_hidden(&at) { '•' } else { c })
        .collect()
}

#[test]
fn a_connection_that_parses_is_shown_without_its_secrets() {
    let create = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING =";
    for (text, expected) in [
        (
            "'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'it''s' COMMENT = 'x';",
            "'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = PROMPT COMMENT = 'x';",
        ),
        (
            "'jdbc:redshift://h/d', USER_NAME = 'u', PASSWORD = ENV 'A_PASSWORD' WITH TEST",
            "'jdbc:redshift://h/d', USER_NAME = 'u', PASSWORD = ENV 'A_PASSWORD' WITH TEST",
        ),
        (
            "'jdbc:redshift://h/d?PWD=x' -- it's x\n USER_NAME = 'pwd: x'",
            "'***'  \n USER_NAME = '***'",
        ),
        ("'jdbc:redshift://h/d?P%57D=x' USER_NAME = 'u@h'", "'***' USER_NAME = 'u@h'"),
    ] {
        assert_eq!(masked(&format!("{create} {text}")), format!("{create} {expected}"));
    }
    assert_eq!(
        masked("ALTER REDSHIFT CONNECTION c SET PASSWORD = 's3cret' RESET COMMENT with test"),
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = PROMPT RESET COMMENT with test",
    );
}

#[test]
fn a_text_without_a_sign_is_shown_as_it_is() {
    for text in [
        "?",
        "selct 1",
        "SELECT 'a' FROM x WHERE b = 'missing' -- why",
        "INSERT INTO kennels VALUES ('it''s', $$x$$, E'\\n')",
        "SELECT a::text || '@' FROM t WHERE mail = 'me@example.com' AND at > '10:30'",
        "COPY t FROM 's3://bucket/key' IAM_ROLE 'arn:aws:iam::1234:role/r' CSV",
        "CREATE USER u",
        "DROP CONNECTION 'oops",
        "SHOW CREATE CONNECTION sales",
        "CREATE TABLE a.b.c (connection INT, created_by_connection INT)",
        "SELECT sha256('a'), customer_identifier, taken_at FROM passengers",
        "select * from residential_essentials where is_broken = 'x'",
        "IMPROT TABLES FROM sales",
        "SELECT 'https://h:80/a', 's3://b/a:b', taken, broken FROM discrete",
        "CREATE TABLE a.b.c (id int) RETENTION = 'x'",
    ] {
        assert_eq!(masked(text), text);
        assert_eq!(typed(text), text);
    }
}

#[test]
fn a_statement_of_ours_that_parses_is_shown_without_strings_and_comments() {
    for text in [
        "CREATE TABLE a.b.c (id BIGINT, password VARCHAR(64), \"access token\" INT)",
        "CREATE JOB j AS INSERT INTO a.b.c SELECT 1 AS l, t.password FROM a.b.d t",
        "DESCRIBE CONNECTION password;",
        "SHOW CREATE CONNECTION token_store",
        "DROP TABLE a.b.tokens",
    ] {
        assert_eq!(masked(text), text);
    }
    for (text, expected) in [
        (
            "CREATE JOB j AS INSERT INTO a.b.c SELECT 'x' AS k FROM a.b.d WHERE password = 'y' -- pwd",
            "CREATE JOB j AS INSERT INTO a.b.c SELECT '***' AS k FROM a.b.d WHERE password = '***'  ",
        ),
        ("DROP TABLE a.b.\"password = 'x'\"", "DROP TABLE a.b.***"),
        (
            "CREATE JOB j SKIP_ALL_VALIDATIONS = TRUE AS INSERT INTO a.b.c SELECT password = x",
            "CREATE JOB *** SKIP_ALL_VALIDATIONS = TRUE AS INSERT INTO *** SELECT password = ***",
        ),
    ] {
        assert_eq!(masked(text), expected);
    }
}

#[test]
fn only_keywords_survive_in_any_other_statement() {
    for (text, expected) in [
        ("CREATE USER u PASSWORD 'Hunter2!x' CREATEDB;", "CREATE USER *** PASSWORD ***;"),
        ("CREATE USER u PASSWORD='set';", "CREATE USER *** PASSWORD=***;"),
        ("ALTER USER u PASSWORD abc==", "ALTER USER *** PASSWORD ***"),
        ("create user u password 'Top set 1'", "create user *** password ***"),
        (
            "COPY t FROM 's3://b/k'\nCREDENTIALS 'aws_secret_access_key=x'\nCSV",
            "COPY *** FROM ***\nCREDENTIALS ***\nCSV",
        ),
        ("select * from secrets", "select *** from ***"),
        ("select 1 -- the token\nfrom t", "select ***\nfrom ***"),
        (
            "ALTER REDSHIFT CONNECTION c SET PASWORD = 'x', USER_NAME = 'u'",
            "ALTER REDSHIFT CONNECTION *** SET *** USER_NAME = ***",
        ),
        ("CREATE CONNECTION c 'x'", "CREATE CONNECTION ***"),
        ("/* CREATE OR REPLACE REDSHIFT CONNECTION */ x", "***"),
    ] {
        assert_eq!(masked(text), expected);
    }
}

#[test]
fn a_long_word_is_a_sign_with_one_character_too_many_or_too_few() {
    for word in [
        "password",
        "passphrase",
        "passwd=",
        "credential",
        "access_key",
        "private_key",
        "symmetric_key",
        "client_secret",
        "secret_arn",
        "session_token",
        "identified ",
        "amz-signature",
    ] {
        assert!(has_sign(word));
        for at in 0..word.len() {
            let less = format!("{}{}", &word[..at], &word[at + 1..]);
            assert!(has_sign(&less), "{less}");
            for more in ["x", "'", "\"", ",", " ", "é", "/*"] {
                let more = format!("{}{more}{}", &word[..at], &word[at..]);
                assert!(has_sign(&more), "{more}");
            }
        }
    }
}

#[test]
fn a_sign_ends_where_its_word_does() {
    for (text, end) in [
        ("my password = 'x'", 11),
        ("my PASWORD = 'x'", 10),
        ("my pass'word = 'x'", 12),
        ("my session_tokn = 'x'", 15),
        ("postgres://u:x@h", 13),
        ("u:x@h", 2),
    ] {
        assert_eq!(first_sign(text), Some(end), "{text}");
    }
}

/// Texts that have leaked once; each has the secret in it.
const LEAKED: &[&str] = &[
    "select 'oops;\ncreate user u password 'Hunter2xq';",
    "copy t from 's3://b/k access_key_id 'A' secret_access_key 'Hunter2xq';",
    "select 'C:\\data\\'; create user u password 'Hunter2xq';",
    "copy t from 's3://b/k' aws_secret_access_key 'Hunter2xq'",
    "copy t from 's3://b/k' secret_access_key \"Hunter2xq\"",
    "copy t from 's3://b/k' secret_access_key Hunter2xq",
    "select 1 /* secret_access_key=Hunter2xq */",
    "copy t from 's3://b/k' credentials aws_access_key_id=A;aws_secret_access_key=Hunter2xq",
    "select * from dblink('host=h passwd=Hunter2xq')",
    "select * from dblink('host=h pwd=Hunter2xq')",
    "UNLOAD ('select n.password from names n') TO 's3://b/k' SECRET_ACCESS_KEY 'Hunter2xq'",
    "COPY t (\"Bob's column\") FROM 's3://b/k' SECRET_ACCESS_KEY 'Hunter2xq'",
    "COPY t FROM 's3://b/k' CREDENTIALS U&'Hunter2xq'",
    "ALTER USER u IDENTIFIED BY 'Hunter2xq'",
    "select dblink_connect('postgres://u:Hunter2xq@h/d')",
    "ALTER REDSHIFT CONNECTION \"my sales SET PASSWORD = 'Hunter2xq';",
    "CREATE OR REPLACE USER u PASSWORD Hunter2xq",
    "COPY t FROM 's3://b/k' DELIMITER '\\' CREDENTIALS 'Hunter2xq'",
    "CREATE IDENTITY PROVIDER p PARAMETERS '{\"client_secret\": \"a\\\"Hunter2xq\"}'",
    "select dblink_connect('postgres://u:a/Hunter2xq@h')",
    "CREATE USER u PASSWORD Hunter2xq!x",
    "CREATE REDSHIFT CONNECTION PASSWORD = Hunter2xq==",
    "SHOW CREATE CONNECTION PASSWORD = Hunter2xq",
    "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = 'Hunter2xq' COMMENT = 'mine'",
    "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u', PASSWORD = 'Hunter2xq' WITH TEST;",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = 'Hunter2xq', USER_NAME = 'u'",
    "CREATE USER u PASSWORD 'Hunter2xq' VALID UNTIL '2030-01-01'",
    "CREATE EXTERNAL SCHEMA s FROM POSTGRES URI 'h' SECRET_ARN 'Hunter2xq'",
    "select 'https://b.s3.amazonaws.com/k?X-Amz-Signature=Hunter2xq'",
    "CREATE USER u PASSWORD 'sha256|Hunter2xq'",
    "DO $$ BEGIN EXECUTE 'ALTER USER u PASSWORD ''Hunter2xq'''; END $$",
    "COPY t FROM 'x' MASTER_SYMMETRIC_KEY 'Hunter2xq' ENCRYPTED",
    "COPY t FROM 'x' SESSION_TOKEN AS 'Hunter2xq' CSV",
    "CREATE SNOWFLAKE CONNECTION c PRIVATE_KEY = Hunter2xq",
    "CREATE JOB j PASSWORD = 'Hunter2xq' AS INSERT INTO a.b.c SELECT 1",
    "CREATE JOB j AS INSERT INTO a.b.c SELECT 1 FROM a.b.d WHERE d.password = 'Hunter2xq'",
    "CREATE TABLE a.b.c (x INT) COMMENT = 'password: Hunter2xq'",
];

#[test]
fn a_text_that_has_leaked_once_leaks_no_more() {
    for text in LEAKED {
        assert!(!masked(text).contains("Hunter2xq"), "{text}\n{}", masked(text));
        let shown = typed(text);
        assert!(!shown.contains("Hunter2xq"), "{text}\n{shown}");
    }
}

#[test]
fn a_secret_is_drawn_as_bullets_while_it_is_typed() {
    let create = "CREATE REDSHIFT CONNECTION c PASSWORD = ";
    for (text, expected) in [
        ("'h", "'•"),
        ("'hun''", "'••••'"),
        ("'hunter2' COMMENT = 'x'", "'•••••••' COMMENT = '•'"),
        ("'geheimniß", "'•••••••••"),
        ("hun ter", "•••••••"),
        ("PROM", "••••"),
        ("PROMPT USER_NAME", "PROMPT USER_NAME"),
        ("ENV 'NAME'", "ENV '••••'"),
        (
            "'ab' CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u'",
            "'••' CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u'",
        ),
    ] {
        assert_eq!(typed(&format!("{create}{text}")), format!("{create}{expected}"));
    }
    for (text, expected) in [
        ("CREATE USER u PASSWORD 'ß", "CREATE USER u PASSWORD '•"),
        ("CREATE USER u PASWORD = 'a b", "CREATE USER u PASWORD = '•••"),
        ("select dblink('postgres://u:a/S", "select dblink('postgres://u:•••"),
        (
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h:5439/d",
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h:5439/d",
        ),
        (
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=ab' C",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=•••••",
        ),
    ] {
        assert_eq!(typed(text), expected);
    }
}

#[test]
fn places_follow_the_mask() {
    let text = "ALTER REDSHIFT CONNECTION c SET PASSWORD = 'a long password' WITH TEST";
    let masked = mask(text);
    let test = text.rfind("TEST").unwrap();
    assert_eq!(&masked.text[masked.range(test..test + 4)], "TEST");
    let start = text.find("'a long").unwrap();
    assert_eq!(&masked.text[masked.range(start..start + 17)], "PROMPT");
    assert_eq!(&masked.text[masked.range(start + 3..start + 5)], "PROMPT");
}

#[test]
fn stars_in_the_place_of_a_secret_are_known() {
    for (text, expected) in [
        ("CREATE USER *** PASSWORD ***", true),
        ("SELECT '***'", false),
        ("CREATE USER u PASSWORD 'x'", false),
    ] {
        assert_eq!(has_masked_secret(text), expected, "{text}");
    }
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// A text that has leaked once, with one quote, comma, word or letter more or less.
struct Mutant {
    text: String,
    /// More than one character is gone, or one of a word that is too short to be known without it.
    has_lost_a_word: bool,
}

impl Mutant {
    fn new(dice: &mut Dice) -> Self {
        const MORE: &[&str] = &["'", "\"", ",", "x", "''", ";", "/*", "--"];
        let text = LEAKED[dice.below(LEAKED.len())];
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[dice.below(places.len())];
        let word = text[at..].find(' ').map_or(text.len(), |length| at + length);
        let mut mutated = text.to_owned();
        match dice.below(8) {
            0..=3 => mutated.insert_str(at, MORE[dice.below(MORE.len())]),
            4 => mutated.insert_str(word, " word "),
            5 => mutated.replace_range(at..word, ""),
            _ => mutated.replace_range(at..text.ceil_char_boundary(at + 1), ""),
        }
        Self {
            has_lost_a_word: mutated.len() + 1 < text.len() || text.contains("pwd="),
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
    "token",
    "private_key",
    "symmetric_key",
    "identified",
    "sha256|",
    "x-amz-",
];

/// True if four characters of the secret in a row are there.
fn leaks(shown: &str) -> bool {
    const PART: usize = 4;
    let shown = shown.to_lowercase();
    SECRET
        .to_lowercase()
        .as_bytes()
        .windows(PART)
        .any(|part| shown.as_bytes().windows(PART).any(|window| window == part))
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
        let is_kept_safe = !mutant.is_unmarked() || mutant.is_on_connections();
        if is_kept_safe && leaks(&masked(text)) {
            leaked.push(format!("{text}\n  {}", masked(text)));
        }
        if !mutant.is_unmarked() && leaks(&typed(text)) {
            leaked.push(format!("{text}\n  {}", typed(text)));
        }
    }
    assert!(leaked.is_empty(), "{} leaks\n{}", leaked.len(), leaked.join("\n"));
    assert!(unmarked < COUNT / 40, "{unmarked} texts were not looked at");
}

#[test]
fn a_server_that_repeats_a_mutated_statement_is_quieted() {
    let mut dice = Dice(2);
    let mut leaked = Vec::new();
    for _ in 0..2_000 {
        let mutant = Mutant::new(&mut dice);
        if mutant.is_unmarked() && !mutant.is_on_connections() {
            continue;
        }
        let text = &mutant.text;
        let echo = Echo::new(text);
        let mut all_said = vec![format!("while running {text}")];
        for word in text.split(|c| !is_in_word(c)).filter(|word| leaks(word)) {
            let head = &word[..word.len() - 1];
            let near = [word, head, &word.to_lowercase()].map(|near| format!("near \"{near}\""));
            all_said.extend(near);
        }
        for said in all_said {
            for quiet in [echo.quieted(&said), echo.quieted_sql(&said)] {
                if leaks(&quiet) {
                    leaked.push(format!("{text}\n  {said}\n  {quiet}"));
                }
            }
        }
    }
    assert!(leaked.is_empty(), "{} leaks\n{}", leaked.len(), leaked.join("\n"));
}

#[test]
fn a_server_that_repeats_a_secret_is_quieted_and_the_rest_is_read() {
    for (statement, said, expected) in [
        (
            "CREATE USER u PASSWORD Hunter2!x",
            "syntax error at or near \"Hunter2\"",
            "syntax error at or near \"***\"",
        ),
        (
            "CREATE USER u PASSWORD 'it''s' x",
            "near \"'it''s'\", which is it's",
            "near \"'***'\", which is ***",
        ),
        (
            "COPY t FROM 'x' CREDENTIALS 'aws_access_key_id=AK1;aws_secret_access_key=s3/1=='",
            "the key s3/1== of AK1 is not known",
            "the key *** of *** is not known",
        ),
        ("SELECT nix", "column \"nix\" does not exist", "column \"nix\" does not exist"),
        (
            "SELECT password FROM t",
            "column \"password\" does not exist",
            "column \"password\" does not exist",
        ),
        ("SELECT f()", "bad option password=abc", "*** password=***"),
        ("CREATE USER u PASSWORD E'\\x54op'", "near \"Top\"", "***"),
    ] {
        assert_eq!(Echo::new(statement).quieted(said), expected, "{statement}");
    }
    assert_eq!(
        Echo::new("SELECT f()").quieted_sql("SQL statement \"ALTER USER u PASSWORD s3cret\""),
        "***"
    );
}

proptest! {
    #[test]
    fn what_is_hidden_has_its_order_whatever_the_text(
        words in proptest::collection::vec("CREATE |REDSHIFT CONNECTION c |USER |PASSWORD |CREDENTIALS |://|@|:|'|''|\"|\\$\\$|\\$a\\$|E'|\\\\|;|--|/\\*|\\*/|=|\n| |é|x|SELECT |COMMENT = ", 0..40),
        at in 0_usize..100,
    ) {
        let text = words.concat();
        let mut end = 0;
        let masked = mask(&text);
        for (span, _) in &masked.edits {
            prop_assert!(end <= span.start && span.start < span.end, "{text}");
            prop_assert!(text.get(span.clone()).is_some());
            end = span.end;
        }
        masked.range(at.min(text.len())..text.len());
        for range in concealed(&text, false) {
            prop_assert!(text.get(range).is_some());
        }
        Echo::new(&text).quieted(&text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,100}") {
        mask(&text);
        concealed(&text, false);
        Echo::new("CREATE USER u PASSWORD 'x'").quieted(&text);
    }
}
