//! The care that a connection asks for, and the colour that marks it.

/// The statements that a connection takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    /// Every statement.
    #[default]
    None,
    /// Statements that remove, change or grant something are confirmed first.
    Confirm,
    /// Statements that only read.
    ReadOnly,
}

impl Protection {
    /// The keywords.
    pub const WORDS: &[&str] = &["NONE", "CONFIRM", "READ_ONLY"];

    /// The keyword.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => Self::WORDS[0],
            Self::Confirm => Self::WORDS[1],
            Self::ReadOnly => Self::WORDS[2],
        }
    }

    /// The protection with this keyword, in any letter case.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::None, Self::Confirm, Self::ReadOnly]
            .into_iter()
            .find(|protection| protection.word().eq_ignore_ascii_case(word))
    }
}

/// One of the colours that every terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalColor(u8);

impl TerminalColor {
    /// The names, in the order of their numbers (ECMA-48, SGR 30 to 37; the bright ones are the 90
    /// to 97 of aixterm, which terminals have too).
    pub const NAMES: &[&str] = &[
        "black",
        "red",
        "green",
        "yellow",
        "blue",
        "magenta",
        "cyan",
        "white",
        "bright black",
        "bright red",
        "bright green",
        "bright yellow",
        "bright blue",
        "bright magenta",
        "bright cyan",
        "bright white",
    ];

    /// The number of the first bright colour.
    const FIRST_BRIGHT: u8 = 8;

    /// The colour with this name, in any letter case.
    pub fn from_name(name: &str) -> Option<Self> {
        let is_named = |known: &&str| known.eq_ignore_ascii_case(name);
        let number = Self::NAMES.iter().position(is_named)?;
        u8::try_from(number).ok().map(Self)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.0)]
    }

    /// The text in this colour.
    pub fn paint(self, text: &str) -> String {
        let code = match self.0.checked_sub(Self::FIRST_BRIGHT) {
            Some(bright) => 90 + bright,
            None => 30 + self.0,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_names_are_read_as_they_are_printed() {
        for word in Protection::WORDS {
            assert_eq!(Protection::from_word(word).map(Protection::word), Some(*word));
        }
        for name in TerminalColor::NAMES {
            assert_eq!(TerminalColor::from_name(name).map(TerminalColor::name), Some(*name));
        }
        assert_eq!(Protection::from_word("readonly"), None);
        assert_eq!(TerminalColor::from_name("purple"), None);
        let paint = |name: &str| TerminalColor::from_name(name).unwrap().paint("x");
        assert_eq!(paint("RED"), "\x1b[31mx\x1b[0m");
        assert_eq!(paint("bright red"), "\x1b[91mx\x1b[0m");
    }
}
