//! The one binary of the integration tests.

#[cfg(unix)]
mod bad_input;
mod canary;
#[cfg(target_os = "linux")]
mod catalog;
#[cfg(target_os = "linux")]
mod connect;
#[cfg(target_os = "linux")]
mod docs;
#[cfg(target_os = "linux")]
mod dry_run;
#[cfg(target_os = "linux")]
mod exec;
#[cfg(target_os = "linux")]
mod export;
#[cfg(unix)]
mod generated_docs;
#[cfg(unix)]
mod hints;
mod house;
#[cfg(target_os = "linux")]
mod import;
#[cfg(target_os = "linux")]
mod jobs;
#[cfg(target_os = "linux")]
mod keyring;
#[cfg(target_os = "linux")]
mod keyring_program;
#[cfg(target_os = "linux")]
mod kill;
#[cfg(target_os = "linux")]
mod live;
#[cfg(target_os = "linux")]
mod logins;
#[cfg(unix)]
mod manual;
#[cfg(target_os = "linux")]
mod masked_names;
#[cfg(target_os = "linux")]
mod masking;
mod new_statements;
#[cfg(unix)]
mod other_users;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(unix)]
mod plan;
#[cfg(target_os = "linux")]
mod postgres;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod rekey;
#[cfg(target_os = "linux")]
mod repeated_password;
mod script;
#[cfg(unix)]
mod shells;
#[cfg(unix)]
mod slots;
#[cfg(target_os = "linux")]
mod standin;
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
mod standin_aws;
#[cfg(target_os = "linux")]
mod standin_clients;
#[cfg(target_os = "linux")]
mod standin_rules;
mod statements;
mod support;
mod table_definitions;
#[cfg(unix)]
mod terminal;
#[cfg(target_os = "linux")]
mod test_connection;
#[cfg(target_os = "linux")]
mod tunnel;
mod url;
#[cfg(unix)]
mod vault;
#[cfg(target_os = "linux")]
mod warehouse;
