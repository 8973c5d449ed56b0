//! The schemes of the driver's URLs.

/// The start of every scheme.
pub(super) const DRIVER: &str = "jdbc:redshift:";

/// The scheme of a login with a password.
pub(super) const PASSWORD: &str = "jdbc:redshift://";

/// The scheme of a login through AWS.
pub(super) const IAM: &str = "jdbc:redshift:iam://";
