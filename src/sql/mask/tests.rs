use super::*;

fn masked(text: &str) -> String {
    mask(text, |url| !url.contains("PWD")).text
}

#[test]
fn a_password_literal_reads_prompt() {
    assert_eq!(
        masked("CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = 'it''s' COMMENT = 'x';"),
        "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = PROMPT COMMENT = 'x';"
    );
}

#[test]
fn with_test_hides_and_shows_nothing_more() {
    assert_eq!(
        masked(
            "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = 's3cret' COMMENT = 'x' WITH TEST;"
        ),
        "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = PROMPT COMMENT = 'x' WITH TEST;"
    );
    assert_eq!(
        masked("ALTER REDSHIFT CONNECTION c SET PASSWORD = 's3cret' with test"),
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = PROMPT with test"
    );
    // What follows a password without quotes may be a part of it.
    let text = masked("ALTER REDSHIFT CONNECTION c SET PASSWORD = s3cret WITH TEST");
    assert_eq!(text, "ALTER REDSHIFT CONNECTION c SET PASSWORD = ***");
    for text in [
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = 'a's3cret'WITH TEST",
        "ALTER REDSHIFT CONNECTION c SET USER_NAME = 'u' WITH TEST s3cret",
        "ALTER REDSHIFT CONNECTION c SET USER_NAME = 'u' WITH 's3cret' TEST",
        "TEST CONNECTION c PASSWORD = s3cret",
        "TEST CONNECTION c PASSWORD = 's3cret'",
        "TEST 'jdbc:redshift://h/d?PWD=s3cret'",
    ] {
        assert!(!masked(text).contains("s3cret"), "{}", masked(text));
    }
}

