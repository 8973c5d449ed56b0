//! Redshift JDBC URLs.
/// Why a URL is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// No prefix.
    #[error("not a Redshift JDBC URL")]
    NotRedshift,
}
impl UrlError {
    /// SQLSTATE.
    pub fn sqlstate(&self) -> crate::sqlstate::SqlState {
        crate::sqlstate::SqlState::InvalidParameterValue
    }
    /// Hint.
    pub fn hint(&self) -> Option<String> {
        None
    }
}
