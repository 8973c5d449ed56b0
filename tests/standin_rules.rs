//! Each rule of tests/standin/DIVERGENCES.md, seen by psql: PostgreSQL itself would answer otherwise.

use crate::standin::{Fault, StandIn};
use crate::support::postgres::{MD5_USER, User, Wire, succeeded};

/// What a rule refuses where the table `t` is there: the statement, and psql's first line about it.
pub const REFUSALS: &[(&str, &str)] = &[
    (
        "COPY t (a, b) FROM STDIN",
        r#"42601: syntax error at or near "STDIN" in context "b) FROM STDIN", at line 1, column 20"#,
    ),
    (
        "COPY (SELECT 1) TO STDOUT",
        r#"42601: syntax error at or near "(" in context "COPY (", at line 1, column 6"#,
    ),
    (
        "COPY t TO STDOUT",
        r#"42601: syntax error at or near "STDOUT" in context "COPY t TO STDOUT", at line 1, column 11"#,
    ),
    (
        "INSERT INTO t VALUES (1, 2) ON CONFLICT DO NOTHING",
        r#"42601: syntax error at or near "ON" in context ", 2) ON", at line 1, column 29"#,
    ),
    (
        "INSERT INTO t\nVALUES (1, 2)\nRETURNING a",
        r#"42601: syntax error at or near "RETURNING" in context ", 2)
RETURNING", at line 3, column 1"#,
    ),
    (
        "ALTER TABLE t ADD COLUMN c int, ADD COLUMN d int",
        r#"42601: syntax error at or near "," in context "COLUMN c int,", at line 1, column 31"#,
    ),
    (
        "ALTER TABLE t DROP COLUMN a, DROP COLUMN b",
        r#"42601: syntax error at or near "," in context "DROP COLUMN a,", at line 1, column 28"#,
    ),
    (
        "CREATE TABLE u (id SERIAL PRIMARY KEY, b int)",
        r#"0A000: Column "u.id" has unsupported type "serial"."#,
    ),
    (
        "CREATE TABLE u (a int, b int[])",
        r#"0A000: Column "u.b" has unsupported type "int[]"."#,
    ),
    (
        "ALTER TABLE t ADD COLUMN c jsonb",
        r#"0A000: Column "t.c" has unsupported type "jsonb"."#,
    ),
    (
        "CREATE INDEX i ON t (a)",
        r#"0A000: SQL command "CREATE INDEX i ON t (a)" not supported on Redshift tables."#,
    ),
    ("UNLISTEN *", r#"0A000: SQL command "UNLISTEN *" not supported"#),
    ("LISTEN x", r#"0A000: SQL command "LISTEN x" not supported"#),
    (
        "DISCARD ALL",
        r#"42601: syntax error at or near "DISCARD" in context "DISCARD", at line 1, column 1"#,
    ),
    ("DEALLOCATE ALL", r#"26000: prepared statement "all" does not exist"#),
    (
        "SHOW standard_conforming_strings",
        r#"42704: unrecognized configuration parameter "standard_conforming_strings""#,
    ),
    (
        "SET standard_conforming_strings TO on",
        r#"42704: unrecognized configuration parameter "standard_conforming_strings""#,
    ),
    (
        "SHOW server_version_num",
        r#"42704: unrecognized configuration parameter "server_version_num""#,
    ),
    (
        "SET extra_float_digits = 3",
        r#"22023: 3 is outside the valid range for parameter "extra_float_digits" (-15 .. 2)"#,
    ),
    ("SELECT * FROM pg_range", r#"42P01: relation "pg_range" does not exist"#),
    ("SELECT 'int'::regtype", r#"42704: type "regtype" does not exist"#),
    (
        "SELECT pg_advisory_lock(1)",
        "42883: function pg_advisory_lock(integer) does not exist",
    ),
    (
        "MERGE INTO t USING t s ON t.a = s.a WHEN MATCHED THEN DELETE",
        "42601: syntax error at end of input",
    ),
    ("SELECT 1 FROM", "42601: syntax error at end of input"),
    (
        "SELECT a FROM t WHERE WHERE",
        r#"42601: syntax error at or near "WHERE" in context "FROM t WHERE WHERE", at line 1, column 23"#,
    ),
];

#[test]
fn what_redshift_refuses_is_refused_with_its_words() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int, b int)"]).expect("a table");
    for (sql, expected) in REFUSALS {
        let said = ask(&standin, &[sql]).expect_err(sql);
        assert!(is_refused_with(&said, expected), "{sql}: {said}");
    }
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("0"));
}

#[test]
fn a_refusal_fails_the_transaction_and_nothing_more() {
    let Some(standin) = start() else {
        return;
    };
    let said = go_on(
        &standin,
        &[
            "BEGIN",
            "CREATE TABLE t (a int)",
            "DISCARD ALL",
            "SELECT 1",
            "ROLLBACK",
            "SELECT 2",
        ],
    );
    assert!(said.contains("25P02: current transaction is aborted"), "{said}");
    assert!(said.ends_with("ROLLBACK\n2\n"), "{said}");
}

#[test]
fn it_calls_itself_redshift() {
    let Some(standin) = start() else {
        return;
    };
    let version = ask(&standin, &["SELECT version()"]).expect("a version");
    assert!(
        version.starts_with("PostgreSQL 8.0.2 on i686-pc-linux-gnu"),
        "{version}"
    );
    assert!(version.contains(", Redshift 1.0."), "{version}");
    assert_eq!(ask(&standin, &["SHOW server_version"]).as_deref(), Ok("8.0.2"));
    assert_eq!(
        ask(&standin, &[r"\echo :SERVER_VERSION_NAME :SERVER_VERSION_NUM"]).as_deref(),
        Ok("8.0.2 80002")
    );
}

#[test]
fn a_backslash_escapes_in_every_string() {
    let Some(standin) = start() else {
        return;
    };
    assert_eq!(ask(&standin, &[r"SELECT 'a\'b\\c'"]).as_deref(), Ok(r"a'b\c"));
    assert_eq!(ask(&standin, &[r"SELECT length('\\')"]).as_deref(), Ok("1"));
    // Who does not double the backslash lets this one out of its string.
    assert_eq!(ask(&standin, &[r"SELECT '\'' || ', 2 --'"]).as_deref(), Ok("', 2 --"));
}

#[test]
fn names_in_quotes_are_folded() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &[r#"CREATE TABLE "MyTable" ("MyColumn" int)"#]).expect("a table");
    assert_eq!(ask(&standin, &["SELECT mycolumn FROM mytable"]).as_deref(), Ok(""));
    let sql = "SELECT tablename, \"column\" FROM pg_table_def WHERE schemaname = 'public'";
    assert_eq!(ask(&standin, &[sql]).as_deref(), Ok("mytable|mycolumn"));
}

#[test]
fn a_name_may_have_127_bytes() {
    let Some(standin) = start() else {
        return;
    };
    let (long, longer) = ("n".repeat(127), "N".repeat(140));
    ask(
        &standin,
        &[&format!("CREATE TABLE {longer} (a_{} int)", "x".repeat(100))],
    )
    .expect("a table");
    let said = ask(
        &standin,
        &["SELECT table_name FROM svv_tables WHERE table_schema = 'public'"],
    );
    assert_eq!(said.as_deref(), Ok(long.as_str()));
    let sql = format!("SELECT count(*) FROM svv_columns WHERE table_name = '{long}' AND ordinal_position = 1");
    assert_eq!(ask(&standin, &[&sql]).as_deref(), Ok("1"));
    let near = format!("SELECT * FROM {}", "n".repeat(126));
    let said = ask(&standin, &[&near]).expect_err("it is another name");
    assert!(
        said.contains(&format!("relation \"{}\" does not exist", "n".repeat(126))),
        "{said}"
    );
    let both = ask(
        &standin,
        &[r"\pset tuples_only off", &format!("SELECT * FROM \"{long}\"")],
    )
    .expect("it is there");
    assert!(both.contains(&format!("a_{}", "x".repeat(100))), "{both}");
}

#[test]
fn truncate_commits() {
    let Some(standin) = start() else {
        return;
    };
    ask(
        &standin,
        &[
            "CREATE TABLE t (a int)",
            "CREATE TABLE u (a int)",
            "INSERT INTO u VALUES (1)",
        ],
    )
    .expect("tables");
    let said = ask(
        &standin,
        &["BEGIN", "INSERT INTO t VALUES (1)", "TRUNCATE u", "SELECT 'next'"],
    );
    assert_eq!(said.as_deref(), Ok("BEGIN\nINSERT 0 1\nTRUNCATE TABLE\nnext"));
    assert_eq!(
        ask(&standin, &["SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"]).as_deref(),
        Ok("1|0")
    );
    // Also where all is one text, and where no transaction is open.
    ask(
        &standin,
        &["BEGIN; INSERT INTO t VALUES (2); TRUNCATE u; TRUNCATE u", "TRUNCATE u"],
    )
    .expect("it truncates");
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("2"));
}

#[test]
fn keys_are_kept_and_not_enforced() {
    let Some(standin) = start() else {
        return;
    };
    let tables = [
        "CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE)",
        "CREATE TABLE c (p_id int REFERENCES p (id))",
        "INSERT INTO p VALUES (1, 1), (1, 1)",
        "INSERT INTO c VALUES (7)",
    ];
    ask(&standin, &tables).expect("nothing is enforced");
    let sql = "SELECT table_name, constraint_type FROM information_schema.table_constraints
        WHERE table_schema = 'public' AND constraint_type <> 'CHECK' ORDER BY 1, 2";
    let said = ask(&standin, &[sql]);
    assert_eq!(said.as_deref(), Ok("c|FOREIGN KEY\np|PRIMARY KEY\np|UNIQUE"));
}

#[test]
fn distribution_and_sort_keys_are_in_the_views() {
    let Some(standin) = start() else {
        return;
    };
    let tables = [
        "CREATE TABLE IF NOT EXISTS public.sales (
            id bigint IDENTITY(1, 1) NOT NULL,
            at timestamp ENCODE raw,
            note varchar ENCODE zstd,
            price decimal,
            PRIMARY KEY (id)
        ) BACKUP NO DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (at, id)",
        "CREATE TABLE small (a int DISTKEY SORTKEY, b text, c varchar(max))",
        "CREATE TABLE same (LIKE sales)",
        "CREATE TABLE made DISTSTYLE ALL SORTKEY (a) AS SELECT 1 AS a",
        "INSERT INTO sales (note) VALUES ('it''s')",
    ];
    ask(&standin, &tables).expect("tables");
    let columns = "SELECT tablename, \"column\", type, trim(encoding), distkey, sortkey, \"notnull\"
        FROM pg_table_def WHERE schemaname = 'public' ORDER BY tablename DESC, \"column\"";
    let expected = "\
small|a|integer|none|t|1|f
small|b|character varying(256)|lzo|f|0|f
small|c|character varying(65535)|lzo|f|0|f
same|at|timestamp without time zone|none|f|1|f
same|id|bigint|none|t|2|t
same|note|character varying(256)|zstd|f|0|f
same|price|numeric(18,0)|az64|f|0|f
sales|at|timestamp without time zone|none|f|1|f
sales|id|bigint|none|t|2|t
sales|note|character varying(256)|zstd|f|0|f
sales|price|numeric(18,0)|az64|f|0|f
made|a|integer|az64|f|0|f";
    assert_eq!(ask(&standin, &[columns]).as_deref(), Ok(expected));
    let wide = "SELECT column_name, data_type, encoding, distkey, sortkey FROM svv_redshift_columns
        WHERE schema_name = 'public' AND table_name = 'small' AND column_name = 'a'";
    assert_eq!(ask(&standin, &[wide]).as_deref(), Ok("a|integer|none|t|1"));
}

