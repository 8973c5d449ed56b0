//! The profiles of `~/.aws/config` and `~/.aws/credentials`, as AWS's crate reads them.

use std::path::PathBuf;

use aws_config::profile::{ProfileSet, load};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use strsim::normalized_damerau_levenshtein;

use super::AwsError;
use super::error::IdentityError;

/// The least likeness of two names from which on one is suggested for the other.
const LIKENESS: f64 = 0.6;

/// The default locations (AWS SDKs and Tools Reference Guide, "Location of the shared config and
/// credentials files"), below the home folder.
const FILES: [(&str, &str); 2] = [
    ("AWS_CONFIG_FILE", ".aws/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
];

/// The files with the profiles.
#[derive(Debug)]
pub(super) struct Profiles {
    pub files: EnvConfigFiles,
    set: ProfileSet,
}

impl Profiles {
    /// Reads the files. In commands that a profile starts, these variables are not set.
    pub async fn read(hidden_variables: &[&str]) -> Result<Self, AwsError> {
        let is_set = |name: &&&str| std::env::var_os(name).is_some();
        let hidden: Vec<&str> = hidden_variables.iter().filter(is_set).copied().collect();
        let files = if hidden.is_empty() {
            EnvConfigFiles::default()
        } else {
            without(&hidden)
        };
        let set = load(&Fs::real(), &Env::real(), &files, None).await;
        let set = set.map_err(|error| IdentityError::BadProfiles { cause: causes(&error) })?;
        Ok(Self { files, set })
    }

    /// True if there is a profile with this name.
    pub fn has(&self, name: &str) -> bool {
        self.set.get_profile(name).is_some()
    }

    /// The names of the profiles.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.set.profiles()
    }

    /// The profile of the environment, or `default`.
    pub fn selected(&self) -> &str {
        self.set.selected_profile()
    }

    /// The profile of this one, or of those that it takes its credentials from, which logs in by
    /// SSO.
    pub fn sso_profile<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let mut name = name;
        // A circle ends here too.
        for _ in self.set.profiles() {
            let profile = self.set.get_profile(name)?;
            if profile.get("sso_session").or_else(|| profile.get("sso_start_url")).is_some() {
                return Some(name);
            }
            name = profile.get("source_profile")?;
        }
        None
    }
}

/// The profile that credentials come from.
#[derive(Debug)]
pub(super) struct ProfileInUse {
    /// The profile of the connection.
    pub pinned: Option<String>,
    /// The profile to log in to by SSO.
    pub sso: Option<String>,
}

impl ProfileInUse {
    /// The profile of a connection, or else that of the environment.
    pub fn new(pinned: Option<&str>, profiles: &Profiles) -> Result<Self, AwsError> {
        if let Some(profile) = pinned.filter(|name| !profiles.has(name)) {
            let nearest = nearest(profile, profiles.names()).map(str::to_owned);
            return Err(IdentityError::NoProfile { profile: profile.to_owned(), nearest }.into());
        }
        let name = pinned.unwrap_or_else(|| profiles.selected());
        Ok(Self {
            pinned: pinned.map(str::to_owned),
            sso: profiles.sso_profile(name).map(str::to_owned),
        })
    }
}

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let rated = names.map(|other| (normalized_damerau_levenshtein(name, other), other));
    let best = rated.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(likeness, _)| *likeness >= LIKENESS).map(|(_, name)| name)
}

/// The files with `credential_process` changed, so that its command does not get these variables.
/// A file that is missing or not readable is as it is for AWS's crate: empty.
fn without(variables: &[&str]) -> EnvConfigFiles {
    let kinds = [EnvConfigFileKind::Config, EnvConfigFileKind::Credentials];
    let mut files = EnvConfigFiles::builder();
    for ((variable, default), kind) in FILES.into_iter().zip(kinds) {
        let path = path_of(std::env::var_os(variable).map(PathBuf::from), default);
        let text = std::fs::read_to_string(path).unwrap_or_default();
        files = files.with_contents(kind, without_variables(&text, variables));
    }
    files.build()
}

/// The path in a variable, whose `~` is the home folder, or else the default below that folder.
fn path_of(given: Option<PathBuf>, default: &str) -> PathBuf {
    let home = std::env::home_dir().unwrap_or_default();
    match given {
        Some(path) => match path.strip_prefix("~") {
            Ok(rest) => home.join(rest),
            Err(_) => path,
        },
        None => home.join(default),
    }
}

/// The text of a file with each `credential_process` changed so that its shell unsets the
/// variables first.
fn without_variables(text: &str, variables: &[&str]) -> String {
    let prefix = if cfg!(windows) {
        format!("set {}=& ", variables.join("=& set "))
    } else {
        format!("unset {}; ", variables.join(" "))
    };
    let line = |line: &str| match line.split_once('=') {
        Some((key, command)) if key.trim() == "credential_process" => {
            format!("{key}= {prefix}{}\n", command.trim_start())
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// The messages of an error and of the errors behind it.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut messages: Vec<String> = chain.map(ToString::to_string).collect();
    messages.dedup();
    messages.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_credential_process_does_not_get_a_hidden_variable() {
        let text = "[default]\ncredential_process = /bin/vend --for 'a=b'\nregion=eu-west-1\n";
        assert_eq!(
            without_variables(text, &["SECRET", "OTHER"]),
            "[default]\ncredential_process = unset SECRET OTHER; /bin/vend --for 'a=b'\n\
             region=eu-west-1\n"
        );
    }

    #[test]
    fn a_tilde_in_a_path_is_the_home_folder() {
        let home = std::env::home_dir().unwrap();
        for (given, path) in [
            (Some("~/aws/config"), home.join("aws/config")),
            (Some("/etc/~/config"), PathBuf::from("/etc/~/config")),
            (Some("~other/config"), PathBuf::from("~other/config")),
            (None, home.join(".aws/config")),
        ] {
            assert_eq!(path_of(given.map(PathBuf::from), ".aws/config"), path);
        }
    }

    #[test]
    fn a_wrong_profile_name_suggests_the_nearest() {
        let names = ["default", "analytics", "prod"];
        assert_eq!(nearest("analitics", names.into_iter()), Some("analytics"));
        assert_eq!(nearest("staging", names.into_iter()), None);
    }
}
