//! The login that a definition asks for: pure, from options to a plan or to the rule that they
//! break.

use super::command::command_words;
use crate::aws::{Grant, Identity, Role};
use crate::catalog::Definition;
use crate::definition::{LoginOption, LoginWay, PasswordKeeper, is_ssh_destination};
use crate::sql::option::{LoginRule, OptionSpec, PASSWORD, USER_NAME};
use crate::url::{AwsHost, Endpoint, LoginScheme, is_cluster_name, is_region};

/// The maximum length of a user's name in GetClusterCredentials.
const MAX_USER_CHARACTERS: usize = 64;

/// The steps of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::executor) enum LoginPlan {
    /// The secret store has the password.
    Stored { user: String },
    /// Something else is asked for it at each login.
    Asked(LoginQuestion),
}

/// The question at each login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::executor) enum LoginQuestion {
    /// The command prints the password.
    Command { user: String, command: String },
    /// AWS Secrets Manager has the password, and the user where USER_NAME names none.
    Secret {
        identity: Identity,
        secret: String,
        user: Option<String>,
    },
    /// AWS gives user and password.
    Iam { identity: Identity, grant: Grant },
}

/// A rule that the options of a login break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::executor) struct BrokenRule {
    /// The option that is missing, too much or wrong.
    pub option: &'static OptionSpec,
    pub problem: RuleProblem,
}

