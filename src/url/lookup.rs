//! Finding an option by its name: exact, similar, or suspicious because it may hold a secret.

use super::option::{Class, OPTIONS, UrlOption};

/// The option with this name, in any letter case.
pub(super) fn find(name: &str) -> Option<&'static UrlOption> {
    let place = OPTIONS.binary_search_by(|option| folded(option.name).cmp(folded(name)));
    place.ok().map(|place| &OPTIONS[place])
}

fn folded(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// The known option with a similar name, among those that are used or ignored.
pub(super) fn nearest(name: &str) -> Option<&'static UrlOption> {
    let limit = (name.len() / 3).min(3);
    OPTIONS
        .iter()
        .filter(|spec| matches!(spec.class, Class::Used(_) | Class::Ignored))
        .map(|spec| (distance(name, spec.name), spec))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, spec)| spec)
}

fn distance(left: &str, right: &str) -> usize {
    strsim::osa_distance(&left.to_ascii_lowercase(), &right.to_ascii_lowercase())
}

/// The reason why the value of an unknown option may be a secret.
pub(super) fn secret_like(name: &str) -> Option<&'static str> {
    const WORDS: [&str; 8] =
        ["password", "pwd", "secret", "token", "key", "pass", "psw", "credential"];
    let holds = |word: &&str| {
        name.as_bytes()
            .windows(word.len())
            .any(|w| w.eq_ignore_ascii_case(word.as_bytes()))
    };
    if name.eq_ignore_ascii_case("pw") {
        return Some("PWD");
    }
    WORDS.into_iter().find(|word| holds(word)).or_else(|| nearly_secret(name))
}

/// True if an unknown option names the user, as in other drivers.
pub(super) fn is_user_like(name: &str) -> bool {
    name.eq_ignore_ascii_case("username") || name.eq_ignore_ascii_case("user_name")
}

/// The secret option that is misspelt here. Short names do not count: too many words are similar to
/// them.
fn nearly_secret(name: &str) -> Option<&'static str> {
    OPTIONS
        .iter()
        .filter(|spec| {
            spec.class == Class::Secret
                && spec.name.len() >= 6
                && spec.name.len().abs_diff(name.len()) <= 2
        })
        .find(|spec| distance(name, spec.name) <= if spec.name.len() < 8 { 1 } else { 2 })
        .map(|spec| spec.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(OPTIONS.is_sorted_by_key(|spec| spec.name.to_ascii_lowercase()));
    }

    #[test]
    fn an_option_is_found_in_any_letter_case() {
        for option in &OPTIONS {
            assert_eq!(find(&option.name.to_ascii_uppercase()), Some(option));
        }
        for name in ["", "ss", "sslmodes", "_", "é", "zz"] {
            assert_eq!(find(name), None);
        }
    }

    #[test]
    fn a_misspelt_option_finds_the_one_that_was_meant() {
        let name = |text| nearest(text).map(|spec| spec.name);
        assert_eq!(name("SSLMOD"), Some("sslmode"));
        assert_eq!(name("aplicationname"), Some("ApplicationName"));
        assert_eq!(name("a"), None);
    }

    #[test]
    fn a_name_that_is_nearly_a_secret_counts_as_one() {
        for name in [
            "paswrod",
            "passwd",
            "MyToken",
            "api_key",
            "PW",
            "db_pass",
            "sslkex",
            "acesskeid",
        ] {
            assert!(secret_like(name).is_some(), "{name}");
        }
        for name in ["a", "pid", "client_id", "Property1", "loggerFile"] {
            assert_eq!(secret_like(name), None, "{name}");
        }
    }
}
