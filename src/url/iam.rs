//! URLs of AWS's drivers with options for logins through AWS, taken apart.

use super::leak::holds_secret;
use super::lookup::find;
use super::option::{Class, IamOption};
use super::part::UrlPart;
use super::{Endpoint, scheme};
use crate::definition::LoginOption;

/// A URL without its options for logins through AWS, and the options of a connection that say the
/// same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedOptions {
    /// The URL.
    pub url: String,
    /// The value of USER_NAME.
    pub user_name: Option<String>,
    /// The values of other options, in the form of the catalog.
    pub options: Vec<(LoginOption, String)>,
}

/// Takes the options for logins through AWS out of a URL; None if there are none, if one of them
/// has no place in redwire, or if the rest is no URL.
pub fn move_options(url: &str) -> Option<MovedOptions> {
    if holds_secret(url) {
        return None;
    }
    let url = url.trim();
    let scheme = [scheme::PASSWORD, scheme::IAM]
        .into_iter()
        .find(|scheme| url.starts_with(scheme))?;
    let rest = &url[scheme.len()..];
    let (address, options) = rest.split_once(['?', ';'])?;
    let mut moved = MovedOptions {
        url: String::new(),
        user_name: None,
        options: Vec::new(),
    };
    let mut kept = Vec::new();
    let mut count = 0;
    for text in options.split([';', '&']) {
        let place = text.split_once('=').and_then(|(name, _)| match find(name)?.class {
            Class::Iam(place) => Some(place),
            Class::Used(_) | Class::Ignored | Class::Refused | Class::Secret | Class::UserName => {
                None
            }
        });
        match place {
            None => kept.push(text),
            Some(place) => {
                moved.add(place, text)?;
                count += 1;
            }
        }
    }
    let sign = if kept.is_empty() { "" } else { "?" };
    moved.url = format!("{}{address}{sign}{}", scheme::IAM, kept.join("&"));
    (count > 0 && Endpoint::parse(&moved.url).is_ok()).then_some(moved)
}

impl MovedOptions {
    fn add(&mut self, place: IamOption, text: &str) -> Option<()> {
        let (_, value) = text.split_once('=')?;
        let value = UrlPart { text: value, start: 0 }.decode().ok()?;
        match place {
            IamOption::UserName => self.user_name = Some(value),
            IamOption::Option(LoginOption::AutoCreateUser) => {
                if value.eq_ignore_ascii_case("true") {
                    self.options.push((LoginOption::AutoCreateUser, "true".to_owned()));
                }
            }
            IamOption::Option(LoginOption::DbGroups) => {
                self.options.push((LoginOption::DbGroups, value.to_ascii_lowercase()));
            }
            IamOption::Option(option) => self.options.push((option, value)),
            IamOption::Implied | IamOption::Needless => {}
            IamOption::IdentityProvider => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_a_driver_move_to_those_of_the_connection() {
        let moved = move_options(
            "jdbc:redshift:iam://h.example.com:5439/dev?DbUser=etl&ssl=true&Profile=prod;DbGroups=a,b&\
             AutoCreate=true&isServerless=false",
        )
        .unwrap();
        assert_eq!(moved.url, "jdbc:redshift:iam://h.example.com:5439/dev?ssl=true");
        assert_eq!(moved.user_name.as_deref(), Some("etl"));
        let options: Vec<_> =
            moved.options.iter().map(|(o, value)| (o.column(), &**value)).collect();
        assert_eq!(
            options,
            [("aws_profile", "prod"), ("db_groups", "a,b"), ("auto_create_user", "true")]
        );
        let plain = move_options("jdbc:redshift://h/dev?IAMAuth=true").unwrap();
        assert_eq!(plain.url, "jdbc:redshift:iam://h/dev");
    }

    #[test]
    fn a_url_that_cannot_be_moved_is_left_alone() {
        for url in [
            "jdbc:redshift://h/dev",
            "jdbc:redshift:iam://h/dev?ssl=true",
            "jdbc:redshift:iam://h/dev?plugin_name=com.amazon.redshift.plugin.OktaCredentialsProvider",
            "jdbc:redshift:iam://h/dev?DbUser=etl&AccessKeyID=A&SecretAccessKey=S",
            "jdbc:redshift:iam://h?DbUser=etl",
        ] {
            assert_eq!(move_options(url), None, "{url}");
        }
    }
}
