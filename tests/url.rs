//! Redshift JDBC URLs against the tables of what AWS's JDBC driver 2.2.6 does with them.

use std::fmt::Write;

use proptest::prelude::*;
use redwire::diagnostic::Diagnostic;
use redwire::url::{AwsHost, Class, Endpoint, LoginScheme, OPTIONS, UrlError, holds_secret};

const URLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/jdbc-url.tsv");
const LISTED_OPTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/jdbc-options.tsv");

/// redwire's verdict on the rows whose verdict is `either`; docs/decisions/urls.md has the reasons.
const CHOICES: &[(&str, bool)] = &[
    ("jdbc:redshift://[fe80::1%25eth0]:5439/db", false),
    ("jdbc:redshift://localhost:05439/test", true),
    ("jdbc:redshift://h:5439/a+b", false),
    ("jdbc:redshift://h:5439/dev?sslmode=disable", true),
    ("jdbc:redshift://h:5439/dev?a=b=c", true),
];

/// The rows in which redwire's own value of an option is not the driver's text.
const OWN_VALUES: &[(&str, &str, &str)] = &[
    ("ssl", "false", "sslmode=disable"),
    ("ssl", "TRUE", "sslmode=verify-full"),
    ("ssl", "true", "sslmode=require"),
    ("sslfactory", "com.amazon.redshift.ssl.NonValidatingFactory", "sslmode=require"),
];

/// Fragments of the refusals, for the rows where the table asks for a particular one.
const REFUSALS: &[(&str, &str, &str)] = &[
    ("jdbc:redshift://[Host]:[Port]", "22023", "add /dev"),
    ("jdbc:redshift://my_host", "22023", "add /dev"),
    ("jdbc:redshift://my_host:5439/", "22023", "the database is missing"),
    (
        "jdbc:redshift://h:5439/dev?ssl=false&sslmode=verify-full",
        "22023",
        "contradict",
    ),
    ("jdbc:redshift://localhost,locahost2/test", "22023", "one host"),
    ("jdbc:redshift://::1:5439/db", "22023", "brackets"),
    (
        "jdbc:redshift://localhost/test?port=8888",
        "22023",
        "option port is not allowed",
    ),
    ("jdbc:redshift://h:5439/dev?ssl=true&ssl=false", "22023", "twice"),
    (
        "jdbc:redshift://h:5439/dev?user=user&password=password",
        "22023",
        "write jdbc:redshift://h:5439/dev; USER_NAME and PASSWORD are the options",
    ),
    (
        "jdbc:redshift://redshifthost:5439/database?user=username&password=pass&ssl=false",
        "22023",
        "a user name and a secret",
    ),
    (
        "jdbc:redshift://host:5439/db?PWD=p%26q%3Bz",
        "22023",
        "PASSWORD is the option for it",
    ),
    (
        "jdbc:redshift:iam://examplecluster:us-west-2/dev?Profile=user2",
        "22023",
        "Profile",
    ),
    ("jdbc:redshift://host:5439/db?IAMAuth=true", "22023", "IAMAuth"),
    ("JDBC:REDSHIFT://h:5439/dev", "22023", "lower case"),
    (" jdbc:redshift://h:5439/dev", "22023", "white space"),
];

struct Row {
    url: String,
    driver: Vec<(String, String)>,
    verdict: String,
}

