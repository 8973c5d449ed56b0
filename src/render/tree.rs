//! The tree of dependents, with the box characters of `tree`.

use super::one_line;
use crate::catalog::Branch;

/// Renders the branches, one line each. The tree is text in every format.
pub fn render_tree(branches: &[Branch]) -> String {
    let mut text = String::new();
    for branch in branches {
        text.push_str(&line(branch));
        text.push('\n');
        draw(&mut text, "", &branch.branches);
    }
    text
}

/// Renders the dependents of an object; each line begins with `before`.
fn draw(text: &mut String, before: &str, branches: &[Branch]) {
    for (index, branch) in branches.iter().enumerate() {
        let is_last = index + 1 == branches.len();
        let (corner, below) = if is_last {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        };
        text.extend([before, corner, &line(branch), "\n"]);
        draw(text, &format!("{before}{below}"), &branch.branches);
    }
}

/// `job load_orders (target) [paused]`
fn line(branch: &Branch) -> String {
    let object = branch.object.kind_and_sql();
    let ties = branch.ties.join(", ");
    let text = if ties.is_empty() {
        object
    } else {
        format!("{object} ({ties})")
    };
    let text = match branch.state {
        Some(state) => format!("{text} [{}]", state.word()),
        None => text,
    };
    one_line(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{ConnectionName, JobName, Name, Object, TableName};

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
        let drawn = render_tree(&[
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
        assert_eq!(render_tree(&[]), "");
    }

    #[test]
    fn names_are_printable() {
        let drawn = render_tree(&[connection("a\u{202e}b", Vec::new())]);
        assert_eq!(drawn, "connection \"a\\u{202e}b\"\n");
    }
}