/// The way in which an option breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::executor) enum RuleProblem {
    /// It must be specified, for this reason if it is no plain rule.
    Missing(Option<&'static str>),
    /// It cannot be specified, for this reason.
    Refused(&'static str),
    /// Its value cannot be right, for this reason.
    Invalid(&'static str),
}

impl RuleProblem {
    const fn of(self, option: &'static OptionSpec) -> BrokenRule {
        BrokenRule { option, problem: self }
    }
}

/// The keeper of the password that the options choose.
pub(in crate::executor) fn keeper(
    endpoint: &Endpoint,
    has_secret: bool,
    command: Option<&str>,
) -> PasswordKeeper {
    match (endpoint.scheme, has_secret, command) {
        (LoginScheme::Iam, _, _) => PasswordKeeper::Iam,
        (LoginScheme::Password, true, _) => PasswordKeeper::SecretsManager,
        (LoginScheme::Password, false, Some(command)) => {
            PasswordKeeper::Command(command.to_owned())
        }
        (LoginScheme::Password, false, None) => PasswordKeeper::Store,
    }
}

impl LoginPlan {
    /// The plan of a definition; `has_password` is true if the statement gives one.
    pub fn new(
        definition: &Definition,
        endpoint: &Endpoint,
        has_password: bool,
    ) -> Result<Self, BrokenRule> {
        check_tunnel(definition)?;
        let way = way(definition, endpoint);
        check_rules(definition, way, has_password)?;
        let login = &definition.login;
        let user = || definition.user_name.clone().unwrap_or_default();
        let grant = match (way, &definition.keeper) {
            (_, PasswordKeeper::Command(command)) => {
                if command_words(command).is_none() {
                    return Err(RuleProblem::Invalid(NO_COMMAND).of(&PASSWORD));
                }
                let (user, command) = (user(), command.clone());
                return Ok(Self::Asked(LoginQuestion::Command { user, command }));
            }
            (LoginWay::Password | LoginWay::Command, _) => {
                return Ok(Self::Stored { user: user() });
            }
            (LoginWay::SecretsManager, _) => {
                let secret = login.get(LoginOption::AwsSecret).unwrap_or_default().to_owned();
                let region = region_of_arn(&secret).map(str::to_owned);
                return Ok(Self::Asked(LoginQuestion::Secret {
                    identity: identity(definition, endpoint, region)?,
                    secret,
                    user: definition.user_name.clone(),
                }));
            }
            (LoginWay::ClusterUser, _) => Grant::ClusterUser {
                cluster: cluster(definition, endpoint)?,
                database: endpoint.database.clone(),
                user: cluster_user(user())?,
                auto_create: login.get(LoginOption::AutoCreateUser).is_some(),
                groups: groups(login.get(LoginOption::DbGroups))?,
            },
            (LoginWay::ClusterIdentity, _) => Grant::ClusterIdentity {
                cluster: cluster(definition, endpoint)?,
                database: endpoint.database.clone(),
            },
            (LoginWay::Workgroup, _) => Grant::Workgroup {
                workgroup: workgroup(definition, endpoint)?,
                database: endpoint.database.clone(),
            },
        };
        let identity = identity(definition, endpoint, None)?;
        Ok(Self::Asked(LoginQuestion::Iam { identity, grant }))
    }
}

/// The way to log in that URL and options choose.
pub(in crate::executor) fn way(definition: &Definition, endpoint: &Endpoint) -> LoginWay {
    let is_set = |option| definition.login.get(option).is_some();
    match definition.keeper {
        PasswordKeeper::Store => LoginWay::Password,
        PasswordKeeper::Command(_) => LoginWay::Command,
        PasswordKeeper::SecretsManager => LoginWay::SecretsManager,
        PasswordKeeper::Iam => {
            let is_workgroup = matches!(endpoint.aws, AwsHost::Workgroup { .. });
            if is_set(LoginOption::Workgroup) || (is_workgroup && !is_set(LoginOption::Cluster)) {
                LoginWay::Workgroup
            } else if definition.user_name.is_some() {
                LoginWay::ClusterUser
            } else {
                LoginWay::ClusterIdentity
            }
        }
    }
}

fn check_tunnel(definition: &Definition) -> Result<(), BrokenRule> {
    match definition.login.get(LoginOption::SshTunnel) {
        Some(destination) if !is_ssh_destination(destination) => {
            let problem = RuleProblem::Invalid("it is [user@]host[:port]");
            Err(problem.of(LoginOption::SshTunnel.spec()))
        }
        Some(_) | None => Ok(()),
    }
}

/// The table of options decides which ones go with a way.
fn check_rules(
    definition: &Definition,
    way: LoginWay,
    has_password: bool,
) -> Result<(), BrokenRule> {
    let has_command = matches!(definition.keeper, PasswordKeeper::Command(_));
    let login = LoginOption::ALL.into_iter();
    let login = login.map(|option| (option.spec(), definition.login.get(option).is_some()));
    let options = [
        (&USER_NAME, definition.user_name.is_some()),
        (&PASSWORD, has_password || has_command),
    ];
    for (option, is_set) in options.into_iter().chain(login) {
        match (option.logins.rule(way), is_set) {
            (LoginRule::Required, false) => return Err(RuleProblem::Missing(None).of(option)),
            (LoginRule::Refused(reason), true) => {
                return Err(RuleProblem::Refused(reason).of(option));
            }
            (LoginRule::Required, true)
            | (LoginRule::Optional, _)
            | (LoginRule::Refused(_), false) => {}
        }
    }
    Ok(())
}

fn identity(
    definition: &Definition,
    endpoint: &Endpoint,
    region: Option<String>,
) -> Result<Identity, BrokenRule> {
    let text = |option| definition.login.get(option).map(str::to_owned);
    let region_option = LoginOption::AwsRegion.spec();
    let region = match (text(LoginOption::AwsRegion), region) {
        (Some(given), Some(of_arn)) if given != of_arn => {
            return Err(RuleProblem::Refused("the ARN of AWS_SECRET has another").of(region_option));
        }
        (Some(given), None) if is_of_other(&given, endpoint, definition) => {
            return Err(RuleProblem::Refused("the host is in another region").of(region_option));
        }
        (Some(given), _) => given,
        (None, Some(of_arn)) => of_arn,
        (None, None) => match endpoint.aws.region() {
            Some(region) => region.to_owned(),
            None => return Err(RuleProblem::Missing(Some(NO_REGION)).of(region_option)),
        },
    };
    if !is_region(&region) {
        return Err(RuleProblem::Invalid("a region's name is like eu-west-1").of(region_option));
    }
    let role = match (text(LoginOption::AwsRole), text(LoginOption::ExternalId)) {
        (Some(arn), external_id) if arn.starts_with("arn:") => Some(Role { arn, external_id }),
        (Some(_), _) => {
            let problem = RuleProblem::Invalid("a role's ARN begins with arn:");
            return Err(problem.of(LoginOption::AwsRole.spec()));
        }
        (None, Some(_)) => {
            let problem = RuleProblem::Missing(Some("EXTERNAL_ID goes with a role"));
            return Err(problem.of(LoginOption::AwsRole.spec()));
        }
        (None, None) => None,
    };
    Ok(Identity {
        profile: text(LoginOption::AwsProfile),
        role,
        region,
    })
}

/// True if this is a region, and the host of the cluster or workgroup is in another. A secret may be
/// in any.
fn is_of_other(region: &str, endpoint: &Endpoint, definition: &Definition) -> bool {
    let is_iam = definition.keeper == PasswordKeeper::Iam && is_region(region);
    is_iam && endpoint.aws.region().is_some_and(|of_host| of_host != region)
}

const NO_REGION: &str = "the host names no region";
const NO_CLUSTER: &str = "the host names neither a cluster nor a workgroup";
const OTHER_NAME: &str = "the host names another";
const NO_COMMAND: &str = "a command line has a program and closes its quotes";

fn cluster(definition: &Definition, endpoint: &Endpoint) -> Result<String, BrokenRule> {
    let option = LoginOption::Cluster.spec();
    match (definition.login.get(LoginOption::Cluster), &endpoint.aws) {
        (Some(_), AwsHost::Workgroup { .. }) => {
            Err(RuleProblem::Refused("the host names a workgroup").of(option))
        }
        (Some(given), AwsHost::Cluster { cluster, .. }) if given != cluster => {
            Err(RuleProblem::Refused(OTHER_NAME).of(option))
        }
        (Some(given), _) if !is_cluster_name(given) => {
            Err(RuleProblem::Invalid("it has letters, digits and hyphens").of(option))
        }
        (Some(given), _) => Ok(given.to_owned()),
        (None, AwsHost::Cluster { cluster, .. }) => Ok(cluster.clone()),
        (None, AwsHost::Workgroup { .. } | AwsHost::VpcEndpoint { .. } | AwsHost::Other) => {
            Err(RuleProblem::Missing(Some(NO_CLUSTER)).of(option))
        }
    }
}

fn workgroup(definition: &Definition, endpoint: &Endpoint) -> Result<String, BrokenRule> {
    let option = LoginOption::Workgroup.spec();
    match (definition.login.get(LoginOption::Workgroup), &endpoint.aws) {
        (Some(_), AwsHost::Cluster { .. }) => {
            Err(RuleProblem::Refused("the host names a cluster").of(option))
        }
        (Some(given), AwsHost::Workgroup { workgroup, .. }) if given != workgroup => {
            Err(RuleProblem::Refused(OTHER_NAME).of(option))
        }
        (Some(given), _) if !is_cluster_name(given) => {
            Err(RuleProblem::Invalid("it has letters, digits and hyphens").of(option))
        }
        (Some(given), _) => Ok(given.to_owned()),
        (None, AwsHost::Workgroup { workgroup, .. }) => Ok(workgroup.clone()),
        (None, AwsHost::Cluster { .. } | AwsHost::VpcEndpoint { .. } | AwsHost::Other) => {
            Err(RuleProblem::Missing(Some(NO_CLUSTER)).of(option))
        }
    }
}

/// A user's name without the prefix that AWS adds.
fn cluster_user(user: String) -> Result<String, BrokenRule> {
    if user.contains([':', '/']) {
        return Err(RuleProblem::Invalid("it has no : and no /, and AWS adds IAM:").of(&USER_NAME));
    }
    if user.chars().count() > MAX_USER_CHARACTERS {
        return Err(RuleProblem::Invalid("it has at most 64 characters").of(&USER_NAME));
    }
    Ok(user)
}

fn groups(groups: Option<&str>) -> Result<Vec<String>, BrokenRule> {
    let groups: Vec<String> = groups
        .into_iter()
        .flat_map(|groups| groups.split(','))
        .map(str::to_owned)
        .collect();
    // As AWS has it (API reference of GetClusterCredentials, "DbGroups").
    let is_plain = |c: char| c.is_alphanumeric() || "_+.@-".contains(c);
    if groups.iter().any(|group| group.is_empty() || !group.chars().all(is_plain)) {
        let problem = RuleProblem::Invalid("a group's name has letters, digits and _ + . @ -");
        return Err(problem.of(LoginOption::DbGroups.spec()));
    }
    Ok(groups)
}

/// The region in `arn:aws:secretsmanager:REGION:…`.
fn region_of_arn(secret: &str) -> Option<&str> {
    let rest = secret.strip_prefix("arn:")?;
    rest.split(':').nth(2).filter(|region| !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{ConnectionKind, LoginOptions};
    use crate::name::ConnectionName;

    const CLUSTER: &str = "jdbc:redshift:iam://sales.abc.eu-west-1.redshift.amazonaws.com:5439/dev";
    const WORKGROUP: &str =
        "jdbc:redshift:iam://default.123456789012.eu-west-1.redshift-serverless.amazonaws.com/dev";
    const TUNNEL: &str = "jdbc:redshift:iam://127.0.0.1:5439/dev";
    const PLAIN: &str = "jdbc:redshift://h.example.com/dev";

    /// The plan, or the option that breaks a rule and the problem's first word.
    fn plan(
        url: &str,
        user: Option<&str>,
        options: &[(LoginOption, &str)],
    ) -> Result<LoginPlan, String> {
        let endpoint = Endpoint::parse(url).unwrap();
        let mut login = LoginOptions::default();
        for (option, value) in options {
            login.set(*option, Some((*value).to_owned()));
        }
        let has_secret = login.get(LoginOption::AwsSecret).is_some();
        let definition = Definition {
            kind: ConnectionKind::Redshift,
            name: ConnectionName::new("c").unwrap(),
            connection_string: url.to_owned(),
            host: endpoint.shown_host(),
            port: endpoint.port,
            database: endpoint.database.clone(),
            user_name: user.map(str::to_owned),
            keeper: keeper(&endpoint, has_secret, None),
            secret: None,
            login,
            limit: None,
            protection: None,
            color: None,
            comment: None,
        };
        LoginPlan::new(&definition, &endpoint, false).map_err(|broken| {
            let problem = match broken.problem {
                RuleProblem::Missing(_) => "missing",
                RuleProblem::Refused(_) => "refused",
                RuleProblem::Invalid(_) => "invalid",
            };
            format!("{} {problem}", broken.option.name)
        })
    }

    fn grant(plan: Result<LoginPlan, String>) -> (Identity, Grant) {
        match plan {
            Ok(LoginPlan::Asked(LoginQuestion::Iam { identity, grant })) => (identity, grant),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn url_and_options_choose_the_call() {
        use LoginOption as O;
        let (identity, call) = grant(plan(CLUSTER, Some("etl"), &[(O::DbGroups, "a,b")]));
        assert_eq!((identity.region.as_str(), identity.profile), ("eu-west-1", None));
        let Grant::ClusterUser { cluster, user, groups, auto_create, .. } = call else {
            panic!("{call:?}")
        };
        assert_eq!((cluster.as_str(), user.as_str(), auto_create), ("sales", "etl", false));
        assert_eq!(groups, ["a", "b"]);
        let (_, call) = grant(plan(CLUSTER, None, &[]));
        assert_eq!(call.action(), "GetClusterCredentialsWithIAM");
        let (_, call) = grant(plan(WORKGROUP, None, &[]));
        assert_eq!(call.action(), "GetCredentials");
        let role = "arn:aws:iam::123456789012:role/reader";
        let options = [
            (O::Workgroup, "default"),
            (O::AwsRegion, "us-east-1"),
            (O::AwsRole, role),
            (O::ExternalId, "x"),
        ];
        let (identity, call) = grant(plan(TUNNEL, None, &options));
        assert_eq!(call.action(), "GetCredentials");
        assert_eq!(identity.role.unwrap().external_id.as_deref(), Some("x"));
        let (identity, _) = grant(plan("jdbc:redshift:iam://sales:us-west-2/dev", None, &[]));
        assert_eq!(identity.region, "us-west-2");
    }

    #[test]
    fn options_that_do_not_belong_together_are_named() {
        use LoginOption as O;
        let region = (O::AwsRegion, "eu-west-1");
        for (url, user, options, expected) in [
            (PLAIN, None, &[][..], "USER_NAME missing"),
            (PLAIN, Some("u"), &[(O::AwsProfile, "p")], "AWS_PROFILE refused"),
            (PLAIN, Some("u"), &[(O::SshTunnel, "-oProxyCommand=x")], "SSH_TUNNEL invalid"),
            (PLAIN, Some("u"), &[(O::DbGroups, "g")], "DB_GROUPS refused"),
            (PLAIN, None, &[(O::AwsSecret, "s")], "AWS_REGION missing"),
            (PLAIN, None, &[(O::AwsSecret, "s"), (O::Cluster, "c")], "CLUSTER refused"),
            (
                PLAIN,
                None,
                &[
                    (O::AwsSecret, "arn:aws:secretsmanager:eu-west-1:1:secret:s"),
                    (O::AwsRegion, "us-east-1"),
                ],
                "AWS_REGION refused",
            ),
            (WORKGROUP, Some("u"), &[], "USER_NAME refused"),
            (WORKGROUP, None, &[(O::DbGroups, "g")], "DB_GROUPS refused"),
            (WORKGROUP, None, &[(O::AutoCreateUser, "true")], "AUTO_CREATE_USER refused"),
            (CLUSTER, None, &[(O::AutoCreateUser, "true")], "AUTO_CREATE_USER refused"),
            (CLUSTER, Some("IAM:etl"), &[], "USER_NAME invalid"),
            (
                CLUSTER,
                Some("u"),
                &[(O::Cluster, "c"), (O::Workgroup, "w")],
                "USER_NAME refused",
            ),
            (CLUSTER, None, &[(O::Cluster, "c"), (O::Workgroup, "w")], "CLUSTER refused"),
            (CLUSTER, None, &[(O::AwsSecret, "s")], "AWS_SECRET refused"),
            (CLUSTER, None, &[(O::ExternalId, "x")], "AWS_ROLE missing"),
            (CLUSTER, None, &[(O::AwsRole, "reader")], "AWS_ROLE invalid"),
            (CLUSTER, None, &[(O::AwsRegion, "Ireland")], "AWS_REGION invalid"),
            (CLUSTER, None, &[(O::AwsRegion, "us-east-1")], "AWS_REGION refused"),
            (CLUSTER, None, &[(O::Cluster, "other")], "CLUSTER refused"),
            (CLUSTER, None, &[(O::Workgroup, "default")], "WORKGROUP refused"),
            (WORKGROUP, None, &[(O::Workgroup, "other")], "WORKGROUP refused"),
            (WORKGROUP, None, &[(O::Cluster, "sales")], "CLUSTER refused"),
            (TUNNEL, None, &[(O::Cluster, "a b"), region], "CLUSTER invalid"),
            (TUNNEL, None, &[(O::Workgroup, ""), region], "WORKGROUP invalid"),
            (TUNNEL, None, &[region], "CLUSTER missing"),
            (TUNNEL, None, &[(O::Cluster, "c")], "AWS_REGION missing"),
        ] {
            assert_eq!(plan(url, user, options), Err(expected.to_owned()), "{url} {options:?}");
        }
    }
}
