//! config.toml: the settings that a user keeps in a file.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::settings::{SETTINGS, SettingSpec, SourcedSettings};
use crate::error::line_and_column;
use crate::render::one_line;
use crate::sign::{has_sign, is_secret_name};
use crate::sql::keyword::nearest;

/// config.toml cannot be used. No message repeats a value: it could be a password.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    /// The file cannot be read.
    #[error(
        "could not read file {path}: {cause}\nhint: redwire -X starts without the file",
        path = path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The words of the operating system.
        cause: io::Error,
    },
    /// A part of the file is wrong.
    #[error("{message}\nhint: {hint}\nat {place}")]
    Invalid {
        /// One sentence that says what is wrong.
        message: String,
        /// A suggested fix.
        hint: String,
        /// File, line and column.
        place: String,
    },
}

impl SourcedSettings {
    /// Takes the settings in the text of the file.
    pub(super) fn read_file(&mut self, path: &Path, text: &str) -> Result<(), SettingsFileError> {
        let at = |span: &Range<usize>| {
            let (line, column) = line_and_column(text, text.floor_char_boundary(span.start));
            format!("{}:{line}:{column}", one_line(&path.to_string_lossy()))
        };
        let invalid = |message: String, hint: String, span: &Range<usize>| {
            Err(SettingsFileError::Invalid { message, hint, place: at(span) })
        };
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let message = one_line(error.message()).into_owned();
                return invalid(message, NOT_TOML.to_owned(), &error.span().unwrap_or(0..0));
            }
        };
        let mut entries: Vec<_> = table.iter().collect();
        // The first error of the file is the one to report.
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let name = key.get_ref().as_ref();
            let Some(spec) = SETTINGS.iter().find(|spec| spec.name == name) else {
                let (message, hint) = unknown(name);
                return invalid(message, hint, &key.span());
            };
            let (source, _) = line_and_column(text, key.span().start);
            let source = format!("{}:{source}", path.display());
            if self.read(spec, value.get_ref(), source).is_none() {
                let message = format!("invalid value for parameter \"{}\"", spec.name);
                return invalid(message, expected(spec), &value.span());
            }
        }
        Ok(())
    }
}

const NOT_TOML: &str =
    "a setting is written NAME = VALUE, with a text in quotes; redwire -X starts without the file";

fn expected(spec: &SettingSpec) -> String {
    format!("{} is {}", spec.name, spec.values)
}

/// The message and the hint for a key that is no setting.
fn unknown(name: &str) -> (String, String) {
    if has_sign(name) || is_secret_name(name) {
        let hint = "CREATE CONNECTION keeps one in the keyring or the vault";
        return ("passwords cannot be kept in this file".to_owned(), hint.to_owned());
    }
    let hint = nearest(name, SETTINGS.iter().map(|spec| spec.name)).map_or_else(
        || {
            "redwire -X config lists the settings of this version; another one may have more"
                .to_owned()
        },
        |meant| format!("did you mean {meant}?"),
    );
    (format!("unrecognized configuration parameter \"{}\"", one_line(name)), hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Format;

    fn read(text: &str) -> Result<SourcedSettings, String> {
        let mut settings = SourcedSettings::default();
        let read = settings.read_file(Path::new("/c/config.toml"), text);
        read.map(|()| settings).map_err(|error| error.to_string())
    }

    #[test]
    fn each_setting_is_read_and_says_its_line() {
        let text = "# a\nkeys = \"vi\"\nnull = \"∅\"\nformat = \"csv\"\ntypes = true\ntiming = true\n\
                    pager = false\nbell = 0\nprompt = \"{target}> \"\ncolor = \"never\"\n\
                    protection = \"confirm\"\n";
        let read = read(text).unwrap();
        assert_eq!(read.settings.format, Format::Csv);
        assert_eq!(read.settings.null, "∅");
        for (row, spec) in read.rows().rows.iter().zip(SETTINGS) {
            let line = 1 + text.lines().position(|line| line.starts_with(spec.name)).unwrap();
            assert_eq!(row[2], format!("/c/config.toml:{line}").into(), "{}", spec.name);
            assert_ne!(row[1], spec.default().into(), "{}", spec.name);
        }
    }

    #[test]
    fn a_wrong_file_is_refused_with_the_place() {
        for (text, message, hint, place) in [
            ("timing = 1", "invalid value for parameter \"timing\"", "true or false", "1:10"),
            (
                "\nformat = 'xml'",
                "invalid value for parameter \"format\"",
                "\"jsonl\"",
                "2:10",
            ),
            (
                "fromat = 'csv'",
                "unrecognized configuration parameter \"fromat\"",
                "did you mean format?",
                "1:1",
            ),
            ("[paging]\non = true", "\"paging\"", "another one may have more", "1:2"),
            ("é = 1", "", "", "1:1"),
            ("null", "key with no value", "-X starts without", "1:5"),
            ("null = 'a'\nnull = 'b'", "duplicate key", "", "2:1"),
            ("bell = -1", "\"bell\"", "seconds", "1:8"),
            ("prompt = '{x}'", "\"prompt\"", "{target}", "1:10"),
            ("pager = true\npassword = 's3cret'", "password", "keyring", "2:1"),
            ("'pwd s3cret' = 1", "password", "keyring", "1:1"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(message) && error.contains(hint), "{text}: {error}");
            assert!(error.ends_with(&format!("config.toml:{place}")), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_file_makes_it_panic(text in "(keys|null|=|'|\"|\\[|é|\n| |vi|1|\\{)*") {
            let _ = read(&text);
        }
    }
}
