//! Redshift JDBC URLs: text to [`Endpoint`], and how much of a text may be shown.
//!
//! Owns the grammar of the URL, the table of its options, and the rule that no secret in a URL is
//! ever shown. Knows nothing of statements, of the catalog or of the network.
//!
//! ```text
//! url       = ("jdbc:redshift://" authority | "jdbc:redshift:iam://" (authority | cluster))
//!             "/" database [("?" | ";") option {(";" | "&") option}]
//! authority = host [":" port]
//! cluster   = cluster's identifier ":" region
//! option    = name "=" value
//! ```
//!
//! Names are matched in any letter case; the database and the values are form-decoded (`%41` is
//! `A`). The grammar is that of AWS's JDBC driver 2.2.6 (`Driver.java`, `RedshiftProperty.java`),
//! made stricter where the driver would guess.

mod address;
mod aws_host;
mod correction;
mod encoding;
mod endpoint;
mod error;
mod foreign;
mod iam;
mod leak;
mod lookup;
mod option;
mod part;
mod read;
mod scheme;
mod settings;

use crate::definition::ConnectionKind;

pub use aws_host::{AwsHost, is_cluster_name, is_region};
pub use encoding::percent_encoded;
pub use endpoint::{Endpoint, LoginScheme};
pub use error::{UrlError, UrlErrorKind, UrlOptionError};
pub use foreign::ForeignParameters;
pub use iam::{MovedOptions, move_options};
pub use leak::holds_secret;
pub use option::{Class, IamOption, OPTIONS, UrlOption, UrlSetting};
pub use settings::{IgnoredOption, Options, SslMode};

/// The default port, which is Redshift's (AWS documentation, "Build the connection URL").
pub const DEFAULT_PORT: u16 = 5439;

/// The maximum length of a URL.
pub const MAX_URL_BYTES: usize = 8192;

impl ConnectionKind {
    /// Parses a URL of this kind.
    ///
    /// # Errors
    /// The text is not a valid URL, or contains something that is not allowed in one.
    pub fn endpoint(self, url: &str) -> Result<Endpoint, UrlError> {
        match self {
            Self::Redshift => Endpoint::parse(url),
        }
    }
}
