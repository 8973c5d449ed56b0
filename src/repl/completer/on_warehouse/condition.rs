//! Conditions of joins, from foreign keys and from the names of columns.

use super::source::{Source, Sources};
use crate::sql::keyword::written;

/// The maximum number of conditions that are offered.
const MAX_CONDITIONS: usize = 5;

/// Conditions that join the last source of the SELECT before the token with the others, the best
/// guess first. Behind the qualifier of a table they are the rest of those that begin with it.
pub(super) fn conditions(
    sources: &Sources<'_>,
    block: usize,
    token: usize,
    qualifier: Option<&str>,
) -> Vec<String> {
    let mut others = sources.before(block, token);
    let Some(joined) = others.pop() else {
        return Vec::new();
    };
    let begins_with = |source: &Source| qualifier.is_some_and(|name| source.is_called(name));
    let joined_is_first = begins_with(joined);
    if qualifier.is_some() && !joined_is_first {
        others.retain(|other| begins_with(other));
    }
    let equality = |other: (&Source, &str), joined: (&Source, &str)| {
        if joined_is_first {
            equality(joined, other)
        } else {
            equality(other, joined)
        }
    };
    let own_columns = sources.columns(joined);
    let mut found = Vec::new();
    for other in others.into_iter().rev() {
        for (theirs, ours) in sources.keys(other, joined) {
            let pairs = theirs.iter().zip(ours);
            let equal = pairs.map(|(their, own)| equality((other, their), (joined, own)));
            let equal: Option<Vec<String>> = equal.collect();
            found.extend(equal.map(|equal| (Likeness::ForeignKey, equal.join(" AND "))));
        }
        for their in sources.columns(other) {
            let pairs = own_columns.iter().filter_map(|own| {
                let likeness = Likeness::new((other, &their), (joined, own))?;
                Some((likeness, equality((other, &their), (joined, own))?))
            });
            found.extend(pairs);
        }
    }
    found.sort_by_key(|(likeness, _)| *likeness);
    let prefix = qualifier.map_or(String::new(), |name| format!("{}.", written(name)));
    let mut conditions = Vec::new();
    for condition in found.iter().filter_map(|(_, condition)| condition.strip_prefix(&prefix)) {
        if conditions.len() < MAX_CONDITIONS && !conditions.contains(&condition) {
            conditions.push(condition);
        }
    }
    conditions.into_iter().map(str::to_owned).collect()
}

/// The condition that the two columns are equal.
fn equality(one: (&Source, &str), other: (&Source, &str)) -> Option<String> {
    let side = |(source, column): (&Source, &str)| {
        Some(format!("{}.{}", written(source.qualifier()?), written(column)))
    };
    Some(format!("{} = {}", side(one)?, side(other)?))
}

/// The reason why two columns may refer to each other, the best one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// A foreign key says so.
    ForeignKey,
    /// `customer_id` and `id` of `customers`.
    KeyOfTable,
    /// Two columns with the name of a key.
    SameKey,
    /// Two columns with another name.
    SameName,
}

impl Likeness {
    /// The likeness of two columns of these tables; None if there is none.
    fn new(one: (&Source, &str), other: (&Source, &str)) -> Option<Self> {
        let is_key = |name: &str| name.ends_with("_id") || name.ends_with("key");
        if is_key_of(one, other.1) || is_key_of(other, one.1) {
            Some(Self::KeyOfTable)
        } else if one.1 != other.1 || one.1 == "id" {
            // Every table has an id of its own.
            None
        } else if is_key(one.1) {
            Some(Self::SameKey)
        } else {
            Some(Self::SameName)
        }
    }
}

/// True if a column of another table is called as the table and its column: `customer_id`.
fn is_key_of((table, key): (&Source, &str), column: &str) -> bool {
    let name = table.name.last().map(|name| name.strip_suffix('s').unwrap_or(name));
    let called = column.strip_suffix(key).and_then(|rest| rest.strip_suffix('_'));
    called.is_some() && called == name
}
