//! Which names are known at a place of a query: the aliases and the names of WITH that are in scope
//! there.

use std::collections::HashMap;

/// Where a query stands, and so what of its surroundings it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// Nothing is around it but the clauses of the job.
    Outside,
    /// In a SELECT, of which it sees the first so many aliases.
    Block {
        /// The SELECT.
        block: usize,
        /// How many aliases of it are in sight.
        aliases: usize,
    },
    /// In another query beside its SELECT: in its WITH, or as a part of a UNION.
    Query {
        /// The query.
        query: usize,
        /// How many names of its WITH are in sight.
        ctes: usize,
    },
}

/// All that stands before a place is in sight there.
pub(super) const ALL: usize = usize::MAX;

/// Names in the order in which they appear; the first of each counts.
#[derive(Debug, Default)]
struct Names {
    first: HashMap<String, usize>,
    count: usize,
}

impl Names {
    fn add(&mut self, name: String) {
        self.first.entry(name).or_insert(self.count);
        self.count += 1;
    }

    fn has(&self, name: &str, within: usize) -> bool {
        self.first.get(name).is_some_and(|index| *index < within)
    }
}

#[derive(Debug)]
struct Query {
    seat: Seat,
    ctes: Names,
}

#[derive(Debug)]
struct Block {
    query: usize,
    aliases: Names,
}

/// The queries of a text and their SELECTs, each with the names that it brings.
#[derive(Debug)]
pub(super) struct Scopes {
    queries: Vec<Query>,
    blocks: Vec<Block>,
    /// The aliases of the clauses around the query.
    outside: Vec<String>,
}

impl Scopes {
    /// Scopes of a text in whose surroundings these aliases are known.
    pub fn within(outside: Vec<String>) -> Self {
        Self {
            queries: Vec::new(),
            blocks: Vec::new(),
            outside,
        }
    }

    /// A new query at the seat.
    pub fn add_query(&mut self, seat: Seat) -> usize {
        let ctes = Names::default();
        self.queries.push(Query { seat, ctes });
        self.queries.len() - 1
    }

    /// A new SELECT of the query.
    pub fn add_block(&mut self, query: usize) -> usize {
        let aliases = Names::default();
        self.blocks.push(Block { query, aliases });
        self.blocks.len() - 1
    }

    /// A name that the query's WITH defines; returns how many there were.
    pub fn add_cte(&mut self, query: usize, name: String) -> usize {
        let ctes = &mut self.queries[query].ctes;
        ctes.add(name);
        ctes.count - 1
    }

    /// An alias that the FROM of the SELECT brings.
    pub fn add_alias(&mut self, block: usize, name: String) {
        self.blocks[block].aliases.add(name);
    }

    /// How many aliases the SELECT has so far.
    pub fn aliases(&self, block: usize) -> usize {
        self.blocks[block].aliases.count
    }

    /// Whether the name is an alias at the seat.
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

    /// Whether the name is an alias anywhere.
    pub fn is_alias_anywhere(&self, name: &str) -> bool {
        self.outside.iter().any(|alias| alias == name)
            || self.blocks.iter().any(|block| block.aliases.has(name, ALL))
    }

    /// Whether a WITH defines the name at the seat.
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
