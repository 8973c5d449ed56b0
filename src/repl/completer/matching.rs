//! The ways in which a name answers what is typed.

use super::begins;

/// A way to compare a name with what is typed, the strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    /// The name begins with it.
    Beginning,
    /// A later word of the name begins with it: `date` in `order_date`.
    LaterWord,
    /// The name has its letters in this order, the first at the beginning of a word: `ordt` in
    /// `order_date`.
    Letters,
}

impl Matching {
    /// The distance of the name from the typed text, which is in lower case; None if it does not
    /// match.
    pub fn distance(self, name: &str, typed: &str) -> Option<usize> {
        let (bytes, letters) = (name.as_bytes(), typed.as_bytes());
        match self {
            Self::Beginning => begins(name, typed).then_some(0),
            Self::LaterWord => {
                let mut starts = (1..name.len()).filter(|at| starts_word(bytes, *at));
                starts.find(|at| begins(&name[*at..], typed))
            }
            // Most names of a large warehouse end here.
            Self::Letters if !has_letters(bytes, letters) => None,
            // Words that are skipped may hold a letter that is needed.
            Self::Letters => gaps(bytes, letters, true).or_else(|| gaps(bytes, letters, false)),
        }
    }
}

/// The number of letters from which on names are offered that do not begin with them.
pub(super) const MIN_LETTERS: usize = 2;

/// The names that answer the typed text, which is in lower case, though none begins with it: those
/// of the strictest way in which any does, the nearest first.
pub(super) fn nearest<'n>(names: impl IntoIterator<Item = &'n str>, typed: &str) -> Vec<&'n str> {
    if typed.len() < MIN_LETTERS {
        return Vec::new();
    }
    let names: Vec<&str> = names.into_iter().collect();
    let ways = [Matching::LaterWord, Matching::Letters].into_iter().map(|matching| {
        let distance = |name: &&'n str| Some((matching.distance(name, typed)?, *name));
        let mut found: Vec<(usize, &str)> = names.iter().filter_map(distance).collect();
        found.sort_by_key(|(distance, _)| *distance);
        found
    });
    let found = ways.into_iter().find(|found| !found.is_empty());
    found.into_iter().flatten().map(|(_, name)| name).collect()
}

/// True if a word begins at the byte.
fn starts_word(name: &[u8], at: usize) -> bool {
    at == 0 || (!name[at - 1].is_ascii_alphanumeric() && name[at - 1].is_ascii())
}

/// True if the name has the letters in this order, at whatever places.
fn has_letters(name: &[u8], typed: &[u8]) -> bool {
    let mut left = typed;
    for byte in name {
        let Some((next, rest)) = left.split_first() else {
            return true;
        };
        if byte.to_ascii_lowercase() == *next {
            left = rest;
        }
    }
    left.is_empty()
}

/// The number of gaps between the letters, and of bytes that are skipped inside of words. A letter
/// is looked for at the beginnings of words first if `by_words` is true.
fn gaps(name: &[u8], typed: &[u8], by_words: bool) -> Option<usize> {
    let (mut distance, mut at) = (0, 0);
    for (number, letter) in typed.iter().enumerate() {
        let is_letter = |index: &usize| name[*index].eq_ignore_ascii_case(letter);
        let is_next = number > 0 && at < name.len() && is_letter(&at);
        let found = if is_next {
            at
        } else {
            let start = (at..name.len()).find(|at| is_letter(at) && starts_word(name, *at));
            let found = match start.filter(|_| by_words || number == 0) {
                Some(start) => start,
                None if number == 0 => return None,
                None => (at..name.len()).find(is_letter)?,
            };
            let skipped = if starts_word(name, found) { 0 } else { found - at };
            distance += 1 + skipped;
            found
        };
        at = found + 1;
    }
    Some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_from_strict_to_lax() {
        for (name, typed, expected) in [
            ("order_date", "ord", [Some(0), None, Some(1)]),
            ("Order_Date", "dat", [None, Some(6), Some(1)]),
            ("order_date", "ordt", [None, None, Some(7)]),
            ("order_date", "od", [None, None, Some(2)]),
            ("ab_b_cd", "abd", [None, None, Some(6)]),
            ("order_date", "rde", [None, None, None]),
            ("order_date", "odx", [None, None, None]),
            ("größe_m", "m", [None, Some(8), Some(1)]),
        ] {
            let all = [Matching::Beginning, Matching::LaterWord, Matching::Letters];
            assert_eq!(all.map(|way| way.distance(name, typed)), expected, "{name} {typed}");
        }
    }
}
