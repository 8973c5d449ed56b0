//! MERGE and INSERT of jobs against PostgreSQL's own.

mod case;

use std::fmt::Write as _;
use std::path::Path;

use case::Case;

use super::Stage;
use crate::support::postgres::{TRUSTED_USER, succeeded};
use crate::support::random::Random;

/// Cases of an ordinary run.
const CASES: usize = 200;

/// The failures of a case. Of several wrong values in a window the first decides, and the order of
/// rows is the server's.
const NULL_KEY: &str = "a key is NULL";
const TWICE: &str = "a key is there twice";
const OTHER: &str = "an error";

/// Does the plain statements of each case up to the first window that fails.
const RUN_PLAIN: &str = r"
DO $$
DECLARE a_case record; step record; found bigint; done int; failure text;
BEGIN
    FOR a_case IN SELECT DISTINCT number FROM p.step LOOP
        done := 0; failure := '';
        FOR step IN SELECT * FROM p.step WHERE number = a_case.number ORDER BY place LOOP
            BEGIN
                IF step.nulls <> '' THEN
                    EXECUTE step.nulls INTO found;
                    IF found > 0 THEN RAISE 'a key is NULL'; END IF;
                    EXECUTE step.twice INTO found;
                    IF found > 0 THEN RAISE 'a key is there twice'; END IF;
                END IF;
                EXECUTE step.statement;
                done := done + step.hours;
            EXCEPTION WHEN OTHERS THEN
                failure := CASE WHEN SQLERRM LIKE 'a key is %' THEN SQLERRM ELSE 'an error' END;
                EXIT;
            END;
        END LOOP;
        INSERT INTO p.outcome VALUES (a_case.number, done, failure);
    END LOOP;
END $$;
";

/// The numbers of cases whose tables or windows differ.
const COMPARE: &str = r"
CREATE FUNCTION p.differs(number int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM ((TABLE s.t%1$s EXCEPT ALL TABLE p.t%1$s) UNION ALL
        (TABLE p.t%1$s EXCEPT ALL TABLE s.t%1$s)) d', number) INTO found;
    RETURN found > 0;
END $$;
SELECT o.number, p.differs(o.number), o.done, o.failure, l.loaded_until
FROM p.outcome o LEFT JOIN s.redwire_ledger l ON l.job = 'j' || o.number
WHERE p.differs(o.number)
    OR l.loaded_until IS DISTINCT FROM timestamp '2026-01-01' + o.done * interval '1 hour'
ORDER BY o.number;
";

#[test]
fn jobs_write_what_postgresql_itself_would_write() {
    no_difference(CASES, 1);
}

#[test]
#[ignore = "5,000 cases take minutes"]
fn jobs_write_what_postgresql_itself_would_write_5000_times() {
    no_difference(5000, 2);
}

fn no_difference(count: usize, seed: u64) {
    let Some(stage) = Stage::new() else { return };
    stage
        .database
        .administer(&format!("CREATE SCHEMA p AUTHORIZATION {}", TRUSTED_USER.name));
    let mut random = Random(seed);
    let cases: Vec<Case> = (0..count).map(|number| Case::new(number, &mut random)).collect();
    let of_server = stage.home.write("server.sql", server_script(&cases));
    psql(&stage, &of_server);
    let mut script = String::new();
    for case in &cases {
        script.push_str(&case.job);
    }
    stage.done(&script);
    let runs: Vec<String> = (0..count).map(|number| format!("RUN JOB j{number};\n")).collect();
    let done = stage.run().args(["--on-error", "continue"]).stdin(runs.concat()).run();
    let compare = stage.home.write("compare.sql", COMPARE);
    let differences = psql(&stage, &compare);
    let number = |line: &str| line.split('|').next()?.parse::<usize>().ok();
    if let Some(case) = differences.lines().find_map(number).map(|number| &cases[number]) {
        let windows = case.windows.iter().map(|window| window.statement.as_str());
        let windows: Vec<&str> = windows.collect();
        panic!("{differences}\n{}\n{}\n{}", case.tables, case.job, windows.join("\n"));
    }
    let expected = stage.database.administer(
        "SELECT string_agg(failure, E'\n' ORDER BY number) FROM p.outcome WHERE failure <> ''",
    );
    let failures: Vec<&str> = done.err.split("error[").skip(1).map(failure).collect();
    assert_eq!(failures.join("\n"), expected, "{}", done.err);
    for failure in [NULL_KEY, TWICE, OTHER] {
        assert!(failures.contains(&failure), "{failure} is not among {failures:?}");
    }
}

/// The failure of a run, in the words of [`RUN_PLAIN`].
fn failure(message: &str) -> &'static str {
    if message.contains("a key of the MERGE is NULL") {
        NULL_KEY
    } else if message.contains("keys that are there twice") {
        TWICE
    } else {
        OTHER
    }
}

/// Makes the tables and does the plain statements.
fn server_script(cases: &[Case]) -> String {
    let mut text = "SET timezone TO 'UTC'; CREATE TABLE p.step \
        (number int, place int, nulls text, twice text, statement text, hours int); \
        CREATE TABLE p.outcome (number int, done int, failure text);\nBEGIN;\n"
        .to_owned();
    for case in cases {
        text.push_str(&case.tables);
        for (place, window) in case.windows.iter().enumerate() {
            let [nulls, twice] = window.checks.clone().unwrap_or_default();
            writeln!(
                text,
                "INSERT INTO p.step VALUES \
                 ({}, {place}, $q${nulls}$q$, $q${twice}$q$, $q${}$q$, {});",
                case.number, window.statement, window.hours
            )
            .expect("a String takes all");
        }
    }
    text.push_str("COMMIT;\n");
    text + RUN_PLAIN
}

#[track_caller]
fn psql(stage: &Stage, script: &Path) -> String {
    let mut psql = stage.database.psql(TRUSTED_USER);
    psql.env("PGSSLMODE", "disable")
        .args(["-At", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(script);
    succeeded(&psql.output().expect("psql runs"))
}