#[test]
fn the_style_of_a_table_is_in_pg_class_info() {
    let Some(standin) = start() else {
        return;
    };
    let tables = [
        "CREATE TABLE a_even (a int) DISTSTYLE EVEN",
        "CREATE TABLE b_key (a int DISTKEY)",
        "CREATE TABLE c_all (a int) DISTSTYLE ALL",
        "CREATE TABLE d_auto (a int)",
    ];
    ask(&standin, &tables).expect("tables");
    // As in AWS's documentation of the view.
    let styles = "SELECT trim(relname) AS tablename, reldiststyle, releffectivediststyle FROM pg_class_info a
        LEFT JOIN pg_namespace b ON a.relnamespace = b.oid WHERE b.nspname = 'public' AND relkind = 'r' ORDER BY 1";
    let expected = "a_even|0|0\nb_key|1|1\nc_all|8|8\nd_auto|9|10";
    assert_eq!(ask(&standin, &[styles]).as_deref(), Ok(expected));
}

#[test]
fn the_views_have_what_a_shell_asks_for() {
    let Some(standin) = start() else {
        return;
    };
    ask(
        &standin,
        &[
            "CREATE TABLE t (a int)",
            "CREATE VIEW v AS SELECT a FROM t",
            "COMMENT ON TABLE t IS 'x'",
            "CREATE SCHEMA own",
        ],
    )
    .expect("a table, a view and a schema");
    for (sql, expected) in [
        (
            "SELECT schema_name, schema_type FROM svv_redshift_schemas WHERE schema_name !~ 'pg_|info' ORDER BY 1",
            "own|local\npublic|local",
        ),
        (
            "SELECT table_name, table_type, remarks FROM svv_redshift_tables WHERE schema_name = 'public' ORDER BY 1",
            "t|TABLE|x\nv|VIEW|",
        ),
        (
            "SELECT table_name, table_type, remarks FROM pg_catalog.svv_tables WHERE table_schema = 'public' ORDER BY 1",
            "t|BASE TABLE|x\nv|VIEW|",
        ),
        (
            "SELECT table_name, data_type, numeric_precision FROM svv_columns WHERE table_schema = 'public' ORDER BY 1",
            "t|integer|32\nv|integer|32",
        ),
        (
            "SELECT count(*) FROM svv_redshift_databases WHERE database_name = current_database()",
            "1",
        ),
        (
            "SELECT u.usename = current_user FROM svv_all_schemas s LEFT JOIN pg_user u ON u.usesysid = s.schema_owner \
             WHERE s.schema_name = 'own'",
            "t",
        ),
        ("SELECT count(*) FROM svv_external_schemas", "0"),
        ("SELECT count(*) FROM svv_all_columns WHERE schema_name = 'public'", "2"),
        ("SELECT count(*) FROM svv_all_tables WHERE schema_name = 'public'", "2"),
    ] {
        assert_eq!(ask(&standin, &[sql]).as_deref(), Ok(expected), "{sql}");
    }
}

