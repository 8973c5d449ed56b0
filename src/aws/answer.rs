//! Answers of the services: XML of the query protocol, and JSON.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use roxmltree::Document;
use secrecy::SecretString;
use serde_json::Value;
use ureq::http::HeaderMap;

use super::{Address, DatabaseCredentials, SecretLogin};

/// An error in the form of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// The code, without a namespace.
    pub code: String,
    /// The message, up to its first line break: what follows repeats the request.
    pub message: String,
}

impl Failure {
    /// True if the same call may succeed a moment later (AWS SDKs and Tools Reference Guide, "Retry
    /// behavior").
    pub fn passes(&self) -> bool {
        const CODES: [&str; 10] = [
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "BandwidthLimitExceeded",
            "InternalFailure",
            "ServiceUnavailable",
        ];
        CODES.contains(&self.code.as_str())
    }

    /// True if AWS refuses the signature, for which a wrong clock is one reason.
    pub fn is_of_signature(&self) -> bool {
        const CODES: [&str; 5] = [
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "RequestInTheFuture",
        ];
        CODES.contains(&self.code.as_str())
    }
}

/// The error in an answer; None if the answer is not one of AWS.
pub(super) fn failure(headers: &HeaderMap, text: &str) -> Option<Failure> {
    let (code, message) = error_in_xml(text).or_else(|| error_in_json(headers, text))?;
    // `com.amazonaws.redshiftserverless#ResourceNotFoundException:http://…`
    let code = code.split(':').next()?.rsplit('#').next()?.to_owned();
    let message = message.lines().next().unwrap_or_default().to_owned();
    Some(Failure { code, message })
}

fn error_in_xml(text: &str) -> Option<(String, String)> {
    let document = Document::parse(text).ok()?;
    let error = document.descendants().find(|node| node.tag_name().name() == "Error")?;
    let part = |name| {
        let node = error.children().find(|node| node.tag_name().name() == name)?;
        Some(node.text().unwrap_or_default().to_owned())
    };
    Some((part("Code")?, part("Message").unwrap_or_default()))
}

fn error_in_json(headers: &HeaderMap, text: &str) -> Option<(String, String)> {
    let body: Value = serde_json::from_str(text).ok()?;
    let text_at = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let header = headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let code = header.map(str::to_owned).or_else(|| text_at("__type"))?;
    let message = text_at("message").or_else(|| text_at("Message"));
    Some((code, message.unwrap_or_default()))
}

/// The text of the first element with this name.
pub(super) fn element(text: &str, name: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let node = document.descendants().find(|node| node.tag_name().name() == name)?;
    node.text().map(str::to_owned)
}

/// The credentials of GetClusterCredentials and GetClusterCredentialsWithIAM.
pub(super) fn cluster_credentials(text: &str) -> Option<DatabaseCredentials> {
    let expires = element(text, "Expiration")?;
    Some(DatabaseCredentials {
        user: element(text, "DbUser")?,
        password: SecretString::from(element(text, "DbPassword")?),
        expires: moment(DateTime::from_str(&expires, Format::DateTime).ok()?)?,
    })
}

/// The credentials of GetCredentials.
pub(super) fn workgroup_credentials(text: &str) -> Option<DatabaseCredentials> {
    let body: Value = serde_json::from_str(text).ok()?;
    let text_at = |name: &str| body.get(name).and_then(Value::as_str);
    let expires = DateTime::from_secs_f64(body.get("expiration")?.as_f64()?);
    Some(DatabaseCredentials {
        user: text_at("dbUser")?.to_owned(),
        password: SecretString::from(text_at("dbPassword")?),
        expires: moment(expires)?,
    })
}

fn moment(date: DateTime) -> Option<SystemTime> {
    SystemTime::try_from(date).ok()
}

/// The endpoint in an answer of DescribeClusters; None while the cluster has none.
pub(super) fn cluster_address(text: &str) -> Option<Address> {
    let document = Document::parse(text).ok()?;
    let endpoint = document.descendants().find(|node| node.tag_name().name() == "Endpoint")?;
    let part = |name| {
        endpoint
            .children()
            .find(|node| node.tag_name().name() == name)
            .and_then(|node| node.text())
    };
    Some(Address {
        host: part("Address")?.to_owned(),
        port: part("Port")?.parse().ok()?,
    })
}

