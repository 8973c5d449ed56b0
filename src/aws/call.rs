//! One call: builds the request, signs it, sends it, and reads an error from the answer.

use std::thread;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use ureq::http::{Request, Response};

use super::AwsError;
use super::answer::{Failure, failure};
use super::error::AnswerError;
use super::http::{Http, clock_difference, host_of};
use super::service::{Protocol, Service};

/// The number of tries when AWS asks to slow down or has an error of its own.
const TRIES: u32 = 3;

/// The pause before the second try; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// A call of a service.
pub(super) struct Call<'a> {
    pub service: Service,
    pub action: &'static str,
    /// Names and values; for JSON a number is written without quotes.
    pub parameters: Vec<(String, Value)>,
    pub endpoint: &'a str,
    pub region: &'a str,
    pub credentials: &'a Credentials,
}

/// The value of a parameter.
pub(super) enum Value {
    Text(String),
    Number(u32),
}

impl Call<'_> {
    /// The answer's body. Tries again where AWS asks to slow down.
    pub fn send(&self, http: &Http) -> Result<String, AwsError> {
        let mut pause = FIRST_PAUSE;
        let mut tries = 1;
        loop {
            let answer = match http.send(self.request()?) {
                // A connection that broke after it was made is worth another try.
                Err(AwsError::Lost { .. }) if tries < TRIES => {
                    tries += 1;
                    continue;
                }
                answer => answer?,
            };
            let status = answer.status();
            let text = String::from_utf8_lossy(answer.body()).into_owned();
            if status.is_success() {
                return Ok(text);
            }
            let found = failure(answer.headers(), &text);
            let passes = status.is_server_error() || found.as_ref().is_some_and(Failure::passes);
            if passes && tries < TRIES {
                thread::sleep(pause);
                pause *= 2;
                tries += 1;
                continue;
            }
            return Err(self.error(&answer, found));
        }
    }

    fn request(&self) -> Result<Request<Vec<u8>>, AwsError> {
        let bad = || AwsError::BadEndpoint;
        let url = format!("{}/", self.endpoint.trim_end_matches('/'));
        let mut builder = Request::post(&url);
        let body = match self.service.protocol() {
            Protocol::Query { version } => {
                builder = builder
                    .header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
                self.form(version)
            }
            Protocol::Json { target } => {
                builder = builder
                    .header("content-type", "application/x-amz-json-1.1")
                    .header("x-amz-target", format!("{target}.{}", self.action));
                self.json()
            }
        };
        let mut request = builder.body(body.into_bytes()).map_err(|_| bad())?;
        self.sign(&url, &mut request).ok_or_else(bad)?;
        Ok(request)
    }

    fn form(&self, version: &str) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", self.action).append_pair("Version", version);
        for (name, value) in &self.parameters {
            match value {
                Value::Text(text) => form.append_pair(name, text),
                Value::Number(number) => form.append_pair(name, &number.to_string()),
            };
        }
        form.finish()
    }

    fn json(&self) -> String {
        let value = |value: &Value| match value {
            Value::Text(text) => serde_json::Value::from(text.as_str()),
            Value::Number(number) => serde_json::Value::from(*number),
        };
        let pairs = self.parameters.iter().map(|(name, given)| (name.clone(), value(given)));
        serde_json::Value::Object(pairs.collect()).to_string()
    }

    /// Adds the headers of the signature; None if the endpoint cannot be signed for.
    fn sign(&self, url: &str, request: &mut Request<Vec<u8>>) -> Option<()> {
        let identity = self.credentials.clone().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service.name())
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .ok()?
            .into();
        let headers = request.headers().iter();
        let headers =
            headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let body = SignableBody::Bytes(request.body());
        let signable = SignableRequest::new("POST", url, headers, body).ok()?;
        let (instructions, _) = sign(signable, &parameters).ok()?.into_parts();
        instructions.apply_to_request_http1x(request);
        Some(())
    }

    fn error(&self, answer: &Response<Vec<u8>>, found: Option<Failure>) -> AwsError {
        let status = answer.status().as_u16();
        match found {
            None => {
                // The endpoint may hold a user and a password.
                let host = self.endpoint.parse().ok().map(|uri| host_of(&uri).to_owned());
                let host = host.unwrap_or_default();
                AnswerError::NoAnswerOfAws { host, status }.into()
            }
            Some(failure) if failure.is_of_signature() => match clock_difference(answer) {
                Some(difference) => AnswerError::ClockOff { difference }.into(),
                None => self.refusal(failure),
            },
            Some(Failure { message, .. }) if answer.status().is_server_error() => {
                AnswerError::Throttled { action: self.action, message }.into()
            }
            Some(failure) => self.refusal(failure),
        }
    }

    fn refusal(&self, failure: Failure) -> AwsError {
        AwsError::from_failure(failure, self.service, self.action, self.region)
    }
}
