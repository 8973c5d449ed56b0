//! The body of a job with the current names of its tables.

use super::JobDefinition;
use crate::name::TablePath;

impl JobDefinition {
    /// The text behind AS with the current name at each place that names a table; a name that is
    /// still the same is kept as it was written.
    pub fn current_body(&self) -> String {
        self.body_with(TablePath::in_place_of)
    }

    /// The same with each name in one form, so that two texts can be compared.
    pub fn canonical_body(&self) -> String {
        self.body_with(|name, _| name.sql())
    }

    /// Names are replaced by position, so that a string or a column that looks the same stays
    /// unchanged. If the query uses the table's name as its alias, a renamed table keeps it.
    fn body_with(&self, name_in_place_of: impl Fn(&TablePath, &str) -> String) -> String {
        let mut references: Vec<_> = self.references.iter().collect();
        references.sort_by_key(|reference| reference.span.start);
        let mut text = String::with_capacity(self.body.len());
        let mut end = 0;
        for reference in references {
            let between = self.body.get(end..reference.span.start).unwrap_or_default();
            append(&mut text, between);
            let written = self.body.get(reference.span.clone()).unwrap_or_default();
            append(&mut text, &name_in_place_of(&reference.name, written));
            if let Some(alias) =
                reference.alias.as_ref().filter(|alias| **alias != reference.name.table.table)
            {
                append(&mut text, &format!(" AS {}", alias.sql()));
            }
            end = reference.span.end;
        }
        append(&mut text, self.body.get(end..).unwrap_or_default());
        text
    }
}

/// Appends the piece. A name in quotes may have touched a word, and its replacement may have none:
/// a space keeps the two apart.
fn append(text: &mut String, piece: &str) {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if text.ends_with(is_of_word) && piece.starts_with(is_of_word) {
        text.push(' ');
    }
    text.push_str(piece);
}

#[cfg(test)]
mod tests {
    use crate::catalog::{JobDefinition, JobReference};
    use crate::definition::JobKind;
    use crate::name::{ConnectionName, JobName, Name, TableName};

    fn table(connection: &str, table: &str) -> TableName {
        TableName {
            connection: ConnectionName::new(connection).unwrap(),
            schema: Name::new("s").unwrap(),
            table: Name::new(table).unwrap(),
        }
    }

    /// The body, in which each `<…>` is a reference, with the given names inserted.
    fn now(marked: &str, names: &[TableName]) -> String {
        let mut body = String::new();
        let mut references = Vec::new();
        for (index, piece) in marked.split(['<', '>']).enumerate() {
            if index % 2 == 1 {
                references.push(JobReference {
                    span: body.len()..body.len() + piece.len(),
                    name: names[references.len()].clone().into(),
                    alias: None,
                });
            }
            body.push_str(piece);
        }
        let definition = JobDefinition {
            name: JobName::new("j").unwrap(),
            kind: JobKind::Insert,
            is_sync: false,
            run_key: "j".to_owned(),
            body,
            options: Vec::new(),
            comment: None,
            references,
        };
        definition.current_body()
    }

    #[test]
    fn names_are_put_in_by_place() {
        assert_eq!(
            now(
                "INSERT INTO <c.s.t>\nSELECT 'c.s.t', c.s.t AS \"c.s.t\" FROM <c.s.u> JOIN <c.s.u> x",
                &[table("longer", "t2"), table("longer", "u"), table("longer", "u")]
            ),
            "INSERT INTO longer.s.t2\nSELECT 'c.s.t', c.s.t AS \"c.s.t\" FROM longer.s.u JOIN longer.s.u x"
        );
    }

    #[test]
    fn text_between_names_may_have_characters_of_several_bytes() {
        assert_eq!(
            now(
                "INSERT INTO <\"é\".s.t> SELECT 'ß', '€' FROM <\"é\".s.\"ü\"> -- 𝄞",
                &[table("c", "t"), table("c", "ö")]
            ),
            "INSERT INTO c.s.t SELECT 'ß', '€' FROM c.s.\"ö\" -- 𝄞"
        );
    }

    #[test]
    fn a_name_gets_quotes_where_it_needs_them() {
        assert_eq!(
            now("INSERT INTO <c.s.t> SELECT 1", &[table("two words", "a\"b")]),
            "INSERT INTO \"two words\".s.\"a\"\"b\" SELECT 1"
        );
    }

    #[test]
    fn a_name_that_loses_its_quotes_does_not_run_into_a_word() {
        assert_eq!(
            now(
                "INSERT INTO <c.s.t>(a)SELECT 1 FROM<\"c\".s.\"t\">WHERE true",
                &[table("c", "t"), table("d", "u")]
            ),
            "INSERT INTO c.s.t(a)SELECT 1 FROM d.s.u WHERE true"
        );
    }
}
