//! Logins that need more than a password in the secret store: AWS's API, a secret, a command.

mod iam;

use crate::standin::StandIn;
use crate::standin::aws::{Aws, ETL, Identity, scenario};
use crate::support::home::{Home, Run};
use crate::support::postgres::Wire;

/// A warehouse under TLS whose users log in with what AWS gives, AWS itself, and a home.
pub struct Cloud {
    pub home: Home,
    pub warehouse: StandIn,
    pub aws: Aws,
    identity: Identity,
}

impl Cloud {
    /// None where this machine lacks what the stand-ins need: then they say so.
    pub fn start() -> Option<Self> {
        let warehouse = StandIn::start(Wire::Tls)?;
        let aws = Aws::start(&scenario(warehouse.port()))?;
        warehouse.take_logins_of(&aws);
        Some(Self {
            home: Home::new(),
            warehouse,
            aws,
            identity: ETL,
        })
    }

    /// redwire with the keys of an identity in its environment.
    pub fn redwire(&self, arguments: &[&str]) -> Run {
        let mut run = self.without_keys(arguments);
        for (name, value) in self.identity.environment() {
            run = run.env(name, value);
        }
        run
    }

    /// redwire without keys in its environment.
    pub fn without_keys(&self, arguments: &[&str]) -> Run {
        let mut run = self.home.redwire(arguments);
        for (name, value) in self.aws.environment() {
            run = run.env(name, value);
        }
        run
    }

    /// `CREATE REDSHIFT CONNECTION c` with the cluster's URL through a tunnel, and these options.
    pub fn create(&self, options: &str) -> String {
        let roots = format!("?sslrootcert={}", self.warehouse.authority().display());
        let url = self.warehouse.url("localhost", &roots).replace("redshift:", "redshift:iam:");
        format!("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' {options};")
    }

    /// The actions that AWS was asked for, in their order.
    pub fn actions(&self) -> Vec<String> {
        let requests = self.aws.requests();
        requests
            .iter()
            .map(|request| request["action"].as_str().expect("an action").to_owned())
            .collect()
    }
}
