use super::*;

/// A few connections and files.
struct Few;

impl Names for Few {
    fn connections(&mut self, prefix: &str) -> NameRange {
        let all = ["my conn", "sales", "sales_eu", "web"];
        NameRange {
            first: all
                .iter()
                .filter(|name| name.starts_with(prefix))
                .map(|name| (*name).to_owned())
                .collect(),
            last: None,
        }
    }

    fn entries(&mut self, folder: &Path) -> Vec<Entry> {
        let all: &[(&str, bool)] = match folder.to_str() {
            Some(".") => &[("setup.sql", false), ("scripts", true), (".hidden", false)],
            Some("scripts/") => &[("it's.sql", false)],
            _ => &[],
        };
        let entry = |&(name, is_folder): &(&str, bool)| Entry {
            name: name.to_owned(),
            is_folder,
        };
        all.iter().map(entry).collect()
    }
}

/// The texts that the candidates at the mark `|` lead to.
fn completed(text: &str) -> Vec<String> {
    let cursor = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let completion = complete(&text, cursor, &mut Few);
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
    assert_eq!(completed("create |"), ["or ", "redshift "]);
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
    assert_eq!(
        completed("DESCRIBE CONNECTION |"),
        ["\"my conn\"", "sales", "sales_eu", "web"]
    );
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
            "MAX_CONCURRENT_CONNECTIONS = "
        ]
    );
    assert_eq!(completed("ALTER REDSHIFT CONNECTION web RESET c|"), ["comment"]);
    assert_eq!(completed("create redshift connection c user|"), ["user_name = '"]);
}

#[test]
fn a_value_is_offered_where_there_is_one_to_offer() {
    let skeleton = "'jdbc:redshift://host:5439/database'";
    assert_eq!(
        completed("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = '|"),
        [skeleton]
    );
    assert_eq!(
        completed("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = |"),
        [skeleton]
    );
    assert!(completed("CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://a|").is_empty());
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
    assert_eq!(completed("\\h show c|"), ["show connections", "show create connection"]);
    assert_eq!(completed("\\expect 2B|"), ["2BP01"]);
    assert!(completed("\\q |").is_empty());
}

#[test]
fn paths_are_offered_with_their_folders() {
    assert_eq!(completed("\\i |"), ["scripts/", "setup.sql"]);
    assert_eq!(completed("\\i scripts/|"), ["scripts/it's.sql"]);
    assert_eq!(completed("\\i 'scripts/i|"), ["'scripts/it''s.sql'"]);
    assert_eq!(completed("\\o .|"), [".hidden"]);
}

#[test]
fn a_query_knows_the_catalog() {
    let tables =
        ["connections", "tables", "columns", "jobs", "usages"].map(|name| format!("system.information_schema.{name}"));
    assert_eq!(completed("SELECT name FROM |"), tables);
    assert_eq!(completed("SELECT name FROM system.inf|"), tables);
    assert_eq!(
        completed("SELECT c.us|"),
        ["c.usage", "c.usages", "c.used", "c.used_kind", "c.user_name"]
    );
    assert_eq!(completed("SELECT name fr|"), ["from "]);
    assert!(completed("SELECT 'na|").is_empty());
}

#[test]
fn no_place_in_a_text_makes_it_panic() {
    let text = "CREATE OR REPLACE REDSHIFT CONNECTION \"ä b\" USER_NAME = 'é' /* ü */; SELECT ü.x; \\i ä";
    for (cursor, _) in text.char_indices() {
        complete(text, cursor, &mut Few);
    }
}
