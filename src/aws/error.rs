//! Errors of AWS, each with its fix.

use std::time::Duration;

use super::answer::{Failure, SecretProblem};
use super::service::Service;
use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::sqlstate::SqlState as S;

/// An error of AWS, or on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwsError {
    /// The identity has no credentials that AWS takes.
    Identity(IdentityError),
    /// The answer of AWS is no, or not what was asked for.
    Answer(AnswerError),
    /// The endpoint cannot be reached.
    Unreachable { host: String, cause: String },
    /// The connection to the endpoint broke.
    Lost { host: String, cause: String },
    /// An endpoint without TLS on another machine.
    PlainEndpoint { host: String },
    /// The endpoint is no URL.
    BadEndpoint,
    /// A failure of this machine.
    Machine { cause: String },
    /// The call took longer than the login may.
    TimedOut { limit: Duration },
    /// The user cancelled the call.
    Cancelled,
}

/// An answer of AWS that gives no login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// A policy denies the call.
    Denied { action: String, message: String },
    /// There is no such cluster.
    NoCluster { region: String, message: String },
    /// There is no such workgroup.
    NoWorkgroup { region: String, message: String },
    /// There is no such secret.
    NoSecret { region: String, message: String },
    /// The cluster or workgroup has no endpoint, as while it is made.
    NoEndpoint { name: String },
    /// The secret is no login.
    BadSecret {
        secret: String,
        problem: SecretProblem,
    },
    /// The secret names no user, and neither does USER_NAME.
    SecretWithoutUser { secret: String },
    /// AWS asks to slow down, or has an error of its own, after all tries.
    Throttled {
        action: &'static str,
        message: String,
    },
    /// AWS refuses the call for another reason.
    Refused {
        action: &'static str,
        code: String,
        message: String,
    },
    /// The clock of this machine is off.
    ClockOff {
        /// The seconds that it is ahead; negative if it is behind.
        difference: i64,
    },
    /// The answer has not the form of the action.
    UnreadableAnswer { action: &'static str },
    /// The answer is not one of AWS, as from a proxy.
    NoAnswerOfAws { host: String, status: u16 },
}

/// An identity without credentials that AWS takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityError {
    /// Neither the chain nor the profile has credentials.
    NoCredentials {
        /// The only profile that was looked at; None for the default chain.
        profile: Option<String>,
    },
    /// There is no profile with this name.
    NoProfile {
        profile: String,
        /// A similar name.
        nearest: Option<String>,
    },
    /// The files of profiles cannot be read.
    BadProfiles { cause: String },
    /// The login by SSO has expired.
    SsoExpired { profile: String, cause: String },
    /// A provider failed: a program, a role of a profile, an endpoint for credentials.
    CredentialsFailed { cause: String },
    /// The role of the connection cannot be assumed.
    RoleRefused { role: String, cause: String },
    /// The credentials are no longer valid.
    Expired { message: String },
    /// AWS does not know the access key, or the secret key is wrong.
    BadKeys { message: String },
}

impl From<AnswerError> for AwsError {
    fn from(error: AnswerError) -> Self {
        Self::Answer(error)
    }
}

impl From<IdentityError> for AwsError {
    fn from(error: IdentityError) -> Self {
        Self::Identity(error)
    }
}

impl AwsError {
    /// The error that an answer states.
    pub(super) fn from_failure(
        failure: Failure,
        service: Service,
        action: &'static str,
        region: &str,
    ) -> Self {
        let passes = failure.passes();
        let Failure { code, message } = failure;
        let region = region.to_owned();
        let error = match code.as_str() {
            "ExpiredToken" | "ExpiredTokenException" => {
                return IdentityError::Expired { message }.into();
            }
            "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException" => return IdentityError::BadKeys { message }.into(),
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                let action = format!("{}:{action}", service.name());
                AnswerError::Denied { action, message }
            }
            "ClusterNotFound" | "ClusterNotFoundFault" => {
                AnswerError::NoCluster { region, message }
            }
            "ResourceNotFoundException" => match service {
                Service::SecretsManager => AnswerError::NoSecret { region, message },
                Service::Redshift | Service::RedshiftServerless | Service::Sts => {
                    AnswerError::NoWorkgroup { region, message }
                }
            },
            _ if passes => AnswerError::Throttled { action, message },
            _ => AnswerError::Refused { action, code, message },
        };
        error.into()
    }
}

