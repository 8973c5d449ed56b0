//! Makes docs/reference.md, docs/errors.md and docs/redwire.1 from the program's own tables, and
//! compares them with the committed files.

mod advice;
mod catalog_tables;
mod command_line;
mod errors;
pub mod manual_page;
mod options;
mod page;
mod statements;
mod types;
mod url_options;

use std::path::Path;

use redwire::catalog::CatalogError;
use redwire::render::Format;
use redwire::shell::{COMMANDS, Workplace};

use page::{Page, code};

/// The text of docs/reference.md.
fn reference_page() -> Result<String, CatalogError> {
    let mut page = Page::titled("Reference");
    page.paragraph(
        "What redwire reads and says, in tables. The [guide](guide.md) shows how it goes together, \
         [errors.md](errors.md) has the errors, [formats.md](formats.md) the formats in detail.",
    );
    command_line::write(&mut page);
    statements::write(&mut page);
    url_options::write(&mut page);
    write_backslash_commands(&mut page);
    catalog_tables::write(&mut page)?;
    write_formats(&mut page);
    Ok(page.into_text())
}

fn write_backslash_commands(page: &mut Page) {
    page.heading(2, "Backslash commands");
    page.paragraph(
        "A backslash command is one line and needs no `;`. All work in scripts too, but for those that the table marks.",
    );
    let rows = COMMANDS.iter().map(|command| {
        let call = format!("{} {}", command.name, command.argument);
        let mark = match command.place {
            _ if command.prompt_only => " (at the prompt only)",
            Workplace::Everywhere => "",
            Workplace::Catalog => " (not on a warehouse)",
            Workplace::Warehouse => " (on a warehouse only)",
        };
        [code(call.trim_end()), format!("{}{mark}", command.help)]
    });
    page.table(["command", "what it does"], rows);
    page.paragraph(
        "A path stands as it is, or in single quotes. As in psql, a relative path is looked up from the folder in which \
         redwire was started.",
    );
}

fn write_formats(page: &mut Page) {
    page.heading(2, "Formats");
    page.paragraph("The words that `--format` and `\\format` take. [formats.md](formats.md) shows each of them.");
    let rows = Format::ALL
        .iter()
        .map(|format| [code(format.word()), meaning_of_format(*format).to_owned()]);
    page.table(["format", "for"], rows);
}

fn meaning_of_format(format: Format) -> &'static str {
    match format {
        Format::Table => "reading; the default, in a pipe too",
        Format::Vertical => "reading rows that are too wide for a table",
        Format::Markdown => "pasting into a page or a message",
        Format::Csv => "other programs; RFC 4180, but lines end in a line feed",
        Format::Tsv => "other programs; the text format of PostgreSQL's COPY, with a header",
        Format::Json => "other programs; one array of objects for each result",
        Format::Jsonl => "other programs; one object on each line",
    }
}

#[test]
fn the_generated_pages_are_those_of_the_program() {
    for (name, text) in [
        ("docs/reference.md", reference_page().expect("the reference")),
        ("docs/errors.md", errors::errors_page()),
        ("docs/redwire.1", manual_page::page().expect("the manual page")),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        if std::env::var_os("UPDATE_GENERATED").is_some_and(|update| update == "1") {
            std::fs::write(&path, &text).expect("the page is written");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{name} is not that of the program; renew it with: \
             UPDATE_GENERATED=1 cargo test --test redwire docs"
        );
    }
}
