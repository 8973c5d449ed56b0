//! Options of a login that do not go together: refused at CREATE and ALTER, with what works.

use crate::support::home::Home;

const CLUSTER: &str = "jdbc:redshift:iam://sales.abc123.eu-west-1.redshift.amazonaws.com:5439/dev";
const WORKGROUP: &str =
    "jdbc:redshift:iam://default.123456789012.eu-west-1.redshift-serverless.amazonaws.com/dev";
const TUNNEL: &str = "jdbc:redshift:iam://127.0.0.1:5439/dev";
const PLAIN: &str = "jdbc:redshift://h.example.com/dev";

/// URL, options, SQLSTATE and words of the error.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    (
        CLUSTER,
        "PASSWORD = PROMPT",
        "22023",
        "PASSWORD cannot be specified: AWS gives a new password",
    ),
    (CLUSTER, "AWS_SECRET = 's'", "22023", "AWS_SECRET cannot be specified"),
    (CLUSTER, "CLUSTER = 'a' WORKGROUP = 'b'", "22023", "CLUSTER cannot be specified"),
    (
        CLUSTER,
        "DB_GROUPS = ('g')",
        "22023",
        "DB_GROUPS cannot be specified: it goes with USER_NAME",
    ),
    (CLUSTER, "AUTO_CREATE_USER = TRUE", "22023", "it goes with USER_NAME"),
    (CLUSTER, "USER_NAME = 'IAM:etl'", "22023", "invalid value for USER_NAME"),
    (CLUSTER, "EXTERNAL_ID = 'x'", "42601", "AWS_ROLE must be specified"),
    (CLUSTER, "AWS_ROLE = 'reader'", "22023", "invalid value for AWS_ROLE"),
    (CLUSTER, "AWS_REGION = 'Ireland'", "22023", "invalid value for AWS_REGION"),
    (
        WORKGROUP,
        "USER_NAME = 'etl'",
        "22023",
        "USER_NAME cannot be specified: a workgroup's user",
    ),
    (
        WORKGROUP,
        "DB_GROUPS = ('g')",
        "22023",
        "DB_GROUPS cannot be specified: a workgroup makes",
    ),
    (
        TUNNEL,
        "USER_NAME = 'etl'",
        "42601",
        "CLUSTER must be specified: the host names neither",
    ),
    (
        TUNNEL,
        "WORKGROUP = 'default'",
        "42601",
        "AWS_REGION must be specified: the host names no region",
    ),
    (
        PLAIN,
        "USER_NAME = 'u' PASSWORD = 'p' AWS_PROFILE = 'x'",
        "22023",
        "AWS_PROFILE cannot be specified",
    ),
    (
        PLAIN,
        "USER_NAME = 'u' PASSWORD = 'p' CLUSTER = 'x'",
        "22023",
        "CLUSTER cannot be specified",
    ),
    (
        PLAIN,
        "AWS_SECRET = 's' PASSWORD = 'p' AWS_REGION = 'eu-west-1'",
        "22023",
        "PASSWORD cannot be specified: the secret",
    ),
    (
        PLAIN,
        "AWS_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s' \
         AWS_REGION = 'eu-west-1'",
        "22023",
        "AWS_REGION cannot be specified: the ARN",
    ),
    (
        CLUSTER,
        "CLUSTER = 'other'",
        "22023",
        "CLUSTER cannot be specified: the host names another",
    ),
    (
        CLUSTER,
        "WORKGROUP = 'w'",
        "22023",
        "WORKGROUP cannot be specified: the host names a cluster",
    ),
    (
        WORKGROUP,
        "CLUSTER = 'c'",
        "22023",
        "CLUSTER cannot be specified: the host names a workgroup",
    ),
    (
        CLUSTER,
        "AWS_REGION = 'us-east-1'",
        "22023",
        "AWS_REGION cannot be specified: the host",
    ),
    (
        TUNNEL,
        "CLUSTER = 'a b' AWS_REGION = 'eu-west-1'",
        "22023",
        "invalid value for CLUSTER",
    ),
    (
        PLAIN,
        "USER_NAME = 'u' PASSWORD = COMMAND ''",
        "22023",
        "invalid value for PASSWORD",
    ),
    (
        PLAIN,
        "USER_NAME = 'u' PASSWORD = COMMAND 'pass \"x'",
        "22023",
        "closes its quotes",
    ),
    (PLAIN, "AWS_SECRET = 's'", "42601", "AWS_REGION must be specified"),
    (PLAIN, "PASSWORD = 'p'", "42601", "USER_NAME must be specified"),
    (
        CLUSTER,
        "USER_NAME = 'u' DB_GROUPS = ('a,b')",
        "22023",
        "invalid value for DB_GROUPS: a group's name has letters",
    ),
];

