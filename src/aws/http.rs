//! HTTP for the calls and for AWS's crates: one client, one TLS, the proxies of the environment.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use ureq::http::{Request, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::AwsError;
use super::error::AnswerError;

/// The time limits of a request. An endpoint without a route to it must not hold a login for long.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const WHOLE_LIMIT: Duration = Duration::from_secs(30);

/// The maximum length of an answer; those of the services have some hundred bytes, and a secret at
/// most 64 KiB.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// The addresses at which containers and instances find their credentials, by plain HTTP (AWS SDKs
/// and Tools Reference Guide, "Container credential provider", "IMDS credential provider").
const METADATA: [&str; 5] = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "fd00:ec2::254",
    "fd00:ec2::23",
];

/// The difference between the clocks from which on AWS refuses signatures.
const CLOCK_TOLERANCE: Duration = Duration::from_mins(5);

/// The errors of a connection that broke after it was made.
const LOSSES: [ErrorKind; 4] = [
    ErrorKind::ConnectionReset,
    ErrorKind::ConnectionAborted,
    ErrorKind::BrokenPipe,
    ErrorKind::UnexpectedEof,
];

/// An HTTP client.
#[derive(Clone, Debug)]
pub(super) struct Http {
    agent: Agent,
    /// See [`Http::take_last_error`].
    last_error: Arc<Mutex<Option<AwsError>>>,
}

impl Http {
    pub fn new() -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(RootCerts::WebPki)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT_LIMIT))
            .timeout_global(Some(WHOLE_LIMIT))
            .user_agent(concat!("redwire/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: Agent::new_with_config(config),
            last_error: Arc::default(),
        }
    }

    /// Sends the request and reads the whole answer.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, AwsError> {
        self.send_within(request, CONNECT_LIMIT, WHOLE_LIMIT)
    }

    fn send_within(
        &self,
        request: Request<Vec<u8>>,
        connect_limit: Duration,
        whole_limit: Duration,
    ) -> Result<Response<Vec<u8>>, AwsError> {
        let uri = request.uri().clone();
        let answer = check_is_private(&uri).and_then(|()| {
            let mut request = self
                .agent
                .configure_request(request)
                .timeout_connect(Some(connect_limit))
                .timeout_global(Some(whole_limit));
            // A proxy has a loopback and a metadata address of its own.
            if uri.scheme_str() != Some("https") {
                request = request.proxy(None);
            }
            let read = self.agent.run(request.build()).and_then(whole_answer);
            read.map_err(|error| unreachable(&uri, &error))
        });
        let error = match &answer {
            Ok(answer) if answer.status().is_client_error() => clock_difference(answer)
                .map(|difference| AnswerError::ClockOff { difference }.into()),
            Ok(_) => None,
            Err(error) => Some(error.clone()),
        };
        if error.is_some() && !METADATA.contains(&host_of(&uri)) {
            *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
        }
        answer
    }

    /// The reason why the last request failed, if it is the way to AWS or the clock; forgets it.
    /// Requests to metadata addresses do not count, which most machines do not have.
    pub fn take_last_error(&self) -> Option<AwsError> {
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The same client for AWS's crates.
    pub fn for_aws(&self) -> SharedHttpClient {
        let http = self.clone();
        http_client_fn(move |settings, _| {
            SharedHttpConnector::new(Connector {
                http: http.clone(),
                connect_limit: settings.connect_timeout().unwrap_or(CONNECT_LIMIT),
                whole_limit: settings.read_timeout().unwrap_or(WHOLE_LIMIT),
            })
        })
    }
}

fn whole_answer(mut answer: Response<Body>) -> Result<Response<Vec<u8>>, ureq::Error> {
    let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec()?;
    Ok(answer.map(|_| body))
}

/// Credentials and passwords cross the network only under TLS. This machine and the metadata
/// addresses, which no network routes, may speak plain HTTP.
fn check_is_private(uri: &Uri) -> Result<(), AwsError> {
    let host = host_of(uri);
    let is_loopback = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if uri.scheme_str() == Some("https") || is_loopback || METADATA.contains(&host) {
        return Ok(());
    }
    Err(AwsError::PlainEndpoint { host: host.to_owned() })
}

/// The seconds that this machine's clock is ahead of AWS's (or behind, if negative), where AWS
/// refuses signatures for it.
pub(super) fn clock_difference(answer: &Response<Vec<u8>>) -> Option<i64> {
    let date = answer.headers().get("date")?.to_str().ok()?;
    let theirs = DateTime::from_str(date, Format::HttpDate).ok()?;
    let ours = DateTime::from(SystemTime::now());
    let difference = ours.secs() - theirs.secs();
    (difference.unsigned_abs() >= CLOCK_TOLERANCE.as_secs()).then_some(difference)
}

pub(super) fn host_of(uri: &Uri) -> &str {
    let host = uri.host().unwrap_or_default();
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn unreachable(uri: &Uri, error: &ureq::Error) -> AwsError {
    let (host, cause) = (host_of(uri).to_owned(), error.to_string());
    match error {
        ureq::Error::Io(error) if LOSSES.contains(&error.kind()) => AwsError::Lost { host, cause },
        _ => AwsError::Unreachable { host, cause },
    }
}

/// A client with the time limits that one of AWS's providers sets.
#[derive(Clone, Debug)]
struct Connector {
    http: Http,
    connect_limit: Duration,
    whole_limit: Duration,
}

impl HttpConnector for Connector {
    /// Blocks: the thread has nothing else to do.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.answer(request))
    }
}

impl Connector {
    fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let user = |error| ConnectorError::user(error);
        let request = request.try_into_http1x().map_err(|error| user(error.into()))?;
        let request = request.map(|body| body.bytes().map(<[u8]>::to_vec).unwrap_or_default());
        let answer = self
            .http
            .send_within(request, self.connect_limit, self.whole_limit)
            .map_err(|error| ConnectorError::io(error.into()))?;
        HttpResponse::try_from(answer.map(SdkBody::from)).map_err(|error| user(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for (url, is_allowed) in [
            ("https://redshift.eu-west-1.amazonaws.com/", true),
            ("http://127.0.0.1:4566/", true),
            ("http://[::1]:4566/", true),
            ("http://localhost:4566/", true),
            ("http://169.254.169.254/latest/api/token", true),
            ("http://localhost.example.com/", false),
            ("http://10.0.0.1:4566/", false),
            ("http://redshift.eu-west-1.amazonaws.com/", false),
        ] {
            let uri: Uri = url.parse().unwrap();
            assert_eq!(check_is_private(&uri).is_ok(), is_allowed, "{url}");
        }
    }
}
