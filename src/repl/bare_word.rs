//! `quit`, `exit`, `help` and `?`, which are commands if nothing else was typed, as in psql.

/// The command of a bare word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BareWord {
    Quit,
    Help,
}

/// The command, if the text is a single such word, perhaps with a `;`, in any letter case. After
/// the beginning of a statement the same words belong to the statement.
pub(super) fn bare_word(text: &str) -> Option<BareWord> {
    const WORDS: [(&str, BareWord); 4] = [
        ("quit", BareWord::Quit),
        ("exit", BareWord::Quit),
        ("help", BareWord::Help),
        ("?", BareWord::Help),
    ];
    let text = text.trim();
    let word = text.strip_suffix(';').map_or(text, str::trim_end);
    let known = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known));
    known.map(|(_, meant)| *meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_where_it_stands_alone() {
        for text in ["quit", "EXIT;", " exit ; ", "quit\n"] {
            assert_eq!(bare_word(text), Some(BareWord::Quit), "{text}");
        }
        assert_eq!(bare_word("help"), Some(BareWord::Help));
        assert_eq!(bare_word("?"), Some(BareWord::Help));
        for text in ["", ";", "SELECT\nquit", "quit now", "\"quit\"", "-- quit", "quit;\nSELECT 1;"]
        {
            assert_eq!(bare_word(text), None, "{text}");
        }
    }
}
