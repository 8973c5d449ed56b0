//! The credentials of an identity: a profile or AWS's default chain, then a role.

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_types::service_config::ServiceConfigKey;

use super::error::IdentityError;
use super::http::Http;
use super::profile::{ProfileInUse, Profiles, causes};
use super::service::Service;
use super::{AwsError, Identity, Role};

/// The name of sessions of a role, which AWS's logs show.
const ROLE_SESSION: &str = "redwire";

/// AWS's words for an instance that gives out no metadata (`TokenError` in aws-config).
const METADATA_OFF: &str = "IMDS is disabled or the caller has insufficient permissions";

/// Credentials, and the configuration that they came from.
pub(super) struct Found {
    pub credentials: Credentials,
    pub chain: Chain,
}

/// The configuration of AWS on this machine.
#[derive(Debug)]
pub(super) struct Chain {
    config: SdkConfig,
    profile: ProfileInUse,
    role: Option<String>,
}

impl Chain {
    /// Finds the credentials of an identity.
    pub fn find(
        identity: &Identity,
        http: &Http,
        hidden_variables: &[&str],
    ) -> Result<Found, AwsError> {
        // Blocks: programs that a profile starts need the driver for processes.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| AwsError::Machine { cause: error.to_string() })?;
        runtime.block_on(Self::search(identity, http, hidden_variables))
    }

    async fn search(
        identity: &Identity,
        http: &Http,
        hidden_variables: &[&str],
    ) -> Result<Found, AwsError> {
        let profiles = Profiles::read(hidden_variables).await?;
        let profile = ProfileInUse::new(identity.profile.as_deref(), &profiles)?;
        let region = Region::new(identity.region.clone());
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http.for_aws())
            .profile_files(profiles.files.clone())
            .region(region.clone())
            .no_credentials();
        if let Some(name) = &identity.profile {
            loader = loader.profile_name(name);
        }
        let config = loader.load().await;
        let chain = Self {
            config,
            profile,
            role: identity.role.as_ref().map(|role| role.arn.clone()),
        };
        let providers = ProviderConfig::without_region()
            .with_region(Some(region))
            .with_http_client(http.for_aws());
        let base = base_provider(identity, providers, &profiles).await;
        let base = match &identity.role {
            // A role that is refused must be told from credentials that are missing.
            Some(role) => {
                let keys = chain.credentials(&base, http, false).await?;
                chain.in_role(role, SharedCredentialsProvider::new(keys)).await
            }
            None => base,
        };
        let credentials = chain.credentials(&base, http, identity.role.is_some()).await?;
        Ok(Found { credentials, chain })
    }

    async fn in_role(
        &self,
        role: &Role,
        base: SharedCredentialsProvider,
    ) -> SharedCredentialsProvider {
        let mut builder = AssumeRoleProvider::builder(&role.arn)
            .session_name(ROLE_SESSION)
            .configure(&self.config);
        if let Some(id) = &role.external_id {
            builder = builder.external_id(id);
        }
        SharedCredentialsProvider::new(builder.build_from_provider(base).await)
    }

    async fn credentials(
        &self,
        provider: &SharedCredentialsProvider,
        http: &Http,
        is_role: bool,
    ) -> Result<Credentials, AwsError> {
        // An error of an earlier request has been overcome.
        drop(http.take_last_error());
        let found = provider.provide_credentials().await;
        found.map_err(|error| self.credentials_error(&error, http.take_last_error(), is_role))
    }

    fn credentials_error(
        &self,
        error: &CredentialsError,
        transport: Option<AwsError>,
        is_role: bool,
    ) -> AwsError {
        let cause = causes(error);
        if let Some(error) = transport {
            return error;
        }
        if let (true, Some(role)) = (is_role, &self.role) {
            return IdentityError::RoleRefused { role: role.clone(), cause }.into();
        }
        if let Some(profile) = &self.profile.sso {
            return IdentityError::SsoExpired { profile: profile.clone(), cause }.into();
        }
        match error {
            CredentialsError::CredentialsNotLoaded(_) => {
                IdentityError::NoCredentials { profile: self.profile.pinned.clone() }.into()
            }
            // The metadata of an instance is the last of the chain.
            _ if self.profile.pinned.is_none() && cause.contains(METADATA_OFF) => {
                IdentityError::NoCredentials { profile: None }.into()
            }
            _ => IdentityError::CredentialsFailed { cause }.into(),
        }
    }

    /// The endpoint of a service: that of AWS_ENDPOINT_URL_<SERVICE>, of AWS_ENDPOINT_URL, of the
    /// profile, or the public one.
    pub fn endpoint(&self, service: Service, region: &str) -> Result<String, AwsError> {
        let key = ServiceConfigKey::builder()
            .service_id(service.id())
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        let own = match (key, self.config.service_config()) {
            (Ok(key), Some(config)) => config.load_config(key),
            (Ok(_), None) => None,
            (Err(error), _) => return Err(AwsError::Machine { cause: error.to_string() }),
        };
        let own = own.or_else(|| self.config.endpoint_url().map(str::to_owned));
        let is_fips = self.config.use_fips() == Some(true);
        Ok(own.unwrap_or_else(|| service.endpoint(region, is_fips)))
    }

    /// The same error; that of an expired token names the login that renews it.
    pub fn explain(&self, error: AwsError) -> AwsError {
        match (error, &self.profile.sso) {
            (AwsError::Identity(IdentityError::Expired { message }), Some(profile))
                if self.role.is_none() =>
            {
                IdentityError::SsoExpired { profile: profile.clone(), cause: message }.into()
            }
            (error, _) => error,
        }
    }
}

/// The provider of a profile alone, or the default chain. The crate's `profile_name` does not pin:
/// keys in the environment would still win.
async fn base_provider(
    identity: &Identity,
    providers: ProviderConfig,
    profiles: &Profiles,
) -> SharedCredentialsProvider {
    match &identity.profile {
        Some(profile) => SharedCredentialsProvider::new(
            ProfileFileCredentialsProvider::builder()
                .configure(&providers)
                .profile_files(profiles.files.clone())
                .profile_name(profile)
                .build(),
        ),
        None => SharedCredentialsProvider::new(
            DefaultCredentialsChain::builder().configure(providers).build().await,
        ),
    }
}
