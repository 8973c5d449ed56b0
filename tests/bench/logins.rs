//! Logging in through AWS: the time that the question to AWS's API adds to a session.

use std::io;
use std::process::Command;
use std::time::Duration;

use crate::figure::{Figure, Limit};
use crate::measure::{Run, in_turn, milliseconds, run};
use crate::stage::Stage;
use crate::standin::StandIn;
use crate::standin::aws::{Aws, ETL, scenario};
use crate::support::home::{Home, REDWIRE};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{DIGEST_USER as USER, Wire};

const ROUNDS: usize = 100;

/// The most that AWS's login may take longer than one with a password, in milliseconds.
const MORE: f64 = 15.0;

pub fn measure(_stage: &Stage) -> io::Result<Vec<Figure>> {
    let missing = || io::Error::other("the stand-ins need PostgreSQL, and botocore by Python");
    let warehouse = StandIn::start(Wire::Tls).ok_or_else(missing)?;
    let aws = Aws::start(&scenario(warehouse.port())).ok_or_else(missing)?;
    warehouse.take_logins_of(&aws);
    let home = Home::with_light_vault();
    let url =
        warehouse.url("localhost", &format!("?sslrootcert={}", warehouse.authority().display()));
    let script = format!(
        "CREATE REDSHIFT CONNECTION stored CONNECTION_STRING = '{url}' USER_NAME = '{}' \
         PASSWORD = '{}'; \
         CREATE REDSHIFT CONNECTION asked CONNECTION_STRING = '{}' USER_NAME = 'etl' \
         CLUSTER = 'sales' AWS_REGION = 'eu-west-1';",
        USER.name,
        USER.password.replace('\'', "''"),
        url.replace("redshift:", "redshift:iam:")
    );
    let redwire = || {
        let mut command: Command = home.command(REDWIRE);
        command.args(STORE).env(PASSPHRASE.0, PASSPHRASE.1);
        command.envs(aws.environment()).envs(ETL.environment());
        command
    };
    run(redwire().args(["-c", &script]))?;
    let select = |name| run(redwire().args(["connect", name, "-c", "SELECT 1"]));
    let pairs = in_turn(ROUNDS, || select("asked"), || select("stored"))?;
    let more = |(asked, stored): &(Run, Run)| asked.wall.saturating_sub(stored.wall);
    let times = |wall: fn(&(Run, Run)) -> Duration| milliseconds(pairs.iter().map(wall));
    Ok(vec![
        Figure::milliseconds(
            "`redwire connect NAME -c 'SELECT 1'` by GetClusterCredentials: time over the same with a \
             password",
            milliseconds(pairs.iter().map(more)),
            50,
            Some(Limit::AtMost(MORE)),
        ),
        Figure::milliseconds("the same: time", times(|(asked, _)| asked.wall), 50, None),
        Figure::milliseconds("with a password: time", times(|(_, stored)| stored.wall), 50, None),
    ])
}
