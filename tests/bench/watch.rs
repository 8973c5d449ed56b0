//! `redwire run --watch` with many jobs of which none is due.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::figure::{Figure, Limit, Spread};
use crate::measure::run;
use crate::server::Server;
use crate::stage::Stage;
use crate::support::postgres::Wire;

/// The number of jobs.
const JOBS: usize = 1_000;

/// The time for which the idle process is watched.
const WATCHED: Duration = Duration::from_secs(30);

/// The unit of times in /proc (proc_pid_stat(5)) where it is not told otherwise.
const TICKS_IN_A_SECOND: f64 = 100.0;

pub fn measure(stage: &Stage) -> io::Result<Vec<Figure>> {
    let server = Server::start(stage, Wire::Plain)?;
    let mut script = String::new();
    for number in 0..JOBS {
        let _ = writeln!(
            script,
            "CREATE JOB waits{number} RUN_INTERVAL = 1 DAY START_FROM = TIMESTAMP '2100-01-01' \
             AS INSERT INTO warehouse.public.t SELECT s.a FROM warehouse.public.s s \
             WHERE s.at BETWEEN run_start_time() AND run_end_time();"
        );
    }
    stage.write("jobs.sql", script.lines().map(str::to_owned))?;
    run(server.redwire().args(["--single-transaction", "-f", "jobs.sql"]))?;
    let path = stage.path("notify");
    let socket = UnixDatagram::bind(&path)?;
    let mut command = server.redwire();
    command
        .args(["run", "--watch", "--metrics", "jobs.prom"])
        .env("NOTIFY_SOCKET", &path);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let idle = until_idle(&socket).and_then(|()| idle(child.id()));
    child.kill()?;
    child.wait()?;
    let (cpu, memory) = idle?;
    Ok(vec![
        Figure::milliseconds(
            "1,000 jobs, none of them due: time of a core in a second",
            Spread::of([cpu]),
            50,
            Some(Limit::AtMost(5.0)),
        ),
        Figure::mebibytes("the same: memory", Spread::of([memory]), Some(Limit::AtMost(30.0))),
    ])
}

/// Waits until each job has been looked at once.
fn until_idle(socket: &UnixDatagram) -> io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_mins(5)))?;
    let mut bytes = [0; 256];
    let expected = format!("STATUS={JOBS} jobs, 0 running");
    loop {
        let length = socket.recv(&mut bytes)?;
        if &bytes[..length] == expected.as_bytes() {
            return Ok(());
        }
    }
}

/// Milliseconds of processor time in a second, and the memory in use, in mebibytes.
fn idle(process: u32) -> io::Result<(f64, f64)> {
    let before = ticks(process)?;
    thread::sleep(WATCHED);
    let used = ticks(process)? - before;
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: Option<f64> =
        memory.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    let kibibytes = kibibytes.ok_or_else(|| io::Error::other("no VmRSS"))?;
    Ok((used / TICKS_IN_A_SECOND * 1_000.0 / WATCHED.as_secs_f64(), kibibytes / 1_024.0))
}

/// utime and stime of the process.
fn ticks(process: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let times = [11, 12].map(|index| fields.get(index).and_then(|text| text.parse::<f64>().ok()));
    match times {
        [Some(user), Some(system)] => Ok(user + system),
        _ => Err(io::Error::other("no times in /proc")),
    }
}