#[test]
fn what_needs_no_mask_is_unchanged() {
    for text in [
        "CREATE OR REPLACE REDSHIFT CONNECTION IF NOT EXISTS \"my c\" CONNECTION_STRING = 'jdbc:x', USER_NAME = 'u' PASSWORD = ENV 'P'",
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = FILE '/p' RESET COMMENT RENAME TO \"d e\"",
        "ALTER REDSHIFT CONNECTION c SET MAX_CONCURRENT_CONNECTIONS = -5 SET PASSWORD = PROMPT;",
        "SELECT 'a' FROM x WHERE password = 'missing' -- why",
        "SHOW CONNECTIONS LIKE 'a%'",
        "INSERT INTO t",
        "DROP CONNECTION a, \"b c\" CASCADE;",
        "DESCRIBE CONNECTION password;",
        "SHOW CREATE CONNECTION password x",
        "TEST CONNECTION a, \"b c\" -- why",
        "TEST CONNECTIONS LIKE 'a%'",
        "SHOW SESSIONS OF CONNECTION password",
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = PROMPT WITH TEST;",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_hidden() {
    for text in [
        "CREATE REDSHIFT CONNECTION c PASWORD = 's3cret'",
        "CREATE REDSHIFT CONNECTION c PASSWORD \"s3cret\"",
        "CREATE REDSHIFT CONNECTION c PASSWORD 's3cret'",
        "CREATE REDSHIFT CONNECTION c PASSWORD s3cret",
        "CREATE REDSHIFT CONNECTION c PASSWORD = s3cret",
        "CREATE REDSHIFT CONNECTION c PASSWORD = my s3cret = 5",
        "CREATE REDSHIFT CONNECTION c PASSWORD = my COMMENT = 's3cret'",
        "CREATE REDSHIFT CONNECTION c PASSWORD = \"s3cret\" COMMENT = 'x'",
        "CREATE REDSHIFT CONNECTION c PASSWORD = ENV s3cret",
        "CREATE REDSHIFT CONNECTION c PASSWORD = ('s3cret')",
        "CREATE REDSHIFT CONNECTION c PASSWORD == 's3cret'",
        "CREATE REDSHIFT CONNECTION c PASSWORD: 's3cret'",
        "CREATE REDSHIFT CONNECTION c COMMENT = 'c' 's3cret'",
        "CREATE REDSHIFT CONNECTION c COMMENT = 'c' s3cret",
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d;PWD=s3cret'",
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = jdbc:s3cret",
        "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob, PASSWORD = s3cret, COMMENT = 'x'",
        "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob, PASSWORD = s3cret, COMMENT = 'x''",
        "CREATE REDSHIFT CONNECTION c USER_NAME = 'bob PASSWORD = s3cret",
        "CREATE REDSHIFT CONNECTION c PASSWORD = 's3cret",
        "CREATE REDSHIFT CONNECTION c COMMENT = \" PASSWORD = 's3cret' \"",
        "CREATE REDSHIFT CONNECTION c PASSWORD = 'a;s3cret",
        "CREATE REDSHIFT CONNECTION c PASSWORD = 'a'b;s3cret'",
        "CREATE REDSHIFT CONNECTION c PASSWORD = a;s3cret",
        "CREATE REDSHIFT CONNECTION c PASSWORD = 'a's3cret='b'",
        "CREATE REDSHIFT CONNECTION c -- PASSWORD = 's3cret'\n USER_NAME = 'u'",
        "CREATE REDSHIFT CONNECTION c /* s3cret */ USER_NAME = 'u'",
        "CREAT REDSHFT CONECTION c PASSWORD = 's3cret'",
        "CREATE CONNECTION c s3cret",
        "CREATE SNOWFLAKE CONNECTION c TOKEN = 's3cret'",
        "ALTER REDSHIFT CONNECTION c SET PASSWORD TO 's3cret'",
        "ALTER REDSHIFT CONNECTION c SET s3cret",
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = E's3cret'",
        "s3cret",
        "'s3cret'",
        "DROP CONNECTION c 's3cret'",
        "DROP CONNECTION c PASSWORD s3cret",
        "SHOW CREATE CONNECTION c PASSWORD = s3cret",
        "DESCRIBE CONNECTION c, password = \"s3cret\" x",
    ] {
        assert!(!masked(text).contains("s3cret"), "{text} -> {}", masked(text));
    }
}

#[test]
fn a_password_is_hidden_while_it_is_typed_and_the_rest_is_not() {
    let typed = "CREATE REDSHIFT CONNECTION c COMMENT = 'it' PASSWORD = 'hun";
    let ranges = hidden(typed, Stage::Typing, |_| true);
    assert_eq!(
        ranges,
        [Hidden {
            span: typed.len() - 4..typed.len(),
            kind: HiddenKind::Password
        }]
    );
    for typed in [
        "CREATE REDSHIFT CONNECTION c COMM",
        "CREATE REDSHIFT CONNECTION c U",
        "CREATE REDSHIFT CONNECTION c USER_NAME = 'u' max_c",
        "ALTER REDSHIFT CONNECTION c RESE",
        "ALTER REDSHIFT CONNECTION c SET PASSWORD = prom",
        "CREATE REDSHIFT CONNECTION c COMMENT = 'it is",
        "CREA",
    ] {
        assert!(hidden(typed, Stage::Typing, |_| true).is_empty(), "{typed}");
    }
}

#[test]
fn what_sticks_to_a_string_may_be_the_rest_of_a_password() {
    let typed = "CREATE REDSHIFT CONNECTION c PASSWORD = 'it's";
    let ranges = hidden(typed, Stage::Typing, |_| true);
    assert_eq!(ranges.last().unwrap().span, typed.len() - 1..typed.len());
}

#[test]
fn places_follow_the_mask() {
    let text = "CREATE REDSHIFT CONNECTION c PASSWORD = 'a long password' COMMENT = 5";
    let masked = mask(text, |_| true);
    let five = text.rfind('5').unwrap();
    assert_eq!(&masked.text[masked.range(five..five + 1)], "5");
    let start = text.find("'a long").unwrap();
    assert_eq!(&masked.text[masked.range(start..start + 17)], "PROMPT");
    assert_eq!(&masked.text[masked.range(start + 3..start + 5)], "PROMPT");
}

proptest::proptest! {
    #[test]
    fn a_password_never_survives_whatever_surrounds_it(
        before in "(USER_NAME = 'u'|COMMENT = |COMMENT|'|\"|=|,| |x|/\\*|--|\\(){0,4}",
        after in "('|\"|=|,| |x|\\*/|;|COMMENT = 'c'){0,4}",
    ) {
        // What opens before the password may swallow it; then the closing quote is missing, or the
        // rest is wrong.
        let text = format!("CREATE REDSHIFT CONNECTION c {before} PASSWORD = 'S3CRET' {after}");
        proptest::prop_assert!(!masked(&text).contains("S3CRET"), "{} -> {}", text, masked(&text));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,100}", at in 0_usize..100) {
        let masked = mask(&text, |_| true);
        masked.range(at.min(text.len())..text.len());
        hidden(&text, Stage::Typing, |_| false);
    }
}