#[test]
fn only_a_superuser_sees_table_info_and_only_of_tables_with_rows() {
    let Some(standin) = start() else {
        return;
    };
    ask(
        &standin,
        &[
            "CREATE TABLE t (a int) DISTSTYLE EVEN SORTKEY (a)",
            "CREATE TABLE u (a int)",
        ],
    )
    .expect("tables");
    let info = "SELECT \"table\", diststyle, sortkey1, tbl_rows FROM svv_table_info";
    let said = ask(&standin, &[info]).expect_err("it is no superuser");
    assert!(said.contains("42501: permission denied"), "{said}");
    assert_eq!(standin.database().administer(info), "");
    ask(&standin, &["INSERT INTO t VALUES (1), (2)", "INSERT INTO u VALUES (1)"]).expect("rows");
    let said = standin.database().administer(&format!("{info} ORDER BY 1"));
    assert_eq!(said, "t|EVEN|a|2\nu|AUTO(ALL)|AUTO(SORTKEY)|1");
}

#[test]
fn redshifts_own_parameters_can_be_set() {
    let Some(standin) = start() else {
        return;
    };
    let said = ask(
        &standin,
        &["SET query_group TO 'nightly'", "SHOW query_group", "RESET query_group"],
    );
    assert_eq!(said.as_deref(), Ok("SET\nnightly\nRESET"));
    let mut command = standin.psql(MD5_USER);
    command
        .env("PGOPTIONS", "-c search_path=pg_catalog")
        .env("PGSSLMODE", "disable");
    let output = command.args(["-Atc", "SHOW search_path"]).output().expect("psql runs");
    assert_eq!(succeeded(&output), "pg_catalog");
}

