//! A table while it is being parsed.

use std::collections::HashMap;

use super::{ColumnDefinition, DistStyle, SortStyle};
use crate::name::Name;
use crate::sql::data_type::DataType;
use crate::sql::setting::Settings;

/// The parts of a table parsed so far. Parts that are checked at the end keep their text.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub columns: Vec<ColumnDefinition>,
    pub types: HashMap<Name, DataType>,
    /// The columns with NULL.
    pub nulls: HashMap<Name, &'a str>,
    pub primary_key: Option<KeyColumns<'a>>,
    pub dist_style: Option<(DistStyle, &'a str)>,
    pub dist_key: Option<KeyColumns<'a>>,
    pub sort_style: Option<SortStyle>,
    pub sort_key: Option<KeyColumns<'a>>,
    pub settings: Settings,
}

/// The columns of a key, each with the text from its name on.
#[derive(Clone, Debug)]
pub(super) struct KeyColumns<'a>(pub Vec<(Name, &'a str)>);

impl KeyColumns<'_> {
    pub fn into_names(self) -> Vec<Name> {
        self.0.into_iter().map(|(name, _)| name).collect()
    }
}