fn lines(path: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("the table");
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn rows() -> Vec<Row> {
    let pairs = |text: &str| -> Vec<(String, String)> {
        let pairs = text.split(" | ").filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let rows = lines(URLS).into_iter();
    rows.map(|row| Row {
        url: row[0].clone(),
        driver: pairs(&row[1]),
        verdict: row[2].clone(),
    })
    .collect()
}

/// Everything that an error can show.
fn shown(error: &UrlError) -> String {
    format!("{error} {error:?} {}", error.hint().unwrap_or_default())
}

fn accepts(row: &Row) -> bool {
    match row.verdict.as_str() {
        "accept" => true,
        "refuse" => false,
        _ => {
            CHOICES
                .iter()
                .find(|(url, _)| *url == row.url)
                .expect("a choice for each either")
                .1
        }
    }
}

/// Fails where the endpoint has not the value that the driver has.
fn check_value(url: &str, endpoint: &Endpoint, name: &str, value: &str) {
    let own = OWN_VALUES.iter().find(|(option, theirs, ours)| {
        *option == name
            && *theirs == value
            && (*ours != "sslmode=require" || url.contains("NonValidatingFactory"))
    });
    let (name, value) = own.and_then(|(_, _, ours)| ours.split_once('=')).unwrap_or((name, value));
    let in_force = endpoint
        .options_in_force()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let ignored = endpoint
        .ignored
        .iter()
        .map(|option| (option.name.clone(), option.value.clone()));
    let found = in_force.chain(ignored).find(|(option, _)| option.eq_ignore_ascii_case(name));
    assert_eq!(found.map(|(_, value)| value).as_deref(), Some(value), "{url}: {name}");
}

fn check_accepted(row: &Row) {
    let url = &row.url;
    let endpoint = Endpoint::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    for (name, value) in &row.driver {
        match name.as_str() {
            "host" => assert_eq!(endpoint.host, value.trim_matches(['[', ']']), "{url}"),
            "port" => assert_eq!(endpoint.port, value.parse::<u16>().expect("a port"), "{url}"),
            "dbname" => assert_eq!(endpoint.database, *value, "{url}"),
            "iamauth" => {
                assert_eq!(value == "true", endpoint.scheme == LoginScheme::Iam, "{url}");
            }
            "region" => assert_eq!(endpoint.aws.region(), Some(value.as_str()), "{url}"),
            "clusterid" => assert!(
                matches!(&endpoint.aws, AwsHost::Cluster { cluster, .. } if cluster == value),
                "{url}"
            ),
            "serverlessworkgroup" => assert!(
                matches!(&endpoint.aws, AwsHost::Workgroup { workgroup, .. } if workgroup == value),
                "{url}"
            ),
            // The account is part of the host, and no call asks for it.
            "serverlessacctid" => {}
            _ => check_value(url, &endpoint, name, value),
        }
    }
    assert!(!holds_secret(url), "{url}");
}

#[test]
fn each_url_is_accepted_or_refused_as_the_table_says() {
    let rows = rows();
    assert_eq!(rows.len(), 80);
    for row in &rows {
        assert_eq!(Endpoint::parse(&row.url).is_ok(), accepts(row), "{}", row.url);
        if accepts(row) {
            check_accepted(row);
        }
    }
}

#[test]
fn refused_urls_get_the_message_that_the_table_asks_for() {
    for (url, sqlstate, words) in REFUSALS {
        let error = Endpoint::parse(url).expect_err("a refusal");
        assert_eq!(error.sqlstate().code(), *sqlstate, "{url}");
        assert!(shown(&error).contains(words), "{url}: {}", shown(&error));
    }
}

/// The row's URLs with each secret replaced by a mark that is no word of any message.
fn marked(row: &Row) -> Vec<String> {
    let mut urls = vec![row.url.replace("user:pw@", "Zq7user:Zq7pw@")];
    for (name, _) in &row.driver {
        let class = OPTIONS
            .iter()
            .find(|spec| spec.name.eq_ignore_ascii_case(name))
            .map(|spec| spec.class);
        if matches!(class, Some(Class::Secret | Class::UserName)) || name == "client_secret" {
            let lower = row.url.to_ascii_lowercase();
            let start = lower.find(&format!("{name}=")).expect("the option") + name.len() + 1;
            let end = row.url[start..].find(['&', ';']).map_or(row.url.len(), |at| start + at);
            urls.push(format!("{}Zq7{}", &row.url[..start], &row.url[end..]));
        }
    }
    urls.into_iter().filter(|url| url.contains("Zq7")).collect()
}

#[test]
fn the_secrets_of_the_table_are_never_shown() {
    let urls: Vec<String> = rows().iter().flat_map(marked).collect();
    assert_eq!(urls.len(), 11);
    for url in &urls {
        let text = shown(&Endpoint::parse(url).expect_err("a refusal"));
        assert!(!text.contains("Zq7"), "{text}");
        assert!(holds_secret(url), "{url}");
    }
}

/// The class that the table of options proposes.
fn proposed(text: &str) -> &'static str {
    match text {
        "use" => "used",
        _ if text.starts_with("accept, keep") => "ignored",
        _ if text.starts_with("REFUSE: secret") => "secret",
        _ if text.starts_with("refuse: USER_NAME") => "user name",
        _ if text.starts_with("IAM/IdP") => "iam",
        _ if text.starts_with("refuse") => "refused",
        _ => panic!("{text}"),
    }
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Used(_) => "used",
        Class::Ignored => "ignored",
        Class::Refused => "refused",
        Class::Secret => "secret",
        Class::UserName => "user name",
        Class::Iam(_) => "iam",
    }
}

