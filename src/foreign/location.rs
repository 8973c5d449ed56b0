//! The places at which tools look for their files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::definition::ForeignTool;

/// The paths of a tool's file, the one that it prefers first; relative ones are in the working
/// folder. `variable` looks up the environment.
///
/// - dbt: DBT_PROFILES_DIR, or else the working folder and then `~/.dbt` (dbt documentation, "About
///   profiles.yml").
/// - libpq: PGPASSFILE or `~/.pgpass`; PGSERVICEFILE or `~/.pg_service.conf`, and then the file in
///   PGSYSCONFDIR (PostgreSQL documentation, "The Password File", "The Connection Service File").
/// - DBeaver: the workspace in the folder for data of programs, or in `~/Library` (DBeaver
///   documentation, "Workspace Location").
/// - sling: SLING_HOME_DIR or `~/.sling` (sling's `core/env/env.go`).
pub(crate) fn candidates(
    tool: ForeignTool,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Vec<PathBuf> {
    const DBEAVER: &str = "DBeaverData/workspace6/General/.dbeaver/data-sources.json";
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").or_else(|| set("USERPROFILE"));
    let in_home = |path: &str| home().map(|home| home.join(path));
    let one = |named: Option<PathBuf>, path: &str| named.or_else(|| in_home(path));
    let paths = match tool {
        ForeignTool::Dbt => match set("DBT_PROFILES_DIR") {
            Some(folder) => vec![Some(folder.join("profiles.yml"))],
            None => {
                vec![Some(Path::new("profiles.yml").to_owned()), in_home(".dbt/profiles.yml")]
            }
        },
        ForeignTool::PgPass => vec![one(set("PGPASSFILE"), ".pgpass")],
        ForeignTool::PgService => vec![
            one(set("PGSERVICEFILE"), ".pg_service.conf"),
            set("PGSYSCONFDIR").map(|folder| folder.join("pg_service.conf")),
        ],
        ForeignTool::DBeaver => vec![
            one(set("XDG_DATA_HOME"), ".local/share").map(|data| data.join(DBEAVER)),
            in_home("Library").map(|library| library.join(DBEAVER)),
        ],
        ForeignTool::Sling => {
            vec![one(set("SLING_HOME_DIR"), ".sling").map(|folder| folder.join("env.yaml"))]
        }
    };
    paths.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(tool: ForeignTool, set: &[(&str, &str)]) -> Vec<String> {
        let variable = |name: &str| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let found = candidates(tool, &variable);
        found.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_variable_of_the_tool_comes_before_the_home() {
        use ForeignTool::{Dbt, PgPass, PgService, Sling};
        let home = ("HOME", "/h");
        for (tool, set, expected) in [
            (Dbt, ("A", "b"), vec!["profiles.yml", "/h/.dbt/profiles.yml"]),
            (Dbt, ("DBT_PROFILES_DIR", "/d"), vec!["/d/profiles.yml"]),
            (PgPass, ("PGPASSFILE", ""), vec!["/h/.pgpass"]),
            (PgPass, ("PGPASSFILE", "p"), vec!["p"]),
            (PgService, ("PGSERVICEFILE", "s"), vec!["s"]),
            (
                PgService,
                ("PGSYSCONFDIR", "/etc"),
                vec!["/h/.pg_service.conf", "/etc/pg_service.conf"],
            ),
            (Sling, ("SLING_HOME_DIR", "/s"), vec!["/s/env.yaml"]),
        ] {
            assert_eq!(paths(tool, &[home, set]), expected);
        }
        let dbeaver = paths(ForeignTool::DBeaver, &[home]);
        assert!(dbeaver[0].starts_with("/h/.local/share/DBeaverData/workspace6"), "{dbeaver:?}");
        assert!(paths(ForeignTool::Sling, &[]).is_empty());
    }
}
