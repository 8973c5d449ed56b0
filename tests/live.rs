//! The same tests against the stand-in and against a real Redshift.
//!
//! Redshift's are ignored by default, with their reason, so that they are listed as not run and never counted as
//! passed. REDWIRE_LIVE_URL, REDWIRE_LIVE_USER and REDWIRE_LIVE_PASSWORD say where it is; tests/run then runs them too.
//! They make temporary tables only, and change nothing that is there.

use std::process::Command;

use redwire::url::Endpoint;
use redwire::warehouse::views::{TableQuestion, Views};

use crate::standin::StandIn;
use crate::standin_rules::{REFUSALS, is_refused_with};
use crate::support::postgres::{MD5_USER, Wire, psql};

/// Where the tests are run.
struct Target {
    endpoint: Endpoint,
    user: String,
    password: String,
    sslmode: &'static str,
    /// Kept for as long as it is asked.
    _standin: Option<StandIn>,
}

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        mod stand_in {
            $(#[test]
            fn $name() {
                if let Some(target) = super::Target::stand_in() {
                    super::$name(&target);
                }
            })*
        }

        mod redshift {
            $(#[test]
            #[ignore = "not run: no Redshift (set REDWIRE_LIVE_URL, REDWIRE_LIVE_USER and REDWIRE_LIVE_PASSWORD)"]
            fn $name() {
                super::$name(&super::Target::of_environment());
            })*
        }
    };
}

scenarios![
    it_says_that_it_is_redshift,
    a_backslash_escapes_in_every_string,
    names_in_quotes_are_folded,
    a_name_may_have_127_bytes,
    what_it_does_not_have_is_refused,
    truncate_commits,
    keys_are_not_enforced,
    keys_of_a_table_are_in_the_view,
    the_questions_of_an_import_are_answered,
    types_are_told_with_their_lengths_and_keys_by_numbers,
];

fn it_says_that_it_is_redshift(target: &Target) {
    let version = target.ask(&["SELECT version()"]).expect("a version");
    assert!(
        version.starts_with("PostgreSQL 8.0.2 ") && version.contains(" Redshift "),
        "{version}"
    );
    let reported = target.ask(&[r"\echo :SERVER_VERSION_NAME"]);
    assert_eq!(reported.as_deref(), Ok("8.0.2"));
}

fn a_backslash_escapes_in_every_string(target: &Target) {
    assert_eq!(target.ask(&[r"SELECT 'a\'b\\c'"]).as_deref(), Ok(r"a'b\c"));
}

fn names_in_quotes_are_folded(target: &Target) {
    let sql = [
        r#"CREATE TEMP TABLE "MyTable" ("MyColumn" int)"#,
        "SELECT mycolumn FROM mytable",
    ];
    assert_eq!(target.ask(&sql).as_deref(), Ok("CREATE TABLE"));
}

fn a_name_may_have_127_bytes(target: &Target) {
    let name = "n".repeat(127);
    let table = format!("CREATE TEMP TABLE {name}x (a int)");
    let query = format!("SELECT count(*) FROM {name}");
    let said = target.ask(&[r"\set QUIET on", &table, &query]);
    assert_eq!(said.as_deref(), Ok("0"));
}