#[test]
fn each_listed_option_has_the_class_of_the_table_of_the_driver() {
    let rows = lines(LISTED_OPTIONS);
    assert_eq!(rows.len(), OPTIONS.len());
    for row in rows {
        let spec = OPTIONS.iter().find(|spec| spec.name.eq_ignore_ascii_case(&row[0]));
        let spec = spec.unwrap_or_else(|| panic!("{} is not in the table", row[0]));
        assert_eq!(class_name(spec.class), proposed(&row[2]), "{}", row[0]);
    }
}

/// A valid value for an option without a value that all options accept.
fn valid_value(name: &str) -> &'static str {
    match name {
        "ssl" | "readOnly" | "tcpKeepAlive" => "true",
        "sslmode" | "AuthMech" => "verify-ca",
        "sslfactory" => "com.amazon.redshift.ssl.NonValidatingFactory",
        _ => "7",
    }
}

#[test]
fn each_listed_option_behaves_as_its_class_says() {
    for spec in &OPTIONS {
        let name = spec.name;
        let parsed =
            Endpoint::parse(&format!("jdbc:redshift://h/dev?{name}={}", valid_value(name)));
        match (spec.class, parsed) {
            (Class::Used(_), Ok(endpoint)) => assert!(endpoint.ignored.is_empty(), "{name}"),
            (Class::Ignored, Ok(endpoint)) => {
                assert!(endpoint.ignored[0].is_listed, "{name}");
                assert_eq!(endpoint.notices().len(), 1, "{name}");
            }
            (Class::Refused | Class::Secret | Class::Iam(_), Err(error)) => {
                assert_eq!(error.sqlstate().code(), "22023", "{name}");
                assert!(
                    error.to_string().contains(name) && error.hint().is_some(),
                    "{name}: {error}"
                );
            }
            (Class::UserName, Err(error)) => {
                assert!(error.hint().expect("a hint").contains("USER_NAME"), "{name}");
            }
            (class, parsed) => panic!("{name} is {class:?}, but: {parsed:?}"),
        }
    }
}

#[test]
fn messages_are_lower_case_sentences_without_a_full_stop() {
    for row in rows() {
        if let Err(error) = Endpoint::parse(&row.url) {
            for text in [error.to_string(), error.hint().unwrap_or_else(|| "none".to_owned())] {
                let first = text.split(' ').next().expect("a word");
                assert!(!text.ends_with('.'), "{text}");
                assert!(
                    first.starts_with(char::is_lowercase) || first == first.to_uppercase(),
                    "{text}"
                );
            }
        }
    }
}

