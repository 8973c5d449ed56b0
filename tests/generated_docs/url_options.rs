//! Connection URLs and what becomes of each of their options.

use super::page::{Page, code, codes};
use redwire::url::{Class, DEFAULT_PORT, MAX_URL_BYTES, OPTIONS, UrlOption};

pub(super) fn write(page: &mut Page) {
    page.heading(2, "Connection URLs");
    page.code("text", "jdbc:redshift://host[:port]/database[?name=value[&name=value …]]");
    page.paragraph(&format!(
        "The port is {DEFAULT_PORT} where it is left out; the database is needed. An IPv6 address stands in brackets. \
         Options may also begin with `;` and be separated by `;`. Names are taken in any letter case; in the database \
         and in values `%XX` is a byte of UTF-8. A URL has at most {MAX_URL_BYTES} bytes. A URL with a user, a password \
         or a key in it is refused. [The decision record](decisions/urls.md) says why some URLs are refused that the \
         JDBC driver takes."
    ));
    page.paragraph("The names are those that AWS's JDBC driver 2.2.6 knows. These are kept with the connection and shown by DESCRIBE:");
    write_table(page, &of(|class| matches!(class, Class::Used(_))));
    page.paragraph(
        "These are refused, since they move the connection elsewhere or load files or classes:",
    );
    write_table(page, &of(|class| class == Class::Refused));
    page.paragraph("These are refused because their values are secrets, or name the user. The value is never shown:");
    write_table(page, &of(|class| matches!(class, Class::Secret | Class::UserName)));
    page.paragraph(
        "These belong to logins through AWS IAM or an identity provider and are refused as not supported (0A000):",
    );
    page.paragraph(&names(&of(|class| class == Class::Iam)));
    page.paragraph("These tune the JDBC driver. They are kept in the URL, and a notice says that they have no effect:");
    page.paragraph(&names(&of(|class| class == Class::Ignored)));
    page.paragraph(
        "A name that is not listed is kept, with a notice and the nearest name that is. One that looks like the name of \
         a secret is refused.",
    );
}

fn of(belongs: impl Fn(Class) -> bool) -> Vec<&'static UrlOption> {
    OPTIONS.iter().filter(|option| belongs(option.class)).collect()
}

fn write_table(page: &mut Page, options: &[&UrlOption]) {
    let rows = options.iter().map(|option| [code(option.name), option.note.to_owned()]);
    page.table(["option", "meaning"], rows);
}

fn names(options: &[&UrlOption]) -> String {
    codes(options.iter().map(|option| option.name)) + "."
}
