//! A marked password in every right and wrong place: it must turn up in no output and in no file.

mod sessions;

use std::path::Path;

use crate::support::bus_proxy::BusRecorder;
use crate::support::home::{Done, Home, REDWIRE};
use crate::support::keyring_session::{Keyring, KeyringSession};

/// The mark. Letters and digits alone, so that no encoding of URLs changes it.
const MARK: &str = "Kanari7Zq";

/// The text to look for, in lower case: the mark without its first letter, which some statements
/// percent-encode.
const CORE: &str = "anari7zq";

const FORMATS: &[&str] = &["table", "csv", "json"];

/// Statements with the password in its place; `<` stands for the mark.
const RIGHT_PLACES: &[&str] = &[
    "CREATE OR REPLACE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = '<'",
    "create or replace redshift connection c password='it''s <', connection_string='jdbc:redshift://h/d' user_name='u'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = '<'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = ENV 'MARKED'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = FILE '../marked.txt'",
    "BEGIN; ALTER REDSHIFT CONNECTION c SET PASSWORD = '<' SET COMMENT = 'x'; ROLLBACK",
    "SHOW CREATE CONNECTION c; DESCRIBE CONNECTION c; SHOW CONNECTIONS",
    "SELECT * FROM system.information_schema.connections",
];

/// Endings of `CREATE REDSHIFT CONNECTION w` with the password in the wrong place.
const WRONG_OPTIONS: &[&str] = &[
    "PASWORD = '<'",
    "PASSWORD '<'",
    "PASSWORD \"<\"",
    "PASSWORD <",
    "PASSWORD = <",
    "PASSWORD = \"<\"",
    "PASSWORD = my<",
    "PASSWORD = my < = 5",
    "PASSWORD = my COMMENT = '<'",
    "PASSWORD = ENV <",
    "PASSWORD = FILE <",
    "PASSWORD = PROMPT '<'",
    "PASSWORD = ('<')",
    "PASSWORD = ['<']",
    "PASSWORD = $$<$$",
    "PASSWORD = E'<'",
    "PASSWORD = `<`",
    "PASSWORD == '<'",
    "PASSWORD := '<'",
    "PASSWORD: '<'",
    "PASSWORD => '<'",
    "PASSWORD = 'a' '<'",
    "PASSWORD = 'a'<'b'",
    "PASSWORD = 'a'<='b'",
    "PASSWORD = 'a'\"<\"",
    "PASSWORD = 'a', '<'",
    "PWD = '<'",
    "TOKEN = '<'",
    "SECRET <",
    "'<'",
    "\"<\"",
    "<",
    "COMMENT = 'c' '<'",
    "COMMENT = 'c' <",
    "COMMENT = 'c', '<'",
    "COMMENT = 'c' \"<\"",
    "COMMENT '<'",
    "COMMENT <",
    "USER_NAME = 'u' '<'",
    "USER_NAME = 'u'/'<'",
    "USER_NAME = 'u'@'<'",
    "USER_NAME = 'bob, PASSWORD = '<', COMMENT = 'x'",
    "-- PASSWORD = '<'\n",
    "/* PASSWORD = '<' */",
    "PASSWORD = 'a' WITH TEST '<'",
    "CONNECTION_STRING = jdbc:redshift://u:<@h/d",
    "CONNECTION_STRING 'jdbc:redshift://h/d?PWD=<'",
    "PASSWORD = 'a' PASSWORD = '<'",
];

/// URLs with the password in them.
const WRONG_URLS: &[&str] = &[
    "jdbc:redshift://u:<@h/d",
    "jdbc:redshift://u%3A<@h/d",
    "jdbc:redshift://<@h/d",
    "jdbc:redshift://h/d?PWD=<",
    "jdbc:redshift://h/d;pwd=<",
    "jdbc:redshift://h/d?ssl=true&password=<",
    "jdbc:redshift://h/d?P%57D=<",
    "jdbc:redshift://h/d?PWD=%4Banari7Zq",
    "jdbc:redshift://h/d?PASWORD=<",
    "jdbc:redshift://h/d?SecretAccessKey=<",
    "jdbc:redshift://h/d?AccessKeyID=<",
    "jdbc:redshift://h/d?SessionToken=<",
    "jdbc:redshift://h/d?Client_Secret=<",
    "jdbc:redshift://h/d?token=<",
    "jdbc:redshift://h/d?UID=u&PWD=<&ssl=maybe",
    "jdbc:redshift://h/d?ssl=maybe&PWD=<",
    "jdbc:redshift://h/d?UID=<",
    "jdbc:redshift://h/d?ssl=<;PWD=<",
    "jdbc:redshift:iam://h/d?PWD=<",
    "jdbc:redshift://h:<PWD=/d?PWD=<",
    "jdbc:postgresql://u:<@h/d",
    "redshift://u:<@h/d",
    "postgres://u:<@h:5439/d?sslmode=require",
    "host=h user=u password=<",
];

