//! The options that say how a connection's user reaches the warehouse and logs in, and the rules for each way.

use super::{OPTIONAL, OptionSpec, OptionType};
use crate::definition::{LoginOption, LoginWay};

/// The rule for an option in one way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginRule {
    /// The way needs it.
    Required,
    /// The way takes it.
    Optional,
    /// The way does not take it, for this reason.
    Refused(&'static str),
}

use LoginRule::{Optional, Refused, Required};

/// The rules for an option, one for each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginRules {
    password: LoginRule,
    command: LoginRule,
    secrets_manager: LoginRule,
    cluster_user: LoginRule,
    cluster_identity: LoginRule,
    workgroup: LoginRule,
}

impl LoginRules {
    /// Any way takes the option.
    pub const ANY: Self = Self {
        password: Optional,
        command: Optional,
        secrets_manager: Optional,
        cluster_user: Optional,
        cluster_identity: Optional,
        workgroup: Optional,
    };

    const USER_NAME: Self = Self {
        password: Required,
        command: Required,
        workgroup: Refused("a workgroup's user follows from the AWS identity"),
        ..Self::ANY
    };

    const PASSWORD: Self = Self {
        secrets_manager: Refused("the secret of AWS_SECRET has the password"),
        cluster_user: Refused(AWS_GIVES),
        cluster_identity: Refused(AWS_GIVES),
        workgroup: Refused(AWS_GIVES),
        ..Self::ANY
    };

    const AWS: Self = Self {
        password: Refused(NO_AWS),
        command: Refused(NO_AWS),
        ..Self::ANY
    };

    const CLUSTER: Self = Self {
        secrets_manager: Refused("a secret's login asks for no cluster"),
        workgroup: Refused("a connection leads to a cluster or to a workgroup"),
        ..Self::AWS
    };

    const WORKGROUP: Self = Self {
        secrets_manager: Refused("a secret's login asks for no workgroup"),
        cluster_user: Refused("a connection leads to a cluster or to a workgroup"),
        cluster_identity: Refused("a connection leads to a cluster or to a workgroup"),
        ..Self::AWS
    };

    const OF_CLUSTER_USER: Self = Self {
        secrets_manager: Refused("AWS makes no user for a secret"),
        cluster_identity: Refused("it goes with USER_NAME"),
        workgroup: Refused("a workgroup makes its users by itself"),
        ..Self::AWS
    };

    const AWS_SECRET: Self = Self {
        cluster_user: Refused(AWS_GIVES),
        cluster_identity: Refused(AWS_GIVES),
        workgroup: Refused(AWS_GIVES),
        ..Self::ANY
    };

    /// True if one way needs the option and another does not.
    pub(super) fn may_lack(&self) -> bool {
        self.password == Required && self.cluster_identity != Required
    }

    /// The rule for this way.
    pub fn rule(&self, way: LoginWay) -> LoginRule {
        match way {
            LoginWay::Password => self.password,
            LoginWay::Command => self.command,
            LoginWay::SecretsManager => self.secrets_manager,
            LoginWay::ClusterUser => self.cluster_user,
            LoginWay::ClusterIdentity => self.cluster_identity,
            LoginWay::Workgroup => self.workgroup,
        }
    }
}

const AWS_GIVES: &str = "AWS gives a new password for each login";
const NO_AWS: &str = "it belongs to jdbc:redshift:iam:// and to AWS_SECRET";

pub(super) const OF_USER_NAME: LoginRules = LoginRules::USER_NAME;
pub(super) const OF_PASSWORD: LoginRules = LoginRules::PASSWORD;

/// The common case: a text that ALTER can change.
const TEXT: OptionSpec = OptionSpec {
    kind: OptionType::NonEmptyText,
    mutable: true,
    logins: LoginRules::AWS,
    default: Some("none"),
    ..OPTIONAL
};

static AWS_PROFILE: OptionSpec = OptionSpec {
    name: "AWS_PROFILE",
    default: Some("AWS's default chain"),
    example: "'analytics'",
    help: "the only profile of ~/.aws that is used",
    ..TEXT
};