#[test]
fn statements_on_tables_and_jobs_are_shown() {
    for text in [
        "CREATE TABLE IF NOT EXISTS a.b.\"c d\" (id BIGINT NOT NULL ENCODE az64, \"x y\" VARCHAR(10) DEFAULT 'z', password VARCHAR(64), PRIMARY KEY (id)) DISTSTYLE KEY DISTKEY (\"id\") COMMENT = 'it''s; (so)' -- why",
        "create table a.b.c () comment = 'x'",
        "CREATE TABLE a.b.c (x json) DISTSTLE ALL",
        "CREATE TABLE c (x INT, y VARCHAR('10'))",
        "ALTER TABLE a.b.c SET COMMENT = 'x' RESET COMMENT RENAME TO \"d e\"",
        "CREATE SYNC JOB IF NOT EXISTS \"my job\" RUN_INTERVAL = 5 MINUTES, START_FROM = TIMESTAMP '2026-01-01' COMPUTE_CLUSTER = \"Default Compute\" SKIP_VALIDATIONS = ('A', 'B') COMMENT = 'x' /* of it */ AS INSERT INTO a.b.\"c\" MAP_COLUMNS_BY_NAME EXCEPT password, \"q\" SELECT 'a' AS x, t.\"y\" FROM a.b.d t WHERE t.password = 'x' AND u LIKE 'jdbc:redshift://h/d?PWD=x' -- all",
        "CREATE JOB j AS MERGE INTO a.b.c t USING (SELECT 'x' AS k FROM a.b.d) s ON t.k = s.k WHEN MATCHED AND s.d = 'y' THEN DELETE WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (k) VALUES ('z')",
        "CREATE JOB j RUN_INTRVAL 5 MINUTES AS INSERT INTO a.b.c WITH q AS (SELECT 1) SELECT * FROM q",
        "CREATE JOB j COMMENT 'the sign is missing' INSERT INTO a.b.c SELECT 1",
        "CREAT JOB j AS INSERT INTO a.b.c SELEC 1",
        "CREATE OR REPLACE JOB j AS INSERT INTO a.b.c SELECT 'x",
        "ALTER JOB j SET END_AT = NOW, COMMENT = 'x' RESET RUN_INTERVAL RENAME TO k",
        "ALTER JOB j SET COMENT 5",
        "DROP TABLE a.\"b\".c, d.e.f CASCADE; DROP JOB IF EXISTS j, \"k\"",
        "SHOW TABLES IN a.b LIKE 'x%'; SHOW USAGES OF TABLE a.b.c; DESCRIBE JOB j",
        "EXPORT CATALOG; export catalog to 'all.sql'",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn a_secret_in_a_statement_on_a_table_or_job_is_hidden() {
    for text in [
        "CREATE TABLE c PASSWORD = 's3cret'",
        "CREATE TABLE c PASSWORD 's3cret'",
        "CREATE TABLE c PASSWORD s3cret",
        "CREATE TABLE c (PASSWORD = s3cret)",
        "CREATE TABLE c (x INT, PASSWORD 's3cret')",
        "CREATE TABLE c (x INT) PASSWORD = \"s3cret\"",
        "CREATE TABLE a.b.c (x INT) COMMENT = 'u', PASSWORD = 's3cret'",
        "ALTER TABLE a.b.c SET PASSWORD TO 's3cret'",
        "ALTER TABLE a.b.c RENAME TO 's3cret'",
        "CREATE JOB j PASSWORD = 's3cret' AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j PASWORD = 's3cret' AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j PASSWORD s3cret AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j WITH PASSWORD = 's3cret' AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j WITH PASSWORD 's3cret'",
        "CREATE JOB j AS WITH PASSWORD = 's3cret'",
        "CREATE JOB j RUN_INTERVAL = 5 MINUTES 's3cret'",
        "CREATE JOB j COMMENT = 'c', \"s3cret\"",
        "CREATE JOB j COMMENT = 'c' 's3cret'",
        "CREATE JOB j COMMENT = PASSWORD 's3cret'",
        "CREATE JOB j COMMENT = 'bob, PASSWORD = 's3cret', RUN_PARALLELISM = 2",
        "CREATE JOB j COMMENT = 'bob, PASSWORD = ' s3cret', RUN_PARALLELISM = 2",
        "CREATE JOB j COMPUTE_CLUSTER = \" PASSWORD = 's3cret' \"",
        "CREATE JOB \"j PASSWORD = 's3cret'",
        "CREATE JOB PASSWORD = s3cret",
        "CREATE JOB j COMMENT == s3cret",
        "CREATE JOB j COMMENT = 'see jdbc:redshift://h/d?PWD=s3cret' AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j COMMENT = 'postgres://u:s3cret@h/d' AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=s3cret'",
        "CREATE JOB j CONNECTION_STRING = jdbc:s3cret AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j -- PASSWORD = 's3cret'\n AS INSERT INTO a.b.c SELECT 1",
        "CREATE JOB j AS INSERT INTO a.b.c PASSWORD = 's3cret' SELECT 1",
        "CREATE JOB j AS INSERT INTO a.b.c PASSWORD 's3cret'",
        "CREATE JOB j AS COPY a.b.c FROM 's3://b' CREDENTIALS 'aws_secret_access_key=s3cret'",
        "CREATE JOB j AS INSERT INTO a.b.c SELECT 1 CREDENTIALS 's3cret'",
        "CREATE JOB j AS INSERT INTO a.b.c SELECT 'x FROM t; CREATE REDSHIFT CONNECTION c PASSWORD = 's3cret';",
        "ALTER JOB j SET PASSWORD = 's3cret'",
        "ALTER JOB j SET TOKEN s3cret",
        "ALTER JOB j SET PASSWORD = ('s3cret')",
        "DROP TABLE a.b.c 's3cret'",
        "DROP JOB j PASSWORD s3cret",
        "EXPORT CATALOG TO 'x' 's3cret'",
        "EXPORT PGPASSWORD=s3cret",
        "EXPORT CATALOG PASSWORD = 's3cret'",
    ] {
        assert!(!masked(text).contains("s3cret"), "{text} -> {}", masked(text));
    }
}

#[test]
fn an_unknown_option_of_a_job_keeps_its_value_to_itself() {
    assert_eq!(
        masked("CREATE JOB j OWNER = 'me' COMMENT = 'x' AS INSERT INTO a.b.c SELECT 'y'"),
        "CREATE JOB j OWNER = '***' COMMENT = 'x' AS INSERT INTO a.b.c SELECT 'y'"
    );
    assert_eq!(masked("ALTER JOB j SET OWNER = me"), "ALTER JOB j SET OWNER = ***");
}

#[test]
fn a_missing_quote_does_not_turn_a_secret_inside_out() {
    for before in [
        "SELECT 'x FROM y",
        "SHOW CONNECTIONS LIKE 'x",
        "DROP CONNECTION 'x",
        "DESCRIBE JOB 'x",
    ] {
        for password in ["s3cret", " s3cret", "#s3cret", "1s3cret"] {
            let text =
                format!("{before};\nCREATE REDSHIFT CONNECTION c PASSWORD = '{password}';\n");
            assert!(!masked(&text).contains("s3cret"), "{text} -> {}", masked(&text));
        }
    }
    for text in [
        "SELECT 'x FROM y; CREATE REDSHIFT CONNECTION c PASSWORD = \"s3cret\";",
        "SELECT \"x FROM y; CREATE REDSHIFT CONNECTION c PASSWORD = 's3cret';",
        "SELECT 'x FROM y; CREATE REDSHIFT CONNECTION c PASSWORD = \"s3cret\" COMMENT = 'c';",
    ] {
        assert!(!masked(text).contains("s3cret"), "{text} -> {}", masked(text));
    }
    let sound =
        "SELECT 'a' AS x, E'b', 'c' || \"d\" FROM t WHERE u = 'password=1' AND v IN ('e','f')";
    assert_eq!(masked(sound), sound);
}

#[test]
fn a_missing_semicolon_does_not_show_the_password_of_the_next_statement() {
    for before in [
        "SELECT 1 FROM x",
        "CREATE JOB j AS INSERT INTO a.b.c SELECT * FROM a.b.d",
        "CREATE JOB j AS INSERT INTO a.b.c SELECT * FROM a.b.d WHERE",
        "CREATE JOB j AS MERGE INTO a.b.c USING (SELECT 1) s ON",
        "CREATE TABLE a.b.c (x INT)",
        "CREATE TABLE a.b.c (x INT",
        "DROP TABLE a.b.c",
        "EXPORT CATALOG",
    ] {
        for next in [
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 's3cret'",
            "CREATE CONECTION c USER_NAME = 'u' PASSWORD = \"s3cret\"",
            "ALTER REDSHIFT CONNECTION c SET PASSWORD = 's3cret'",
            "ALTER REDSHFT CONNECTION c SET PASSWORD = s3cret",
            "ALTER REDSHIFT c SET PASSWORD = 's3cret'",
            "c USER_NAME = 'u' PASSWORD = 's3cret'",
        ] {
            let text = format!("{before}\n{next};");
            assert!(!masked(&text).contains("s3cret"), "{text} -> {}", masked(&text));
        }
    }
}

#[test]
fn a_table_or_job_that_is_being_typed_is_seen() {
    for typed in [
        "CREATE TABLE a.b.c (x INT, y VARCH",
        "CREATE TABLE a.b.c (x INT) COMMENT = 'it is",
        "CREATE JOB \"my jo",
        "CREATE JOB j COMMENT = 'it is",
        "CREATE JOB j COMM",
        "CREATE JOB j RUN_INTERVAL = 5 MIN",
        "CREATE JOB j AS INSERT INTO a.b.c SELECT 'x",
        "ALTER JOB j SET END_AT = TIMESTAMP '2026",
        "EXPORT CATALOG TO 'x",
        "EXPORT CATA",
    ] {
        let ranges = hidden(typed, Stage::Typing, |_| true);
        assert!(ranges.is_empty(), "{typed}: {ranges:?}");
    }
    let typed = "CREATE JOB j PASSWORD = 's3c";
    assert_eq!(hidden(typed, Stage::Typing, |_| true)[0].span, typed.len() - 4..typed.len());
}

proptest::proptest! {
    #[test]
    fn a_password_in_a_job_or_table_never_survives_whatever_surrounds_it(
        start in "CREATE JOB j|CREATE SYNC JOB IF NOT EXISTS j|ALTER JOB j SET|CREATE TABLE a\\.b\\.c|CREATE TABLE a\\.b\\.c \\(x INT\\)|ALTER TABLE a\\.b\\.c SET",
        before in "(RUN_INTERVAL = 5 HOURS|COMMENT = 'u'|COMMENT = |COMMENT|COMPUTE_CLUSTER = |'|\"|=|,| |x|/\\*|--|\\(){0,4}",
        after in "('|\"|=|,| |x|\\*/|;|COMMENT = 'c'| AS INSERT INTO a\\.b\\.c SELECT 1){0,4}",
    ) {
        let text = format!("{start} {before} PASSWORD = 'S3CRET' {after}");
        proptest::prop_assert!(!masked(&text).contains("S3CRET"), "{} -> {}", text, masked(&text));
    }
}
