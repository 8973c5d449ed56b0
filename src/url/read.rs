//! Reading the options of a URL: names, values, and combinations.

use std::ops::Range;
use std::time::Duration;

use super::error::{UrlError, UrlOptionError};
use super::lookup::find;
use super::option::{Class, UrlOption, UrlSetting};
use super::part::UrlPart;
use super::settings::{IgnoredOption, Options, SslMode};

/// The longest timeout: the driver counts milliseconds in 32 bits.
const MAX_TIMEOUT_SECONDS: f64 = 2_147_483.0;

/// The only class that `sslfactory` may name (AWS documentation, "Configuring authentication and
/// SSL").
const NON_VALIDATING_FACTORY: &str = "com.amazon.redshift.ssl.NonValidatingFactory";

const BOOLEAN: &str = "true or false";
const SECONDS: &str = "seconds from 0 to 2147483, with or without a fraction";
const WHOLE_SECONDS: &str = "whole seconds from 0 to 2147483";
const TEXT: &str = "a text that is not empty";

/// Reads the options of a URL: those in effect, and those without an effect.
pub(super) fn read(text: UrlPart<'_>) -> Result<(Options, Vec<IgnoredOption>), UrlError> {
    let mut reader = OptionReader::default();
    let mut start = text.start;
    for text in text.text.split([';', '&']) {
        if !text.is_empty() {
            reader.read(UrlPart { text, start })?;
        }
        start += text.len() + 1;
    }
    reader.finish()
}

/// The options read so far.
#[derive(Default)]
struct OptionReader {
    options: Options,
    ignored: Vec<IgnoredOption>,
    seen: Vec<&'static UrlOption>,
    ssl: Option<bool>,
    sslmode: Option<SslMode>,
    /// The place of the last option for TLS.
    tls_span: Range<usize>,
}

impl OptionReader {
    fn read(&mut self, token: UrlPart<'_>) -> Result<(), UrlError> {
        let Some((name, value)) = token.split_once(b'=') else {
            return Err(token.error(UrlOptionError::WithoutValue));
        };
        check_name(name)?;
        let listed = find(name.text);
        if let Some(error) = self.refusal(listed, name.text) {
            return Err(name.error(error));
        }
        if let Some(option) = listed {
            self.seen.push(option);
            if let Class::Used(setting) = option.class {
                return self.set(setting, Given { option, name, value });
            }
        }
        self.ignored.push(IgnoredOption {
            name: name.text.to_owned(),
            value: value.decode()?,
            is_listed: listed.is_some(),
        });
        Ok(())
    }

    fn refusal(&self, listed: Option<&'static UrlOption>, name: &str) -> Option<UrlOptionError> {
        let Some(option) = listed else {
            let is_given = self.ignored.iter().any(|kept| kept.name.eq_ignore_ascii_case(name));
            return is_given.then_some(UrlOptionError::DuplicateUnlisted);
        };
        match option.class {
            Class::Used(_) | Class::Ignored => {
                self.seen.contains(&option).then_some(UrlOptionError::Duplicate(option))
            }
            Class::Refused => Some(UrlOptionError::Refused(option)),
            Class::Secret => Some(UrlOptionError::Secret(option)),
            Class::UserName => Some(UrlOptionError::UserName { and_secret: false }),
            Class::Iam(_) => Some(UrlOptionError::Iam(option)),
        }
    }

