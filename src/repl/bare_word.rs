//! Words that mean a command where they are all that was typed: `quit`, `exit` and `help`, as psql
//! takes them.

/// What a bare word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BareWord {
    /// To end.
    Quit,
    /// What there is to type.
    Help,
}

/// The word that is the whole of the text, perhaps with a `;`, in any letter case. Behind the
/// beginning of a statement the same words are a part of it.
pub(super) fn bare_word(text: &str) -> Option<BareWord> {
    const WORDS: [(&str, BareWord); 3] =
        [("quit", BareWord::Quit), ("exit", BareWord::Quit), ("help", BareWord::Help)];
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
        for text in ["", ";", "SELECT\nquit", "quit now", "\"quit\"", "-- quit", "quit;\nSELECT 1;"]
        {
            assert_eq!(bare_word(text), None, "{text}");
        }
    }
}
