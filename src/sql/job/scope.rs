//! The aliases and names of WITH that are in scope at a place of a query.

use std::collections::HashMap;

/// The position of a name in a query, which determines the names in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// Outside the query: only the job's clauses are around it.
    Outside,
    /// In a SELECT, with its first `aliases` aliases in scope.
    Block { block: usize, aliases: usize },
    /// In the WITH of a query or in a part of its UNION, with its first `ctes` names of WITH in
    /// scope.
    Query { query: usize, ctes: usize },
}

/// Everything that comes before the position is in scope.
pub(super) const ALL: usize = usize::MAX;

/// The positions of names; only the first occurrence of each counts.
#[derive(Debug, Default)]
struct NameOrder {
    first: HashMap<String, usize>,
    count: usize,
}

impl NameOrder {
    fn add(&mut self, name: String) {
        self.first.entry(name).or_insert(self.count);
        self.count += 1;
    }

    fn has(&self, name: &str, within: usize) -> bool {
        self.first.get(name).is_some_and(|index| *index < within)
    }
}

#[derive(Debug)]
struct QueryScope {
    seat: Seat,
    ctes: NameOrder,
}

#[derive(Debug)]
struct SelectScope {
    query: usize,
    aliases: NameOrder,
}

/// The queries of a text and their SELECTs, each with its names.
#[derive(Debug)]
pub(super) struct Scopes {
    queries: Vec<QueryScope>,
    blocks: Vec<SelectScope>,
    /// The aliases of the clauses around the query.
    outside: Vec<String>,
}

impl Scopes {
    /// The scopes of a text with these aliases around it.
    pub fn within(outside: Vec<String>) -> Self {
        Self {
            queries: Vec::new(),
            blocks: Vec::new(),
            outside,
        }
    }

    /// Adds a query at the seat; returns its index.
    pub fn add_query(&mut self, seat: Seat) -> usize {
        let ctes = NameOrder::default();
        self.queries.push(QueryScope { seat, ctes });
        self.queries.len() - 1
    }

    /// Adds a SELECT of the query; returns its index.
    pub fn add_block(&mut self, query: usize) -> usize {
        let aliases = NameOrder::default();
        self.blocks.push(SelectScope { query, aliases });
        self.blocks.len() - 1
    }

    /// Adds a name of the query's WITH; returns its position.
    pub fn add_cte(&mut self, query: usize, name: String) -> usize {
        let ctes = &mut self.queries[query].ctes;
        ctes.add(name);
        ctes.count - 1
    }

    /// Adds an alias of the SELECT's FROM.
    pub fn add_alias(&mut self, block: usize, name: String) {
        self.blocks[block].aliases.add(name);
    }

    /// The number of aliases that the SELECT has so far.
    pub fn aliases(&self, block: usize) -> usize {
        self.blocks[block].aliases.count
    }

    /// True if the name is an alias at the seat.
    pub fn is_alias(&self, seat: Seat, name: &str) -> bool {
        let mut seat = seat;
        loop {
            match seat {
                Seat::Outside => return self.outside.iter().any(|alias| alias == name),
                Seat::Block { block, aliases } => {
                    let block = &self.blocks[block];
                    if block.aliases.has(name, aliases) {
                        return true;
                    }
                    seat = self.queries[block.query].seat;
                }
                Seat::Query { query, .. } => seat = self.queries[query].seat,
            }
        }
    }

    /// True if a WITH defines the name at the seat.
    pub fn is_cte(&self, seat: Seat, name: &str) -> bool {
        let mut seat = seat;
        loop {
            let (query, ctes) = match seat {
                Seat::Outside => return false,
                Seat::Block { block, .. } => (self.blocks[block].query, ALL),
                Seat::Query { query, ctes } => (query, ctes),
            };
            if self.queries[query].ctes.has(name, ctes) {
                return true;
            }
            seat = self.queries[query].seat;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_known_behind_its_place_and_inside_and_not_beside() {
        let mut scopes = Scopes::within(vec!["t".to_owned()]);
        let outer = scopes.add_query(Seat::Outside);
        let block = scopes.add_block(outer);
        scopes.add_alias(block, "o".to_owned());
        let beside = scopes.add_block(outer);
        let inner = scopes.add_query(Seat::Block { block, aliases: ALL });
        let inner = scopes.add_block(inner);
        let at = |block, aliases| Seat::Block { block, aliases };
        assert!(!scopes.is_alias(at(block, 0), "o"));
        assert!(scopes.is_alias(at(block, 1), "o"));
        assert!(!scopes.is_alias(at(beside, ALL), "o"));
        assert!(scopes.is_alias(at(inner, 0), "o"));
        assert!(scopes.is_alias(at(inner, 0), "t"));
    }

    #[test]
    fn a_name_of_with_is_known_to_those_behind_it_and_to_what_they_hold() {
        let mut scopes = Scopes::within(Vec::new());
        let outer = scopes.add_query(Seat::Outside);
        assert_eq!(scopes.add_cte(outer, "a".to_owned()), 0);
        let in_with = |ctes| Seat::Query { query: outer, ctes };
        assert!(!scopes.is_cte(in_with(0), "a"));
        assert!(scopes.is_cte(in_with(1), "a"));
        let block = scopes.add_block(outer);
        assert!(scopes.is_cte(Seat::Block { block, aliases: 0 }, "a"));
    }
}
