//! The ways in which a connection's user logs in, and their options.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

/// An option of a connection that says how its user reaches the warehouse and logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoginOption {
    /// The only AWS profile that is used.
    AwsProfile,
    /// The role that is assumed.
    AwsRole,
    /// The external id that the role asks for.
    ExternalId,
    /// The region of the cluster, workgroup or secret.
    AwsRegion,
    /// The cluster's identifier.
    Cluster,
    /// The workgroup's name.
    Workgroup,
    /// AWS makes the database user if there is none.
    AutoCreateUser,
    /// The groups that the session belongs to.
    DbGroups,
    /// The secret that has the password.
    AwsSecret,
    /// The host through which `ssh` reaches the warehouse.
    SshTunnel,
}

impl LoginOption {
    /// Every option, in the order in which SHOW CREATE prints them.
    pub const ALL: [Self; 10] = [
        Self::AwsProfile,
        Self::AwsRole,
        Self::ExternalId,
        Self::AwsRegion,
        Self::Cluster,
        Self::Workgroup,
        Self::AutoCreateUser,
        Self::DbGroups,
        Self::AwsSecret,
        Self::SshTunnel,
    ];

    /// The column in the catalog.
    pub fn column(self) -> &'static str {
        match self {
            Self::AwsProfile => "aws_profile",
            Self::AwsRole => "aws_role",
            Self::ExternalId => "external_id",
            Self::AwsRegion => "aws_region",
            Self::Cluster => "cluster",
            Self::Workgroup => "workgroup",
            Self::AutoCreateUser => "auto_create_user",
            Self::DbGroups => "db_groups",
            Self::AwsSecret => "aws_secret",
            Self::SshTunnel => "ssh_tunnel",
        }
    }
}

/// The options of a login that are set. A text stands for itself, `true` for TRUE, and the members
/// of a list are separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginOptions(BTreeMap<LoginOption, String>);

impl LoginOptions {
    /// The value of the option.
    pub fn get(&self, option: LoginOption) -> Option<&str> {
        self.0.get(&option).map(String::as_str)
    }

    /// Sets the option; None removes it.
    pub fn set(&mut self, option: LoginOption, value: Option<String>) {
        match value {
            Some(value) => self.0.insert(option, value),
            None => self.0.remove(&option),
        };
    }

    /// The options that are set, in the order of SHOW CREATE.
    pub fn iter(&self) -> impl Iterator<Item = (LoginOption, &str)> {
        self.0.iter().map(|(option, value)| (*option, value.as_str()))
    }
}

/// The keeper of a connection's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordKeeper {
    /// redwire's secret store.
    Store,
    /// A program, which is run at each login.
    Command(String),
    /// AWS Secrets Manager, which is asked at each login.
    SecretsManager,
    /// Nobody: AWS gives a new password for each login.
    Iam,
}

impl PasswordKeeper {
    /// The words of keepers other than the secret store.
    pub const WORDS: [&'static str; 3] = ["command", "secrets manager", "iam"];

    /// The word in the catalog and in the column `password`; None for the secret store, which has
    /// words of its own.
    pub fn word(&self) -> Option<&'static str> {
        let [command, secrets_manager, iam] = Self::WORDS;
        match self {
            Self::Store => None,
            Self::Command(_) => Some(command),
            Self::SecretsManager => Some(secrets_manager),
            Self::Iam => Some(iam),
        }
    }

    /// True for redwire's secret store.
    pub fn is_store(&self) -> bool {
        self.word().is_none()
    }

    /// The command of the program.
    pub fn command(&self) -> Option<&str> {
        match self {
            Self::Command(command) => Some(command),
            Self::Store | Self::SecretsManager | Self::Iam => None,
        }
    }

    /// The keeper with this word, which has this command; the secret store for any other word.
    pub fn from_catalog(word: &str, command: Option<String>) -> Self {
        let [of_command, secrets_manager, iam] = Self::WORDS;
        match command {
            Some(command) if word == of_command => Self::Command(command),
            _ if word == secrets_manager => Self::SecretsManager,
            _ if word == iam => Self::Iam,
            _ => Self::Store,
        }
    }
}

/// The way in which a connection's user logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginWay {
    /// With a password in redwire's secret store.
    Password,
    /// With the password that a program prints.
    Command,
    /// With the user and password in a secret of AWS Secrets Manager.
    SecretsManager,
    /// As the user whom GetClusterCredentials names.
    ClusterUser,
    /// As the user of the AWS identity, by GetClusterCredentialsWithIAM.
    ClusterIdentity,
    /// As the user of the AWS identity, by GetCredentials.
    Workgroup,
}

/// True for `[user@]host[:port]`; the host may be an alias of the configuration of `ssh`.
pub fn is_ssh_destination(text: &str) -> bool {
    ssh_arguments(text).is_some()
}

/// The arguments of `ssh` for `[user@]host[:port]`; None if it is something else. Neither user nor
/// host begins with `-`, so that `ssh` takes none for an option. A URL would not do: `ssh` reads no
/// address of IPv6 in one.
pub fn ssh_arguments(destination: &str) -> Option<Vec<String>> {
    let (user, address) = match destination.split_once('@') {
        Some((user, address)) => (Some(user), address),
        None => (None, destination),
    };
    let bracketed = address.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':')?)),
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    let is_word = |word: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain)
    };
    let is_port =
        |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0) && !port.starts_with('+');
    let is_host = match bracketed {
        Some(_) => host.parse::<Ipv6Addr>().is_ok(),
        None => is_word(host),
    };
    if !(is_host && user.is_none_or(is_word) && port.is_none_or(is_port)) {
        return None;
    }
    let port = port.into_iter().flat_map(|port| ["-p".to_owned(), port.to_owned()]);
    let user = user.map_or(String::new(), |user| format!("{user}@"));
    Some(port.chain([format!("{user}{host}")]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_takes_the_port_as_an_option_and_a_host_without_brackets() {
        for (destination, arguments) in [
            ("bastion", "bastion"),
            ("me@bastion:2222", "-p 2222 me@bastion"),
            ("me@[::1]:22", "-p 22 me@::1"),
            ("[2001:db8::1]", "2001:db8::1"),
        ] {
            assert_eq!(ssh_arguments(destination).unwrap().join(" "), arguments);
        }
    }

    #[test]
    fn a_destination_of_ssh_is_a_host_with_or_without_user_and_port() {
        for text in [
            "bastion",
            "bastion.example.com",
            "ec2-user@10.0.0.1",
            "me@bastion:2222",
            "me@[::1]:22",
            "[2001:db8::1]",
            "b_1",
        ] {
            assert!(is_ssh_destination(text), "{text}");
        }
        for text in [
            "",
            "-oProxyCommand=x",
            "me@-oProxyCommand=x",
            "-me@bastion",
            "a b",
            "@bastion",
            "me@",
            "me@you@bastion",
            "bastion:",
            "bastion:0",
            "bastion:+22",
            "bastion:65536",
            "bastion/path",
            "ssh://bastion",
            "::1",
            "[bastion]",
            "[::1",
            "[::1]22",
            "b$(x)",
            "b\nc",
        ] {
            assert!(!is_ssh_destination(text), "{text}");
        }
    }
}
