//! The aliases and names of WITH that are in scope at a place of a query.

use std::collections::HashMap;

/// A position in a query: a scope, and the number of its names that are known at the position. None
/// is a position among the clauses of the job around the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat(Option<(usize, usize)>);

impl Seat {
    /// The position among the clauses of the job.
    pub const OUTSIDE: Self = Self(None);

    /// The position in the scope behind its first `known` names.
    pub fn new(scope: usize, known: usize) -> Self {
        Self(Some((scope, known)))
    }
}

/// All names of the scope are known at a place.
pub(super) const ALL: usize = usize::MAX;

/// A query with the names of its WITH, or a SELECT with the aliases of its FROM.
#[derive(Debug)]
struct Scope {
    around: Seat,
    is_select: bool,
    /// The position of each name; the first of several counts.
    names: HashMap<String, usize>,
    count: usize,
}

/// The queries of a text and their SELECTs, each with its names.
#[derive(Debug)]
pub(super) struct Scopes {
    all: Vec<Scope>,
    /// The aliases of the clauses around the query.
    outside: Vec<String>,
}

impl Scopes {
    /// The scopes of a text with these aliases around it.
    pub fn within(outside: Vec<String>) -> Self {
        Self { all: Vec::new(), outside }
    }

    /// Adds a query at the seat; returns its index.
    pub fn add_query(&mut self, seat: Seat) -> usize {
        self.add(seat, false)
    }

    /// Adds a SELECT of the query; returns its index.
    pub fn add_select(&mut self, query: usize) -> usize {
        self.add(Seat::new(query, ALL), true)
    }

    fn add(&mut self, around: Seat, is_select: bool) -> usize {
        self.all.push(Scope {
            around,
            is_select,
            names: HashMap::new(),
            count: 0,
        });
        self.all.len() - 1
    }

    /// Adds a name of the query's WITH, or an alias of the SELECT's FROM; returns its position.
    pub fn add_name(&mut self, scope: usize, name: String) -> usize {
        let scope = &mut self.all[scope];
        scope.names.entry(name).or_insert(scope.count);
        scope.count += 1;
        scope.count - 1
    }

    /// The number of names that the scope has so far.
    pub fn count(&self, scope: usize) -> usize {
        self.all[scope].count
    }

    /// True if the name is an alias at the seat.
    pub fn is_alias(&self, seat: Seat, name: &str) -> bool {
        self.is_known(seat, name, true) || self.outside.iter().any(|alias| alias == name)
    }

    /// True if a WITH defines the name at the seat.
    pub fn is_cte(&self, seat: Seat, name: &str) -> bool {
        self.is_known(seat, name, false)
    }

    fn is_known(&self, mut seat: Seat, name: &str, in_select: bool) -> bool {
        while let Some((scope, known)) = seat.0 {
            let scope = &self.all[scope];
            if scope.is_select == in_select && scope.names.get(name).is_some_and(|at| *at < known) {
                return true;
            }
            seat = scope.around;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_known_behind_its_place_and_inside_and_not_beside() {
        let mut scopes = Scopes::within(vec!["t".to_owned()]);
        let outer = scopes.add_query(Seat::OUTSIDE);
        let select = scopes.add_select(outer);
        scopes.add_name(select, "o".to_owned());
        let beside = scopes.add_select(outer);
        let inner = scopes.add_query(Seat::new(select, ALL));
        let inner = scopes.add_select(inner);
        assert!(!scopes.is_alias(Seat::new(select, 0), "o"));
        assert!(scopes.is_alias(Seat::new(select, 1), "o"));
        assert!(!scopes.is_alias(Seat::new(beside, ALL), "o"));
        assert!(scopes.is_alias(Seat::new(inner, 0), "o"));
        assert!(scopes.is_alias(Seat::new(inner, 0), "t"));
    }

    #[test]
    fn a_name_of_with_is_known_to_those_behind_it_and_to_what_they_hold() {
        let mut scopes = Scopes::within(Vec::new());
        let outer = scopes.add_query(Seat::OUTSIDE);
        assert_eq!(scopes.add_name(outer, "a".to_owned()), 0);
        assert!(!scopes.is_cte(Seat::new(outer, 0), "a"));
        assert!(scopes.is_cte(Seat::new(outer, 1), "a"));
        let select = scopes.add_select(outer);
        assert!(scopes.is_cte(Seat::new(select, 0), "a"));
    }
}