fn what_it_does_not_have_is_refused(target: &Target) {
    let refused = REFUSALS.iter().filter_map(|(sql, expected)| {
        let said = target.ask(&["CREATE TEMP TABLE t (a int, b int)", sql]);
        let is_expected = said.as_ref().is_err_and(|said| is_refused_with(said, expected));
        (!is_expected).then(|| format!("{sql}\n  expected {expected}\n  said     {said:?}"))
    });
    let wrong: Vec<_> = refused.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn truncate_commits(target: &Target) {
    let said = target.ask(&[
        r"\set QUIET on",
        "CREATE TEMP TABLE t (a int)",
        "CREATE TEMP TABLE u (a int)",
        "BEGIN",
        "INSERT INTO t VALUES (1)",
        "TRUNCATE u",
        "ROLLBACK",
        "SELECT count(*) FROM t",
    ]);
    assert_eq!(said.as_deref(), Ok("1"));
}

fn keys_are_not_enforced(target: &Target) {
    let said = target.ask(&[
        r"\set QUIET on",
        "CREATE TEMP TABLE t (a int PRIMARY KEY)",
        "INSERT INTO t VALUES (1), (1)",
        "SELECT count(*) FROM t",
    ]);
    assert_eq!(said.as_deref(), Ok("2"));
}

fn keys_of_a_table_are_in_the_view(target: &Target) {
    let said = target.ask(&[
        r"\set QUIET on",
        "CREATE TEMP TABLE keys_of_a_table (a bigint NOT NULL, b varchar ENCODE zstd) DISTKEY (a) SORTKEY (a)",
        "SELECT \"column\", type, trim(encoding), distkey, sortkey, \"notnull\"
         FROM pg_table_def WHERE tablename = 'keys_of_a_table' ORDER BY 1",
    ]);
    assert_eq!(
        said.as_deref(),
        Ok("a|bigint|none|t|1|t\nb|character varying(256)|zstd|f|0|f")
    );
}

fn the_questions_of_an_import_are_answered(target: &Target) {
    use TableQuestion as Question;
    for question in [
        Question::Schemas,
        Question::Tables,
        Question::Columns,
        Question::Storage,
        Question::DistStyles,
    ] {
        let sql = question.sql(Views::Redshift, Some("'public'")).expect("a question");
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let said = target.ask(&[begin, &sql, "ROLLBACK"]);
        assert!(said.is_ok(), "{question:?}: {said:?}");
    }
}

fn types_are_told_with_their_lengths_and_keys_by_numbers(target: &Target) {
    let said = target.ask(&[
        r"\set QUIET on",
        "CREATE TEMP TABLE told_whole (a varchar(9), b numeric(8, 2) NOT NULL, c timestamp, PRIMARY KEY (b, a))",
        "SELECT pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, p.conkey FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         JOIN pg_catalog.pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'
         WHERE c.relname = 'told_whole' ORDER BY a.attnum",
    ]);
    let expected = "character varying(9)|t|{2,1}\nnumeric(8,2)|t|{2,1}\ntimestamp without time zone|f|{2,1}";
    assert_eq!(said.as_deref(), Ok(expected));
}

impl Target {
    fn stand_in() -> Option<Self> {
        let standin = StandIn::start(Wire::Plain)?;
        Some(Self {
            endpoint: Endpoint::parse(&standin.url("localhost", "")).expect("a URL"),
            user: MD5_USER.name.to_owned(),
            password: MD5_USER.password.to_owned(),
            sslmode: "disable",
            _standin: Some(standin),
        })
    }

    fn of_environment() -> Self {
        let get = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
        Self {
            endpoint: Endpoint::parse(&get("REDWIRE_LIVE_URL")).expect("REDWIRE_LIVE_URL is a URL"),
            user: get("REDWIRE_LIVE_USER"),
            password: get("REDWIRE_LIVE_PASSWORD"),
            sslmode: "require",
            _standin: None,
        }
    }

    /// What psql prints for the statements, each sent by itself; what it says of the first that fails.
    fn ask(&self, statements: &[&str]) -> Result<String, String> {
        let mut command: Command = psql();
        command
            .env("PGHOST", &self.endpoint.host)
            .env("PGPORT", self.endpoint.port.to_string())
            .env("PGDATABASE", &self.endpoint.database)
            .env("PGUSER", &self.user)
            .env("PGPASSWORD", &self.password)
            .env("PGSSLMODE", self.sslmode)
            .args(["-At", "-v", "VERBOSITY=verbose", "-v", "ON_ERROR_STOP=1"]);
        for statement in statements {
            command.args(["-c", statement]);
        }
        let output = command.output().expect("psql runs");
        let text = |bytes| String::from_utf8_lossy(bytes).trim_end().to_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }
}
