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
    (
        Everywhere,
        "\\pset \\a \\t \\C \\f \\H \\T",
        "\\format sets the format of results, \\x whether rows are drawn vertically",
    ),
    (
        Everywhere,
        "\\set \\unset \\setenv \\getenv \\prompt \\gset",
        "redwire has no variables: the shell that starts it has them",
    ),
    (
        Everywhere,
        "\\echo \\qecho \\warn",
        "SELECT 'text'; prints a text, and the shell has echo",
    ),
    (
        Everywhere,
        "\\! \\cd",
        "redwire runs no other programs and stays in its folder: leave by \\q, or stop it by \
         Ctrl-Z",
    ),
    (
        Everywhere,
        "\\watch \\gexec \\bind \\crosstabview",
        "end a statement with ; and run it again by the arrow up",
    ),
    (
        Everywhere,
        "\\g \\gx",
        "\\g or \\gx stands at the end of a statement, in place of its ;",
    ),
    (
        Everywhere,
        "\\p \\r \\w \\s",
        "Ctrl-C drops what is typed, and \\e edits the last statement",
    ),
    (
        Everywhere,
        "\\if \\elif \\else \\endif",
        "redwire has no conditions: the shell that starts it has them",
    ),
    (Everywhere, "\\ir \\include", "\\i FILE runs a file"),
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
