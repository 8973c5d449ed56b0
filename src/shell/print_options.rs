//! `\pset` and its short forms: how results are written.

use std::fmt::Write as _;

use super::variables::boolean;
use super::{Flow, Shell};
use crate::error::CommandError;
use crate::render::{Border, Format, LineStyle, Style};
use crate::sign::shown;

/// The options of `\pset`: those of psql that redwire has, in psql's order, and its own.
const OPTIONS: [&str; 12] = [
    "border",
    "expanded",
    "fieldsep",
    "footer",
    "format",
    "linestyle",
    "null",
    "pager",
    "recordsep",
    "title",
    "tuples_only",
    "types",
];

/// The other options of psql.
const OTHERS: [&str; 10] = [
    "columns",
    "csv_fieldsep",
    "fieldsep_zero",
    "numericlocale",
    "pager_min_lines",
    "recordsep_zero",
    "tableattr",
    "unicode_border_linestyle",
    "unicode_column_linestyle",
    "unicode_header_linestyle",
];

/// A command about the way in which results are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PrintCommand {
    /// Shows all options.
    List,
    /// Sets an option, or switches it.
    Set {
        option: String,
        value: Option<String>,
    },
    /// `\a`: the unaligned format, or back to tables.
    ToggleAligned,
}

impl PrintCommand {
    /// The command of this name with these words; None for one of another kind.
    pub fn new(name: &str, words: Vec<String>) -> Result<Option<Self>, CommandError> {
        let option = match name {
            "\\pset" => None,
            "\\a" => return Ok(Some(Self::ToggleAligned)),
            "\\t" => Some("tuples_only"),
            "\\f" => Some("fieldsep"),
            "\\C" => Some("title"),
            _ => return Ok(None),
        };
        let mut words = words.into_iter();
        let option = option.map(str::to_owned).or_else(|| words.next());
        let Some(option) = option else {
            return Ok(Some(Self::List));
        };
        let value = words.next();
        if words.next().is_some() {
            return Err(CommandError::new(format!("{name} has too many arguments")));
        }
        Ok(Some(Self::Set { option, value }))
    }
}

impl Shell {
    pub(super) fn perform_print(&mut self, command: PrintCommand) -> Result<Flow, CommandError> {
        match command {
            PrintCommand::List => {
                let text = self.options_as_text();
                let written = self.output.text(&text);
                Ok(self.flow_after(written))
            }
            PrintCommand::ToggleAligned => {
                let is_unaligned = self.output.style().format == Format::Unaligned;
                self.output.align(is_unaligned);
                Ok(self.show_notice(self.state_of("format")))
            }
            PrintCommand::Set { option, value } => self.set_option(&option, value),
        }
    }

    fn set_option(&mut self, option: &str, value: Option<String>) -> Result<Flow, CommandError> {
        let option = self.apply_option(option, value)?;
        Ok(self.show_notice(self.state_of(option)))
    }

