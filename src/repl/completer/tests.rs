use super::*;

/// A few connections, tables, jobs and files.
struct Few;

impl Names for Few {
    fn catalog(&mut self, scope: NameScope<'_>, prefix: &str) -> NameRange {
        let names = all(scope).iter().filter(|name| name.starts_with(prefix));
        NameRange {
            first: names.map(|name| (*name).to_owned()).collect(),
            last: None,
        }
    }

    fn catalog_by_letters(&mut self, scope: NameScope<'_>, _letters: &str) -> Vec<String> {
        all(scope).iter().map(|name| (*name).to_owned()).collect()
    }

    fn variables(&mut self) -> Vec<String> {
        ["day", "Days", "VERSION"].map(str::to_owned).to_vec()
    }

    fn entries(&mut self, folder: &Path) -> Vec<Entry> {
        let all: &[(&str, bool)] = match folder.to_str() {
            Some(".") => &[("setup.sql", false), ("scripts", true), (".hidden", false)],
            Some("scripts/") => &[("it's.sql", false)],
            _ => &[],
        };
        let entry = |&(name, is_folder): &(&str, bool)| Entry { name: name.to_owned(), is_folder };
        all.iter().map(entry).collect()
    }
}

fn all(scope: NameScope<'_>) -> &'static [&'static str] {
    match scope {
        NameScope::Connections => &["my conn", "sales", "sales_eu", "web"],
        NameScope::Schemas("sales") => &["public", "staging"],
        NameScope::Schemas("my conn") => &["my schema"],
        NameScope::Tables("sales", "public") => &["order items", "orders", "totals"],
        NameScope::Tables("my conn", "my schema") => &["a.b"],
        NameScope::Schemas(_) | NameScope::Tables(..) => &[],
        NameScope::Jobs => &["load_orders", "load_totals", "my job"],
    }
}

/// The texts that the candidates at the mark `|` give.
fn completed(text: &str) -> Vec<String> {
    let cursor = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let completion = complete(&text, cursor, &Target::Catalog, &mut Few);
    completion
        .candidates
        .iter()
        .map(|candidate| format!("{}{}", &text[completion.start..completion.start], candidate.text))
        .collect()
}

#[test]
fn keywords_follow_the_letter_case_of_what_was_typed() {
    assert_eq!(completed("SHO|"), ["SHOW "]);
    assert_eq!(completed("sho|"), ["show "]);
    assert_eq!(completed("show con|"), ["connections "]);
    assert_eq!(
        completed("create |"),
        ["or ", "redshift ", "connection ", "table ", "sync ", "job "]
    );
    assert_eq!(completed("DROP CONNECTION |").first().unwrap(), "IF ");
}

#[test]
fn only_the_statement_at_the_cursor_counts() {
    assert_eq!(completed("SHOW CONNECTIONS; DESC|"), ["DESCRIBE "]);
    assert_eq!(completed("\\x on\nDESC|"), ["DESCRIBE "]);
    assert_eq!(completed("-- a\n/* b */ DESC|"), ["DESCRIBE "]);
    assert_eq!(completed("DESC| CONNECTION x"), ["DESCRIBE"]);
}

#[test]
fn names_are_quoted_where_they_must_be() {
    assert_eq!(completed("DESCRIBE CONNECTION |"), ["\"my conn\"", "sales", "sales_eu", "web"]);
    assert_eq!(completed("DESCRIBE CONNECTION SAL|"), ["sales", "sales_eu"]);
    assert_eq!(completed("DESCRIBE CONNECTION \"My|"), ["\"my conn\""]);
    assert_eq!(completed("DESCRIBE CONNECTION \"w|"), ["\"web\""]);
    assert_eq!(completed("DROP CONNECTION web, sales_|"), ["sales_eu"]);
    assert!(completed("CREATE REDSHIFT CONNECTION sal|").is_empty());
}

#[test]
fn options_that_are_given_are_not_offered_again() {
    assert_eq!(
        completed("CREATE REDSHIFT CONNECTION c COMMENT = 'x' |"),
        [
            "CONNECTION_STRING = '",
            "USER_NAME = '",
            "PASSWORD = ",
            "AWS_SECRET = '",
            "MAX_CONCURRENT_CONNECTIONS = ",
            "PROTECTION = ",
            "COLOR = '",
            "SSH_TUNNEL = '",
            "WITH "
        ]
    );
    assert_eq!(
        completed("ALTER REDSHIFT CONNECTION web RESET c|"),
        ["cluster", "color", "comment"]
    );
    assert_eq!(completed("create redshift connection c user|"), ["user_name = '"]);
}

#[test]
fn a_value_is_offered_where_there_is_one_to_offer() {
    let start = "'jdbc:redshift://";
    let create = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING =";
    assert_eq!(completed(&format!("{create} '|")), [start]);
    assert_eq!(completed(&format!("{create} |")), [start]);
    let url = "'jdbc:redshift://h:5439/dev";
    for (typed, expected) in [
        ("?", "ApplicationName"),
        ("?SSLM", "sslmode"),
        ("?ssl=true&readO", "readOnly"),
        (";ssl=true;query", "queryGroup"),
    ] {
        let mark = typed.rfind(['?', '&', ';']).unwrap() + 1;
        let expected = format!("{url}{}{expected}=", &typed[..mark]);
        assert_eq!(completed(&format!("{create} {url}{typed}|"))[0], expected);
    }
    assert!(completed(&format!("{create} {url}?password|")).is_empty());
    assert!(
        completed("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://a|")
            .is_empty()
    );
    let password = "ALTER REDSHIFT CONNECTION web SET PASSWORD = ";
    assert_eq!(completed(&format!("{password}|")), ["PROMPT", "ENV '", "FILE '"]);
    assert!(completed(&format!("{password}'P|")).is_empty());
    assert_eq!(completed(&format!("{password}FILE 'set|")), ["'setup.sql'"]);
}

#[test]
fn backslash_commands_and_their_arguments_are_offered() {
    assert_eq!(completed("\\ti|"), ["\\timing "]);
    assert_eq!(completed("\\timing o|"), ["on", "off"]);
    assert_eq!(completed("\\format js|"), ["json", "jsonl"]);
    assert_eq!(
        completed("\\h show c|"),
        [
            "show connections",
            "show create connection",
            "show create table",
            "show create job"
        ]
    );
    assert_eq!(completed("\\tree sa|"), ["sales", "sales_eu"]);
    assert_eq!(completed("\\tree sales.|"), ["public.", "staging."]);
    assert_eq!(completed("\\tree sales.public.ord|"), ["\"order items\"", "orders"]);
    assert_eq!(completed("\\tree \"my|"), ["\"my conn\""]);
    assert_eq!(completed("\\expect 2B|"), ["2BP01"]);
    assert!(completed("\\q |").is_empty());
}

#[test]
fn paths_are_offered_with_their_folders() {
    assert_eq!(completed("\\i |"), ["scripts/", "setup.sql"]);
    assert_eq!(completed("\\i scripts/|"), ["scripts/it's.sql"]);
    assert_eq!(completed("\\i 'scripts/i|"), ["'scripts/it''s.sql'"]);
    for command in ["\\o", "\\w", "\\g", "SELECT 1 \\g", "SELECT 1 \\gx"] {
        assert_eq!(completed(&format!("{command} .|")), [".hidden"], "{command}");
    }
    assert_eq!(completed("IMPORT CONNECTIONS FROM pg|"), ["pgpass ", "pg_service "]);
    assert_eq!(completed("IMPORT CONNECTIONS FROM DBT 'se|"), ["'setup.sql'"]);
}

#[test]
fn a_query_knows_the_catalog() {
    let tables = ["connections", "tables", "columns", "jobs", "usages"]
        .map(|name| format!("system.information_schema.{name}"));
    let monitoring = ["system.monitoring.jobs", "system.monitoring.runs"];
    let all = [&tables[..], &monitoring.map(str::to_owned)].concat();
    assert_eq!(completed("SELECT name FROM |"), all);
    assert_eq!(completed("SELECT name FROM system.inf|"), tables);
    assert_eq!(completed("SELECT name FROM system.mon|"), monitoring);
    assert_eq!(
        completed("SELECT c.us|"),
        ["c.usage", "c.usages", "c.used", "c.used_kind", "c.user_name"]
    );
    assert_eq!(completed("SELECT j.ta|"), ["j.\"table\""]);
    assert_eq!(completed("SELECT name fr|"), ["from "]);
    assert!(completed("SELECT 'na|").is_empty());
    assert!(completed("SELECT name -- na|").is_empty());
    assert!(completed("SELECT name /* na|").is_empty());
    assert!(completed("DROP /* a */ -- CONN|").is_empty());
    assert_eq!(completed("SELECT name -- a\nfr|"), ["from "]);
}

#[test]
fn the_name_of_a_table_is_completed_part_by_part() {
    for statement in
        ["DROP TABLE ", "DESCRIBE TABLE ", "DROP TABLE a.b.c, ", "SHOW USAGES OF TABLE "]
    {
        let completed = |typed: &str| completed(&format!("{statement}{typed}|"));
        assert!(
            completed("sa").starts_with(&["sales.".to_owned(), "sales_eu.".to_owned()]),
            "{statement}"
        );
        assert_eq!(completed("sales."), ["public.", "staging."]);
        assert_eq!(completed("SALES.PU"), ["public."]);
        assert_eq!(completed("sales.public."), ["\"order items\"", "orders", "totals"]);
        assert_eq!(completed("sales . public . \"o"), ["\"order items\"", "\"orders\""]);
        assert_eq!(completed("\"my conn\".\"my schema\"."), ["\"a.b\""]);
        assert_eq!(completed("\"My"), ["\"my conn\"."]);
    }
    assert_eq!(completed("SHOW TABLES IN sales.|"), ["public", "staging"]);
    assert_eq!(completed("show tables in w|"), ["web"]);
    assert_eq!(completed("IMPORT TABLES FROM w|"), ["web"]);
    assert_eq!(completed("IMPORT TABLES FROM sales.|"), ["public", "staging"]);
}

#[test]
fn a_new_table_completes_connection_and_schema() {
    assert_eq!(completed("CREATE TABLE we|"), ["web."]);
    assert_eq!(completed("CREATE TABLE sales.|"), ["public.", "staging."]);
    assert!(completed("CREATE TABLE sales.public.o|").is_empty());
    assert_eq!(completed("ALTER TABLE sales.public.orders|"), ["orders"]);
    assert!(completed("ALTER TABLE sales.public.orders RENAME TO o|").is_empty());
}

#[test]
fn a_column_is_completed_from_its_type_on() {
    let create = "CREATE TABLE sales.public.t (id BIGINT NOT NULL, x ";
    let completed = |typed: &str| completed(&format!("{create}{typed}|"));
    assert_eq!(completed("VARC"), ["VARCHAR"]);
    assert_eq!(completed("num"), ["numeric"]);
    assert_eq!(completed("DOUBLE "), ["PRECISION "]);
    assert_eq!(completed("DECIMAL(12, 2) DEFAULT 5 ENCODE zstd COL"), ["COLLATE "]);
    assert_eq!(completed("INT, FOREIGN KEY (a) REF"), ["REFERENCES "]);
    assert_eq!(completed("INT) BACKUP "), ["YES ", "NO "]);
    assert_eq!(completed("INT DISTKEY EN"), ["ENCODE "]);
    assert_eq!(completed("INT ENCODE zs"), ["zstd"]);
    assert_eq!(completed("INT, PRIM"), ["PRIMARY "]);
    assert_eq!(completed("INT) DISTSTYLE "), ["AUTO ", "EVEN ", "KEY ", "ALL "]);
    assert_eq!(completed("INT) DISTSTYLE ALL comp"), ["compound "]);
    assert_eq!(completed("INT) COM"), ["COMPOUND ", "COMMENT = '"]);
}

#[test]
fn the_options_of_a_job_have_their_values() {
    let completed = |typed: &str| completed(&format!("CREATE JOB j {typed}|"));
    assert_eq!(
        completed("RUN"),
        ["RUN_INTERVAL = ", "RUN_DELAY = ", "RUN_PARALLELISM = ", "RUN_KEY = '"]
    );
    assert_eq!(completed("START_FROM = "), ["BEGINNING", "NOW", "TIMESTAMP '"]);
    assert_eq!(completed("END_AT = ne"), ["never"]);
    assert_eq!(completed("ADD_MISSING_COLUMNS = "), ["TRUE", "FALSE"]);
    assert_eq!(completed("RUN_INTERVAL = 5 "), ["MINUTES", "HOURS", "DAYS"]);
    assert_eq!(completed("RUN_INTERVAL = 1 h"), ["hour"]);
    assert_eq!(completed("RUN_INTERVAL = 1 HOUR AD"), ["ADD_MISSING_COLUMNS = "]);
    assert!(completed("RUN_INTERVAL = 1 HOUR A").contains(&"AS ".to_owned()));
    assert_eq!(completed("AS ME"), ["MERGE "]);
    assert_eq!(completed("AS INSERT INTO sales.public.t"), ["totals"]);
}

#[test]
fn a_job_is_known_by_its_name() {
    assert_eq!(completed("DROP JOB lo|"), ["load_orders", "load_totals"]);
    assert_eq!(completed("DESCRIBE JOB \"my|"), ["\"my job\""]);
    assert_eq!(completed("ALTER JOB load_orders SET START|"), [""; 0]);
    assert_eq!(
        completed("ALTER JOB load_orders RESET r|"),
        ["run_interval", "run_delay", "run_parallelism"]
    );
    assert_eq!(completed("PAUSE JOB x, lo|"), ["load_orders", "load_totals"]);
    assert_eq!(completed("SHOW RUNS |"), ["OF ", "LIMIT "]);
    assert_eq!(completed("SHOW RUNS OF JOB load_o|"), ["load_orders"]);
}

#[test]
fn the_query_of_a_job_knows_tables_and_words() {
    let insert = "CREATE JOB j AS INSERT INTO sales.public.totals ";
    let merge = "CREATE JOB j AS MERGE INTO sales.public.totals t USING (";
    for start in [insert, merge] {
        let completed = |typed: &str| completed(&format!("{start}{typed}|"));
        assert_eq!(completed("SEL"), ["SELECT "]);
        assert_eq!(completed("SELECT o.id FROM we"), ["web."]);
        assert_eq!(completed("SELECT o.id FROM sales.public.o"), ["\"order items\"", "orders"]);
        assert_eq!(completed("SELECT a FROM x.y.z a, sales.sta"), ["staging."]);
        assert_eq!(completed("SELECT a, (SELECT 1 FROM x), sal"), [""; 0]);
        assert_eq!(completed("SELECT o.or"), [""; 0]);
        assert_eq!(completed("SELECT * FROM x.y.z wher"), ["where "]);
        assert_eq!(completed("SELECT 1 FROM a JOIN sales.public.t"), ["totals"]);
    }
    assert_eq!(completed(&format!("{merge}SELECT 1) s ON t.a = s.a WH|")), ["WHEN "]);
    assert_eq!(completed(&format!("{merge}SELECT 1) s ON t.a = s.a WHEN |")), ["MATCHED "]);
}

#[test]
fn names_that_no_one_begins_are_found_by_a_later_word_or_their_letters() {
    assert_eq!(completed("DROP JOB tot|"), ["load_totals"]);
    assert_eq!(completed("DROP JOB ldt|"), ["load_totals"]);
    assert_eq!(completed("DROP JOB lo|"), ["load_orders", "load_totals"]);
    assert_eq!(completed("DROP JOB t|"), [""; 0]);
    assert_eq!(completed("DESCRIBE CONNECTION eu|"), ["sales_eu"]);
    assert_eq!(completed("DROP TABLE sales.public.ords|"), ["orders", "\"order items\""]);
    assert_eq!(completed("DROP TABLE wb|"), ["web."]);
    assert!(completed("CREATE REDSHIFT CONNECTION eu|").is_empty());
    assert_eq!(
        completed("SELECT name FROM jobs|"),
        ["system.monitoring.jobs", "system.information_schema.jobs"]
    );
    assert_eq!(completed("SELECT c.unm| FROM x c"), ["c.user_name"]);
}

#[test]
fn variables_are_completed_behind_their_colon() {
    assert_eq!(completed("SELECT :da|"), ["day", "Days"]);
    assert_eq!(completed("SELECT :'da|"), ["day'", "Days'"]);
    assert_eq!(completed("SELECT :\"v|"), ["VERSION\""]);
    assert_eq!(completed("SELECT :{?v|}"), ["VERSION"]);
    assert_eq!(completed("\\echo day :da|"), ["day", "Days"]);
    assert_eq!(completed("\\unset d|"), ["day", "Days"]);
    assert_eq!(completed("\\set |"), ["day", "Days", "VERSION"]);
    assert_eq!(completed("\\set day 1 |"), [""; 0]);
    assert_eq!(completed("SELECT x::da|"), ["data_type", "database"]);
    for text in ["SELECT ':da|", "SELECT /* :da|", "SELECT :x|", "\\echo ':da|"] {
        assert_eq!(completed(text), [""; 0], "{text}");
    }
}

#[test]
fn no_place_in_a_text_makes_it_panic() {
    let text =
        "CREATE OR REPLACE REDSHIFT CONNECTION \"ä b\" USER_NAME = 'é' /* ü */; SELECT ü.x; \\i ä";
    for (cursor, _) in text.char_indices() {
        complete(text, cursor, &Target::Catalog, &mut Few);
    }
    let text = "CREATE JOB \"ä\" COMMENT = 'é' AS MERGE INTO a.\"ß\".c USING (SELECT 'ü', (ä.ö) FROM x, a.\"é) ON é";
    for (cursor, _) in text.char_indices() {
        complete(text, cursor, &Target::Catalog, &mut Few);
    }
}
