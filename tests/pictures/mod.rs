//! The pictures of the documentation: what a real terminal shows, as SVG. They are compared like
//! generated pages; numbers in them, which are times and ports, may differ.

mod svg;

use std::path::Path;

use crate::standin::StandIn;
use crate::support::certificates::SERVER_NAME;
use crate::support::home::Home;
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{DIGEST_USER, Wire};
use crate::support::terminal::{CTRL_D, Terminal};

/// The rows of a screen: more than any picture has.
const ROWS: u16 = 200;

/// A picture.
struct Scene {
    /// The file, in `docs/pictures`.
    name: &'static str,
    /// The title, which readers without pictures hear.
    title: &'static str,
    /// The columns of the terminal.
    columns: u16,
    /// Lines that are typed, each with the text that ends its answer.
    lines: &'static [(&'static str, &'static str)],
}

const SCENES: [Scene; 5] = [
    Scene {
        name: "refusal",
        title: "DROP CONNECTION is refused, with a table of what depends on the connection",
        columns: 96,
        lines: &[("DROP CONNECTION sales;", "CASCADE")],
    },
    Scene {
        name: "test",
        title: "TEST CONNECTION shows a row for each stage, with its time",
        columns: 96,
        lines: &[("TEST CONNECTION sales;", "limit")],
    },
    Scene {
        name: "tree",
        title: "\\tree draws connections, their tables, and the jobs that use them",
        columns: 80,
        lines: &[("\\tree", "(target")],
    },
    Scene {
        name: "run",
        title: "RUN JOB loads the windows that are due into a table of the warehouse",
        columns: 110,
        lines: &[
            ("RUN JOB load_daily UP TO TIMESTAMP '2026-01-04 00:00:00';", "row)"),
            ("\\connect sales", "sales"),
            ("SELECT * FROM marts.daily ORDER BY day;", "rows)"),
        ],
    },
    Scene {
        name: "error",
        title: "An error shows its place in the statement",
        columns: 80,
        lines: &[
            ("\\connect sales", "sales"),
            ("SELECT day, order_count FROM marts.dialy;", "42P01"),
        ],
    },
];

/// The definitions behind the pictures.
const DEFINITIONS: &str = "
    CREATE TABLE sales.public.orders (placed_at TIMESTAMP, amount DECIMAL(10, 2));
    CREATE TABLE sales.marts.daily (day DATE, orders BIGINT, revenue DECIMAL(12, 2));
    CREATE SYNC JOB load_daily RUN_INTERVAL = 1 DAY START_FROM = TIMESTAMP '2026-01-01 00:00:00' AS
        INSERT INTO sales.marts.daily MAP_COLUMNS_BY_NAME
        SELECT placed_at::date AS day, count(*) AS orders, sum(amount) AS revenue
        FROM sales.public.orders
        WHERE placed_at >= run_start_time() AND placed_at < run_end_time()
        GROUP BY 1;
";

const TABLES: &str = "
    CREATE TABLE public.orders (placed_at timestamp, amount decimal(10, 2));
    INSERT INTO public.orders
        SELECT timestamp '2026-01-01' + n * interval '37 minutes', n % 90
        FROM generate_series(1, 100) n;
    CREATE SCHEMA marts;
    CREATE TABLE marts.daily (day date, orders bigint, revenue decimal(12, 2));
    GRANT ALL ON SCHEMA public, marts TO PUBLIC;
    GRANT ALL ON ALL TABLES IN SCHEMA public, marts TO PUBLIC;
";

#[test]
fn the_pictures_are_what_the_terminal_shows() {
    for scene in &SCENES {
        let Some(standin) = StandIn::start(Wire::Tls) else {
            return;
        };
        standin.database().administer(TABLES);
        let home = Home::with_light_vault();
        let create = format!(
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{}' USER_NAME = '{}' \
             PASSWORD = '{}' MAX_CONCURRENT_CONNECTIONS = 5;",
            standin.url(SERVER_NAME, &format!("?sslrootcert={}", standin.authority().display())),
            DIGEST_USER.name,
            DIGEST_USER.password.replace('\'', "''")
        );
        let run = home.redwire(STORE).stdin(create + DEFINITIONS);
        run.env(PASSPHRASE.0, PASSPHRASE.1).run().status(0);
        check(scene, &svg::draw(&play(scene, &home), scene.title));
    }
}

/// The screen after the lines of the scene.
fn play(scene: &Scene, home: &Home) -> vt100::Screen {
    let columns = scene.columns.to_string();
    // The parent sets a size of its own when it has started the script.
    let script = "read -r started; stty echo rows 200 cols \"$0\"; exec \"$@\"";
    let mut command = home.command("sh");
    command.args(["-c", script, &columns, crate::support::home::REDWIRE]);
    command.args(STORE).args(["--no-pager"]).env(PASSPHRASE.0, PASSPHRASE.1);
    command.env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(command);
    terminal.line("").at("redwire> ");
    let mut prompt = "redwire> ";
    for (line, answer) in scene.lines {
        terminal.submit(line).wait_for(answer);
        if line.starts_with("\\connect") {
            prompt = "sales> ";
        }
        terminal.at(prompt);
    }
    let shown = terminal.transcript();
    terminal.keys(CTRL_D);
    terminal.status();
    let mut parser = vt100::Parser::new(ROWS, scene.columns, 0);
    // Redwire greets; the picture begins with the first prompt.
    let start = shown.find("redwire> ").expect("a prompt");
    parser.process(&shown.as_bytes()[start..]);
    parser.screen().clone()
}

#[track_caller]
fn check(scene: &Scene, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/pictures")
        .join(scene.name)
        .with_extension("svg");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    if shape(&committed) == shape(drawn) {
        return;
    }
    if std::env::var_os("UPDATE_GENERATED").is_some_and(|update| update == "1") {
        std::fs::write(&path, drawn).expect("the picture is written");
        return;
    }
    panic!(
        "{} is not what the terminal shows; renew it with: UPDATE_GENERATED=1 cargo test --test \
         redwire pictures\n{drawn}",
        path.display()
    );
}

/// The texts and their classes, without numbers and the widths that depend on them.
fn shape(svg: &str) -> String {
    let texts = svg.lines().filter_map(|line| line.split_once("class=\"").map(|(_, rest)| rest));
    let texts = texts.map(|text| {
        let mut shape = String::new();
        for c in text.chars() {
            let c = if c.is_ascii_digit() { '0' } else { c };
            if !(matches!(c, '0' | '─' | '═' | ' ') && shape.ends_with(c)) {
                shape.push(c);
            }
        }
        shape
    });
    texts.collect::<Vec<_>>().join("\n")
}