fn secret_names() -> Vec<String> {
    let listed = OPTIONS
        .iter()
        .filter(|spec| matches!(spec.class, Class::Secret | Class::UserName));
    let unlisted = ["client_secret", "passwd", "apiToken", "PassPhrase", "my_key", "dbPwd"];
    listed.map(|spec| spec.name).chain(unlisted).map(str::to_owned).collect()
}

/// The name with some letters in the other case and, where it is asked for, some escaped.
fn disguised(name: &str, cases: &[bool], escapes: &[bool]) -> String {
    let mut disguised = String::new();
    for (place, c) in name.chars().enumerate() {
        let c = if cases[place % cases.len()] {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        };
        if escapes[place % escapes.len()] {
            write!(disguised, "%{:02X}", u32::from(c)).expect("a String takes all");
        } else {
            disguised.push(c);
        }
    }
    disguised
}

/// A mark that no message holds, as it is or with every byte escaped, and what stands before and
/// after it.
fn secret_value() -> impl Strategy<Value = String> {
    let mark = prop_oneof![Just("Zq7".to_owned()), Just("%5A%71%37".to_owned())];
    ("[a-z0-9%;&?=@/:#+ ]{0,8}", mark, "[A-Za-z0-9%;&?=@/:#+ ]{0,8}")
        .prop_map(|(before, mark, after)| format!("{before}{mark}{after}"))
}

fn check_hidden(url: &str) -> Result<(), TestCaseError> {
    let Err(error) = Endpoint::parse(url) else {
        return Err(TestCaseError::fail(format!("accepted: {url}")));
    };
    let text = shown(&error);
    prop_assert!(!text.contains("Zq7") && !text.contains("%5A%71%37"), "{text}");
    let marked = &url[error.span.clone()];
    prop_assert!(!marked.contains("Zq7") && !marked.contains("%5A%71%37"), "{marked}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = (Endpoint::parse(&text), holds_secret(&text));
        let url = format!("jdbc:redshift://{text}");
        let _ = (Endpoint::parse(&url), holds_secret(&url));
    }

    #[test]
    fn no_text_of_marks_makes_the_parser_panic(text in "jdbc:redshift:(//|iam:)[a-z=%3D;?&@/:\\[\\]é<#,.+0-9 ]{0,40}") {
        if let Ok(endpoint) = Endpoint::parse(&text) {
            prop_assert!(!holds_secret(&text));
            prop_assert!(!endpoint.to_string().chars().any(char::is_control));
        }
    }

    #[test]
    fn a_secret_in_an_option_is_never_shown(
        name in prop::sample::select(secret_names()),
        cases in prop::collection::vec(any::<bool>(), 1..8),
        escapes in prop_oneof![Just(vec![false]), prop::collection::vec(any::<bool>(), 1..8)],
        start in prop::sample::select(vec![
            "jdbc:redshift://h:5439/dev?", "jdbc:redshift://h/dev;ssl=true;", "jdbc:redshift:iam://c:r/dev?a=1&",
            "jdbc:redshift://h/dev?ssl=x?", "jdbc:redshift://h/dev&", "jdbc:redshift://h?", "jdbc:redshift://h/dev? ",
            "JDBC:redshift://h/dev?", "jdbc:redshift://<host>/dev?", "host=h ",
        ]),
        equals in prop::sample::select(vec!["=", "%3D", " = ", "%20%3d"]),
        value in secret_value(),
    ) {
        let url = format!("{start}{}{equals}{value}", disguised(&name, &cases, &escapes));
        check_hidden(&url)?;
        prop_assert!(holds_secret(&url), "{}", url);
    }

    #[test]
    fn a_password_before_the_host_is_never_shown(
        password in secret_value(),
        rest in prop::sample::select(vec!["h:5439/dev", "h/dev?ssl=true", "h", "h/dev;a=b@c"]),
    ) {
        check_hidden(&format!("jdbc:redshift://user:{password}@{rest}"))?;
    }
}
