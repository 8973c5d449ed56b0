//! The backslash commands of psql that redwire does not have, with a replacement for each.

/// The replacement for this command of psql, or the reason why there is none; None for any other
/// name.
pub(super) fn replacement_for(name: &str) -> Option<&'static str> {
    // As in psql, + asks for details and S for system objects.
    let plain = name.trim_end_matches(['+', 'S']);
    INSTEAD
        .iter()
        .find(|(names, _)| names.split(' ').any(|name| name == plain))
        .map(|(_, instead)| *instead)
}

/// Commands and the text for them (psql 15, `\?`).
const INSTEAD: &[(&str, &str)] = &[
    ("\\d", "\\d TABLE lists the columns of a table, \\dt the tables and views"),
    ("\\dt \\dv \\dm \\dE", "\\dt lists the tables and views"),
    ("\\dn", "\\dn lists the schemas"),
    ("\\l \\list", "\\l lists the databases"),
    ("\\du \\dg", "SELECT * FROM pg_user lists the users, pg_group the groups"),
    (
        "\\df \\da",
        "SELECT * FROM pg_proc_info lists the functions and procedures of Redshift",
    ),
    (
        "\\di \\ds",
        "Redshift has no indexes and no sequences; \\d TABLE lists the columns with their keys",
    ),
    (
        "\\dp \\z",
        "SELECT * FROM svv_relation_privileges lists what is granted on Redshift",
    ),
    ("\\conninfo", "SELECT current_user, current_database()"),
    (
        "\\copy",
        "Redshift loads with COPY … FROM 's3://…'; --format csv or \\format csv with \\o FILE writes a result",
    ),
    (
        "\\pset \\a \\t \\C \\f \\H \\T",
        "\\format sets the format of results, \\x whether rows are drawn vertically",
    ),
    (
        "\\set \\unset \\setenv \\getenv \\prompt \\gset",
        "redwire has no variables: the shell that starts it has them",
    ),
    ("\\echo \\qecho \\warn", "SELECT 'text' prints a text, and the shell has echo"),
    (
        "\\! \\cd",
        "redwire runs no other programs and stays in its folder: leave by \\q, or stop it by Ctrl-Z",
    ),
    (
        "\\watch \\gexec \\bind \\crosstabview",
        "end a statement with ; and run it again by the arrow up",
    ),
    ("\\g \\gx", "\\g or \\gx stands at the end of a statement, in place of its ;"),
    (
        "\\p \\r \\w \\s",
        "Ctrl-C drops what is typed, and \\e edits the last statement",
    ),
    (
        "\\if \\elif \\else \\endif",
        "redwire has no conditions: the shell that starts it has them",
    ),
    ("\\ir \\include", "\\i FILE runs a file"),
    ("\\edit \\ef \\ev", "\\e edits the last statement"),
    ("\\quit \\exit", "\\q quits"),
    ("\\help", "\\h shows the syntax of statements, \\? lists the commands"),
    (
        "\\password",
        "ALTER … CONNECTION NAME SET PASSWORD = PROMPT changes the password that redwire keeps",
    ),
    ("\\encoding", "texts are UTF-8, everywhere"),
];
