//! Makes docs/reference.md, docs/errors.md and docs/redwire.1 from the program's own tables,
//! docs/licenses.md from what cargo knows, and compares them with the committed files.

mod advice;
mod catalog_tables;
mod command_line;
mod errors;
mod licenses;
pub mod manual_page;
mod options;
mod page;
mod statements;
mod types;
mod url_options;

use std::path::Path;

use redwire::catalog::CatalogError;
use redwire::shell::{COMMANDS, Workplace};
use redwire::warehouse::views::{ACTIVITIES, ActivityViews};

use page::{Page, code};

/// The text of docs/reference.md.
fn reference_page() -> Result<String, CatalogError> {
    let mut page = Page::titled("Reference");
    page.paragraph(
        "The [guide](guide.md) shows how it goes together; [errors](errors.md) and \
         [formats](formats.md) have pages of their own.",
    );
    command_line::write(&mut page);
    statements::write(&mut page);
    url_options::write(&mut page);
    write_backslash_commands(&mut page);
    write_activities(&mut page);
    catalog_tables::write(&mut page)?;
    Ok(page.into_text())
}

/// The lists of a warehouse's activity, with the source of each column.
fn write_activities(page: &mut Page) {
    page.heading(2, "Activity of a warehouse");
    page.paragraph(
        "`\\ps`, `\\locks`, `\\queue` and `\\errors` read the server's own views: Redshift's SYS \
         views where they exist, else its STV and STL views; on PostgreSQL its own. A user sees the \
         rows that the views show to the user: `ALTER USER you SYSLOG ACCESS UNRESTRICTED` shows those \
         of others too, and `GRANT ROLE sys:monitor TO you` opens views that only superusers may read.",
    );
    let families = [
        ("SYS", ActivityViews::Sys),
        ("STV and STL", ActivityViews::Stl),
        ("PostgreSQL", ActivityViews::PostgreSql),
    ];
    for activity in ACTIVITIES {
        page.heading(3, &code(activity.command));
        let source = |views| match activity.source(views) {
            Some(source) => code(source.split(" ORDER BY ").next().unwrap_or_default())
                .replace("{own}", "OWN_PROCESS"),
            None => "nothing".to_owned(),
        };
        page.list(families.map(|(name, views)| format!("{name}: {}", source(views))));
        let rows = activity.columns.iter().map(|column| {
            let source = |views| match column.source(views) {
                "" => "–".to_owned(),
                source => code(source),
            };
            let [(_, sys), (_, stl), (_, postgresql)] = families;
            [code(column.name), source(sys), source(stl), source(postgresql)]
        });
        page.table(["column", "SYS", "STV and STL", "PostgreSQL"], rows);
    }
}

fn write_backslash_commands(page: &mut Page) {
    page.heading(2, "Backslash commands");
    page.paragraph(
        "One line each, without `;`. All work in scripts too, but for those that the table marks.",
    );
    let rows = COMMANDS.iter().map(|command| {
        let call = format!("{} {}", command.name, command.argument);
        let mark = match command.place {
            _ if command.name == "\\e" => " (at the prompt only)",
            Workplace::Everywhere => "",
            Workplace::Catalog => " (not on a warehouse)",
            Workplace::Warehouse => " (on a warehouse only)",
        };
        [code(call.trim_end()), format!("{}{mark}", command.help)]
    });
    page.table(["command", "what it does"], rows);
    page.paragraph(
        "A path stands as it is or in single quotes; a relative one starts from the folder in \
         which redwire was started.",
    );
}

#[test]
fn the_generated_pages_are_those_of_the_program() {
    for (name, text) in [
        ("docs/reference.md", reference_page().expect("the reference")),
        ("docs/errors.md", errors::errors_page()),
        ("docs/licenses.md", licenses::page()),
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
