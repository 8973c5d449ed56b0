//! The aliases and names of WITH that are in scope at a place of a query.

use std::collections::HashMap;

/// A position in a query: a scope, and the number of its names that are known at the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    scope: usize,
    known: usize,
}

impl Seat {
    /// The position among the clauses of the job around the query.
    pub const OUTSIDE: Self = Self { scope: 0, known: usize::MAX };

    /// The position in the scope behind its first `known` names.
    pub fn new(scope: usize, known: usize) -> Self {
        Self { scope, known }
    }

    /// The position in the scope behind all of its names.
    pub fn behind_all(scope: usize) -> Self {
        Self::new(scope, usize::MAX)
    }
}

/// A query with the names of its WITH, or a SELECT with the aliases of its FROM.
#[derive(Debug)]
struct Scope {
    /// None for the clauses of the job.
    around: Option<Seat>,
    is_select: bool,
    /// The position of each name; the first of several counts.
    names: HashMap<String, usize>,
    count: usize,
}

/// The queries of a text and their SELECTs, each with its names. The first scope has the aliases of
/// the clauses around the query.
#[derive(Debug, Default)]
pub(super) struct Scopes(Vec<Scope>);

impl Scopes {
    /// The scopes of a text with these aliases around it.
    pub fn within(outside: &[String]) -> Self {
        let mut scopes = Self::default();
        let scope = scopes.add(None, true);
        for alias in outside {
            scopes.add_name(scope, alias.clone());
        }
        scopes
    }

    /// Adds a query at the seat; returns its index.
    pub fn add_query(&mut self, seat: Seat) -> usize {
        self.add(Some(seat), false)
    }

    /// Adds a SELECT of the query; returns its index.
    pub fn add_select(&mut self, query: usize) -> usize {
        self.add(Some(Seat::behind_all(query)), true)
    }

    fn add(&mut self, around: Option<Seat>, is_select: bool) -> usize {
        self.0.push(Scope {
            around,
            is_select,
            names: HashMap::new(),
            count: 0,
        });
        self.0.len() - 1
    }

    /// Adds a name of the query's WITH, or an alias of the SELECT's FROM.
    pub fn add_name(&mut self, scope: usize, name: String) {
        let scope = &mut self.0[scope];
        scope.names.entry(name).or_insert(scope.count);
        scope.count += 1;
    }

    /// The number of names that the scope has so far.
    pub fn count(&self, scope: usize) -> usize {
        self.0[scope].count
    }

    /// True if the name is an alias at the seat.
    pub fn is_alias(&self, seat: Seat, name: &str) -> bool {
        self.is_known(seat, name, true)
    }

    /// True if a WITH defines the name at the seat.
    pub fn is_cte(&self, seat: Seat, name: &str) -> bool {
        self.is_known(seat, name, false)
    }

    fn is_known(&self, seat: Seat, name: &str, in_select: bool) -> bool {
        let mut next = Some(seat);
        while let Some(Seat { scope, known }) = next {
            let scope = &self.0[scope];
            if scope.is_select == in_select && scope.names.get(name).is_some_and(|at| *at < known) {
                return true;
            }
            next = scope.around;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_known_behind_its_place_and_inside_and_not_beside() {
        let mut scopes = Scopes::within(&["t".to_owned()]);
        let outer = scopes.add_query(Seat::OUTSIDE);
        let select = scopes.add_select(outer);
        scopes.add_name(select, "o".to_owned());
        let beside = scopes.add_select(outer);
        let inner = scopes.add_query(Seat::behind_all(select));
        let inner = scopes.add_select(inner);
        assert!(!scopes.is_alias(Seat::new(select, 0), "o"));
        assert!(scopes.is_alias(Seat::new(select, 1), "o"));
        assert!(!scopes.is_alias(Seat::behind_all(beside), "o"));
        assert!(scopes.is_alias(Seat::new(inner, 0), "o"));
        assert!(scopes.is_alias(Seat::new(inner, 0), "t"));
    }

    #[test]
    fn a_name_of_with_is_known_to_those_behind_it_and_to_what_they_hold() {
        let mut scopes = Scopes::within(&[]);
        let outer = scopes.add_query(Seat::OUTSIDE);
        scopes.add_name(outer, "a".to_owned());
        assert!(!scopes.is_cte(Seat::new(outer, 0), "a"));
        assert!(scopes.is_cte(Seat::new(outer, 1), "a"));
        let select = scopes.add_select(outer);
        assert!(scopes.is_cte(Seat::new(select, 0), "a"));
    }
}