/// Statements of other kinds, and what is no statement.
const WRONG_STATEMENTS: &[&str] = &[
    "PASSWORD = '<'",
    "password: <",
    "export PGPASSWORD=<",
    "CREAT REDSHFT CONECTION c PASWORD = '<'",
    "CREATE CONNECTION c PASSWORD = '<'",
    "CREATE SNOWFLAKE CONNECTION c PASSWORD = '<'",
    "CREATE SNOWFLAKE CONNECTION c PRIVATE_KEY = <",
    "CREATE USER u WITH PASSWORD '<'",
    "CREATE USER u PASSWIRD '<'",
    "CREATE USER u PASSWROD '<'",
    "CREATE ROLE r LOGIN PASS '<'",
    "CREATE REDSHFT CONECTION c PASSWRD = '<'",
    "ALTER REDSHIFT CONECTION c SET PSWORD = '<'",
    "ALTER REDSHIFT CONECTION c SET PSWORD <",
    "DROP CONNECTION \"postgres://u:<@h/d\"",
    "DROP CONNECTION IF EXISTS \"jdbc:redshift://h/d?user=u&password=<\"",
    "SHOW CREATE CONNECTION \"jdbc:redshift://h/d?user=u&password=<\"",
    "TEST CONNECTION \"postgres://u:<@h/d\"",
    "IMPORT TABLES FROM \"postgres://u:<@h/d\"",
    "CREATE TABLE \"postgres://u:<@h/d\".s.t (x INT)",
    "DROP JOB \"PASSWORD = <\"",
    "SELECT * FROM \"postgres://u:<@h/d\"",
    "EXPORT CATALOG TO 'postgres://u:<@h/d'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = FILE 'postgres://u:<@h/d'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = ENV 'postgres://u:<@h/d'",
    "ALTER USER u PASSWORD '<'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD TO '<'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD '<'",
    "ALTER REDSHIFT CONNECTION c PASSWORD = '<'",
    "ALTER REDSHIFT CONNECTION c SET <",
    "ALTER REDSHIFT CONNECTION c RESET <",
    "ALTER REDSHIFT CONNECTION c RESET PASSWORD '<'",
    "ALTER REDSHIFT CONNECTION c RENAME TO '<'",
    "ALTER REDSHIFT CONNECTION nobody SET PASSWORD = '<'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = '<' RENAME TO c",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = '<', CONNECTION_STRING = 'jdbc:redshift://h'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = '<', PASSWORD = '<'",
    "ALTER REDSHIFT CONNECTION c SET PASSWORD = FILE '../two_lines.txt'",
    "IMPORT PASSWORD = '<'",
    "IMPORT CONNECTIONS FROM DBT 'postgres://u:<@h/d'",
    "IMPORT CONNECTIONS FROM PGPASS LIKE 'x' PASSWORD = '<'",
    "SET PASSWORD = '<'",
    "COPY t FROM 's3://b' CREDENTIALS 'aws_secret_access_key=<'",
    "UNLOAD ('select 1') TO 's3://b' ACCESS_KEY_ID '<'",
];

