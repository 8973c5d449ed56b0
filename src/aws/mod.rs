//! AWS: finds the credentials of a person or a machine, and calls the services that turn them into
//! a database user with a password, or keep a password.
//!
//! AWS's own crates find credentials (`aws-config`) and sign (`aws-sigv4`). Names and forms of the
//! calls are those of the service models that botocore 1.44 ships. Knows no connection and keeps
//! nothing.

mod answer;
mod call;
mod chain;
mod error;
mod http;
mod profile;
mod service;
mod session;

use std::fmt;
use std::time::SystemTime;

use secrecy::SecretString;

pub use error::{AnswerError, AwsError};
pub use session::AwsSession;

/// The identity that calls AWS.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The only profile that is used; None takes AWS's default chain.
    pub profile: Option<String>,
    /// The role that the credentials of the profile or chain assume.
    pub role: Option<Role>,
    /// The region of the service.
    pub region: String,
}

/// A role to assume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Role {
    /// The role's ARN.
    pub arn: String,
    /// The external id that its trust policy asks for.
    pub external_id: Option<String>,
}

/// The database user that a call asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Grant {
    /// GetClusterCredentials: a user by name.
    ClusterUser {
        /// The cluster's identifier.
        cluster: String,
        /// The database.
        database: String,
        /// The user, without its prefix `IAM:`.
        user: String,
        /// Makes the user if it does not exist.
        auto_create: bool,
        /// The groups that the session belongs to, in lower case.
        groups: Vec<String>,
    },
    /// GetClusterCredentialsWithIAM: the user follows from the identity.
    ClusterIdentity {
        /// The cluster's identifier.
        cluster: String,
        /// The database.
        database: String,
    },
    /// GetCredentials: the user follows from the identity.
    Workgroup {
        /// The workgroup's name.
        workgroup: String,
        /// The database.
        database: String,
    },
}

/// The longest time that credentials of any of the three calls are valid, in seconds.
pub const LONGEST_VALIDITY: u32 = 3600;

/// The time that they are valid unless more is asked for, in seconds.
pub const USUAL_VALIDITY: u32 = 900;

impl Grant {
    /// The action, as AWS names it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::ClusterUser { .. } => "GetClusterCredentials",
            Self::ClusterIdentity { .. } => "GetClusterCredentialsWithIAM",
            Self::Workgroup { .. } => "GetCredentials",
        }
    }
}

/// A database user and a password that is valid for some minutes.
#[derive(Clone, Debug)]
pub struct DatabaseCredentials {
    /// The user, with its prefix.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// The end of the password's validity.
    pub expires: SystemTime,
}

/// A user and a password from a secret; the user is None if the secret has none.
#[derive(Clone, Debug)]
pub struct SecretLogin {
    /// The database user.
    pub user: Option<String>,
    /// The user's password.
    pub password: SecretString,
}

/// The identity that AWS sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its ARN.
    pub arn: String,
}

/// The host and port of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for Identity {
    /// `profile analytics` or `default chain`, and the role.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.profile {
            Some(profile) => write!(f, "profile {profile}")?,
            None => f.write_str("default chain")?,
        }
        match &self.role {
            Some(role) => write!(f, ", role {}", role.arn),
            None => Ok(()),
        }
    }
}
