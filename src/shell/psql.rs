//! The backslash commands of psql that redwire does not have, with a replacement for each.

use super::Target;
use super::command_table::Workplace::{self, Catalog, Everywhere, Warehouse};

/// The replacement for this command of psql on the target, or the reason why there is none; None
/// for any other name.
pub(super) fn replacement_for(name: &str, target: &Target) -> Option<&'static str> {
    // As in psql, + asks for details and S for system objects.
    let plain = name.trim_end_matches(['+', 'S']);
    let has_name = |names: &str| names.split(' ').any(|name| name == plain);
    let mut rows = INSTEAD.iter().filter(|(_, names, _)| has_name(names)).peekable();
    rows.peek()?;
    let row = rows.find(|(place, ..)| target.has(*place));
    Some(row.map_or(ON_WAREHOUSE, |(.., instead)| instead))
}

/// Every name in the table.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    INSTEAD.iter().flat_map(|(_, names, _)| names.split(' '))
}

/// The hint at the catalog's prompt for a command about a warehouse.
const ON_WAREHOUSE: &str = "this is for a warehouse: \\connect NAME goes to one";

/// Commands and the text for them (psql 15, `\?`).
const INSTEAD: &[(Workplace, &str, &str)] = &[
    (
        Warehouse,
        "\\d",
        "\\d TABLE lists the columns of a table, \\dt the tables and views",
    ),
    (Warehouse, "\\dt \\dv \\dm \\dE", "\\dt lists the tables and views"),
    (Warehouse, "\\dn", "\\dn lists the schemas"),
    (Warehouse, "\\l \\list", "\\l lists the databases"),
    (
        Warehouse,
        "\\du \\dg",
        "SELECT * FROM pg_user; lists the users, SELECT * FROM pg_group; the groups",
    ),
    (
        Warehouse,
        "\\df \\da",
        "SELECT * FROM pg_proc_info; lists the functions and procedures of Redshift",
    ),
    (
        Warehouse,
        "\\di \\ds",
        "Redshift has no indexes and no sequences; \\d TABLE lists the columns with their keys",
    ),
    (
        Warehouse,
        "\\dp \\z",
        "SELECT * FROM svv_relation_privileges; lists what is granted on Redshift",
    ),
    (
        Warehouse,
        "\\conninfo",
        "SELECT current_user, current_database(); shows user and database",
    ),
    (Catalog, "\\conninfo", "no warehouse is connected: \\connect NAME goes to one"),
    (
        Everywhere,
        "\\copy",
        "Redshift loads with COPY … FROM 's3://…'; --format csv or \\format csv with \\o FILE \
         writes a result",
    ),
    (Everywhere, "\\H \\T", "\\format markdown draws tables for web pages"),
    (
        Everywhere,
        "\\prompt",
        "\\set NAME VALUE sets a variable, and so does -v NAME=VALUE on the command line",
    ),
    (Everywhere, "\\crosstabview", "SELECT … CASE … GROUP BY turns rows into columns"),
    (
        Warehouse,
        "\\gdesc",
        "CREATE TEMP TABLE t AS and the query, then \\d t lists the columns",
    ),
    (Catalog, "\\gdesc", "DESCRIBE TABLE shows the columns of a table"),
    (
        Warehouse,
        "\\dA \\dAc \\dAf \\dAo \\dAp \\db \\dc \\dconfig \\dC \\dd \\dD \\ddp \\des \\det \\deu \\dew \\dF \
         \\dFd \\dFp \\dFt \\dl \\dL \\do \\dO \\dP \\drds \\dRp \\dRs \\dT \\dx \\dX \\dy",
        "Redshift has no such objects; \\dt lists the tables and views, \\dn the schemas",
    ),
    (
        Everywhere,
        "\\lo_export \\lo_import \\lo_list \\lo_unlink",
        "Redshift has no large objects: COPY and UNLOAD move files",
    ),
    (Everywhere, "\\copyright", "redwire --version shows the version"),
    (
        Warehouse,
        "\\sf \\sv",
        "SELECT pg_get_viewdef('NAME'); shows the text of a view",
    ),
    (Everywhere, "\\include", "\\i FILE runs a file"),
    (Everywhere, "\\include_relative", "\\ir FILE runs a file beside the script"),
    (Everywhere, "\\edit \\ef \\ev", "\\e edits the last statement"),
    (Everywhere, "\\quit \\exit", "\\q quits"),
    (
        Everywhere,
        "\\help",
        "\\h shows the syntax of statements, \\? lists the commands",
    ),
    (
        Catalog,
        "\\password",
        "ALTER CONNECTION NAME SET PASSWORD = PROMPT; changes the password that redwire keeps",
    ),
    (
        Warehouse,
        "\\password",
        "\\disconnect, then ALTER CONNECTION NAME SET PASSWORD = PROMPT; changes the password \
         that redwire keeps",
    ),
    (Everywhere, "\\encoding", "texts are UTF-8, everywhere"),
];