/// Files of other tools with the password in every right and wrong place.
const FOREIGN_FILES: &[(&str, &str)] = &[
    (
        "profiles.yml",
        "p:\n  outputs:\n    a: {type: redshift, host: h, user: u, pass: '<', dbname: d}\n    \
         b: {type: redshift, host: h, user: u, password: \"{{ env_var('MARKED') }}\", dbname: d}\n    \
         d: {type: redshift, host: h, user: u, password: \"{{ < }}\", dbname: d}\n    \
         e: {type: <, method: <, password: [<]}\n    \
         f: {type: redshift, method: <, password: {a: <}}\n    \
         g: {type: redshift, host: h, port: <, user: u, dbname: d, sslmode: <}\n",
    ),
    ("pgpass", "h:1:d:u:<\nh:1:d:<\nh:1:d:u:<\nh:<:d:v:x\n*:1:d:u:<\n<\n"),
    (
        "pg_service.conf",
        "[a]\nhost=h\nuser=u\npassword=<\n[b]\nhost=h\nuser=u\nport=<\n[c]\nhost=h\nuser=u\noptions=<\n",
    ),
    (
        "data-sources.json",
        r#"{"connections": {"a": {"driver": "postgres-jdbc", "name": "dba", "configuration": {"host": "h",
            "database": "d", "user": "u", "password": "<", "properties": {"password": "<", "x": "<"}}},
            "b": {"driver": "postgres-jdbc", "name": "dbb", "configuration": {"url": "jdbc:postgresql://h/d?password=<"}},
            "c": {"driver": "postgres-jdbc", "name": "dbc", "configuration": {"url": "jdbc:postgresql://u:<", "user": "u"}}}}"#,
    ),
    (
        "env.yaml",
        "connections:\n  s1: {type: redshift, host: h, user: u, password: <, database: d}\n  \
         s2: {url: 'redshift://u:<@h/d'}\n  s3: {url: 'redshift://u:</<@h/d'}\n  \
         s5: {type: redshift, ssh_tunnel: 'ssh://u:<@b'}\n",
    ),
    ("torn.yml", "p:\n  password: [<\nq: *<\n"),
    ("torn.json", "{\"connections\": {\"password\": <}}"),
    ("torn.conf", "[a]\npassword <\n"),
];

/// Imports of these files.
const IMPORTS: &[&str] = &[
    "IMPORT CONNECTIONS FROM DBT '../profiles.yml'",
    "IMPORT CONNECTIONS FROM PGPASS '../pgpass'",
    "IMPORT CONNECTIONS FROM PG_SERVICE '../pg_service.conf'",
    "IMPORT CONNECTIONS FROM DBEAVER '../data-sources.json'",
    "IMPORT CONNECTIONS FROM SLING '../env.yaml'",
    "IMPORT CONNECTIONS FROM DBT '../torn.yml'",
    "IMPORT CONNECTIONS FROM SLING '../torn.yml'",
    "IMPORT CONNECTIONS FROM DBEAVER '../torn.json'",
    "IMPORT CONNECTIONS FROM PG_SERVICE '../torn.conf'",
];

/// Statements on tables and jobs, which have no place for a password.
const WRONG_DEFINITIONS: &[&str] = &[
    "CREATE TABLE c PASSWORD = '<'",
    "CREATE TABLE c.s.t PASSWORD '<'",
    "CREATE TABLE c.s.t (x INT) PASSWORD = '<'",
    "CREATE TABLE c.s.t (x INT, PASSWORD = '<')",
    "CREATE TABLE c.s.t (x INT) -- PASSWORD = '<'\n COMMENT 5",
    "ALTER TABLE c.s.t SET PASSWORD = '<'",
    "ALTER TABLE c.s.t SET PASSWORD TO '<'",
    "CREATE JOB j PASSWORD = '<' AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j PASWORD = '<' AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j PASSWORD < AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j TOKEN = < AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j COMMENT = 'bob, PASSWORD = '<', RUN_PARALLELISM = 2 AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j COMPUTE_CLUSTER = \" PASSWORD = '<' \" RUN_PARALLELISM = 0 AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=<' AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j COMMENT = 'jdbc:redshift://h/d?PWD=<' RUN_PARALLELISM = 0 AS INSERT INTO c.s.t SELECT 1",
    "CREATE JOB j /* PASSWORD = '<' */ RUN_PARALLELISM = 0 AS INSERT INTO c.s.t SELECT 1",
    "CREATE SYNC JOB j AS COPY c.s.t FROM 's3://b' CREDENTIALS 'aws_secret_access_key=<'",
    "CREAT JOB j PASSWORD = '<'",
    "ALTER JOB j SET PASSWORD = '<'",
    "ALTER JOB nobody SET COMMENT = 'c' PASSWORD = '<'",
    "DROP JOB j PASSWORD <",
    "EXPORT CATALOG PASSWORD = '<'",
];

