//! Types that other databases have and Redshift lacks (AWS documentation, "Unsupported PostgreSQL
//! data types").

/// Each such type, in upper case and sorted, with its replacement.
pub static LACKING: &[(&str, &str)] = &[
    ("ARRAY", "SUPER"),
    ("BFILE", "VARBYTE"),
    ("BIGNUMERIC", "DECIMAL(38, 9)"),
    ("BIGSERIAL", "BIGINT; Redshift has IDENTITY, which is not kept here"),
    ("BINARY", "VARBYTE"),
    ("BIT", "BOOLEAN, or VARBYTE for several"),
    ("BLOB", "VARBYTE"),
    ("BOX", "GEOMETRY"),
    ("BYTEA", "VARBYTE"),
    ("BYTEINT", "SMALLINT"),
    ("BYTES", "VARBYTE"),
    ("CIDR", "VARCHAR(43)"),
    ("CIRCLE", "GEOMETRY"),
    ("CITEXT", "VARCHAR"),
    ("CLOB", "VARCHAR(MAX)"),
    ("DATERANGE", "two columns of DATE"),
    ("DATETIME", "TIMESTAMP"),
    ("DATETIME2", "TIMESTAMP"),
    ("DATETIMEOFFSET", "TIMESTAMPTZ"),
    ("DEC", "DECIMAL"),
    ("DOUBLE", "DOUBLE PRECISION"),
    ("ENUM", "VARCHAR"),
    ("FIXED", "DECIMAL"),
    ("FLOAT32", "REAL"),
    ("FLOAT64", "DOUBLE PRECISION"),
    ("HSTORE", "SUPER"),
    ("IMAGE", "VARBYTE"),
    ("INET", "VARCHAR(43)"),
    ("INT1", "SMALLINT"),
    ("INT16", "SMALLINT"),
    ("INT3", "INTEGER"),
    ("INT32", "INTEGER"),
    ("INT4RANGE", "two columns of INTEGER"),
    ("INT64", "BIGINT"),
    ("INT8RANGE", "two columns of BIGINT"),
    ("INTERVAL", "INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND"),
    ("JSON", "SUPER"),
    ("JSONB", "SUPER"),
    ("JSONPATH", "VARCHAR"),
    ("LINE", "GEOMETRY"),
    ("LIST", "SUPER"),
    ("LONG", "BIGINT"),
    ("LONGBLOB", "VARBYTE"),
    ("LONGTEXT", "VARCHAR(MAX)"),
    ("LSEG", "GEOMETRY"),
    ("MACADDR", "CHAR(17)"),
    ("MACADDR8", "CHAR(23)"),
    ("MAP", "SUPER"),
    ("MEDIUMBLOB", "VARBYTE"),
    ("MEDIUMINT", "INTEGER"),
    ("MEDIUMTEXT", "VARCHAR(MAX)"),
    ("MONEY", "DECIMAL(19, 2)"),
    ("NAME", "VARCHAR(127)"),
    ("NATIONAL", "CHAR or VARCHAR"),
    ("NCLOB", "VARCHAR(MAX)"),
    ("NTEXT", "VARCHAR(MAX)"),
    ("NUMBER", "DECIMAL"),
    ("NUMRANGE", "two columns of DECIMAL"),
    ("NVARCHAR2", "VARCHAR"),
    ("OBJECT", "SUPER"),
    ("OID", "BIGINT"),
    ("PATH", "GEOMETRY"),
    ("POINT", "GEOMETRY"),
    ("POLYGON", "GEOMETRY"),
    ("RAW", "VARBYTE"),
    ("RECORD", "SUPER"),
    ("ROW", "SUPER"),
    ("ROWVERSION", "BIGINT"),
    ("SERIAL", "INTEGER; Redshift has IDENTITY, which is not kept here"),
    ("SERIAL2", "SMALLINT; Redshift has IDENTITY, which is not kept here"),
    ("SERIAL4", "INTEGER; Redshift has IDENTITY, which is not kept here"),
    ("SERIAL8", "BIGINT; Redshift has IDENTITY, which is not kept here"),
    ("SET", "VARCHAR"),
    ("SMALLDATETIME", "TIMESTAMP"),
    ("SMALLMONEY", "DECIMAL(10, 2)"),
    ("SMALLSERIAL", "SMALLINT; Redshift has IDENTITY, which is not kept here"),
    ("STRING", "VARCHAR"),
    ("STRUCT", "SUPER"),
    ("TIMESTAMP_LTZ", "TIMESTAMPTZ"),
    ("TIMESTAMP_NTZ", "TIMESTAMP"),
    ("TIMESTAMP_TZ", "TIMESTAMPTZ"),
    ("TINYBLOB", "VARBYTE"),
    ("TINYINT", "SMALLINT"),
    ("TINYTEXT", "VARCHAR"),
    ("TSQUERY", "VARCHAR"),
    ("TSRANGE", "two columns of TIMESTAMP"),
    ("TSTZRANGE", "two columns of TIMESTAMPTZ"),
    ("TSVECTOR", "VARCHAR"),
    ("UNIQUEIDENTIFIER", "CHAR(36)"),
    ("UUID", "CHAR(36)"),
    ("VARBIT", "VARBYTE"),
    ("VARCHAR2", "VARCHAR"),
    ("VARIANT", "SUPER"),
    ("VECTOR", "SUPER"),
    ("XML", "VARCHAR(MAX)"),
    ("YEAR", "SMALLINT"),
];

/// The entry with this name, in any letter case.
pub(super) fn lacking(word: &str) -> Option<(&'static str, &'static str)> {
    let upper = word.to_ascii_uppercase();
    let index = LACKING.binary_search_by(|(name, _)| (*name).cmp(&upper)).ok()?;
    Some(LACKING[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(LACKING.is_sorted_by_key(|(name, _)| *name));
    }
}
