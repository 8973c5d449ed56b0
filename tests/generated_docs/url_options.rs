//! Connection URLs and what becomes of each of their options.

use super::page::{Page, code, codes};
use redwire::url::{Class, DEFAULT_PORT, MAX_URL_BYTES, OPTIONS, UrlOption};

pub(super) fn write(page: &mut Page) {
    page.heading(2, "Connection URLs");
    page.code("text", "jdbc:redshift://host[:port]/database[?name=value[&name=value …]]");
    page.paragraph(&format!(
        "The default port is {DEFAULT_PORT}; the database is needed. An IPv6 address stands in \
         brackets. `;` may stand for `?` and `&`. Names are taken in any letter case; in the \
         database and in values `%XX` is a byte of UTF-8, and in values `+` is a space. A URL has \
         at most {MAX_URL_BYTES} bytes. [The decision](decisions/urls.md) says why redwire refuses \
         some URLs that the JDBC driver takes."
    ));
    page.paragraph(
        "redwire knows the options of AWS's JDBC driver 2.2.6. These have an effect, \
                    and DESCRIBE shows them:",
    );
    write_table(page, &of(|class| matches!(class, Class::Used(_))));
    page.paragraph(
        "These are refused, since they move the connection elsewhere or load files or classes:",
    );
    write_groups(page, &of(|class| class == Class::Refused));
    page.paragraph(
        "These are refused because their values are secrets or name the user; the value is never \
         shown:",
    );
    write_groups(page, &of(|class| matches!(class, Class::Secret | Class::UserName)));
    page.paragraph(
        "These belong to logins through AWS. They are refused, with the statement that says the same \
         by options of the connection:",
    );
    write_groups(page, &of(|class| matches!(class, Class::Iam(_))));
    page.paragraph(
        "These tune the JDBC driver. They are kept, and a notice says that they have no effect:",
    );
    page.paragraph(&names(&of(|class| class == Class::Ignored)));
    page.paragraph(
        "Any other name is kept, with a notice and the nearest known name. One that looks like a \
         secret's is refused.",
    );
}

fn of(belongs: impl Fn(Class) -> bool) -> Vec<&'static UrlOption> {
    OPTIONS.iter().filter(|option| belongs(option.class)).collect()
}

fn write_table(page: &mut Page, options: &[&UrlOption]) {
    let rows = options.iter().map(|option| [code(option.name), option.note.to_owned()]);
    page.table(["option", "meaning"], rows);
}

/// Options with the same note share a line.
fn write_groups(page: &mut Page, options: &[&UrlOption]) {
    let mut notes: Vec<&str> = options.iter().map(|option| option.note).collect();
    notes.sort_unstable();
    notes.dedup();
    page.list(notes.into_iter().map(|note| {
        let group = options.iter().filter(|option| option.note == note);
        format!("{}: {note}", codes(group.map(|option| option.name)))
    }));
}

fn names(options: &[&UrlOption]) -> String {
    codes(options.iter().map(|option| option.name)) + "."
}