/// Inputs that end in the middle.
const TORN: &[&[u8]] = &[
    b"CREATE REDSHIFT CONNECTION w PASSWORD = '<",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = '<;\n",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = \"<\n",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = '<'",
    b"CREATE REDSHIFT CONNECTION w USER_NAME = 'u PASSWORD = <\n",
    b"CREATE REDSHIFT CONNECTION w /* PASSWORD = '<'\n",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = 'a;<\n",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = 'a'b;<';\n",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = '<\xff';\n",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = '<\0';\n",
    b"CREATE REDSHIFT CONNECTION w PASSWORD = '<' COMMENT = 'c;\nSHOW CONNECTIONS;\n",
    b"SELECT 'x FROM y;\nCREATE REDSHIFT CONNECTION w PASSWORD = '<';\n",
    b"SHOW TABLES LIKE 'x;\nCREATE REDSHIFT CONNECTION w PASSWORD = '<';\n",
    b"CREATE JOB j AS INSERT INTO c.s.t SELECT 'x;\nCREATE REDSHIFT CONNECTION w PASSWORD = '<';\n",
    b"CREATE JOB j PASSWORD = '<\nAS INSERT INTO c.s.t SELECT 1;\n",
    b"CREATE TABLE c.s.t (x INT) COMMENT = 'c PASSWORD = '<';\n",
    b"\\password <\nSHOW CONNECTIONS;\n",
    b"\\<\n",
    b"\\connect host=h password=<\n",
    b"\\format <\n",
    b"\\expect <\n",
    b"\\set PASSWORD '<'\n",
];

fn marked(text: &str) -> String {
    text.replace('<', MARK)
}

fn marked_bytes(text: &[u8]) -> Vec<u8> {
    let pieces: Vec<&[u8]> = text.split(|byte| *byte == b'<').collect();
    pieces.join(MARK.as_bytes())
}

/// Every form that the mark could have in the bytes.
fn has_mark(bytes: &[u8]) -> bool {
    let bytes = bytes.to_ascii_lowercase();
    let core = CORE.as_bytes();
    let hexadecimal = redwire::secret::hexadecimal(&core[3..]);
    let reversed: Vec<u8> = core.iter().rev().copied().collect();
    let wide: Vec<u8> = core.iter().flat_map(|byte| [*byte, 0]).collect();
    [core, hexadecimal.as_bytes(), &reversed, &wide]
        .iter()
        .any(|form| bytes.windows(form.len()).any(|window| window == *form))
}

#[track_caller]
fn assert_said_nothing(done: &Done, input: &str) {
    assert!(!has_mark(done.out.as_bytes()), "{input}\n{done:?}");
    assert!(!has_mark(done.err.as_bytes()), "{input}\n{done:?}");
}

/// Looks into every file under the folder.
#[track_caller]
fn assert_kept_nothing(folder: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let kind = path.symlink_metadata().expect("its kind").file_type();
        if kind.is_dir() {
            files += assert_kept_nothing(&path);
        } else if kind.is_file() {
            let name = path.display().to_string();
            assert!(!has_mark(name.as_bytes()), "{name}");
            assert!(!has_mark(&std::fs::read(&path).expect("the file")), "the mark is in {name}");
            files += 1;
        }
    }
    files
}

/// All statements that end, one a line, as one script.
fn whole_script() -> String {
    let create = "CREATE REDSHIFT CONNECTION w CONNECTION_STRING = 'jdbc:redshift://h/d'";
    let options = WRONG_OPTIONS
        .iter()
        .map(|options| format!("CREATE REDSHIFT CONNECTION w {options}"));
    let more_options = WRONG_OPTIONS
        .iter()
        .map(|options| format!("{create} USER_NAME = 'u' {options}"));
    let urls = WRONG_URLS.iter().flat_map(|url| {
        ["", "ALTER REDSHIFT CONNECTION c SET "].map(|alter| match alter {
            "" => format!("CREATE REDSHIFT CONNECTION w CONNECTION_STRING = '{url}' USER_NAME = 'u' PASSWORD = '<'"),
            alter => format!("{alter} CONNECTION_STRING = '{url}'"),
        })
    });
    RIGHT_PLACES
        .iter()
        .chain(IMPORTS)
        .chain(WRONG_STATEMENTS)
        .chain(WRONG_DEFINITIONS)
        .map(|&statement| statement.to_owned())
        .chain(options)
        .chain(more_options)
        .chain(urls)
        .map(|statement| marked(&statement) + ";\n")
        .collect()
}

