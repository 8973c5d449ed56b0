//! The tables of docs/performance.md, between its marks; what stands around them is written by
//! hand.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::process::Command;

use crate::figure::Figure;

const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "<!-- measured: end -->\n";

/// Puts the tables in the place of those that are there.
pub fn write(tables: &[(&str, Vec<Figure>)]) -> io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
    let page = fs::read_to_string(path)?;
    let lost = || io::Error::other(format!("{path} has lost its marks"));
    let (before, rest) = page.split_once(BEGIN).ok_or_else(lost)?;
    let (_, after) = rest.split_once(END).ok_or_else(lost)?;
    fs::write(path, format!("{before}{BEGIN}\n{}{END}{after}", measured(tables)))
}

fn measured(tables: &[(&str, Vec<Figure>)]) -> String {
    let mut text = surroundings();
    for (title, figures) in tables {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "### {title}\n\n| what | limit | measured | min | max |");
        text.push_str("|---|---|--:|--:|--:|\n");
        for figure in figures {
            let judged = figure.shown(figure.judged());
            let [min, max] =
                [figure.spread.min(), figure.spread.max()].map(|number| figure.bare(number));
            let (what, limit) = (&figure.what, figure.limit_shown());
            let marked = if figure.is_kept() {
                judged
            } else {
                format!("**{judged}**")
            };
            let _ = writeln!(text, "| {what} | {limit} | {marked} | {min} | {max} |");
        }
        text.push('\n');
    }
    text
}

/// The machine and the versions.
fn surroundings() -> String {
    let processor =
        line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor unknown".to_owned());
    let threads = std::thread::available_parallelism().map_or(0, usize::from);
    let memory =
        line_of("/proc/meminfo", "MemTotal").unwrap_or_else(|| "memory unknown".to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "- machine: {processor}, {threads} threads, {memory}, {} {}\n- redwire {}, {}\n- sqlite3 {}\n- {}\n- sqlparser {}\n\n",
        std::env::consts::OS,
        kernel.trim(),
        env!("CARGO_PKG_VERSION"),
        first_words("rustc", 2),
        first_words("sqlite3", 1),
        first_words("psql", 3),
        locked_version("sqlparser").unwrap_or_default(),
    )
}

/// The value of the first line of the file that begins with the key.
fn line_of(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn first_words(program: &str, count: usize) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    );
    text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}

/// The version of a crate in Cargo.lock.
fn locked_version(name: &str) -> Option<&'static str> {
    let lock = include_str!("../../Cargo.lock");
    let (_, after) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    after.split_once('"').map(|(version, _)| version)
}
