//! Logins with the temporary passwords that AWS's stand-in gives out.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use super::aws::lines;
use super::message::Report;
use crate::support::postgres::{Postgres, Wire};

/// True of a user whom AWS's API names.
pub fn is_temporary(user: &str) -> bool {
    ["IAM:", "IAMA:", "IAMR:"].iter().any(|prefix| user.starts_with(prefix))
}

/// The user of the database to whom a temporary password was given out, or the server's refusal.
pub fn find(logins: &Path, user: &str, password: &str) -> Result<String, Report> {
    let refuse = |code, message: &str| Err(Report::new("FATAL", code, message));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64();
    let logins = lines(logins);
    let login = logins
        .iter()
        .find(|login| login["user"] == user && login["password"] == password);
    let Some(login) = login else {
        return refuse("28000", &format!("IAM authentication failed for user \"{user}\""));
    };
    if login["expires"].as_f64().expect("a number") <= now {
        return refuse("28000", "IAM Authentication token has expired");
    }
    if login["has_user"] == false {
        return refuse("42704", &format!("user \"{user}\" does not exist"));
    }
    let database_user = login["database_user"].as_str().expect("a name");
    make_role(database_user);
    Ok(database_user.to_owned())
}

/// Makes the user of the session behind the stand-in, who may be there already.
fn make_role(name: &str) {
    static MADE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut made = MADE.lock().expect("no panic");
    if made.insert(name.to_owned()) {
        let server = Postgres::start(Wire::Plain).expect("it runs behind the stand-in");
        server.administer(&format!(
            "DO $$ BEGIN CREATE ROLE \"{name}\" LOGIN IN ROLE everybody; \
             EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        ));
    }
}