/// A home in which no file has the mark yet; what has it lies beside it.
struct Cage {
    outside: Home,
}

impl Cage {
    fn new() -> Self {
        let outside = Home::new();
        std::fs::create_dir(outside.file("inside")).expect("a folder");
        outside.write("marked.txt", format!("{MARK}\n"));
        outside.write("two_lines.txt", format!("{MARK}\n{MARK}\n"));
        for (name, content) in FOREIGN_FILES {
            let path = outside.write(name, marked(content));
            #[cfg(unix)]
            std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
                .expect("its mode");
        }
        Self { outside }
    }

    fn run(&self, store: &str, arguments: &[&str], input: &[u8]) -> Done {
        let inside = self.outside.file("inside");
        // It is an option of scripts.
        let goes_on: &[&str] = if ["exec", "plan"].iter().any(|command| arguments.contains(command))
        {
            &[]
        } else {
            &["--on-error", "continue"]
        };
        self.outside
            .redwire(["--verbose", "--secret-store", store])
            .args(goes_on)
            .args(arguments)
            .env("HOME", &inside)
            .env("XDG_DATA_HOME", inside.join("data"))
            .env("TMPDIR", &inside)
            .env("MARKED", MARK)
            .env("REDWIRE_VAULT_PASSPHRASE", MARK)
            .folder(&inside)
            .stdin(input)
            .run()
    }

    #[track_caller]
    fn assert_empty(&self) {
        assert!(
            assert_kept_nothing(&self.outside.file("inside")) > 0,
            "there is a catalog at least"
        );
    }
}

#[test]
fn a_marked_password_shows_in_no_output_and_no_file() {
    let script = whole_script();
    for store in ["memory", "vault"] {
        let cage = Cage::new();
        for format in FORMATS {
            let done = cage.run(store, &["--format", format], script.as_bytes()).status(1);
            assert_said_nothing(&done, "the whole script");
            assert!(done.err.contains("CREATE CONNECTION") && done.err.contains("***"), "{done:?}");
        }
        cage.assert_empty();
    }
}

#[test]
fn an_unfinished_statement_shows_no_password_either() {
    let cage = Cage::new();
    cage.run("memory", &[], marked(RIGHT_PLACES[0]).as_bytes());
    for torn in TORN {
        for format in FORMATS {
            let input = marked_bytes(torn);
            let done = cage.run("memory", &["--format", format], &input);
            assert_said_nothing(&done, &String::from_utf8_lossy(&input));
        }
    }
    let long =
        marked("CREATE REDSHIFT CONNECTION w PASSWORD = '<") + &"x".repeat(17 << 20) + "';\n";
    assert_said_nothing(
        &cage.run("memory", &[], long.as_bytes()).status(1),
        "a statement that is too long",
    );
}

#[test]
fn a_password_on_the_command_line_shows_nowhere_whatever_is_wrong_with_the_line() {
    let cage = Cage::new();
    let create = marked(RIGHT_PLACES[0]);
    cage.run("memory", &["-c", &create], b"")
        .status(0)
        .err_has(
            "the password stands on the command line, where other users of this machine can see it",
        )
        .nowhere(MARK);
    for wrong in WRONG_OPTIONS.iter().step_by(4) {
        let statement = marked(&format!("CREATE REDSHIFT CONNECTION w {wrong}"));
        assert_said_nothing(&cage.run("memory", &["-c", &statement], b"").status(1), &statement);
    }
    let mark_with = |before: &str| format!("{before}{MARK}");
    for line in [
        vec![create.clone()],
        vec!["CREATE".to_owned(), "PASSWORD".to_owned(), MARK.to_owned()],
        vec!["show".to_owned(), "c".to_owned(), mark_with("PASSWORD=")],
        vec![mark_with("--password=")],
        vec![mark_with("--pasword ")],
        vec!["--format".to_owned(), create.clone()],
        vec![mark_with("-p")],
        vec!["--".to_owned(), create.clone()],
    ] {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let done = cage.run("memory", &line, b"").status(2);
        assert_said_nothing(&done, &line.join(" "));
    }
    cage.assert_empty();
}