impl Diagnostic for AwsError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Identity(error) => error.diagnosis(),
            Self::Answer(error) => error.diagnosis(),
            Self::Unreachable { host, cause } => {
                not_made(format!("could not reach AWS at \"{host}\""))
                    .hint("check AWS_REGION and the network: a VPN or HTTPS_PROXY may be missing")
                    .cause(cause)
            }
            Self::Lost { host, cause } => {
                not_made(format!("the connection to AWS at \"{host}\" was lost"))
                    .hint("try again")
                    .cause(cause)
            }
            Self::PlainEndpoint { host } => {
                not_made(format!("http://{host} would send credentials without TLS"))
                    .hint("write https:// in AWS_ENDPOINT_URL")
            }
            Self::BadEndpoint => {
                not_made("the endpoint of AWS is not a URL").hint("check AWS_ENDPOINT_URL")
            }
            Self::Machine { cause } => S::SystemError.error("could not call AWS").cause(cause),
            Self::TimedOut { limit } => {
                not_made(format!("AWS did not answer within {} s", limit.as_secs_f64()))
                    .hint("a longer loginTimeout in the URL waits longer")
            }
            Self::Cancelled => Diagnosis::cancelled(),
        }
    }
}

impl Diagnostic for AnswerError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Denied { action, message } => denied(format!("AWS denies {action}"))
                .hint(missing_permission(action, message))
                .cause(message),
            Self::NoCluster { region, message } => {
                denied(format!("no such cluster in region {region}"))
                    .hint(
                        "check CLUSTER, AWS_REGION and the account of the credentials; if it is a \
                         workgroup, write WORKGROUP",
                    )
                    .cause(message)
            }
            Self::NoWorkgroup { region, message } => denied(format!(
                "no such workgroup in region {region}"
            ))
            .hint(
                "check WORKGROUP, AWS_REGION and the account of the credentials; if it is a \
                         cluster, write CLUSTER",
            )
            .cause(message),
            Self::NoSecret { region, message } => {
                denied(format!("no such secret in region {region}"))
                    .hint("check AWS_SECRET, AWS_REGION and the account of the credentials")
                    .cause(message)
            }
            Self::NoEndpoint { name } => not_made(format!("\"{name}\" has no endpoint"))
                .hint("it may still be in the making, or paused: try again later"),
            Self::BadSecret { secret, problem } => {
                let problem = match problem {
                    SecretProblem::Binary => "is binary",
                    SecretProblem::NotJson => "is not JSON",
                    SecretProblem::NoPassword => "has no \"password\"",
                };
                S::InvalidPassword
                    .error(format!("secret \"{secret}\" {problem}"))
                    .hint("it must be JSON with \"username\" and \"password\"")
            }
            Self::SecretWithoutUser { secret } => S::InvalidPassword
                .error(format!("secret \"{secret}\" has no \"username\""))
                .hint("USER_NAME names the user of a secret that names none"),
            Self::Throttled { action, message } => {
                not_made(format!("AWS cannot answer {action} now"))
                    .hint("try again later")
                    .cause(message)
            }
            Self::Refused { action, code, message } => {
                denied(format!("AWS refuses {action}: {code}")).cause(message)
            }
            Self::ClockOff { difference } => {
                let minutes = difference.unsigned_abs().div_ceil(60);
                let direction = if *difference < 0 { "behind" } else { "ahead" };
                denied(format!("the clock of this machine is {minutes} minutes {direction}"))
                    .hint("set it: AWS refuses signatures that are more than 5 minutes off")
            }
            Self::UnreadableAnswer { action } => {
                not_made(format!("the answer of AWS to {action} has another form"))
                    .hint("a newer redwire may read it")
            }
            Self::NoAnswerOfAws { host, status } => {
                not_made(format!("\"{host}\" answers {status}, not as AWS does"))
                    .hint("check the proxy of HTTPS_PROXY, and AWS_ENDPOINT_URL if it is set")
            }
        }
    }
}