#[test]
fn a_serialization_failure_is_1023() {
    let Some(standin) = start() else {
        return;
    };
    standin.inject(Fault::Serialization, "marked");
    let said = go_on(
        &standin,
        &[
            "BEGIN",
            "SELECT 1",
            "SELECT 'marked'",
            "SELECT 2",
            "ROLLBACK",
            "SELECT 'marked'",
        ],
    );
    assert!(
        said.contains("ERROR:  XX000: 1023\nDETAIL:  Serializable isolation violation on table - "),
        "{said}"
    );
    assert!(said.contains("25P02"), "{said}");
    assert!(said.ends_with("ROLLBACK\nmarked\n"), "{said}");
}

#[test]
fn two_transactions_that_meet_fail_with_1023() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)", "INSERT INTO t VALUES (0)"]).expect("a table");
    let (socket, port) = (
        standin.database().server().socket_folder(),
        standin.database().server().port(),
    );
    // The second transaction begins, and ends, inside the first: psql runs it as a command of its own.
    let other = format!(
        "\\! psql --no-psqlrc -qh {} -p {port} -U postgres -d {} -c 'BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE t SET a = 1; COMMIT'",
        socket.display(),
        standin.database().name()
    );
    let said = go_on(
        &standin,
        &["BEGIN", "SELECT a FROM t", &other, "UPDATE t SET a = 2", "ROLLBACK"],
    );
    assert!(
        said.contains("ERROR:  XX000: 1023\nDETAIL:  Serializable isolation violation"),
        "{said}"
    );
}

