//! Logins that need more than a password in the secret store: AWS's API, a secret, a command.

mod command;
mod errors;
mod iam;
mod identities;
mod refused;
mod secret;

use serde_json::Value;

use crate::standin::StandIn;
use crate::standin::aws::{Aws, ETL, scenario};
use crate::support::home::{Home, Run};
use crate::support::postgres::Wire;

/// The options of a connection to the cluster of [`scenario`].
const CLUSTER: &str = "USER_NAME = 'etl' CLUSTER = 'sales' AWS_REGION = 'eu-west-1'";

/// A warehouse under TLS whose users log in with what AWS gives, AWS itself, and a home.
struct Cloud {
    home: Home,
    warehouse: StandIn,
    aws: Aws,
}

impl Cloud {
    /// None where this machine lacks what the stand-ins need: then they say so.
    fn start() -> Option<Self> {
        let warehouse = StandIn::start(Wire::Tls)?;
        let aws = Aws::start(&scenario(warehouse.port()))?;
        warehouse.take_logins_of(&aws);
        Some(Self { home: Home::new(), warehouse, aws })
    }

    /// The same, with a connection of these options.
    fn with(options: &str) -> Option<Self> {
        let cloud = Self::start()?;
        cloud.redwire(&["-c", &cloud.create(options)]).run().status(0);
        Some(cloud)
    }

    /// redwire with the keys of a user who may do everything in its environment.
    fn redwire(&self, arguments: &[&str]) -> Run {
        let mut run = self.without_keys(arguments);
        for (name, value) in ETL.environment() {
            run = run.env(name, value);
        }
        run
    }

    /// redwire without keys in its environment.
    fn without_keys(&self, arguments: &[&str]) -> Run {
        let mut run = self.home.redwire(arguments);
        for (name, value) in self.aws.environment() {
            run = run.env(name, value);
        }
        run
    }

    /// The URL of the warehouse, by a host that says nothing.
    fn url(&self) -> String {
        let roots = format!("?sslrootcert={}", self.warehouse.authority().display());
        self.warehouse.url("localhost", &roots)
    }

    /// CREATE of a connection `c` whose user logs in through AWS, with these options.
    fn create(&self, options: &str) -> String {
        let url = self.url().replace("redshift:", "redshift:iam:");
        format!("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' {options};")
    }

    /// The actions that AWS was asked for, in their order.
    fn actions(&self) -> Vec<String> {
        let actions = self.aws.requests().into_iter();
        actions.map(|request| text(&request["action"])).collect()
    }

    /// The number of times that AWS was asked for the action.
    fn count(&self, action: &str) -> usize {
        self.actions().iter().filter(|found| *found == action).count()
    }

    /// The access key of the last request.
    fn last_key(&self) -> String {
        self.aws
            .requests()
            .last()
            .map(|request| text(&request["access_key"]))
            .expect("a request")
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

const SELECT: [&str; 4] = ["connect", "c", "-c", "SELECT 40 + 2 AS answer"];
