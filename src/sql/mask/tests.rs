use proptest::prelude::*;

use super::*;

const SECRET: &str = "Hunter2xq";

fn secret_in_url(url: &str) -> Option<usize> {
    url.find("PWD=").map(|at| at + 4).or_else(|| first_sign(url))
}

fn masked(text: &str) -> String {
    mask(text, secret_in_url).text
}

/// The text with a bullet for each character that is concealed.
fn typed(text: &str) -> String {
    let ranges = concealed(text, false, secret_in_url);
    let is_hidden = |at: &usize| ranges.iter().any(|range| range.contains(at));
    text.char_indices()
        .map(|(at, c)| if is_hidden(&at) { '•' } else { c })
        .collect()
}

#[test]
fn a_password_literal_reads_prompt() {
    for (text, expected) in [
        (
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = 'it''s' COMMENT = 'x';",
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = PROMPT COMMENT = 'x';",
        ),
        (
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h:5439/d', PASSWORD = 'x' WITH TEST",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h:5439/d', PASSWORD = PROMPT WITH TEST",
        ),
        (
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = 's3cret' with test",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = PROMPT with test",
        ),
        (
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=x' USER_NAME = 'u'",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '***' USER_NAME = 'u'",
        ),
        (
            "ALTER REDSHIFT CONNECTION c SET PASWORD = 'x', USER_NAME = 'u'",
            "ALTER REDSHIFT CONNECTION c SET PASWORD = *** USER_NAME = ***",
        ),
    ] {
        assert_eq!(masked(text), expected);
    }
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
        "IMPROT TABLES FROM sales",
        "SELECT 'https://h:80/a', 's3://b/a:b', taken, broken FROM discrete",
        "CREATE TABLE a.b.c (id int) RETENTION = 'x'",
    ] {
        assert_eq!(masked(text), text);
        assert_eq!(typed(text), text);
    }
}

#[test]
fn a_statement_of_ours_that_parses_is_shown_with_the_names_of_secrets() {
    for text in [
        "CREATE TABLE a.b.c (id BIGINT, password VARCHAR(64), \"access token\" INT)",
        "CREATE JOB j COMMENT = 'x' AS INSERT INTO a.b.c SELECT 'x' AS k, 1 AS l, t.password FROM a.b.d t",
        "DESCRIBE CONNECTION password;",
        "SHOW CREATE CONNECTION token_store",
        "DROP TABLE a.b.tokens",
        "CREATE OR REPLACE REDSHIFT CONNECTION \"my c\" CONNECTION_STRING = 'jdbc:x', USER_NAME = 'u' PASSWORD = ENV 'P'",
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = FILE '/p' RESET COMMENT RENAME TO \"d e\"",
        "ALTER REDSHIFT CONNECTION c SET MAX_CONCURRENT_CONNECTIONS = -5 SET PASSWORD = PROMPT;",
    ] {
        assert_eq!(masked(text), text);
    }
    assert_eq!(
        masked(
            "CREATE JOB j AS INSERT INTO a.b.c SELECT 1 FROM a.b.d WHERE password = 'x' -- pwd x"
        ),
        "CREATE JOB j AS INSERT INTO a.b.c SELECT 1 FROM a.b.d WHERE password = '***'  "
    );
}

