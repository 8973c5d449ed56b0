//! The types of a result's columns, by their OIDs in `pg_type`. `PostgreSQL` and Redshift share
//! them; AWS's JDBC driver 2.2.6, `Oid.java`, has those of Redshift's own types.

use crate::render::{CellKind, StreamColumn};
use crate::warehouse::ResultColumn;

/// A type, with the shortest of its names in Redshift's guide, "Data types".
struct ColumnType {
    name: &'static str,
    oid: u32,
    /// The OID of its arrays; 0 if it has none.
    array_oid: u32,
    kind: CellKind,
    modifier: Modifier,
}

/// The meaning of a type's modifier. -1 is none.
#[derive(Clone, Copy)]
enum Modifier {
    Unused,
    /// A number of digits behind seconds.
    Digits,
    /// A length, plus 4.
    Length,
    /// Precision and scale, plus 4.
    Precision,
}

const fn column_type(
    name: &'static str,
    oid: u32,
    array_oid: u32,
    kind: CellKind,
    modifier: Modifier,
) -> ColumnType {
    ColumnType { name, oid, array_oid, kind, modifier }
}

const TYPES: &[ColumnType] = &[
    column_type("boolean", 16, 1000, CellKind::Boolean, Modifier::Unused),
    column_type("bytea", 17, 1001, CellKind::Text, Modifier::Unused),
    column_type("\"char\"", 18, 1002, CellKind::Text, Modifier::Unused),
    column_type("name", 19, 1003, CellKind::Text, Modifier::Unused),
    column_type("bigint", 20, 1016, CellKind::Integer, Modifier::Unused),
    column_type("smallint", 21, 1005, CellKind::Integer, Modifier::Unused),
    column_type("integer", 23, 1007, CellKind::Integer, Modifier::Unused),
    column_type("regproc", 24, 1008, CellKind::Text, Modifier::Unused),
    column_type("text", 25, 1009, CellKind::Text, Modifier::Unused),
    column_type("oid", 26, 1028, CellKind::Integer, Modifier::Unused),
    column_type("xid", 28, 1011, CellKind::Text, Modifier::Unused),
    column_type("json", 114, 199, CellKind::Text, Modifier::Unused),
    column_type("xml", 142, 143, CellKind::Text, Modifier::Unused),
    column_type("real", 700, 1021, CellKind::Real, Modifier::Unused),
    column_type("double precision", 701, 1022, CellKind::Real, Modifier::Unused),
    column_type("abstime", 702, 1023, CellKind::Text, Modifier::Unused),
    column_type("unknown", 705, 0, CellKind::Text, Modifier::Unused),
    column_type("inet", 869, 1041, CellKind::Text, Modifier::Unused),
    column_type("aclitem", 1033, 1034, CellKind::Text, Modifier::Unused),
    column_type("char", 1042, 1014, CellKind::Text, Modifier::Length),
    column_type("varchar", 1043, 1015, CellKind::Text, Modifier::Length),
    column_type("date", 1082, 1182, CellKind::Text, Modifier::Unused),
    column_type("time", 1083, 1183, CellKind::Text, Modifier::Digits),
    column_type("timestamp", 1114, 1115, CellKind::Text, Modifier::Digits),
    column_type("timestamptz", 1184, 1185, CellKind::Text, Modifier::Digits),
    column_type("interval", 1186, 1187, CellKind::Text, Modifier::Unused),
    column_type("interval year to month", 1188, 1189, CellKind::Text, Modifier::Unused),
    column_type("interval day to second", 1190, 1191, CellKind::Text, Modifier::Unused),
    column_type("timetz", 1266, 1270, CellKind::Text, Modifier::Digits),
    column_type("bit", 1560, 1561, CellKind::Text, Modifier::Unused),
    column_type("numeric", 1700, 1231, CellKind::Decimal, Modifier::Precision),
    column_type("regclass", 2205, 2210, CellKind::Text, Modifier::Unused),
    column_type("regtype", 2206, 2211, CellKind::Text, Modifier::Unused),
    column_type("record", 2249, 0, CellKind::Text, Modifier::Unused),
    column_type("void", 2278, 0, CellKind::Text, Modifier::Unused),
    column_type("hllsketch", 2935, 0, CellKind::Text, Modifier::Unused),
    column_type("uuid", 2950, 2951, CellKind::Text, Modifier::Unused),
    column_type("geometry", 3000, 0, CellKind::Text, Modifier::Unused),
    column_type("geography", 3001, 0, CellKind::Text, Modifier::Unused),
    column_type("jsonb", 3802, 3807, CellKind::Text, Modifier::Unused),
    column_type("geometry", 3999, 0, CellKind::Text, Modifier::Unused),
    column_type("super", 4000, 0, CellKind::Text, Modifier::Unused),
    column_type("varbyte", 6551, 0, CellKind::Text, Modifier::Unused),
];

/// The column for rendering.
pub(super) fn stream_column(column: &ResultColumn) -> StreamColumn {
    StreamColumn {
        name: column.name.clone(),
        kind: kind(column),
        type_name: type_name(column.type_oid, column.type_modifier),
    }
}

/// The kind of values in a column.
fn kind(column: &ResultColumn) -> CellKind {
    let known = TYPES.iter().find(|it| it.oid == column.type_oid);
    known.map_or(CellKind::Text, |it| if column.is_text { it.kind } else { CellKind::Text })
}

/// The name of a type; of one that is not known its OID.
fn type_name(oid: u32, modifier: i32) -> String {
    let is_array = |it: &&ColumnType| it.array_oid == oid && oid > 0;
    if let Some(it) = TYPES.iter().find(|it| it.oid == oid) {
        format!("{}{}", it.name, it.modifier.shown(modifier))
    } else if let Some(it) = TYPES.iter().find(is_array) {
        format!("{}{}[]", it.name, it.modifier.shown(modifier))
    } else {
        format!("oid {oid}")
    }
}

impl Modifier {
    fn shown(self, modifier: i32) -> String {
        match self {
            Self::Digits if modifier >= 0 => format!("({modifier})"),
            Self::Length if modifier >= 4 => format!("({})", modifier - 4),
            Self::Precision if modifier >= 4 => {
                let digits = modifier - 4;
                // A scale has 11 bits and a sign (PostgreSQL 15, `numeric.c`).
                format!("({},{})", digits >> 16, ((digits & 0x7ff) ^ 0x400) - 0x400)
            }
            Self::Unused | Self::Digits | Self::Length | Self::Precision => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_its_shortest_name_and_its_modifier() {
        for (oid, modifier, name) in [
            (20, -1, "bigint"),
            (1043, 24, "varchar(20)"),
            (1043, -1, "varchar"),
            (1042, 7, "char(3)"),
            (1700, (10 << 16) + 2 + 4, "numeric(10,2)"),
            (1700, (3 << 16) + 0x7fe + 4, "numeric(3,-2)"),
            (1700, -1, "numeric"),
            (1114, -1, "timestamp"),
            (1184, 3, "timestamptz(3)"),
            (1015, 24, "varchar(20)[]"),
            (4000, -1, "super"),
            (16_390, -1, "oid 16390"),
            (0, -1, "oid 0"),
        ] {
            assert_eq!(type_name(oid, modifier), name);
        }
    }

    #[test]
    fn each_type_stands_once() {
        for (index, it) in TYPES.iter().enumerate() {
            assert!(TYPES[..index].iter().all(|other| other.oid < it.oid), "{}", it.name);
        }
    }
}
