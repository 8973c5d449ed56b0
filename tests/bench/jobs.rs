//! Runs of jobs: the whole process of `redwire -c 'RUN JOB …'` against psql with plain SQL.

use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::figure::{Figure, Limit, Spread};
use crate::measure::{Run, in_turn, milliseconds, run, time_ratios};
use crate::server::{NAME, Server, USER};
use crate::stage::Stage;
use crate::support::postgres::Wire;

/// Rounds of the runs that take seconds.
const ROUNDS: usize = 5;

/// Rounds of an empty window.
const EMPTY_ROUNDS: usize = 100;

/// The windows that are caught up in one session.
const SMALL: u32 = 1_000;

/// The jobs of one schema that run at once, and the windows of each.
const AT_ONCE: usize = 4;
const WINDOWS: usize = 20;
const SLOW_ROUNDS: usize = 3;

/// A million rows of ten thousand customers, and what jobs write.
const TABLES: &str = "
    CREATE TABLE s.rows AS SELECT n AS id, 'customer ' || n % 10000 AS customer,
        (n::bigint * 37 % 1000000 / 100.0)::numeric(12, 2) AS amount,
        timestamp '2024-01-01' + n * interval '7 seconds' AS at
        FROM generate_series(1, 1000000) n;
    CREATE TABLE s.changes AS SELECT id + 100000 AS id, customer, amount + 1 AS amount, at
        FROM s.rows WHERE id > 700000;
    CREATE TABLE s.small AS SELECT n AS id, timestamp '2024-01-01' + n * interval '1 minute' AS at
        FROM generate_series(0, 999) n;
    CREATE TABLE s.one AS SELECT 1 AS id;
    CREATE TABLE s.totals (customer text, amount numeric, number bigint);
    CREATE TABLE s.peer_totals (LIKE s.totals);
    CREATE TABLE s.copy (LIKE s.rows);
    CREATE TABLE s.peer_copy (LIKE s.rows);
    CREATE TABLE s.windows (id int, at timestamp);
    CREATE TABLE s.peer_windows (LIKE s.windows);
    CREATE TABLE s.slow (id int, n int);
    CREATE TABLE s.peer_slow (LIKE s.slow);
    CREATE TABLE s.peer_ledger (job varchar(127) NOT NULL, loaded_until timestamp NOT NULL,
        run_id varchar(36) NOT NULL, rows_staged bigint NOT NULL, rows_total bigint NOT NULL);
    INSERT INTO s.peer_ledger SELECT 'j' || n, timestamp '2024-01-01', '', 0, 0
        FROM generate_series(0, 3) n;
    ANALYZE";

const AGGREGATE: &str = "SELECT o.customer, sum(o.amount) AS amount, count(*) AS number \
    FROM {}s.rows o GROUP BY o.customer";

const COPY: &str = "SELECT o.id, o.customer, o.amount, o.at FROM {}s.rows o";

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let server = Server::start(stage, Wire::Plain)?;
    server.administer(&format!("CREATE SCHEMA s AUTHORIZATION {}", USER.name));
    server.administer(&format!("SET ROLE {}; {TABLES}", USER.name));
    create_jobs(&server)?;
    let bench = Bench { server };
    let mut figures = bench.aggregate()?;
    figures.extend(bench.copy()?);
    figures.extend(bench.merge()?);
    figures.extend(bench.empty_window()?);
    figures.push(bench.small_windows()?);
    figures.push(bench.at_once()?);
    Ok(figures)
}

fn create_jobs(server: &Server<'_>) -> io::Result<()> {
    let of_job = |query: &str| query.replace("{}", &format!("{NAME}."));
    let (aggregate, copy) = (of_job(AGGREGATE), of_job(COPY));
    let script = format!(
        "CREATE JOB aggregate AS INSERT INTO {NAME}.s.totals {aggregate};
         CREATE JOB copy AS INSERT INTO {NAME}.s.copy {copy};
         CREATE JOB merge AS MERGE INTO {NAME}.s.target AS t USING (
             SELECT o.id, o.customer, o.amount, o.at FROM {NAME}.s.changes o) AS n ON t.id = n.id
             WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME;
         CREATE JOB empty RUN_INTERVAL = 1 MINUTE START_FROM = TIMESTAMP '2020-01-01'
             AS INSERT INTO {NAME}.s.windows SELECT o.id, o.at FROM {NAME}.s.small o
             WHERE o.at BETWEEN run_start_time() AND run_end_time();
         CREATE JOB small RUN_INTERVAL = 1 MINUTE START_FROM = TIMESTAMP '2024-01-01'
             END_AT = TIMESTAMP '2024-01-01 16:40'
             AS INSERT INTO {NAME}.s.windows SELECT o.id, o.at FROM {NAME}.s.small o
             WHERE o.at BETWEEN run_start_time() AND run_end_time();"
    );
    let slow = (0..AT_ONCE * (SLOW_ROUNDS + 1)).map(|number| {
        format!(
            "CREATE JOB j{number} RUN_INTERVAL = 1 MINUTE START_FROM = TIMESTAMP '2024-01-01'
                 END_AT = TIMESTAMP '2024-01-01 00:{WINDOWS}'
                 AS INSERT INTO {NAME}.s.slow
                 SELECT o.id, length(pg_sleep(0.05)::text) AS n FROM {NAME}.s.one o
                 WHERE run_start_time() < run_end_time();"
        )
    });
    let script = script + &slow.collect::<Vec<_>>().concat();
    run(server.redwire().args(["-c", &script])).map(|_| ())
}

