//! A table while it is being parsed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::Like;
use crate::definition::{Constraint, DistStyle, SortStyle, TableColumn};
use crate::name::{Name, TableName};
use crate::sql::data_type::DataType;
use crate::sql::lexical::{ParseError, Parsed, fail_with, token_length};
use crate::sql::setting::Settings;

/// The parts of a table parsed so far. Parts that are checked at the end keep their text.
pub(super) struct Draft<'a> {
    pub name: TableName,
    pub columns: Vec<TableColumn>,
    pub types: HashMap<Name, DataType>,
    /// The columns with an error, of which no further one is reported.
    pub broken: HashSet<Name>,
    /// The columns with NULL.
    pub nulls: HashMap<Name, &'a str>,
    pub likes: Vec<Like>,
    pub constraints: Vec<(Constraint, KeyColumns<'a>)>,
    pub backup: Option<bool>,
    pub dist_style: Option<(DistStyle, &'a str)>,
    pub dist_key: Option<KeyColumns<'a>>,
    pub sort_key: Option<SortKeyDraft<'a>>,
    pub encode_auto: bool,
    pub settings: Settings,
    pub errors: Vec<ParseError<'a>>,
}

/// A sort key; None is AUTO.
pub(super) type SortKeyDraft<'a> = Option<(Option<SortStyle>, KeyColumns<'a>)>;

impl<'a> Draft<'a> {
    pub fn new(name: TableName) -> Self {
        Self {
            name,
            columns: Vec::new(),
            types: HashMap::new(),
            broken: HashSet::new(),
            nulls: HashMap::new(),
            likes: Vec::new(),
            constraints: Vec::new(),
            backup: None,
            dist_style: None,
            dist_key: None,
            sort_key: None,
            encode_auto: false,
            settings: Settings::default(),
            errors: Vec::new(),
        }
    }

    /// Keeps the error of a part, to report it beside those of the other parts.
    pub fn keep_error<T>(&mut self, result: Parsed<'a, T>) {
        if let Err(nom::Err::Error(error) | nom::Err::Failure(error)) = result {
            self.errors.push(error);
        }
    }

    /// The place of each foreign key.
    pub fn foreign_keys(&self, source: &str) -> Vec<Range<usize>> {
        let keys = self.constraints.iter().filter(|(constraint, _)| constraint.is_foreign_key());
        let places = keys.filter_map(|(_, columns)| columns.0.first());
        let start = |place: &str| source.len() - place.len();
        places
            .map(|(_, place)| start(place)..start(place) + token_length(place))
            .collect()
    }

    /// Fails with all the errors so far, in the order of their places.
    pub fn check(self) -> Result<Self, nom::Err<ParseError<'a>>> {
        let mut errors = self.errors;
        errors.sort_by_key(|error| std::cmp::Reverse(error.rest.len()));
        fail_with(errors)?;
        Ok(Self { errors: Vec::new(), ..self })
    }
}

/// The columns of a key, each with the text from its name on.
#[derive(Clone, Debug)]
pub(super) struct KeyColumns<'a>(pub Vec<(Name, &'a str)>);

impl KeyColumns<'_> {
    pub fn names(&self) -> Vec<Name> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }
}
