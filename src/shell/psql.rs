//! The backslash commands of psql that redwire does not have, with a replacement for each.

use super::Target;
use super::command_table::Workplace::{self, Everywhere, Warehouse};

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
        "\\di \\ds",
        "Redshift has no indexes and no sequences; \\d NAME shows the columns and keys of a table",
    ),
    (Warehouse, "\\list", "\\l lists the databases"),
    (Warehouse, "\\da", "\\df lists the functions and procedures"),
    (Warehouse, "\\dconfig \\drds", "SHOW ALL; lists the settings"),
    (Warehouse, "\\dT", "SELECT typname FROM pg_type; lists the types"),
    (
        Warehouse,
        "\\db \\dd \\dD \\dx \\dA \\dAc \\dAf \\dAo \\dAp \\dF \\dFd \\dFp \\dFt \\dL \\dO \\dP \
         \\dRp \\dRs \\dX \\dc \\dC \\des \\det \
         \\deu \\dew \\dl \\do \\dy",
        "Redshift has no objects of this kind; \\? lists the commands",
    ),
    (
        Warehouse,
        "\\ddp",
        "SELECT * FROM svv_default_privileges; lists the default privileges on Redshift",
    ),
    (
        Everywhere,
        "\\copy",
        "Redshift loads with COPY … FROM 's3://…'; --format csv or \\format csv with \\o FILE \
         writes a result",
    ),
    (Everywhere, "\\H \\T", "\\format markdown draws tables for web pages"),
    (Everywhere, "\\crosstabview", "SELECT … CASE … GROUP BY turns rows into columns"),
    (
        Everywhere,
        "\\lo_export \\lo_import \\lo_list \\lo_unlink",
        "Redshift has no large objects: COPY and UNLOAD move files",
    ),
    (Everywhere, "\\print \\reset \\write", "the short forms are \\p, \\r and \\w"),
    (Everywhere, "\\copyright", "redwire --version shows the version"),
    (Everywhere, "\\include", "\\i FILE runs a file"),
    (Everywhere, "\\include_relative", "\\ir FILE runs a file beside the script"),
    (Everywhere, "\\edit \\ef \\ev", "\\e edits the last statement"),
    (Everywhere, "\\quit \\exit", "\\q quits"),
    (
        Everywhere,
        "\\help",
        "\\h shows the syntax of statements, \\? lists the commands",
    ),
    (Everywhere, "\\encoding", "texts are UTF-8, everywhere"),
];