#[test]
fn a_connection_is_lost_where_it_is_told_to() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a text)"]).expect("a table");
    for (fault, is_done) in [(Fault::Statement, "0"), (Fault::Answer, "1")] {
        standin.inject(fault, "INSERT INTO t");
        let said = ask(&standin, &[&format!("INSERT INTO t VALUES ('{fault:?}')")]).expect_err("it is lost");
        assert!(said.contains("server closed the connection unexpectedly"), "{said}");
        let count = format!("SELECT count(*) FROM t WHERE a = '{fault:?}'");
        assert_eq!(ask(&standin, &[&count]).as_deref(), Ok(is_done), "{fault:?}");
    }
}

#[test]
fn a_lost_connection_takes_its_transaction_along() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    standin.inject(Fault::Answer, "INSERT INTO t");
    ask(&standin, &["BEGIN", "INSERT INTO t VALUES (1)"]).expect_err("it is lost");
    standin.inject(Fault::Answer, "COMMIT");
    ask(&standin, &["BEGIN", "INSERT INTO t VALUES (2)", "COMMIT"]).expect_err("it is lost");
    assert_eq!(ask(&standin, &["SELECT a FROM t"]).as_deref(), Ok("2"));
}

#[test]
fn silence_lasts_until_the_client_leaves() {
    let Some(standin) = start() else {
        return;
    };
    ask(&standin, &["CREATE TABLE t (a int)"]).expect("a table");
    standin.inject(Fault::Silence, "INSERT INTO t");
    let mut command = standin.psql(MD5_USER);
    command
        .env("PGSSLMODE", "disable")
        .args(["-c", r"\echo begins", "-c", "INSERT INTO t VALUES (1)"]);
    let mut psql = command.stdout(std::process::Stdio::piped()).spawn().expect("psql runs");
    while !standin.are_faults_over() {
        std::thread::yield_now();
    }
    assert!(psql.try_wait().expect("its state").is_none(), "it waits for an answer");
    psql.kill().expect("it is there");
    psql.wait().expect("it has ended");
    assert_eq!(ask(&standin, &["SELECT count(*) FROM t"]).as_deref(), Ok("0"));
}