    fn set(&mut self, setting: UrlSetting, given: Given<'_>) -> Result<(), UrlError> {
        use UrlSetting::{Ssl, SslFactory, SslMode, SslRootCert};
        if matches!(setting, Ssl | SslFactory | SslMode | SslRootCert) {
            self.tls_span = given.name.start..given.value.end();
        }
        let options = &mut self.options;
        match setting {
            UrlSetting::ApplicationName => options.application_name = Some(given.text()?),
            UrlSetting::ConnectTimeout => options.connect_timeout = given.whole_seconds()?,
            UrlSetting::CurrentSchema => options.current_schema = Some(given.text()?),
            UrlSetting::LoginTimeout => options.login_timeout = given.seconds()?,
            UrlSetting::QueryGroup => options.query_group = Some(given.text()?),
            UrlSetting::ReadOnly => options.read_only = given.boolean()?,
            UrlSetting::SocketTimeout => options.socket_timeout = given.whole_seconds()?,
            UrlSetting::TcpKeepAlive => options.tcp_keep_alive = given.boolean()?,
            UrlSetting::Ssl => self.ssl = Some(given.boolean()?),
            UrlSetting::SslFactory => {
                given.one_of(&[(NON_VALIDATING_FACTORY, ())], NON_VALIDATING_FACTORY)?;
                options.non_validating_factory = true;
            }
            UrlSetting::SslMode => return self.set_sslmode(given),
            UrlSetting::SslRootCert => options.sslrootcert = Some(given.text()?),
        }
        Ok(())
    }

    fn set_sslmode(&mut self, given: Given<'_>) -> Result<(), UrlError> {
        let mode = given.one_of(&SslMode::ALL.map(|mode| (mode.as_str(), mode)), SslMode::NAMES)?;
        if self.sslmode.replace(mode).is_some() {
            return Err(given.name.error(UrlOptionError::Duplicate(given.option)));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(Options, Vec<IgnoredOption>), UrlError> {
        if let Some((first, second)) = self.contradiction() {
            return Err(UrlError::new(
                UrlOptionError::Contradiction { first, second },
                self.tls_span,
            ));
        }
        self.options.sslmode = match (self.ssl, self.sslmode) {
            (Some(false), _) => SslMode::Disable,
            // As in libpq, require verifies the chain if there is a root certificate.
            (_, Some(SslMode::Require)) if self.options.sslrootcert.is_some() => SslMode::VerifyCa,
            (_, Some(mode)) => mode,
            (_, None) if self.options.non_validating_factory => SslMode::Require,
            (_, None) => SslMode::VerifyFull,
        };
        Ok((self.options, self.ignored))
    }

    /// Two options for TLS that contradict each other.
    fn contradiction(&self) -> Option<(&'static str, &'static str)> {
        let factory = self.options.non_validating_factory;
        match (self.ssl, self.sslmode) {
            (Some(false), Some(_)) => Some(("ssl=false", "sslmode")),
            (Some(true), Some(SslMode::Disable)) => Some(("ssl=true", "sslmode=disable")),
            (Some(false), None) if factory => Some(("ssl=false", "sslfactory")),
            (_, Some(mode)) if factory && mode != SslMode::Require => {
                Some(("sslfactory", "sslmode"))
            }
            _ if factory && self.options.sslrootcert.is_some() => {
                Some(("sslfactory", "sslrootcert"))
            }
            _ => None,
        }
    }
}

fn check_name(name: UrlPart<'_>) -> Result<(), UrlError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.text.is_empty() || !name.text.bytes().all(allowed) {
        return Err(name.error(UrlOptionError::Name));
    }
    Ok(())
}

/// An option in the URL.
#[derive(Clone, Copy)]
struct Given<'a> {
    option: &'static UrlOption,
    name: UrlPart<'a>,
    value: UrlPart<'a>,
}