/// The endpoint in an answer of GetWorkgroup; None while the workgroup has none.
pub(super) fn workgroup_address(text: &str) -> Option<Address> {
    let body: Value = serde_json::from_str(text).ok()?;
    let endpoint = body.get("workgroup")?.get("endpoint")?;
    Some(Address {
        host: endpoint.get("address")?.as_str()?.to_owned(),
        port: u16::try_from(endpoint.get("port")?.as_u64()?).ok()?,
    })
}

/// The reason why a secret is no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretProblem {
    /// It is binary.
    Binary,
    /// It is not a JSON object.
    NotJson,
    /// It has no `password`.
    NoPassword,
}

/// The login in an answer of GetSecretValue (AWS Secrets Manager User Guide, "JSON structure of
/// AWS Secrets Manager secrets").
pub(super) fn secret_login(text: &str) -> Result<SecretLogin, SecretProblem> {
    let body: Value = serde_json::from_str(text).map_err(|_| SecretProblem::NotJson)?;
    let secret = body.get("SecretString").and_then(Value::as_str).ok_or(SecretProblem::Binary)?;
    let secret: Value = serde_json::from_str(secret).map_err(|_| SecretProblem::NotJson)?;
    let object = secret.as_object().ok_or(SecretProblem::NotJson)?;
    let text_at =
        |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    Ok(SecretLogin {
        user: text_at("username").or_else(|| text_at("user")).map(str::to_owned),
        password: SecretString::from(text_at("password").ok_or(SecretProblem::NoPassword)?),
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn error(headers: &[(&'static str, &str)], text: &str) -> Option<(String, String)> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        failure(&headers, text).map(|failure| (failure.code, failure.message))
    }

    #[test]
    fn an_error_is_read_from_either_form() {
        let found = |code: &str, message: &str| Some((code.to_owned(), message.to_owned()));
        let xml = "<ErrorResponse xmlns=\"http://redshift.amazonaws.com/doc/2012-12-01/\"><Error>\
                   <Type>Sender</Type><Code>ClusterNotFound</Code><Message>Cluster sales not found.\
                   </Message></Error><RequestId>1</RequestId></ErrorResponse>";
        assert_eq!(error(&[], xml), found("ClusterNotFound", "Cluster sales not found."));
        let json = r#"{"__type":"com.amazonaws.redshiftserverless#ResourceNotFoundException","message":"no"}"#;
        assert_eq!(error(&[], json), found("ResourceNotFoundException", "no"));
        let header = [("x-amzn-errortype", "AccessDeniedException:http://internal.amazon.com/")];
        assert_eq!(error(&header, r#"{"Message":"no"}"#), found("AccessDeniedException", "no"));
        for other in ["<html><body>Bad gateway</body></html>", "", "[]", "{}", "<Error/>"] {
            assert_eq!(error(&[], other), None, "{other}");
        }
    }

    /// The message of a wrong signature goes on with the signed request, token included.
    #[test]
    fn only_the_first_line_of_a_message_is_kept() {
        let json =
            r#"{"__type":"InvalidSignatureException","message":"wrong\n\nx-amz-security-token:T"}"#;
        assert_eq!(error(&[], json).unwrap().1, "wrong");
    }

    #[test]
    fn a_secret_is_read_leniently() {
        let read = |secret: &str| {
            let body = serde_json::json!({ "SecretString": secret }).to_string();
            secret_login(&body).map(|login| (login.user, login.password.expose_secret().to_owned()))
        };
        let full = r#"{"username":"etl","password":"p","engine":"redshift","port":5439}"#;
        assert_eq!(read(full), Ok((Some("etl".to_owned()), "p".to_owned())));
        assert_eq!(read(r#"{"password":"p"}"#), Ok((None, "p".to_owned())));
        assert_eq!(read(r#"{"username":"etl"}"#), Err(SecretProblem::NoPassword));
        assert_eq!(read(r#"{"password":""}"#), Err(SecretProblem::NoPassword));
        assert_eq!(read("p"), Err(SecretProblem::NotJson));
        assert_eq!(read("\"p\""), Err(SecretProblem::NotJson));
        let binary = secret_login(r#"{"SecretBinary":"cA=="}"#).map(|_| ());
        assert_eq!(binary, Err(SecretProblem::Binary));
    }
}
