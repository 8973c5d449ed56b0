//! Calls that go wrong on demand, and a clock that is off.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::{Value, json};

use super::{run, said_to};
use crate::standin::aws::{Aws, ETL, scenario};

#[test]
fn calls_go_wrong_on_demand() {
    let Some(mut aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let faults = ["throttle", "unavailable", "expired", "proxy", "close"];
    for fault in faults {
        aws.inject("GetCallerIdentity", fault, 1);
    }
    let call = json!({ "service": "sts", "call": "get_caller_identity" });
    let seen = run(&aws, "aws_requests.py", &json!(vec![call.clone(); 6]), &ETL.environment());
    let codes: Vec<_> = seen.iter().map(|seen| seen["Code"].as_str()).collect();
    let expected = [
        Some("Throttling"),
        Some("InternalFailure"),
        Some("ExpiredToken"),
        Some("502"),
        Some("ConnectionClosedError"),
        None,
    ];
    assert_eq!(codes, expected, "{seen:?}");
}

#[test]
fn the_clock_of_aws_may_be_another() {
    let Some(mut aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    let mut ask = |clock: i64| {
        aws.change(&json!({ "clock": clock }));
        let call = json!([{ "service": "sts", "call": "get_caller_identity" }]);
        let seen = run(&aws, "aws_requests.py", &call, &ETL.environment()).remove(0);
        let date = seen["Date"].as_str().map(|date| rfc2822::parse(date).expect("a date"));
        let ahead = date.map(|date| date.timestamp() > Timestamp::now());
        (
            seen["Code"].clone(),
            seen["Message"].as_str().unwrap_or_default().to_owned(),
            ahead,
        )
    };
    let (code, message, is_ahead) = ask(3600);
    assert_eq!((code, is_ahead), (json!("SignatureDoesNotMatch"), Some(true)));
    assert!(message.starts_with("Signature expired: "), "{message}");
    assert!(message.ends_with(" - 5 min.)"), "{message}");
    let (code, message, is_ahead) = ask(-3600);
    assert_eq!((code, is_ahead), (json!("SignatureDoesNotMatch"), Some(false)));
    assert!(message.starts_with("Signature not yet current: "), "{message}");
    assert_eq!(ask(200).0, Value::Null);
}

#[test]
fn a_call_may_never_be_answered() {
    let Some(mut aws) = Aws::start(&scenario(5439)) else {
        return;
    };
    aws.inject("*", "hang", 1);
    assert_eq!(said_to(&aws, "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), "");
    assert_eq!(aws.requests()[0]["outcome"], "hang");
}
