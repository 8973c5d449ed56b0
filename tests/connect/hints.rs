//! The hints of a session: each that is a statement or a command works where it stands.

use super::postgres;
use crate::hints::typed;

#[test]
fn a_hint_of_a_session_works_where_it_stands() {
    let Some(stage) = postgres("") else { return };
    stage.server.administer("CREATE TABLE public.sales (n int)");
    for input in [
        "\\d nosuch",
        "\\dt nosuch",
        "\\di",
        "\\dx+",
        "\\dT",
        "\\tree",
        "\\frob",
        "\\timng",
        "ALTER CONNECTION sales SET COMMENT = 'x';",
        "CREATE REDSHIFT CONNECTION x CONNECTION_STRING = '';",
    ] {
        stage.home.write("before.sql", format!("{input}\n"));
        let script = ["--on-error", "continue", "-f", "before.sql"];
        let done = stage.connect(&script).run();
        let hint = done.err.lines().find_map(|line| line.strip_prefix("hint: "));
        let hint = hint.unwrap_or_else(|| panic!("{input}: {done:?}"));
        let text = typed(hint).unwrap_or_else(|| panic!("{input}: {hint}"));
        stage
            .home
            .write("hint.sql", text.replace("TABLE", "sales").replace("NAME", "sales"));
        let done = stage.connect(&script).args(["-f", "hint.sql"]).run();
        assert!(!done.err.contains("at hint.sql:"), "{input}: {text}{}", done.err);
    }
}

#[test]
fn a_statement_of_redwires_own_names_the_way_to_where_it_runs() {
    let Some(stage) = postgres("") else { return };
    for statement in [
        "SHOW CONNECTIONS",
        "SHOW SESSIONS",
        "EXPORT CATALOG",
        "TEST CONNECTION sales",
        "IMPORT TABLES FROM sales.public",
        "ALTER CONNECTION sales SET COMMENT = 'x'",
        "DROP CONNECTION sales",
    ] {
        let script = format!("{statement};\n\\disconnect\n{statement};\n");
        let done = stage.connect(&["--on-error", "continue"]).stdin(script).run();
        let done = done.err_has("\\disconnect").err_has("at stdin:1:");
        assert!(!done.err.contains("at stdin:3:"), "{statement}: {}", done.err);
    }
}
