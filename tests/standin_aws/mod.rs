//! The stand-in for the AWS endpoints, asked by clients that are not redwire: boto3, and AWS's
//! Python driver, which also logs in.

mod calls;
mod faults;
mod keys;
mod logins;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use serde_json::{Value, json};

use crate::standin::aws::{Aws, Identity};
use crate::support::python::python;

const ROLE: &str = "arn:aws:iam::123456789012:role/reader";

fn with(members: &Value, more: Value) -> Value {
    let mut all = members.clone();
    let Value::Object(more) = more else {
        panic!("{more} is no object")
    };
    all.as_object_mut().expect("an object").extend(more);
    all
}

fn call(service: &str, name: &str, identity: Identity, region: &str, arguments: Value) -> Value {
    let mut call = json!({
        "service": service, "call": name, "region": region,
        "keys": {
            "access_key": identity.access_key, "secret_key": identity.secret_key,
            "session_token": identity.session_token,
        },
    });
    call["arguments"] = arguments;
    call
}

/// The answers that boto3 gets to these calls, or the errors.
fn boto3(aws: &Aws, calls: &[Value]) -> Vec<Value> {
    run(aws, "aws_requests.py", &json!(calls), &[])
}

fn run(aws: &Aws, script: &str, argument: &Value, environment: &[(&str, &str)]) -> Vec<Value> {
    let mut python = python().expect("the stand-in runs by it");
    python
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/standin").join(script))
        .arg(argument.to_string())
        .envs(aws.environment())
        .envs(environment.iter().copied());
    let output = python.output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The whole answer to a request, after which the client only listens.
fn said_to(aws: &Aws, request: &str) -> String {
    let address = aws.endpoint().replace("http://", "");
    let mut socket = TcpStream::connect(address).expect("it listens");
    socket.write_all(request.as_bytes()).expect("it reads");
    socket.shutdown(Shutdown::Write).expect("it is open");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it is closed");
    answer
}
