//! Names of tables as a job writes them.

use super::{Identifier, Name, TableName};

/// The name of a table in a job: `connection.schema.table`, or with a database of the warehouse
/// `connection.database.schema.table`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TablePath {
    /// The database of a name of four parts.
    pub database: Option<Name>,
    /// The other parts.
    pub table: TableName,
}

impl TablePath {
    /// The name in a statement: SQL, with points between the parts.
    pub fn sql(&self) -> String {
        let parts: Vec<String> =
            self.parts().into_iter().map(|part| Identifier(part).to_string()).collect();
        parts.join(".")
    }

    fn parts(&self) -> Vec<&str> {
        let TableName { connection, schema, table } = &self.table;
        let database = self.database.as_ref().map(Name::as_str);
        let behind = [schema.as_str(), table.as_str()];
        [connection.as_str()].into_iter().chain(database).chain(behind).collect()
    }

    /// The name as SQL; a part that is the same in the written name stays as it is there, in its
    /// letter case and quotes.
    pub fn in_place_of(&self, written: &str) -> String {
        let (parts, pieces) = (self.parts(), pieces(written));
        if parts.len() != pieces.len() {
            return self.sql();
        }
        let is_kept: Vec<bool> = parts
            .iter()
            .zip(&pieces)
            .map(|(part, piece)| unquoted(piece) == *part)
            .collect();
        if is_kept.iter().all(|is_kept| *is_kept) {
            return written.to_owned();
        }
        let part = |index: usize| {
            if is_kept[index] {
                pieces[index].trim().to_owned()
            } else {
                Identifier(parts[index]).to_string()
            }
        };
        (0..parts.len()).map(part).collect::<Vec<_>>().join(".")
    }
}

impl From<TableName> for TablePath {
    fn from(table: TableName) -> Self {
        Self { database: None, table }
    }
}

/// The text between the points outside of quotes.
fn pieces(written: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let is_point = |c: char| {
        is_quoted ^= c == '"';
        c == '.' && !is_quoted
    };
    written.split(is_point).collect()
}

/// The name that the piece writes, folded.
fn unquoted(piece: &str) -> String {
    let piece = piece.trim();
    let inside = piece.strip_prefix('"').and_then(|piece| piece.strip_suffix('"'));
    inside
        .map_or_else(|| piece.to_owned(), |inside| inside.replace("\"\"", "\""))
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::ConnectionName;

    fn path(parts: &[&str]) -> TablePath {
        let [connection, database @ .., schema, table] = parts else {
            panic!("{parts:?}");
        };
        TablePath {
            database: database.first().map(|name| Name::new(name).unwrap()),
            table: TableName {
                connection: ConnectionName::new(connection).unwrap(),
                schema: Name::new(schema).unwrap(),
                table: Name::new(table).unwrap(),
            },
        }
    }

    #[test]
    fn a_name_has_three_or_four_parts() {
        assert_eq!(path(&["c", "s", "t"]).sql(), "c.s.t");
        assert_eq!(path(&["c", "a b", "s", "t"]).sql(), "c.\"a b\".s.t");
    }

    #[test]
    fn parts_that_stay_are_kept_as_they_were_written() {
        for (parts, written, expected) in [
            (&["c", "s", "mystream"][..], "C . s.\"MyStream\"", "C . s.\"MyStream\""),
            (&["d", "s", "mystream"], "C . S.\"MyStream\"", "d.S.\"MyStream\""),
            (&["c", "s", "two words"], "c.\"S\".t", "c.\"S\".\"two words\""),
            (&["c", "a.b", "x\"y"], "c.\"A.B\".\"X\"\"Y\"", "c.\"A.B\".\"X\"\"Y\""),
            (&["c", "d", "s", "t"], "c.\"D\".s.T", "c.\"D\".s.T"),
            (&["e", "d", "s", "t"], "c.\"D\".s.T", "e.\"D\".s.T"),
            (&["c", "s", "t"], "C /* . */ .s.t", "c.s.t"),
            (&["c", "s", "t"], "C /* a */ .S.t", "c.S.t"),
        ] {
            assert_eq!(path(parts).in_place_of(written), expected, "{written}");
        }
    }
}