    /// Sets an option, and returns its full name.
    pub(super) fn apply_option<'a>(
        &mut self,
        option: &'a str,
        value: Option<String>,
    ) -> Result<&'a str, CommandError> {
        let option = match option {
            "x" | "vertical" => "expanded",
            "t" => "tuples_only",
            option => option,
        };
        let style = self.output.style_mut();
        match (option, value) {
            ("border", Some(value)) => {
                style.border =
                    Border::numbered(&value).ok_or_else(|| not_allowed("border", "0, 1 or 2"))?;
            }
            ("expanded", value) => set_expanded(style, value.as_deref())?,
            ("fieldsep", Some(value)) => style.field_separator = value,
            ("recordsep", Some(value)) => style.record_separator = value,
            ("footer", value) => style.has_footer = switched(value, style.has_footer, "footer")?,
            ("tuples_only", value) => {
                style.tuples_only = switched(value, style.tuples_only, "tuples_only")?;
            }
            ("types", value) => style.has_types = switched(value, style.has_types, "types")?,
            ("format", Some(value)) => match format_of(&value)? {
                Format::Table => self.output.align(true),
                Format::Unaligned => self.output.align(false),
                format => self.output.set_format(format),
            },
            ("linestyle", Some(value)) => {
                style.line_style = [LineStyle::Ascii, LineStyle::Unicode]
                    .into_iter()
                    .find(|line_style| line_style.word() == value)
                    .ok_or_else(|| not_allowed("linestyle", "ascii or unicode"))?;
            }
            ("null", Some(value)) => {
                style.null = value.as_str().into();
                style.exact_null = Some(value);
            }
            ("title", value) => style.title = value,
            ("pager", value) => {
                let pages = self.output.pages_mut();
                *pages = switched(value, *pages, "pager")?;
            }
            (option, None) if OPTIONS.contains(&option) => {}
            (option, _) => return Err(unknown_option(option)),
        }
        Ok(option)
    }

    /// The state of an option in psql's words.
    fn state_of(&self, option: &str) -> String {
        let style = self.output.style();
        let on = |is_on| if is_on { "on" } else { "off" };
        match option {
            "border" => format!("Border style is {}.", style.border.number()),
            "expanded" => format!("Expanded display is {}.", expanded_word(style)),
            "fieldsep" => format!("Field separator is \"{}\".", style.field_separator),
            "footer" => format!("Default footer is {}.", on(style.has_footer)),
            "format" => format!("Output format is {}.", format_word(style.format)),
            "linestyle" => format!("Line style is {}.", style.line_style.word()),
            "null" => format!("Null display is \"{}\".", &style.null),
            "pager" if self.output.pages() => "Pager is used for long output.".to_owned(),
            "pager" => "Pager usage is off.".to_owned(),
            "recordsep" if style.record_separator == "\n" => {
                "Record separator is <newline>.".to_owned()
            }
            "recordsep" => format!("Record separator is \"{}\".", style.record_separator),
            "types" => format!("Types are {}.", on(style.has_types)),
            "title" => match &style.title {
                Some(title) => format!("Title is \"{title}\"."),
                None => "Title is unset.".to_owned(),
            },
            _ => format!("Tuples only is {}.", on(style.tuples_only)),
        }
    }

    fn options_as_text(&self) -> String {
        let style = self.output.style();
        let on = |is_on| if is_on { "on" } else { "off" }.to_owned();
        let quoted = |text: &str| format!("'{}'", text.replace('\n', "\\n"));
        let values = [
            style.border.number().to_string(),
            expanded_word(style).to_owned(),
            quoted(&style.field_separator),
            on(style.has_footer),
            format_word(style.format).to_owned(),
            style.line_style.word().to_owned(),
            quoted(&style.null),
            on(self.output.pages()),
            quoted(&style.record_separator),
            style.title.as_deref().map(quoted).unwrap_or_default(),
            on(style.tuples_only),
            on(style.has_types),
        ];
        let mut text = String::new();
        for (option, value) in OPTIONS.iter().zip(values) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", format!("{option:<24} {value}").trim_end());
        }
        text
    }
}

fn expanded_word(style: &Style) -> &'static str {
    match (style.is_expanded(), style.vertical_when_wide) {
        (true, _) => "on",
        (false, true) => "auto",
        (false, false) => "off",
    }
}

fn set_expanded(style: &mut Style, value: Option<&str>) -> Result<(), CommandError> {
    style.vertical_when_wide = value == Some("auto");
    let was = style.is_expanded();
    let is_on = match value {
        Some("auto") => false,
        value => switched(value.map(str::to_owned), was, "expanded")?,
    };
    if is_on || was {
        style.expand(is_on);
    }
    Ok(())
}

/// The value of a switch, or the other state without one.
fn switched(value: Option<String>, was: bool, option: &str) -> Result<bool, CommandError> {
    match value {
        None => Ok(!was),
        Some(value) => boolean(&value).ok_or_else(|| {
            CommandError::new(format!(
                "unrecognized value \"{}\" for \"{option}\": Boolean expected",
                shown(&value)
            ))
        }),
    }
}

/// The format of a word of psql's, or of redwire's own.
fn format_of(word: &str) -> Result<Format, CommandError> {
    match word {
        "aligned" | "wrapped" => Ok(Format::Table),
        word => word.parse().map_err(|message: &str| CommandError::new(message)),
    }
}

fn format_word(format: Format) -> &'static str {
    match format {
        Format::Table => "aligned",
        Format::Vertical
        | Format::Markdown
        | Format::Unaligned
        | Format::Csv
        | Format::Tsv
        | Format::Json
        | Format::Jsonl => format.word(),
    }
}

fn not_allowed(option: &str, values: &str) -> CommandError {
    CommandError::new(format!("\\pset: {option} is {values}"))
}

fn unknown_option(option: &str) -> CommandError {
    let hint = format!("\\pset sets {}", OPTIONS.join(", "));
    let message = if OTHERS.contains(&option) {
        format!("\\pset: redwire does not have the option {option}")
    } else {
        "\\pset: unknown option".to_owned()
    };
    CommandError::new(message).with_hint(hint)
}
