//! The tree of dependents, with the box characters of `tree`.

use super::report::paint::{Color, paint};
use super::{Style, one_line};
use crate::catalog::Branch;
use crate::definition::JobState;
use crate::name::Object;

/// Renders the branches, one line each. The tree is text in every format.
pub fn render_tree(branches: &[Branch], style: &Style) -> String {
    let mut text = String::new();
    for branch in branches {
        text.push_str(&line(branch, style));
        text.push('\n');
        draw(&mut text, "", &branch.branches, style);
    }
    text
}

/// Renders the dependents of an object; each line begins with `before`.
fn draw(text: &mut String, before: &str, branches: &[Branch], style: &Style) {
    for (index, branch) in branches.iter().enumerate() {
        let is_last = index + 1 == branches.len();
        let (corner, below) = if is_last {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        };
        let lines = paint(&format!("{before}{corner}"), Color::Faint, style);
        text.extend([&lines, line(branch, style).as_str(), "\n"]);
        draw(text, &format!("{before}{below}"), &branch.branches, style);
    }
}

/// `job load_orders (target) [paused]`
fn line(branch: &Branch, style: &Style) -> String {
    let color = match branch.object {
        Object::Connection(_) => Color::Connection,
        Object::Table(_) => Color::Table,
        Object::Job(_) => Color::Job,
    };
    let mut text = paint(&one_line(&branch.object.kind_and_sql()), color, style);
    if !branch.ties.is_empty() {
        let ties: Vec<String> = branch.ties.iter().map(|tie| shown_tie(tie, style)).collect();
        text.extend([" (", &ties.join(", "), ")"]);
    }
    if let Some(state) = branch.state {
        let color = if state == JobState::Failed {
            Color::Error
        } else {
            Color::Warning
        };
        text.extend([" ", &paint(&format!("[{}]", state.word()), color, style)]);
    }
    text
}

/// A tie; one with a name is to a table that the catalog does not have.
fn shown_tie(tie: &str, style: &Style) -> String {
    let is_missing = tie.starts_with("source ") || tie.starts_with("target ");
    let color = if is_missing { Color::Error } else { Color::Faint };
    paint(&one_line(tie), color, style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{ConnectionName, JobName, Name, TableName};
    use crate::render::Format;

    fn render_plain(branches: &[Branch]) -> String {
        render_tree(branches, &Style::plain(Format::Table))
    }

    fn job(name: &str, ties: &[&str]) -> Branch {
        Branch {
            object: Object::Job(JobName::new(name).unwrap()),
            ties: ties.iter().map(|tie| (*tie).to_owned()).collect(),
            state: None,
            branches: Vec::new(),
        }
    }

    fn table(name: &str, branches: Vec<Branch>) -> Branch {
        let name = TableName {
            connection: ConnectionName::new("sales").unwrap(),
            schema: Name::new("public").unwrap(),
            table: Name::new(name).unwrap(),
        };
        Branch {
            object: Object::Table(name),
            ties: Vec::new(),
            state: None,
            branches,
        }
    }

    fn connection(name: &str, branches: Vec<Branch>) -> Branch {
        Branch {
            object: Object::Connection(ConnectionName::new(name).unwrap()),
            ties: Vec::new(),
            state: None,
            branches,
        }
    }

    #[test]
    fn branches_are_joined_by_lines_that_end_with_the_last() {
        let orders =
            table("orders", vec![job("load", &["target"]), job("mend", &["target", "source"])]);
        let sales = connection(
            "sales",
            vec![orders, table("totals", Vec::new()), job("mend", &["source sales.s.gone"])],
        );
        let drawn = render_plain(&[
            sales,
            connection("web", vec![table("t", vec![job("last", &["source"])])]),
        ]);
        assert_eq!(
            drawn,
            "connection sales\n\
             ├── table sales.public.orders\n\
             │   ├── job load (target)\n\
             │   └── job mend (target, source)\n\
             ├── table sales.public.totals\n\
             └── job mend (source sales.s.gone)\n\
             connection web\n\
             └── table sales.public.t\n    \
                 └── job last (source)\n"
        );
        assert_eq!(render_plain(&[]), "");
    }

    #[test]
    fn each_kind_has_a_colour_and_what_is_missing_is_red() {
        let style = Style {
            color: true,
            ..Style::plain(Format::Table)
        };
        let missing = job("load", &["target", "source sales.s.gone"]);
        let failed = Branch { state: Some(JobState::Failed), ..missing };
        assert_eq!(
            render_tree(&[connection("a", vec![failed])], &style),
            "\x1b[1;34mconnection a\x1b[0m\n\x1b[2m└── \x1b[0m\x1b[32mjob load\x1b[0m \
             (\x1b[2mtarget\x1b[0m, \x1b[1;31msource sales.s.gone\x1b[0m) \
             \x1b[1;31m[failed]\x1b[0m\n"
        );
    }

    #[test]
    fn names_are_printable() {
        let drawn = render_plain(&[connection("a\u{202e}b", Vec::new())]);
        assert_eq!(drawn, "connection \"a\\u{202e}b\"\n");
    }
}