impl Diagnostic for IdentityError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::NoCredentials { profile: None } => denied("no AWS credentials found").hint(
                "looked in the environment, ~/.aws, and the metadata of a container or instance; \
                 `aws configure` or `aws sso login` makes some, and AWS_PROFILE names a profile",
            ),
            Self::NoCredentials { profile: Some(profile) } => {
                denied(format!("AWS profile \"{profile}\" has no credentials"))
                    .hint(format!("`aws configure list --profile {profile}` shows what it has"))
            }
            Self::NoProfile { profile, nearest } => {
                denied(format!("AWS profile \"{profile}\" does not exist")).did_you_mean(
                    nearest.as_deref(),
                    "`aws configure list-profiles` lists the profiles of ~/.aws",
                )
            }
            Self::BadProfiles { cause } => denied("could not read the AWS profiles").cause(cause),
            Self::SsoExpired { profile, cause } => denied("the AWS SSO session has expired")
                .hint(format!("aws sso login --profile {profile}"))
                .cause(cause),
            Self::CredentialsFailed { cause } => denied("could not get AWS credentials")
                .hint("`aws sts get-caller-identity` tries the same without redwire")
                .cause(cause),
            Self::RoleRefused { role, cause } => denied(format!(
                "could not assume role \"{role}\""
            ))
            .hint(
                "its trust policy must allow this identity sts:AssumeRole, with EXTERNAL_ID \
                         if it asks for one",
            )
            .cause(cause),
            Self::Expired { message } => denied("the AWS credentials have expired")
                .hint("get new ones: a session token is valid for some hours")
                .cause(message),
            Self::BadKeys { message } => denied("AWS does not accept the access key")
                .hint("`aws sts get-caller-identity` tries the same keys without redwire")
                .cause(message),
        }
    }
}

fn denied(message: impl Into<String>) -> Diagnosis {
    S::InvalidAuthorization.error(message)
}

fn not_made(message: impl Into<String>) -> Diagnosis {
    S::ConnectionNotMade.error(message).exits_with(ExitStatus::NoConnection)
}

/// The permission that a policy lacks, from AWS's words: `User: ARN is not authorized to perform:
/// ACTION on resource: ARN because …`.
fn missing_permission(action: &str, message: &str) -> String {
    let between = |start: &str| {
        let (_, rest) = message.split_once(start)?;
        rest.split_whitespace().next().map(|word| word.trim_end_matches('.').to_owned())
    };
    let action = between("not authorized to perform: ").unwrap_or_else(|| action.to_owned());
    let resource = between("on resource: ").map_or(String::new(), |arn| format!(" on {arn}"));
    let who = between("User: ").unwrap_or_else(|| "the identity".to_owned());
    format!("a policy of {who} must allow {action}{resource}")
}

display_message!(AnswerError, AwsError, IdentityError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_names_the_permission_that_is_missing() {
        let message = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: \
                       redshift:GetClusterCredentials on resource: \
                       arn:aws:redshift:eu-west-1:123456789012:dbuser:sales/etl because no \
                       identity-based policy allows the redshift:GetClusterCredentials action";
        assert_eq!(
            missing_permission("redshift:GetClusterCredentials", message),
            "a policy of arn:aws:iam::123456789012:user/ann must allow \
             redshift:GetClusterCredentials on \
             arn:aws:redshift:eu-west-1:123456789012:dbuser:sales/etl"
        );
        assert_eq!(
            missing_permission("redshift:GetClusterCredentials", "no"),
            "a policy of the identity must allow redshift:GetClusterCredentials"
        );
    }
}