impl Given<'_> {
    fn text(self) -> Result<String, UrlError> {
        let text = self.value.decode()?;
        if text.is_empty() {
            return Err(self.error(TEXT));
        }
        Ok(text)
    }

    fn boolean(self) -> Result<bool, UrlError> {
        self.one_of(&[("true", true), ("false", false)], BOOLEAN)
    }

    fn one_of<T: Copy>(self, values: &[(&str, T)], expected: &'static str) -> Result<T, UrlError> {
        let text = self.value.decode()?;
        let found = values.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
        found.map(|(_, value)| *value).ok_or_else(|| self.error(expected))
    }

    fn whole_seconds(self) -> Result<Option<Duration>, UrlError> {
        if self.value.text.contains('.') {
            return Err(self.error(WHOLE_SECONDS));
        }
        self.seconds()
    }

    /// Digits with an optional fraction; zero means no limit.
    fn seconds(self) -> Result<Option<Duration>, UrlError> {
        let text = self.value.decode()?;
        let is_decimal = text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let seconds = if is_decimal { text.parse().ok() } else { None };
        match seconds {
            Some(seconds) if seconds <= MAX_TIMEOUT_SECONDS => {
                Ok(Some(Duration::from_secs_f64(seconds)).filter(|limit| !limit.is_zero()))
            }
            _ => Err(self.error(SECONDS)),
        }
    }

    fn error(self, expected: &'static str) -> UrlError {
        let option = self.option;
        self.value.error(UrlOptionError::Value { option, expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::UrlErrorKind;

    fn options(text: &str) -> Result<Options, UrlErrorKind> {
        read(UrlPart { text, start: 0 })
            .map(|(options, _)| options)
            .map_err(|error| error.kind)
    }

    fn sslmode(text: &str) -> Option<SslMode> {
        options(text).ok().map(|options| options.sslmode)
    }

    #[test]
    fn tls_is_on_and_verified_unless_told_otherwise() {
        for (text, mode) in [
            ("", SslMode::VerifyFull),
            ("SSL=TRUE", SslMode::VerifyFull),
            ("ssl=false", SslMode::Disable),
            ("AuthMech=verify-ca", SslMode::VerifyCa),
            ("sslmode=require", SslMode::Require),
            ("sslfactory=com.amazon.redshift.ssl.NonValidatingFactory", SslMode::Require),
            ("sslmode=require&sslrootcert=/a.pem", SslMode::VerifyCa),
            ("sslmode=disable", SslMode::Disable),
        ] {
            assert_eq!(sslmode(text), Some(mode), "{text}");
        }
    }

    #[test]
    fn options_on_tls_that_contradict_each_other_are_refused() {
        const FACTORY: &str = "sslfactory=com.amazon.redshift.ssl.NonValidatingFactory";
        for text in [
            "ssl=false&sslmode=verify-full",
            "sslmode=disable;ssl=false",
            "ssl=true&sslmode=disable",
            &format!("ssl=false&{FACTORY}"),
            &format!("{FACTORY}&sslmode=verify-ca"),
            &format!("{FACTORY}&sslrootcert=/a.pem"),
        ] {
            assert!(
                matches!(
                    options(text),
                    Err(UrlErrorKind::Option(UrlOptionError::Contradiction { .. }))
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn an_option_given_twice_is_refused_also_under_two_names() {
        for text in
            ["ssl=true&SSL=true", "sslmode=require&AuthMech=require", "autosave=a&autosave=a"]
        {
            assert!(
                matches!(
                    options(text),
                    Err(UrlErrorKind::Option(UrlOptionError::Duplicate { .. }))
                ),
                "{text}"
            );
        }
        assert_eq!(
            options("a=1&A=2"),
            Err(UrlErrorKind::Option(UrlOptionError::DuplicateUnlisted))
        );
    }

    #[test]
    fn a_timeout_is_a_number_of_seconds_and_zero_is_none() {
        let limit = |text| options(text).ok().and_then(|options| options.login_timeout);
        assert_eq!(limit("loginTimeout=1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(limit("loginTimeout=0"), None);
        assert_eq!(options("connectTimeout=0").map(|options| options.connect_timeout), Ok(None));
        for text in [
            "loginTimeout=1e3",
            "loginTimeout=-1",
            "loginTimeout=.5",
            "loginTimeout=NaN",
            "loginTimeout=9999999",
        ] {
            assert!(
                matches!(options(text), Err(UrlErrorKind::Option(UrlOptionError::Value { .. }))),
                "{text}"
            );
        }
        assert!(matches!(
            options("connectTimeout=1.5"),
            Err(UrlErrorKind::Option(UrlOptionError::Value { .. }))
        ));
    }

    #[test]
    fn an_empty_value_is_refused_where_the_option_has_an_effect() {
        for text in ["ApplicationName=", "ssl=", "socketTimeout="] {
            assert!(
                matches!(options(text), Err(UrlErrorKind::Option(UrlOptionError::Value { .. }))),
                "{text}"
            );
        }
        assert!(options("autosave=").is_ok());
        assert_eq!(options("ssl"), Err(UrlErrorKind::Option(UrlOptionError::WithoutValue)));
    }
}
