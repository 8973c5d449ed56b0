//! The stages of a connection test at a terminal: a line for each, with its fix below.
//!
//! A pipe and the other formats get them as rows.

use std::io::{self, Write};

use super::cell;
use super::report::paint::{Color, paint};
use super::sanitize::one_line;
use super::wrap::Wrapped;
use super::{Format, Style, render_rows};
use crate::value::{ResultSet, Value};

/// The columns of a verdict.
const VERDICT_WIDTH: usize = 7;

/// The fewest columns for a detail or a fix; a narrower terminal breaks their lines by itself.
const MIN_TEXT_WIDTH: usize = 20;

/// Writes the stages: the columns of each row end in stage, verdict, milliseconds, detail and fix,
/// and may begin with the connection's name, which becomes a heading.
pub(super) fn render(stages: &ResultSet, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(width) = style.width.filter(|_| style.format == Format::Table) else {
        return render_rows(stages, style, out);
    };
    let mut heading = None;
    for row in &stages.rows {
        let Some((name, [stage, verdict, took, detail, fix])) = row.split_last_chunk() else {
            continue;
        };
        if let [name] = name
            && heading != Some(name)
        {
            let gap = if heading.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{}", paint(&shown(name), Color::Heading, style))?;
            heading = Some(name);
        }
        let verdict = shown(verdict);
        let color = match verdict.as_str() {
            "ok" => Color::Good,
            "failed" => Color::Error,
            "warning" => Color::Warning,
            _ => Color::Faint,
        };
        let took = match took {
            Value::Null => String::new(),
            took => shown(took) + " ms",
        };
        let rest = format!("{:6}  {took:>10}  ", shown(stage));
        let left = format!("{}  {rest}", paint(&format!("{verdict:VERDICT_WIDTH$}"), color, style));
        let indent = VERDICT_WIDTH + 2 + rest.len();
        let room = width.saturating_sub(indent).max(MIN_TEXT_WIDTH);
        let detail = shown(detail);
        let fix = (*fix != Value::Null).then(|| "fix: ".to_owned() + &shown(fix));
        let lines =
            Wrapped::new(&detail, room).chain(fix.iter().flat_map(|fix| Wrapped::new(fix, room)));
        let below = " ".repeat(indent);
        for (index, line) in lines.enumerate() {
            let left = if index == 0 { &left } else { &below };
            writeln!(out, "{}", format!("{left}{line}").trim_end())?;
        }
    }
    Ok(())
}

/// The value on one line; NULL is nothing.
fn shown(value: &Value) -> String {
    one_line(&cell::raw(value, "")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(stages: &ResultSet, width: Option<usize>) -> String {
        let style = Style { width, ..Style::plain(Format::Table) };
        let mut out = Vec::new();
        render(stages, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn stages() -> ResultSet {
        let columns = ["connection", "stage", "verdict", "ms", "detail", "fix"];
        let mut stages = ResultSet::with_columns(columns);
        let mut add =
            |name: &str, stage: &str, verdict: &str, ms, detail: &str, fix: Option<&str>| {
                let fix = Value::optional_text(fix);
                let detail = Value::optional_text(Some(detail).filter(|detail| !detail.is_empty()));
                stages
                    .rows
                    .push(vec![name.into(), stage.into(), verdict.into(), ms, detail, fix]);
            };
        add("a", "url", "ok", Value::Real(0.1), "a.example.com:5439/dev", None);
        let (detail, fix) =
            ("connection refused by 10.0.0.1", "open the port in the security group");
        add("a", "tcp", "failed", Value::Real(1031.5), detail, Some(fix));
        add("a", "tls", "skipped", Value::Null, "", None);
        add("b", "tls", "skipped", Value::Null, "the URL turns TLS off", None);
        stages
    }

    #[test]
    fn a_stage_is_a_line_and_its_fix_stands_below() {
        let expected = "\
a
ok       url         0.1 ms  a.example.com:5439/dev
failed   tcp      1031.5 ms  connection refused by
                             10.0.0.1
                             fix: open the port in the
                             security group
skipped  tls

b
skipped  tls                 the URL turns TLS off
";
        assert_eq!(drawn(&stages(), Some(58)), expected);
    }

    #[test]
    fn one_connection_needs_no_heading_and_a_pipe_gets_rows() {
        let mut stages = stages();
        stages.columns.remove(0);
        for row in &mut stages.rows {
            row.remove(0);
        }
        assert!(drawn(&stages, Some(80)).starts_with("ok       url "));
        assert!(drawn(&stages, None).starts_with('┌'));
    }
}
