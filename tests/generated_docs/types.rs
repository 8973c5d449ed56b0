//! The types of columns, and how columns are compressed.

use super::page::{Page, code, codes};
use redwire::sql::data_type::{ENCODINGS, LACKING, TYPES};

pub(super) fn write(page: &mut Page) {
    page.heading(2, "Data types");
    page.paragraph(
        "Redshift's, in any letter case. A column is printed with the first name of its type. Lengths of texts are bytes of \
         UTF-8, not characters.",
    );
    let rows = TYPES.iter().map(|spec| {
        [
            code(&format!("{}{}", spec.name, spec.parameters)),
            codes(spec.aliases),
            spec.limits.to_owned(),
        ]
    });
    page.table(["type", "other names", "limits"], rows);
    let lacking = codes(LACKING.iter().map(|(name, _)| name));
    page.paragraph(&format!(
        "These types of other databases are not there; the error says what to write in their place: {lacking}."
    ));
    page.paragraph(&format!("ENCODE takes {}.", codes(ENCODINGS)));
}