#[test]
fn the_list_of_divergences_names_every_rule_and_only_tests_that_exist() {
    let read = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(name);
        std::fs::read_to_string(path).expect("a file of the tests")
    };
    let list = read("standin/DIVERGENCES.md");
    let rules = read("standin/refusal.rs");
    let rules = rules.split("const RULES: &[Rule] = &[").nth(1).expect("the rules");
    let rules = rules.split("];").next().unwrap_or_default();
    for rule in rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()) {
        assert!(list.contains(&format!("\n| {rule} | ")), "{rule} is not in the list");
    }
    for (module, code) in [
        ("rules", read("standin_rules.rs")),
        ("clients", read("standin_clients.rs")),
    ] {
        for named in list.split(&format!("`standin_{module}::")).skip(1) {
            let name = named.split('`').next().unwrap_or_default();
            assert!(code.contains(&format!("fn {name}()")), "there is no {name}");
        }
    }
}

#[test]
fn a_login_without_the_right_password_is_28000() {
    let Some(standin) = start() else {
        return;
    };
    for user in [
        User {
            password: "wrong",
            ..MD5_USER
        },
        User {
            name: "nobody",
            ..MD5_USER
        },
    ] {
        let said = psql(&standin, user, &["SELECT 1"]).expect_err("it is refused");
        let expected = format!("FATAL:  password authentication failed for user \"{}\"", user.name);
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn startup_parameters_that_redshift_does_not_have_are_fatal() {
    let Some(standin) = start() else {
        return;
    };
    for (options, expected) in [
        (
            "-c standard_conforming_strings=on",
            "FATAL:  unrecognized configuration parameter \"standard_conforming_strings\"",
        ),
        (
            "-c no_such_parameter=on",
            "FATAL:  unrecognized configuration parameter \"no_such_parameter\"",
        ),
    ] {
        let mut command = standin.psql(MD5_USER);
        command.env("PGOPTIONS", options).env("PGSSLMODE", "disable");
        let output = command.args(["-c", "SELECT 1"]).output().expect("psql runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn tls_is_in_front_where_it_is_asked_for() {
    let (Some(plain), Some(tls)) = (start(), StandIn::start(Wire::Tls)) else {
        return;
    };
    let ask = |standin: &StandIn, sslmode: &str| {
        let mut command = standin.psql(MD5_USER);
        command
            .env("PGSSLMODE", sslmode)
            .env("PGSSLROOTCERT", standin.authority());
        command
            .args(["-Atc", "SELECT repeat('x', 100000)"])
            .output()
            .expect("psql runs")
    };
    assert_eq!(succeeded(&ask(&tls, "verify-full")).len(), 100_000);
    assert_eq!(succeeded(&ask(&tls, "disable")).len(), 100_000);
    let refused = ask(&plain, "require");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("server does not support SSL"),
        "{refused:?}"
    );
}

/// Whether psql's words, with VERBOSITY at verbose, begin with this error.
pub fn is_refused_with(said: &str, expected: &str) -> bool {
    let first = said.split("\nLINE ").next().unwrap_or_default();
    let first = first.split("\nHINT").next().unwrap_or_default().trim_end();
    first == format!("ERROR:  {expected}")
}

fn start() -> Option<StandIn> {
    StandIn::start(Wire::Plain)
}

/// What psql prints for the statements, each sent by itself; what it says of the first that fails.
fn ask(standin: &StandIn, statements: &[&str]) -> Result<String, String> {
    psql(standin, MD5_USER, statements)
}

fn psql(standin: &StandIn, user: User, statements: &[&str]) -> Result<String, String> {
    let mut command = standin.psql(user);
    command
        .env("PGSSLMODE", "disable")
        .args(["-At", "-v", "VERBOSITY=verbose", "-v", "ON_ERROR_STOP=1"]);
    for statement in statements {
        command.args(["-c", statement]);
    }
    let output = command.output().expect("psql runs");
    if output.status.success() {
        Ok(succeeded(&output))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// All that psql says, in its order, with errors on the way.
fn go_on(standin: &StandIn, statements: &[&str]) -> String {
    let mut script = "exec 2>&1; exec psql --no-psqlrc -At -v VERBOSITY=verbose".to_owned();
    for statement in statements {
        script = format!(
            "{script} -c \"{}\"",
            statement.replace('\\', "\\\\").replace('"', "\\\"")
        );
    }
    let psql = standin.psql(MD5_USER);
    let mut command = std::process::Command::new("sh");
    command.env_clear().args(["-c", &script]).env("PGSSLMODE", "disable");
    command.envs(psql.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().expect("sh runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
