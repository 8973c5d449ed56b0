use proptest::prelude::*;

use super::*;

fn masked(text: &str) -> String {
    mask(text, false).text
}

/// The text with a bullet for each concealed character.
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
            "'x' USER_NAME = 'u' PASSWORD = COMMAND 'pass show op://vault/db/password'",
            "'x' USER_NAME = 'u' PASSWORD = COMMAND 'pass show op://vault/db/password'",
        ),
        (
            "'x' USER_NAME = 'u' PASSWORD = COMMAND 'get --token hunter2'",
            "'x' USER_NAME = 'u' PASSWORD = COMMAND '***'",
        ),
        (
            "'x' USER_NAME = 'u' PASSWORD = COMMAND 'get https://u:hunter2@h/x'",
            "'x' USER_NAME = 'u' PASSWORD = COMMAND '***'",
        ),
        (
            "'x' USER_NAME = 'u' PASSWORD = ENV 'Hunter2 x'",
            "'x' USER_NAME = 'u' PASSWORD = ENV '***'",
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
        "CREATE TABLE connections (passed boolean, message text)",
        "SELECT bypass, pass_rate, date_taken FROM tests WHERE passed='t' -- identifier x",
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
        "CREATE TABLE a.b.c (id BIGINT, password VARCHAR(64), \"Token\" INT)",
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
         PASSWORD = FILE '/run/secrets/password'",
        "CREATE JOB j AS INSERT INTO a.b.c SELECT 1 AS l, t.password FROM a.b.d t",
        "DESCRIBE CONNECTION password;",
        "SHOW CREATE CONNECTION token_store",
        "DROP TABLE a.b.tokens",
    ] {
        assert_eq!(masked(text), text);
    }
    for (text, expected) in [
        (
            "CREATE JOB j AS INSERT INTO a.b.c SELECT 'x' FROM a.b.d WHERE password = 'y' -- pwd",
            "CREATE JOB j AS INSERT INTO a.b.c SELECT '***' FROM a.b.d WHERE password = '***'  ",
        ),
        ("DROP TABLE a.b.\"password = 'x'\"", "DROP TABLE a.b.***"),
        ("DROP CONNECTION \"postgres://u:x@h/d\"", "DROP CONNECTION ***"),
        (
            "SHOW CREATE JOB \"jdbc:redshift://h/d?user=u&password=x\"",
            "SHOW CREATE JOB ***",
        ),
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
            "ALTER REDSHIFT CONNECTION c SET *** USER_NAME = ***",
        ),
        ("CREATE CONNECTION c 'x'", "CREATE CONNECTION c ***"),
        (
            "create or replace redshift connection if not exists c d",
            "create or replace redshift connection if not exists c ***",
        ),
        ("SELECT 1; CREATE CONNECTION c", "SELECT *** CREATE CONNECTION ***"),
        ("ALTER USER u PASSWORD CONNECTION x", "ALTER USER *** PASSWORD CONNECTION ***"),
        ("CREATE USER bob PASSWIRD 'x'", "CREATE USER ***"),
        ("CREATE USER bob PASSWROD 'x'", "CREATE USER ***"),
        ("create role r login pass 'x'", "create role *** pass ***"),
        ("ALTER REDSHIFT CONECTION sales SET PSWORD='x'", "ALTER REDSHIFT *** SET ***"),
        ("/* CREATE OR REPLACE REDSHIFT CONNECTION */ x", "***"),
    ] {
        assert_eq!(masked(text), expected);
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
    let masked = mask(text, false);
    let last = text.rfind("TEST").unwrap();
    assert_eq!(&masked.text[masked.range(last..last + 4)], "TEST");
    let start = text.find("'a long").unwrap();
    assert_eq!(&masked.text[masked.range(start..start + 17)], "PROMPT");
    assert_eq!(&masked.text[masked.range(start + 3..start + 5)], "PROMPT");
}

#[test]
fn a_marked_place_has_stars_of_its_own() {
    let text = "CREATE REDSHIFT CONNECTION x USER_NAME='a' PASWORD='plain' COMMENT='b'";
    let start = text.find("PASWORD").unwrap();
    for (marked, shown) in [
        (start..start + 7, "*** ***"),
        (start + 8..start + 15, "******"),
        (start..start + 15, "*** ***"),
    ] {
        let masked = mask_around(text, false, Some(&marked));
        let expected = format!("CREATE REDSHIFT CONNECTION x USER_NAME={shown} COMMENT=***");
        assert_eq!(masked.text, expected);
        assert_eq!(&masked.text[masked.range(marked)], "***");
    }
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
fn a_secret_that_a_server_repeats_is_removed_and_the_rest_is_read() {
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
        assert_eq!(Echo::new(statement, false).without_secrets(said), expected, "{statement}");
    }
    assert_eq!(
        Echo::new("SELECT f()", false)
            .without_secrets_in_sql("SQL statement \"ALTER USER u PASSWORD s3cret\""),
        "***"
    );
}

/// Texts that would make a search with backtracking slow.
#[test]
fn a_long_text_takes_no_longer_than_its_length() {
    const BYTES: usize = 1 << 18;
    for part in [
        "://", ":", "@", "u:", "://u:", "'", "\"", "(", "=", "passwor", "create ", "***", "a ",
        "/*", "%3D",
    ] {
        let long = part.repeat(BYTES / part.len());
        let text = format!("ALTER USER u PASSWORD {long}");
        assert!(mask(&text, false).text.len() < 2 * text.len());
        concealed(&text, false);
        let quiet = Echo::new(&text, false).without_secrets(&text);
        assert!(quiet.len() < 2 * text.len());
    }
}

const WORDS: &[&str] = &[
    "CREATE ",
    "REDSHIFT CONNECTION c ",
    "USER ",
    "PASSWORD ",
    "CREDENTIALS ",
    "SELECT ",
    "COMMENT = ",
    "://",
    ":",
    "@",
    "|",
    "'",
    "''",
    "\"",
    "$$",
    "$a$",
    "E'",
    "\\",
    ";",
    "--",
    "/*",
    "*/",
    "=",
    "\n",
    " ",
    "é",
    "x",
];

proptest! {
    #[test]
    fn hidden_ranges_are_ordered_in_any_text(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40),
        at in 0_usize..100,
    ) {
        let text = words.concat();
        let mut end = 0;
        let masked = mask(&text, false);
        for (span, _) in &masked.edits {
            prop_assert!(end <= span.start && span.start < span.end, "{text}");
            prop_assert!(text.get(span.clone()).is_some());
            end = span.end;
        }
        masked.range(at.min(text.len())..text.len());
        for range in concealed(&text, false) {
            prop_assert!(text.get(range).is_some());
        }
        Echo::new(&text, false).without_secrets(&text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,100}") {
        mask(&text, false);
        concealed(&text, false);
        Echo::new("CREATE USER u PASSWORD 'x'", false).without_secrets(&text);
    }
}
