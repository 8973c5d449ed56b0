//! The settings of the prompt, as data: `redwire config`, the reference and the checks of
//! config.toml read one table.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::ValueEnum;
use toml::de::DeValue;

use crate::cli::ColorArg;
use crate::definition::Protection;
use crate::render::Format;
use crate::repl::{Keys, PromptTemplate};
use crate::value::{ResultSet, Value};

/// The settings of the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptSettings {
    /// The keys of the line editor.
    pub keys: Keys,
    /// The text for NULL.
    pub null: String,
    /// The format of results.
    pub format: Format,
    /// True if the types of columns stand below the headings of a table.
    pub types: bool,
    /// True if each statement's time is reported.
    pub timing: bool,
    /// True if long results are shown in a pager.
    pub pager: bool,
    /// The bell rings after a statement that ran for this long; None is never.
    pub bell: Option<Duration>,
    /// The text of the prompt.
    pub prompt: PromptTemplate,
    /// The protection of connections that have none of their own.
    pub protection: Protection,
    /// The use of colours.
    pub color: ColorArg,
}

impl Default for PromptSettings {
    fn default() -> Self {
        Self {
            keys: Keys::Emacs,
            null: "NULL".to_owned(),
            format: Format::Table,
            types: false,
            timing: false,
            pager: true,
            bell: Some(Duration::from_secs(10)),
            prompt: PromptTemplate::default(),
            protection: Protection::None,
            color: ColorArg::Auto,
        }
    }
}

/// A setting.
#[derive(Debug)]
pub struct SettingSpec {
    /// The name, which is the key in config.toml.
    pub name: &'static str,
    /// The valid values.
    pub values: &'static str,
    /// The help text, in one line.
    pub help: &'static str,
    /// Takes a value from the file; None if it is not valid.
    read: fn(&mut PromptSettings, &DeValue<'_>) -> Option<()>,
    /// The value as the file has it, without quotes.
    show: fn(&PromptSettings) -> String,
}

/// Every setting.
pub static SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "keys",
        values: "\"emacs\" or \"vi\"",
        help: "the keys of the line editor",
        read: |settings, value| {
            settings.keys = value.as_str()?.parse().ok()?;
            Some(())
        },
        show: |settings| settings.keys.word().to_owned(),
    },
    SettingSpec {
        name: "prompt",
        values: "a text, in which {target} is the connection's name or redwire, and {transaction} \
                 the state of the transaction",
        help: "the text of the prompt",
        read: |settings, value| {
            settings.prompt = value.as_str()?.parse().ok()?;
            Some(())
        },
        show: |settings| settings.prompt.to_string(),
    },
    SettingSpec {
        name: "format",
        values: "\"table\", \"vertical\", \"markdown\", \"unaligned\", \"csv\", \"tsv\", \"json\" or \
                 \"jsonl\"",
        help: "the format of results",
        read: |settings, value| {
            settings.format = value.as_str()?.parse().ok()?;
            Some(())
        },
        show: |settings| settings.format.to_string(),
    },
    SettingSpec {
        name: "null",
        values: "a text",
        help: "the text for NULL in tables and vertical rows",
        read: |settings, value| {
            value.as_str()?.clone_into(&mut settings.null);
            Some(())
        },
        show: |settings| settings.null.clone(),
    },
    SettingSpec {
        name: "types",
        values: "true or false",
        help: "show the types of columns below the headings of a table",
        read: |settings, value| {
            settings.types = value.as_bool()?;
            Some(())
        },
        show: |settings| settings.types.to_string(),
    },
    SettingSpec {
        name: "timing",
        values: "true or false",
        help: "report the time of each statement",
        read: |settings, value| {
            settings.timing = value.as_bool()?;
            Some(())
        },
        show: |settings| settings.timing.to_string(),
    },
    SettingSpec {
        name: "pager",
        values: "true or false",
        help: "show long results in a pager",
        read: |settings, value| {
            settings.pager = value.as_bool()?;
            Some(())
        },
        show: |settings| settings.pager.to_string(),
    },
    SettingSpec {
        name: "bell",
        values: "a number of seconds; 0 is never",
        help: "ring the terminal's bell after a statement that took this long",
        read: |settings, value| {
            let number = value.as_integer()?;
            let seconds = u64::from_str_radix(number.as_str(), number.radix()).ok()?;
            settings.bell = (seconds > 0).then_some(Duration::from_secs(seconds));
            Some(())
        },
        show: |settings| settings.bell.map_or(0, |bell| bell.as_secs()).to_string(),
    },
    SettingSpec {
        name: "protection",
        values: "\"none\", \"confirm\" or \"read_only\"",
        help: "PROTECTION of connections that have none of their own",
        read: |settings, value| {
            settings.protection = Protection::from_word(value.as_str()?)?;
            Some(())
        },
        show: |settings| settings.protection.word().to_ascii_lowercase(),
    },
    SettingSpec {
        name: "color",
        values: "\"auto\", \"always\" or \"never\"",
        help: "colours on the terminal",
        read: |settings, value| {
            settings.color = ColorArg::from_str(value.as_str()?, false).ok()?;
            Some(())
        },
        show: |settings| {
            let value = settings.color.to_possible_value();
            value.map_or_else(String::new, |value| value.get_name().to_owned())
        },
    },
];

impl SettingSpec {
    /// The default as the file would have it, without quotes.
    pub fn default(&self) -> String {
        (self.show)(&PromptSettings::default())
    }
}

/// Settings and where their values are from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourcedSettings {
    /// The settings.
    pub settings: PromptSettings,
    /// The sources of those that have not their default, by name.
    sources: BTreeMap<&'static str, String>,
}

impl SourcedSettings {
    /// Takes the value of a setting from the file; None if it is not valid.
    pub(super) fn read(
        &mut self,
        spec: &SettingSpec,
        value: &DeValue<'_>,
        source: String,
    ) -> Option<()> {
        (spec.read)(&mut self.settings, value)?;
        self.sources.insert(spec.name, source);
        Some(())
    }

    /// Changes a setting.
    pub(super) fn change(
        &mut self,
        name: &'static str,
        source: &str,
        change: impl FnOnce(&mut PromptSettings),
    ) {
        change(&mut self.settings);
        self.sources.insert(name, source.to_owned());
    }

    /// A row for each setting: name, value, source, meaning.
    pub fn rows(&self) -> ResultSet {
        let mut rows = ResultSet::with_columns(["setting", "value", "source", "meaning"]);
        for spec in SETTINGS {
            let source = self.sources.get(spec.name).map_or("default", String::as_str);
            rows.rows.push(vec![
                spec.name.into(),
                Value::from((spec.show)(&self.settings)),
                source.into(),
                spec.help.into(),
            ]);
        }
        rows
    }
}
