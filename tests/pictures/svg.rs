//! A terminal's screen as an SVG picture, which follows the reader's light or dark theme.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

/// The size of a cell, in pixels.
const CELL: (f64, f64) = (8.4, 18.0);

/// The margin around the screen, in pixels.
const MARGIN: f64 = 14.0;

/// The colours: a plain text, the background, and the eight of ANSI, dark theme and light theme
/// (those of GitHub's terminal pictures).
const COLORS: [(&str, &str, &str); 10] = [
    ("t", "#e6edf3", "#1f2328"),
    ("g", "#0d1117", "#f6f8fa"),
    ("c0", "#484f58", "#24292f"),
    ("c1", "#ff7b72", "#cf222e"),
    ("c2", "#3fb950", "#116329"),
    ("c3", "#d29922", "#4d2d00"),
    ("c4", "#58a6ff", "#0969da"),
    ("c5", "#bc8cff", "#8250df"),
    ("c6", "#39c5cf", "#1b7c83"),
    ("c7", "#b1bac4", "#6e7781"),
];

/// Draws the rows of the screen that have text.
pub fn draw(screen: &Screen, title: &str) -> String {
    let (_, columns) = screen.size();
    let texts: Vec<String> = screen.rows(0, columns).collect();
    let rows = texts
        .iter()
        .rposition(|row| !row.trim_end().is_empty())
        .map_or(0, |last| last + 1);
    let width = f64::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = f64::from(u16::try_from(rows).expect("few rows")) * CELL.1 + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" xml:space=\"preserve\">\n<title>{}</title>\n{}\
         <rect class=\"g\" width=\"100%\" height=\"100%\" rx=\"8\"/>\n",
        escaped(title),
        style()
    );
    for row in 0..u16::try_from(rows).expect("few rows") {
        for run in runs(screen, row, columns) {
            let (x, y) = (
                MARGIN + f64::from(run.column) * CELL.0,
                MARGIN + (f64::from(row) + 0.75) * CELL.1,
            );
            let length = f64::from(run.cells) * CELL.0;
            writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" class=\"{}\">{}</text>",
                run.class,
                escaped(&run.text)
            )
            .expect("a text takes everything");
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Cells beside each other that look alike.
struct CellRun {
    column: u16,
    cells: u16,
    class: String,
    text: String,
}

fn runs(screen: &Screen, row: u16, columns: u16) -> Vec<CellRun> {
    let mut runs: Vec<CellRun> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation())
        else {
            continue;
        };
        let text = if cell.has_contents() { cell.contents() } else { " " };
        let class = class(cell);
        let cells = if cell.is_wide() { 2 } else { 1 };
        match runs.last_mut() {
            Some(last) if last.class == class && last.column + last.cells == column => {
                last.cells += cells;
                last.text.push_str(text);
            }
            Some(_) | None => runs.push(CellRun {
                column,
                cells,
                class,
                text: text.to_owned(),
            }),
        }
    }
    runs.retain_mut(|run| {
        let kept = run.text.trim_end().to_owned();
        run.cells -= u16::try_from(run.text.len() - kept.len()).expect("few blanks");
        run.text = kept;
        !run.text.is_empty()
    });
    runs
}

fn class(cell: &Cell) -> String {
    let mut class = match cell.fgcolor() {
        Color::Default => "t".to_owned(),
        Color::Idx(color) => format!("c{}", color % 8),
        Color::Rgb(..) => panic!("redwire writes no colours outside the eight of ANSI"),
    };
    for (is_on, letter) in [
        (cell.bold(), " b"),
        (cell.dim(), " d"),
        (cell.underline(), " u"),
        (cell.italic(), " i"),
    ] {
        if is_on {
            class.push_str(letter);
        }
    }
    class
}

fn style() -> String {
    let fill = |theme: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
        COLORS.iter().fold(String::new(), |rules, color| {
            rules + &format!(".{}{{fill:{}}}", color.0, theme(color))
        })
    };
    format!(
        "<style>text{{font:14px ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;\
         white-space:pre}}.b{{font-weight:bold}}.d{{opacity:.6}}.u{{text-decoration:underline}}\
         .i{{font-style:italic}}{}@media(prefers-color-scheme:light){{{}}}</style>\n",
        fill(|color| color.1),
        fill(|color| color.2)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
