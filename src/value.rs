//! Values, columns and result sets: the answer of a statement before it is rendered.

use compact_str::CompactString;

/// One cell of a result set.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL; distinct from an empty text.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A 64-bit integer.
    Integer(i64),
    /// A double precision number.
    Real(f64),
    /// Text without NUL characters; may contain line breaks. Short texts need no allocation: most
    /// values are short, and a result set may have many.
    Text(CompactString),
}

impl Value {
    /// Text, or NULL for None.
    pub fn optional_text(text: Option<impl Into<CompactString>>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.into()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// A column of a result set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The heading, and the key in JSON.
    pub name: String,
    /// The name of the type, if it stands below the heading.
    pub type_name: Option<String>,
}

impl Column {
    /// A column with this heading alone.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), type_name: None }
    }
}

/// Rows under named columns; every row has one value per column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultSet {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<Vec<Value>>,
}

impl ResultSet {
    /// An empty result set with these headings.
    pub fn with_columns<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let columns = names.into_iter().map(Column::named).collect();
        Self { columns, rows: Vec::new() }
    }
}