fn create(url: &str, options: &str) -> String {
    format!("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '{url}' {options}")
}

#[test]
fn options_that_do_not_go_together_are_refused_before_anything_is_asked() {
    let home = Home::new();
    for (url, options, sqlstate, words) in REFUSED {
        let done = home.redwire(["-c", &create(url, options)]).run();
        done.status(1)
            .err_has(&format!("error[{sqlstate}]"))
            .err_has(words)
            .err_has("hint: ");
    }
    for mode in ["ssl=false", "sslmode=disable", "sslmode=require"] {
        let done = home.redwire(["-c", &create(&format!("{TUNNEL}?{mode}"), "")]).run();
        done.status(1).err_has("error[22023]").err_has("verifies the server");
    }
}

/// The hint is the whole statement, which works as it stands.
#[test]
fn the_hint_of_a_refusal_is_the_statement_that_works() {
    let of_host = |words: &str| words.contains(": the host") || words.contains(": the ARN");
    let of_host = REFUSED.iter().filter(|(.., words)| of_host(words) && words.contains("cannot"));
    for (url, options, ..) in [REFUSED[0], REFUSED[3], REFUSED[9]].iter().chain(of_host) {
        let home = Home::new();
        let done = home.redwire(["--format", "json", "-c", &create(url, options)]).run();
        let hint = hint(&done.status(1).err);
        assert!(hint.starts_with("CREATE REDSHIFT CONNECTION c"), "{hint}");
        home.redwire(["-c", &hint]).run().status(0);
    }
    for (url, kept) in [
        (
            "jdbc:redshift:iam://sales.abc123.eu-west-1.redshift.amazonaws.com:5439/dev?DbUser=etl&\
             DbGroups=Readers&AutoCreate=true&Profile=prod&ssl=true",
            vec![
                "?ssl=true'",
                "USER_NAME = 'etl'",
                "AWS_PROFILE = 'prod'",
                "AUTO_CREATE_USER = TRUE",
                "DB_GROUPS = ('readers')",
            ],
        ),
        (
            "jdbc:redshift://sales.abc123.eu-west-1.redshift.amazonaws.com:5439/dev?IAMAuth=true",
            vec!["jdbc:redshift:iam://sales"],
        ),
    ] {
        let home = Home::new();
        let done = home.redwire(["--format", "json", "-c", &create(url, "")]).run();
        let hint = hint(&done.status(1).err);
        for part in kept {
            assert!(hint.contains(part), "{part} is not in {hint}");
        }
        home.redwire(["-c", &hint]).run().status(0);
    }
}

fn hint(errors: &str) -> String {
    let error: serde_json::Value = errors
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .unwrap_or_else(|| panic!("no JSON: {errors}"));
    error["error"]["hint"].as_str().expect("a hint").to_owned()
}

#[test]
fn alter_is_held_to_the_same_rules() {
    let home = Home::new();
    let options = "USER_NAME = 'etl' CLUSTER = 'sales' AWS_REGION = 'eu-west-1'";
    home.redwire(["-c", &create(TUNNEL, options)]).run().status(0);
    let alter = |changes: &str| {
        let statement = format!("ALTER REDSHIFT CONNECTION c {changes}");
        home.redwire(["--format", "json", "-c", &statement]).run()
    };
    // The hint is the whole statement, which works as it stands.
    let done = alter("SET WORKGROUP = 'default' RESET CLUSTER").status(1);
    let done = done.err_has("USER_NAME cannot be specified");
    home.redwire(["-c", &hint(&done.err)]).run().status(0);
    alter("SET USER_NAME = 'etl', CLUSTER = 'sales' RESET WORKGROUP").status(0);
    alter("SET PASSWORD = 'x'").status(1).err_has("leave PASSWORD out");
    let done = alter("RESET AWS_REGION").status(1).err_has("AWS_REGION must be specified");
    done.err_has("add SET AWS_REGION = 'eu-west-1'");
    let done = alter(&format!("SET CONNECTION_STRING = '{CLUSTER}?DbUser=ann&Profile=prod'"));
    home.redwire(["-c", &hint(&done.status(1).err)]).run().status(0);
    let shown = home.redwire(["-c", "SHOW CREATE CONNECTION c"]).run();
    shown.out_has("USER_NAME = 'ann'").out_has("AWS_PROFILE = 'prod'");
}