#[test]
fn only_keywords_survive_in_any_other_statement() {
    for (text, expected) in [
        ("CREATE USER u PASSWORD 'Hunter2!x' CREATEDB;", "CREATE USER *** PASSWORD ***;"),
        ("CREATE USER u PASSWORD='set';", "CREATE USER *** PASSWORD=***;"),
        ("ALTER USER u PASSWORD = set", "ALTER USER *** PASSWORD = ***"),
        ("ALTER USER u PASSWORD abc==", "ALTER USER *** PASSWORD ***"),
        ("create user u password 'Top set 1'", "create user *** password ***"),
        (
            "COPY t FROM 's3://b/k'\nCREDENTIALS 'aws_secret_access_key=x'\nCSV",
            "COPY *** FROM ***\nCREDENTIALS ***\nCSV",
        ),
        ("select * from secrets", "select *** from ***"),
    ] {
        assert_eq!(masked(text), expected);
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
        ("'hunter2'", "'•••••••'"),
        ("'hunter2' COMMENT = 'x'", "'•••••••' COMMENT = 'x'"),
        ("'ab' COMMENT = 'it is", "'••' COMMENT = 'it is"),
        ("'geheimniß", "'•••••••••"),
        ("hun ter", "•••••••"),
        ("PROM", "PROM"),
        ("PROM ", "•••• "),
        ("PROMPT USER_N", "PROMPT USER_N"),
        ("ENV 'NAME'", "ENV 'NAME'"),
    ] {
        assert_eq!(typed(&format!("{create}{text}")), format!("{create}{expected}"));
    }
    for (text, expected) in [
        ("CREATE USER u PASSWORD 'ß", "CREATE USER u PASSWORD '•"),
        ("select dblink('postgres://u:a/S", "select dblink('postgres://u:•••"),
        (
            "CREATE REDSHIFT CONNECTION sales USER_NAME = 'etl' COMM",
            "CREATE REDSHIFT CONNECTION sales USER_NAME = 'etl' COMM",
        ),
        (
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h:5439/d",
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h:5439/d",
        ),
        (
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=ab' C",
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=••' C",
        ),
    ] {
        assert_eq!(typed(text), expected);
    }
}

#[test]
fn places_follow_the_mask() {
    let text = "CREATE REDSHIFT CONNECTION c PASSWORD = 'a long password' COMMENT = 5";
    let masked = mask(text, |_| None);
    let five = text.rfind('5').unwrap();
    assert_eq!(&masked.text[masked.range(five..five + 1)], "5");
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

#[test]
fn redwires_own_definitions_are_known() {
    for (text, expected) in [
        ("CREATE OR REPLACE REDSHIFT CONNECTION c", true),
        ("/* a */ alter redshift conection", true),
        ("CREATE REDSHFT CONNECTION c", true),
        ("CREATE TABLE redshift (a int)", false),
        ("CREATE CONVERSION a FOR 'b' TO 'c' FROM d", false),
        ("SELECT 1", false),
    ] {
        assert_eq!(is_definition(text), expected, "{text}");
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
fn mutated(dice: &mut Dice) -> String {
    const MORE: &[&str] = &["'", "\"", ",", "x", "''", ";", "/*", "--"];
    loop {
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
        // A secret whose name is gone as a whole is a word like any other.
        if mutated.len() + 1 >= text.len() || has_sign(&mutated) {
            return mutated;
        }
    }
}

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
    let mut dice = Dice(1);
    let leaked: Vec<String> = (0..20_000)
        .filter_map(|_| {
            let text = mutated(&mut dice);
            let (shown, drawn) = (masked(&text), typed(&text));
            (leaks(&shown) || leaks(&drawn)).then(|| format!("{text}\n  {shown}\n  {drawn}"))
        })
        .collect();
    assert!(leaked.is_empty(), "{} leaks\n{}", leaked.len(), leaked.join("\n"));
}

#[test]
fn a_server_that_repeats_a_mutated_statement_is_quieted() {
    let mut dice = Dice(2);
    let mut leaked = Vec::new();
    for _ in 0..2_000 {
        let text = mutated(&mut dice);
        let echo = Echo::new(&text);
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
    fn hidden_ranges_are_ordered_in_any_text(
        words in proptest::collection::vec("CREATE |REDSHIFT CONNECTION c |USER |PASSWORD |CREDENTIALS |://|@|:|'|''|\"|\\$\\$|\\$a\\$|E'|\\\\|;|--|/\\*|\\*/|=|\n| |é|x|SELECT |COMMENT = ", 0..40),
        at in 0_usize..100,
    ) {
        let text = words.concat();
        let mut end = 0;
        let masked = mask(&text, secret_in_url);
        for (span, _) in &masked.edits {
            prop_assert!(end <= span.start && span.start < span.end, "{text}");
            prop_assert!(text.get(span.clone()).is_some());
            end = span.end;
        }
        masked.range(at.min(text.len())..text.len());
        for range in concealed(&text, false, secret_in_url) {
            prop_assert!(text.get(range).is_some());
        }
        Echo::new(&text).quieted(&text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,100}") {
        mask(&text, secret_in_url);
        concealed(&text, false, secret_in_url);
        Echo::new("CREATE USER u PASSWORD 'x'").quieted(&text);
    }
}