#[test]
fn a_password_in_place_of_a_name_a_path_or_a_program_is_not_repeated() {
    let cage = Cage::new();
    cage.run("memory", &["-c", &marked(RIGHT_PLACES[0])], b"").status(0);
    for url in ["postgres://u:<@h/d", "jdbc:redshift://h/d?user=u&password=<"].map(marked) {
        for line in [vec!["connect", &url], vec!["exec", &url, "--", "true"]] {
            let done = cage.run("memory", &line, b"").err_has(
                "error[42704]: connection \"***\" does not exist\n\
                 hint: write the name of a connection, not a URL; \
                 CREATE REDSHIFT CONNECTION keeps one",
            );
            assert_said_nothing(&done, &url);
        }
        for line in [
            vec!["plan", &url],
            vec!["-f", &url],
            vec!["--catalog", &url, "-c", "SHOW CONNECTIONS"],
            vec!["--catalog", &url, "-c", "DROP CONNECTION c"],
        ] {
            let done = cage.run("memory", &line, b"").err_has("***");
            assert_said_nothing(&done, &line.join(" "));
        }
    }
    let program = marked("PASSWORD=<");
    let done = cage.run("memory", &["exec", "c", &program], b"").status(127);
    assert_said_nothing(&done.err_has("program \"***\" not found"), &program);
}

#[test]
fn a_password_on_its_way_to_the_keyring_is_told_nowhere() {
    let Some(session) = KeyringSession::start(Keyring::Unlocked) else {
        return;
    };
    let script: String = RIGHT_PLACES.iter().map(|statement| marked(statement) + ";\n").collect();
    let script = script.replace("FILE '../marked.txt'", "ENV 'MARKED'");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("script.sql");
    std::fs::write(&path, script).expect("the script");
    let output = session
        .command(REDWIRE)
        .args(["--verbose", "-f"])
        .arg(path)
        .env("MARKED", MARK)
        .output()
        .expect("redwire runs");
    let done = Done::from(output).status(0).err_has("using the secret store keyring");
    assert_said_nothing(&done, "the script");
    assert!(session.listed().contains(MARK), "it is in the keyring");
    assert!(assert_kept_nothing(&session.home()) > 0);
}

#[test]
fn a_password_crosses_the_bus_encrypted_both_ways() {
    let Some(session) = KeyringSession::start(Keyring::Unlocked) else {
        return;
    };
    let bus = session.socket();
    let recorder = BusRecorder::start(bus.with_file_name("recorder"), bus);
    let redwire = |arguments: &[&str]| {
        let mut command = session.command(REDWIRE);
        command.args(arguments).env("MARKED", MARK);
        command.env("DBUS_SESSION_BUS_ADDRESS", recorder.address());
        Done::from(command.output().expect("redwire runs")).status(0)
    };
    redwire(&[
        "-c",
        "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://localhost/d?sslmode=disable' USER_NAME = 'u' \
            PASSWORD = ENV 'MARKED'",
    ]);
    let put = recorder.heard().len();
    redwire(&["exec", "c", "--", "sh", "-c", "test \"$PGPASSWORD\" = \"$MARKED\""]);
    let heard = recorder.heard();
    for (way, heard) in [("to", &heard[..put]), ("from", &heard[put..])] {
        assert!(heard.windows(7).any(|bytes| bytes == b"Secret."), "it goes {way} the keyring");
        assert!(!has_mark(heard), "it can be read on its way {way} the keyring");
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for text in [
        MARK.to_owned(),
        MARK.to_uppercase(),
        "%4banari7zq".to_owned(),
        "qz7iranak".to_owned(),
    ] {
        assert!(has_mark(format!("x{text}x").as_bytes()), "{text}");
    }
    let wide: Vec<u8> = MARK.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(has_mark(&wide) && !has_mark(b"kanari"));
}
