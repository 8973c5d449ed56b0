//! Notices, warnings, command tags and log messages.

use super::Style;
use super::json::{object, quoted};
use super::report::paint::{Color, paint};
use super::sanitize::one_line;
use super::wrap::labelled;
use crate::executor::{Notice, Severity};

/// A notice or a warning with its line break: one line, which a terminal gets wrapped.
pub fn render_notice(notice: &Notice, style: &Style) -> String {
    let word = notice.severity.word();
    if style.format.is_json() {
        return object(&[(word, Some(quoted(&notice.text)))]) + "\n";
    }
    let ink = match notice.severity {
        Severity::Notice => Color::Notice,
        Severity::Warning => Color::Warning,
    };
    labelled(&format!("{word}:"), &one_line(&notice.text), ink, style)
}

/// A command tag on one line, with its line break; that of a dry run says so.
pub fn render_tag(tag: &str, is_dry_run: bool, style: &Style) -> String {
    if style.format.is_json() {
        let dry_run = is_dry_run.then(|| "true".to_owned());
        return object(&[("tag", Some(quoted(tag))), ("dry_run", dry_run)]) + "\n";
    }
    format!("{}{}\n", one_line(tag), if is_dry_run { " (dry run)" } else { "" })
}

/// A part of a script that is about to run, with its line break.
pub fn render_echo(text: &str, style: &Style) -> String {
    if style.format.is_json() {
        return object(&[("echo", Some(quoted(text)))]) + "\n";
    }
    let painted = text.lines().map(|line| paint(&one_line(line), Color::Faint, style) + "\n");
    painted.collect()
}

/// A log message on one line, with its line break.
pub fn render_log(text: &str, style: &Style) -> String {
    if style.format.is_json() {
        return object(&[("log", Some(quoted(text)))]) + "\n";
    }
    format!("{} {}\n", paint("log:", Color::Notice, style), one_line(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Format;

    fn colored(format: Format) -> Style {
        Style { color: true, ..Style::plain(format) }
    }

    #[test]
    fn a_notice_and_a_warning_are_a_line_each() {
        let style = Style::plain(Format::Csv);
        assert_eq!(render_notice(&Notice::new("a\n\x1bb"), &style), "notice: a\\n\\x1bb\n");
        assert_eq!(render_notice(&Notice::warning("a"), &style), "warning: a\n");
    }

    #[test]
    fn a_terminal_gets_a_notice_wrapped_below_its_beginning() {
        let style = Style {
            width: Some(20),
            ..Style::plain(Format::Table)
        };
        let notice = Notice::new("one two three four");
        assert_eq!(render_notice(&notice, &style), "notice: one two\n        three four\n");
    }

    #[test]
    fn only_the_label_of_a_notice_is_coloured() {
        let style = colored(Format::Table);
        assert_eq!(render_notice(&Notice::new("a"), &style), "\x1b[36mnotice:\x1b[0m a\n");
        assert_eq!(render_notice(&Notice::warning("a"), &style), "\x1b[33mwarning:\x1b[0m a\n");
        assert_eq!(render_tag("CREATE CONNECTION", false, &style), "CREATE CONNECTION\n");
        assert_eq!(render_tag("CREATE CONNECTION", true, &style), "CREATE CONNECTION (dry run)\n");
    }

    #[test]
    fn in_json_each_is_an_object_without_colour() {
        for format in [Format::Json, Format::Jsonl] {
            let style = colored(format);
            assert_eq!(
                render_notice(&Notice::new("a\"\n"), &style),
                "{\"notice\": \"a\\\"\\n\"}\n"
            );
            assert_eq!(render_notice(&Notice::warning("a"), &style), "{\"warning\": \"a\"}\n");
            assert_eq!(render_log("a", &style), "{\"log\": \"a\"}\n");
            assert_eq!(
                render_tag("DROP CONNECTION", false, &style),
                "{\"tag\": \"DROP CONNECTION\"}\n"
            );
            assert_eq!(
                render_tag("DROP CONNECTION", true, &style),
                "{\"tag\": \"DROP CONNECTION\", \"dry_run\": true}\n"
            );
        }
    }
}
