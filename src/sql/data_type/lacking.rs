//! Types that other databases have and Redshift lacks (AWS documentation, "Unsupported PostgreSQL
//! data types").

use std::sync::LazyLock;

/// Each such type, in upper case and sorted, with its replacement.
pub static LACKING: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let rows = include_str!("lacking.txt").lines();
    rows.filter_map(|row| row.split_once(": ")).collect()
});

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