struct Bench<'a> {
    server: Server<'a>,
}

impl Bench<'_> {
    fn redwire(&self, script: &str) -> Command {
        let mut command = self.server.redwire();
        command.args(["-c", script]);
        command
    }

    /// psql with statements that it sends one by one, as it does those of a file.
    fn psql(&self, statements: &[&str]) -> Command {
        let mut command = self.server.psql();
        for statement in statements {
            command.args(["-c", statement]);
        }
        command
    }

    /// A job against psql, each after the statement that puts its table back.
    fn in_turn(
        &self,
        job: &str,
        statements: &[&str],
        put_back: &dyn Fn(&str),
    ) -> io::Result<Vec<(Run, Run)>> {
        in_turn(
            ROUNDS,
            || {
                put_back("");
                run(&mut self.redwire(&format!("RUN JOB {job}")))
            },
            || {
                put_back("peer_");
                run(&mut self.psql(statements))
            },
        )
    }

    fn aggregate(&self) -> io::Result<Vec<Figure>> {
        let insert = format!("INSERT INTO s.peer_totals {}", AGGREGATE.replace("{}", ""));
        let truncate = |prefix: &str| self.server.administer(&format!("TRUNCATE s.{prefix}totals"));
        let pairs = self.in_turn("aggregate", &[&insert], &truncate)?;
        Ok(against_psql(
            "a job that aggregates 1,000,000 rows: time against psql's INSERT",
            &pairs,
            1.1,
        ))
    }

    fn copy(&self) -> io::Result<Vec<Figure>> {
        let query = COPY.replace("{}", "");
        let insert = format!("INSERT INTO s.peer_copy {query}");
        let truncate = |prefix: &str| self.server.administer(&format!("TRUNCATE s.{prefix}copy"));
        let plain = self.in_turn("copy", &[&insert], &truncate)?;
        let staged = self.in_turn(
            "copy",
            &[
                &format!("CREATE TEMP TABLE stage AS {query}"),
                "BEGIN; LOCK TABLE s.peer_ledger",
                "UPDATE s.peer_ledger SET rows_staged = 1000000 WHERE job = 'j0'; \
                 INSERT INTO s.peer_copy SELECT * FROM stage WHERE EXISTS \
                 (SELECT 1 FROM s.peer_ledger WHERE job = 'j0'); COMMIT",
            ],
            &truncate,
        )?;
        let mut figures = against_psql(
            "a job that copies 1,000,000 rows: time against psql's INSERT",
            &plain,
            1.45,
        );
        figures.push(Figure::ratio(
            "the same: time against psql with the same stage and write",
            time_ratios(&staged),
            Some(Limit::AtMost(1.03)),
        ));
        Ok(figures)
    }

    fn merge(&self) -> io::Result<Vec<Figure>> {
        let put_back = |prefix: &str| {
            let table = format!("s.{prefix}target");
            self.server.administer(&format!(
                "SET ROLE {}; DROP TABLE IF EXISTS {table}; CREATE TABLE {table} AS TABLE s.rows; \
                 ANALYZE {table}",
                USER.name
            ));
        };
        let merge = "MERGE INTO s.peer_target t USING s.changes n ON t.id = n.id WHEN MATCHED THEN \
             UPDATE SET customer = n.customer, amount = n.amount, at = n.at WHEN NOT MATCHED THEN \
             INSERT VALUES (n.id, n.customer, n.amount, n.at)";
        let pairs = self.in_turn("merge", &[merge], &put_back)?;
        let what = "a job that merges 300,000 rows into 1,000,000: time against psql's MERGE";
        Ok(against_psql(what, &pairs, 0.9))
    }

    /// Each round is the next window of a job, in a process of its own.
    fn empty_window(&self) -> io::Result<Vec<Figure>> {
        let statements = [
            "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n \
             ON n.oid = c.relnamespace WHERE n.nspname = 'pg_catalog' AND c.relname = 'none'",
            "SET timezone TO 'UTC'; SELECT quote_ident(current_user)",
            "SELECT loaded_until, run_id, localtimestamp FROM s.peer_ledger WHERE job = 'j0'",
            "SELECT * FROM (SELECT o.id, o.at FROM s.small o WHERE o.at < '2020-01-01') q LIMIT 0",
            "DROP TABLE IF EXISTS stage; CREATE TEMP TABLE stage AS SELECT o.id, o.at \
             FROM s.small o WHERE o.at < '2020-01-01'",
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute \
             WHERE attrelid = 'stage'::regclass AND attnum > 0",
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute \
             WHERE attrelid = 's.peer_windows'::regclass AND attnum > 0",
            "BEGIN; LOCK TABLE s.peer_ledger",
            "UPDATE s.peer_ledger SET loaded_until = loaded_until + interval '1 minute' \
             WHERE job = 'j0'; INSERT INTO s.peer_windows SELECT * FROM stage WHERE EXISTS \
             (SELECT 1 FROM s.peer_ledger WHERE job = 'j0'); COMMIT",
        ];
        let mut minutes = 0;
        let pairs = in_turn(
            EMPTY_ROUNDS,
            || {
                minutes += 1;
                let until = format!("2020-01-01 {:02}:{:02}", minutes / 60, minutes % 60);
                run(&mut self.redwire(&format!("RUN JOB empty UP TO TIMESTAMP '{until}'")))
            },
            || run(&mut self.psql(&statements)),
        )?;
        let what =
            "an empty window, all of the process: time against psql with the same statements";
        Ok(against_psql(what, &pairs, 2.0))
    }

    fn small_windows(&self) -> io::Result<Figure> {
        let ran = run(&mut self.redwire("RUN JOB small"))?;
        Ok(Figure::milliseconds(
            "1,000 small windows that were missed, in one session: time of one",
            milliseconds([ran.wall / SMALL]),
            50,
            // 40 a second.
            Some(Limit::AtMost(25.0)),
        ))
    }

    fn at_once(&self) -> io::Result<Figure> {
        let mut first = 0;
        let pairs = in_turn(
            SLOW_ROUNDS,
            || {
                let jobs = first..first + AT_ONCE;
                first += AT_ONCE;
                all(jobs.map(|number| self.redwire(&format!("RUN JOB j{number}"))))
            },
            || {
                let scripts = (0..AT_ONCE).map(|number| {
                    let window = format!(
                        "BEGIN; LOCK TABLE s.peer_ledger; UPDATE s.peer_ledger SET loaded_until = \
                         loaded_until + interval '1 minute' WHERE job = 'j{number}'; INSERT INTO \
                         s.peer_slow SELECT o.id, length(pg_sleep(0.05)::text) FROM s.one o; COMMIT"
                    );
                    self.psql(&[window.as_str(); WINDOWS])
                });
                all(scripts)
            },
        )?;
        let ratio = |(ours, peer): &(Duration, Duration)| ours.as_secs_f64() / peer.as_secs_f64();
        Ok(Figure::ratio(
            "4 jobs of one schema at once, whose queries take 50 ms: time against the query inside \
             the lock",
            Spread::of(pairs.iter().map(ratio)),
            Some(Limit::AtMost(0.5)),
        ))
    }
}

/// The ratio, and the times of both.
fn against_psql(what: &str, pairs: &[(Run, Run)], limit: f64) -> Vec<Figure> {
    let ours = milliseconds(pairs.iter().map(|(ours, _)| ours.wall));
    let peer = milliseconds(pairs.iter().map(|(_, peer)| peer.wall));
    vec![
        Figure::ratio(what, time_ratios(pairs), Some(Limit::AtMost(limit))),
        Figure::milliseconds("the same: time", ours, 50, None),
        Figure::milliseconds("`psql`: time", peer, 50, None),
    ]
}

/// Runs all at once; the time until the last has ended.
fn all(commands: impl Iterator<Item = Command>) -> io::Result<Duration> {
    let started = Instant::now();
    let children: Vec<_> = commands
        .map(|mut command| command.stdout(std::process::Stdio::null()).spawn())
        .collect::<io::Result<_>>()?;
    for mut child in children {
        if !child.wait()?.success() {
            return Err(io::Error::other("one of them failed"));
        }
    }
    Ok(started.elapsed())
}
