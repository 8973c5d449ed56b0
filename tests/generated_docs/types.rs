//! The types of columns, and how columns are compressed.

use super::page::{Page, code, codes};
use redwire::sql::data_type::{ENCODINGS, TYPES};

pub(super) fn write(page: &mut Page) {
    page.heading(2, "Data types");
    page.paragraph(
        "Redshift's, in any letter case, printed by their first name. Lengths of texts are bytes \
         of UTF-8. A type that only other databases have, such as JSON or UUID, is refused, and \
         the error names its replacement.",
    );
    let rows = TYPES.iter().map(|spec| {
        [
            code(&format!("{}{}", spec.name, spec.parameters)),
            codes(spec.aliases),
            spec.limits.to_owned(),
        ]
    });
    page.table(["type", "other names", "limits"], rows);
    page.paragraph(&format!("ENCODE takes {}.", codes(ENCODINGS)));
}
