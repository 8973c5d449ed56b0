//! A session with AWS: credentials, and the calls that redwire makes with them.

use aws_credential_types::Credentials;

use super::answer::{
    cluster_address, cluster_credentials, element, secret_login, workgroup_address,
    workgroup_credentials,
};
use super::call::{Call, Value};
use super::chain::{Chain, Found};
use super::error::AnswerError;
use super::http::Http;
use super::service::Service;
use super::{Address, AwsError, Caller, DatabaseCredentials, Grant, Identity, SecretLogin};

/// The credentials of an identity, and the endpoints of the services.
///
/// Its functions block for as long as AWS and the network take.
#[derive(Debug)]
pub struct AwsSession {
    http: Http,
    region: String,
    credentials: Credentials,
    chain: Chain,
}

impl AwsSession {
    /// Finds the credentials of the identity. Variables with these names are taken from the
    /// environment of programs that a profile starts.
    pub fn open(identity: &Identity, hidden_variables: &[&str]) -> Result<Self, AwsError> {
        let http = Http::new();
        let Found { credentials, chain } = Chain::find(identity, &http, hidden_variables)?;
        Ok(Self {
            http,
            region: identity.region.clone(),
            credentials,
            chain,
        })
    }

    /// Asks for a database user and a password that is valid for that many seconds.
    pub fn database_credentials(
        &self,
        grant: &Grant,
        seconds: u32,
    ) -> Result<DatabaseCredentials, AwsError> {
        let text = |name: &str, value: &str| (name.to_owned(), Value::Text(value.to_owned()));
        let (service, mut parameters, duration) = match grant {
            Grant::ClusterUser {
                cluster,
                database,
                user,
                auto_create,
                groups,
            } => {
                let mut parameters = vec![
                    text("ClusterIdentifier", cluster),
                    text("DbName", database),
                    text("DbUser", user),
                    text("AutoCreate", if *auto_create { "true" } else { "false" }),
                ];
                for (number, group) in (1..).zip(groups) {
                    parameters.push(text(&format!("DbGroups.DbGroup.{number}"), group));
                }
                (Service::Redshift, parameters, "DurationSeconds")
            }
            Grant::ClusterIdentity { cluster, database } => {
                let parameters = vec![text("ClusterIdentifier", cluster), text("DbName", database)];
                (Service::Redshift, parameters, "DurationSeconds")
            }
            Grant::Workgroup { workgroup, database } => {
                let parameters = vec![text("workgroupName", workgroup), text("dbName", database)];
                (Service::RedshiftServerless, parameters, "durationSeconds")
            }
        };
        parameters.push((duration.to_owned(), Value::Number(seconds)));
        let answer = self.call(service, grant.action(), parameters)?;
        let credentials = match grant {
            Grant::ClusterUser { .. } | Grant::ClusterIdentity { .. } => {
                cluster_credentials(&answer)
            }
            Grant::Workgroup { .. } => workgroup_credentials(&answer),
        };
        Ok(credentials.ok_or(AnswerError::UnreadableAnswer { action: grant.action() })?)
    }

    /// The endpoint of a cluster.
    pub fn cluster_address(&self, cluster: &str) -> Result<Address, AwsError> {
        let action = "DescribeClusters";
        let parameters = vec![("ClusterIdentifier".to_owned(), Value::Text(cluster.to_owned()))];
        let answer = self.call(Service::Redshift, action, parameters)?;
        let no_endpoint = || AnswerError::NoEndpoint { name: cluster.to_owned() };
        Ok(cluster_address(&answer).ok_or_else(no_endpoint)?)
    }

    /// The endpoint of a workgroup.
    pub fn workgroup_address(&self, workgroup: &str) -> Result<Address, AwsError> {
        let action = "GetWorkgroup";
        let parameters = vec![("workgroupName".to_owned(), Value::Text(workgroup.to_owned()))];
        let answer = self.call(Service::RedshiftServerless, action, parameters)?;
        let no_endpoint = || AnswerError::NoEndpoint { name: workgroup.to_owned() };
        Ok(workgroup_address(&answer).ok_or_else(no_endpoint)?)
    }

    /// The login in a secret of Secrets Manager, by name or ARN.
    pub fn secret(&self, id: &str) -> Result<SecretLogin, AwsError> {
        let parameters = vec![("SecretId".to_owned(), Value::Text(id.to_owned()))];
        let answer = self.call(Service::SecretsManager, "GetSecretValue", parameters)?;
        let bad = |problem| AnswerError::BadSecret { secret: id.to_owned(), problem };
        Ok(secret_login(&answer).map_err(bad)?)
    }

    /// The identity, as AWS sees it.
    pub fn caller(&self) -> Result<Caller, AwsError> {
        let action = "GetCallerIdentity";
        let answer = self.call(Service::Sts, action, Vec::new())?;
        let arn = element(&answer, "Arn").ok_or(AnswerError::UnreadableAnswer { action })?;
        Ok(Caller { arn })
    }

    fn call(
        &self,
        service: Service,
        action: &'static str,
        parameters: Vec<(String, Value)>,
    ) -> Result<String, AwsError> {
        let call = Call {
            service,
            action,
            parameters,
            endpoint: &self.chain.endpoint(service, &self.region)?,
            region: &self.region,
            credentials: &self.credentials,
        };
        call.send(&self.http).map_err(|error| self.chain.explain(error))
    }
}
