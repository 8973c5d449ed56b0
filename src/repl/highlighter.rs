//! Draws the line: in colours if there are any, and with bullets for its secrets.
//!
//! The drawn line must be as wide as the line itself, or rustyline would misplace its cursor.

use rustyline::GraphemeClusterMode;
use unicode_segmentation::UnicodeSegmentation;

use super::concealed::concealed;
use super::ink::{Ink, inks};
use crate::render::is_hidden;
use crate::shell::Target;

const BULLET: &str = "•";

/// Draws a line for this target from the byte `from` on, which no grapheme cluster spans.
/// `clusters` says how wide the terminal draws grapheme clusters.
pub(super) fn draw(
    line: &str,
    from: usize,
    target: &Target,
    color: bool,
    clusters: GraphemeClusterMode,
) -> String {
    let concealed = concealed(line, target);
    let inks = if color { inks(line, target) } else { Vec::new() };
    let (mut concealed, mut inks) = (concealed.iter().peekable(), inks.iter().peekable());
    let width = |cluster: &str| usize::from(clusters.width(cluster));
    let mut drawing = DrawnLine::default();
    for (index, cluster) in line.grapheme_indices(true) {
        let end = index + cluster.len();
        if index < from {
            continue;
        }
        while concealed.next_if(|range| range.end <= index).is_some() {}
        while inks.next_if(|(range, _)| range.end <= index).is_some() {}
        let ink = inks.peek().filter(|(range, _)| range.contains(&index)).map(|(_, ink)| *ink);
        drawing.change(ink);
        match cluster {
            "\n" | "\t" => drawing.text.push_str(cluster),
            // A control character would reach the terminal.
            _ if cluster.contains(char::is_control) => {}
            _ if concealed.peek().is_some_and(|range| range.start < end) => {
                drawing.text.push_str(&BULLET.repeat(width(cluster)));
            }
            // A hidden character could make the terminal reorder the text.
            _ if cluster.contains(is_hidden) => drawing.text.push_str(&" ".repeat(width(cluster))),
            _ => drawing.text.push_str(cluster),
        }
    }
    drawing.change(None);
    drawing.text
}

#[derive(Default)]
struct DrawnLine {
    text: String,
    ink: Option<Ink>,
}

impl DrawnLine {
    fn change(&mut self, ink: Option<Ink>) {
        if ink == self.ink {
            return;
        }
        if self.ink.is_some() {
            self.text.push_str("\x1b[0m");
        }
        if let Some(ink) = ink {
            self.text.push_str("\x1b[");
            self.text.push_str(ink.code());
            self.text.push('m');
        }
        self.ink = ink;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(line: &str) -> String {
        draw(line, 0, &Target::Catalog, false, GraphemeClusterMode::WcWidth)
    }

    /// The text without its colours.
    fn without_colors(text: &str) -> String {
        let mut rest = text;
        let mut plain = String::new();
        while let Some(start) = rest.find("\x1b[") {
            plain.push_str(&rest[..start]);
            rest = &rest[start + rest[start..].find('m').unwrap() + 1..];
        }
        plain + rest
    }

    fn width(text: &str, clusters: GraphemeClusterMode) -> usize {
        text.split(['\n', '\t'])
            .flat_map(|piece| piece.graphemes(true))
            .filter(|cluster| !cluster.contains(char::is_control))
            .map(|cluster| usize::from(clusters.width(cluster)))
            .sum()
    }

    #[test]
    fn a_bullet_stands_for_each_column() {
        let create = "CREATE REDSHIFT CONNECTION c PASSWORD = ";
        assert_eq!(plain(&format!("{create}'a漢b\n'")), format!("{create}'••••\n'"));
    }

    #[test]
    fn a_further_line_is_drawn_by_the_rules_of_the_whole_text() {
        let before = "CREATE REDSHIFT CONNECTION c PASSWORD =\n";
        let text = format!("{before}'ab'");
        let drawn =
            draw(&text, before.len(), &Target::Catalog, false, GraphemeClusterMode::WcWidth);
        assert_eq!(drawn, "'••'");
    }

    #[test]
    fn colours_end_where_a_word_ends() {
        let drawn = draw("SHOW x", 0, &Target::Catalog, true, GraphemeClusterMode::WcWidth);
        assert_eq!(drawn, "\x1b[1;34mSHOW\x1b[0m \x1b[31mx\x1b[0m");
    }

    #[test]
    fn a_line_without_secrets_and_colours_is_drawn_as_it_is() {
        for line in ["SELECT 'größer' FROM x; \\x on", "漢字 👩‍👩‍👧", "a\n\tb"] {
            assert_eq!(plain(line), line);
        }
    }

    #[test]
    fn marks_that_turn_the_direction_of_writing_are_not_drawn() {
        assert_eq!(plain("DROP CONNECTION \"a\u{202e}b\""), "DROP CONNECTION \"ab\"");
    }

    proptest! {
        #[test]
        fn a_line_is_as_wide_as_it_is_drawn(
            before in "(CREATE REDSHIFT CONNECTION c |SELECT |\\\\h |'|;|\n){0,3}",
            typed in "(PASSWORD = '|=|'|\"|\\PC| |\n|\t|\u{301}|\u{200d}|👩){0,20}",
        ) {
            let line = before + &typed;
            for clusters in [GraphemeClusterMode::Unicode, GraphemeClusterMode::WcWidth, GraphemeClusterMode::NoZwj] {
                let drawn = draw(&line, 0, &Target::Catalog, true, clusters);
                let plain = without_colors(&drawn);
                prop_assert_eq!(&plain, &draw(&line, 0, &Target::Catalog, false, clusters));
                prop_assert_eq!(width(&plain, clusters), width(&line, clusters));
                prop_assert_eq!(plain.matches('\n').count(), line.matches('\n').count());
            }
        }

        #[test]
        fn a_password_is_never_drawn(
            password in "[A-Za-z0-9 #%+;=-]{8,20}",
            before in "(SHOW CONNECTIONS; |\\\\x on\n|SELECT 1;\n|-- c\n){0,2}",
        ) {
            let line = format!("{before}CREATE REDSHIFT CONNECTION c USER_NAME = 'u' PASSWORD = '{password}' COMMENT = 'x';");
            prop_assert!(!without_colors(&draw(&line, 0, &Target::Catalog, true, GraphemeClusterMode::WcWidth)).contains(&password));
        }
    }
}
