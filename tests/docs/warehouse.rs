//! The server behind the recipes: the stand-in for Redshift under TLS, in the place of the one that
//! the page names.

use super::page::Page;
use crate::standin::StandIn;
use crate::support::certificates::SERVER_NAME;
use crate::support::home::Run;
use crate::support::postgres::{MD5_USER, Wire};
use crate::support::python::python;

/// The page whose blocks open sessions.
const PAGE: &str = "docs/recipes.md";

/// The names of that page for the server, its address behind a tunnel, the file of its authority,
/// and the user.
const SERVER: &str = "warehouse.example.com:5439/dev";
const TUNNEL: &str = "127.0.0.1:5439/dev";
const AUTHORITY: &str = "/etc/ssl/company.pem";
const USER: &str = "USER_NAME = 'etl'";

/// The Python that has AWS's driver.
const PYTHON: &str = "python3";

/// A server for the blocks of one page.
pub struct Warehouse {
    stand_in: StandIn,
}

impl Warehouse {
    /// True if the blocks of the page need one.
    pub fn is_needed(page: &Page) -> bool {
        page.name == PAGE
    }

    /// Starts one. None where this machine lacks PostgreSQL: then that is said, and fails where
    /// CI=true.
    pub fn start() -> Option<Self> {
        let stand_in = StandIn::start(Wire::Tls)?;
        Some(Self { stand_in })
    }

    /// The block as it runs here.
    pub fn in_place(&self, text: &str) -> String {
        let authority = self.stand_in.authority().display().to_string();
        // Redwire knows Amazon's authorities, and not that of the stand-in.
        let server = self.stand_in.url(SERVER_NAME, &format!("?sslrootcert={authority}"));
        text.replace(&format!("jdbc:redshift://{SERVER}'"), &format!("{server}'"))
            .replace(&format!("jdbc:redshift://{SERVER}"), &self.stand_in.url(SERVER_NAME, ""))
            .replace(&format!("jdbc:redshift://{TUNNEL}"), &self.stand_in.url("127.0.0.1", ""))
            .replace(AUTHORITY, &authority)
            .replace(USER, &format!("USER_NAME = '{}'", MD5_USER.name))
    }

    /// The run with the password wherever the page reads one from, and with a system that trusts
    /// the stand-in.
    pub fn around(&self, page: &Page, run: Run) -> Run {
        let run = run.env("SSL_CERT_FILE", self.stand_in.authority());
        let names = page.sources("ENV").into_iter().chain([super::PROMPT.to_owned()]);
        names.fold(run, |run, name| run.env(&name, MD5_USER.password))
    }
}

/// The block with the Python that has AWS's driver. None where that is not on this machine.
pub fn with_python(text: &str) -> Option<String> {
    let python = python()?;
    let path = python.get_program().to_str().expect("a path");
    Some(text.replace(&format!("-- {PYTHON} "), &format!("-- {path} ")))
}