static AWS_ROLE: OptionSpec = OptionSpec {
    name: "AWS_ROLE",
    example: "'arn:aws:iam::123456789012:role/reader'",
    help: "role to assume with those credentials",
    ..TEXT
};

static EXTERNAL_ID: OptionSpec = OptionSpec {
    name: "EXTERNAL_ID",
    example: "'redwire'",
    help: "external id that the role asks for",
    ..TEXT
};

static AWS_REGION: OptionSpec = OptionSpec {
    name: "AWS_REGION",
    default: Some("that of the host"),
    example: "'eu-west-1'",
    help: "region of the cluster, workgroup or secret",
    ..TEXT
};

static CLUSTER: OptionSpec = OptionSpec {
    name: "CLUSTER",
    logins: LoginRules::CLUSTER,
    default: Some("that of the host"),
    example: "'sales'",
    help: "identifier of the cluster",
    ..TEXT
};

static WORKGROUP: OptionSpec = OptionSpec {
    name: "WORKGROUP",
    logins: LoginRules::WORKGROUP,
    default: Some("that of the host"),
    example: "'default'",
    help: "name of the serverless workgroup",
    ..TEXT
};

static AUTO_CREATE_USER: OptionSpec = OptionSpec {
    name: "AUTO_CREATE_USER",
    kind: OptionType::Boolean,
    logins: LoginRules::OF_CLUSTER_USER,
    default: Some("FALSE"),
    example: "TRUE",
    help: "AWS makes the database user if there is none",
    ..TEXT
};

static DB_GROUPS: OptionSpec = OptionSpec {
    name: "DB_GROUPS",
    kind: OptionType::List,
    logins: LoginRules::OF_CLUSTER_USER,
    example: "('readers')",
    help: "database groups that the session joins",
    ..TEXT
};

static AWS_SECRET: OptionSpec = OptionSpec {
    name: "AWS_SECRET",
    logins: LoginRules::AWS_SECRET,
    example: "'prod/sales/etl'",
    help: "secret of AWS Secrets Manager with user and password, by name or ARN",
    ..TEXT
};

static SSH_TUNNEL: OptionSpec = OptionSpec {
    name: "SSH_TUNNEL",
    logins: LoginRules::ANY,
    example: "'me@bastion.example.com'",
    help: "host through which ssh reaches the warehouse: [user@]host[:port]",
    ..TEXT
};

impl LoginOption {
    /// The option of CREATE and ALTER CONNECTION.
    pub fn spec(self) -> &'static OptionSpec {
        match self {
            Self::AwsProfile => &AWS_PROFILE,
            Self::AwsRole => &AWS_ROLE,
            Self::ExternalId => &EXTERNAL_ID,
            Self::AwsRegion => &AWS_REGION,
            Self::Cluster => &CLUSTER,
            Self::Workgroup => &WORKGROUP,
            Self::AutoCreateUser => &AUTO_CREATE_USER,
            Self::DbGroups => &DB_GROUPS,
            Self::AwsSecret => &AWS_SECRET,
            Self::SshTunnel => &SSH_TUNNEL,
        }
    }
}

/// The options of every login, in the order of [`LoginOption::ALL`].
pub(super) static LOGIN_OPTIONS: [&OptionSpec; 10] = [
    &AWS_PROFILE,
    &AWS_ROLE,
    &EXTERNAL_ID,
    &AWS_REGION,
    &CLUSTER,
    &WORKGROUP,
    &AUTO_CREATE_USER,
    &DB_GROUPS,
    &AWS_SECRET,
    &SSH_TUNNEL,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_each_option_in_its_order() {
        assert_eq!(LoginOption::ALL.map(LoginOption::spec), LOGIN_OPTIONS);
        for option in LoginOption::ALL {
            assert!(option.spec().name.eq_ignore_ascii_case(option.column()), "{option:?}");
        }
    }
}
