//! Names that hold a secret: no message of any statement shows them.

use crate::masking::leaks;
use crate::support::home::Home;

/// Names with a sign of a secret and a blank, a quote, `=` or `:`.
const NAMES: &[&str] = &[
    "\"password='Zq7vKx2jw'\"",
    "\"pwd: Zq7vKx2jw\"",
    "\"client secret \"\"Zq7vKx2jw\"\"\"",
    "\"api_token=Zq7vKx2jw\"",
    "\"secret\"\"Zq7vKx2jw\"",
];

/// Statements with such a name at each place that takes one. Each is an error, or its notice names
/// an object. `<` stands for the name, `^` for one that differs in a letter.
const STATEMENTS: &[&str] = &[
    // Connections.
    "CREATE REDSHIFT CONNECTION < CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/d?ssl=false' \
     USER_NAME = 'u' PASSWORD = 'x'",
    "CREATE REDSHIFT CONNECTION < CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' \
     PASSWORD = 'x'",
    "CREATE REDSHIFT CONNECTION IF NOT EXISTS < CONNECTION_STRING = 'jdbc:redshift://h/d' \
     USER_NAME = 'u' PASSWORD = 'x'",
    "ALTER REDSHIFT CONNECTION ^ SET COMMENT = 'x'",
    "ALTER REDSHIFT CONNECTION c RENAME TO <",
    "ALTER REDSHIFT CONNECTION < SET COMMENT = 'x' WITH TEST",
    "ALTER REDSHIFT CONNECTION c SET < = 'x'",
    "TEST CONNECTION ^",
    "TEST CONNECTION <",
    "IMPORT TABLES FROM ^",
    "IMPORT TABLES FROM <",
    "IMPORT TABLES FROM <.<",
    "SHOW CREATE CONNECTION ^",
    "DESCRIBE CONNECTION ^",
    "SHOW USAGES OF CONNECTION ^",
    "SHOW SESSIONS OF CONNECTION ^",
    "SHOW TABLES IN ^",
    // Tables.
    "CREATE TABLE <.<.< (< INT NOT NULL, b INT, CONSTRAINT < UNIQUE (<))",
    "CREATE TABLE <.<.< (a INT)",
    "CREATE TABLE IF NOT EXISTS <.<.< (a INT)",
    "CREATE TABLE ^.<.< (a INT)",
    "CREATE TABLE < (a INT)",
    "CREATE TABLE c.public.e (a INT) DISTKEY (<)",
    "CREATE TABLE c.public.e (a INT) SORTKEY (<)",
    "CREATE TABLE c.public.e (a INT) SORTKEY (a, a, <)",
    "CREATE TABLE c.public.e (< INT) SORTKEY (<, <)",
    "CREATE TABLE c.public.e (a INT, PRIMARY KEY (<))",
    "CREATE TABLE c.public.e (< INT, PRIMARY KEY (<, <))",
    "CREATE TABLE c.public.e (a INT, UNIQUE (<))",
    "CREATE TABLE c.public.e (a INT, FOREIGN KEY (<) REFERENCES public.x (a))",
    "CREATE TABLE c.public.e (a INT, FOREIGN KEY (a) REFERENCES <.<.< (a))",
    "CREATE TABLE <.public.e (a INT, FOREIGN KEY (a) REFERENCES c.public.x (a))",
    "CREATE TABLE <.public.e (LIKE c.public.x)",
    "CREATE TABLE c.public.e (a INT, CONSTRAINT < UNIQUE (a), CONSTRAINT < PRIMARY KEY (a))",
    "CREATE TABLE c.public.e (< INT, < INT)",
    "CREATE TABLE c.public.e (< SUPER) DISTKEY (<)",
    "CREATE TABLE c.public.e (a <)",
    "CREATE TABLE c.public.e (a INT ENCODE <)",
    "CREATE TABLE c.public.e (a INT COLLATE <)",
    "CREATE TABLE c.public.e (a INT) <",
    "CREATE TABLE c.public.e (a INT DEFAULT <)",
    "ALTER TABLE <.<.^ ADD COLUMN d INT",
    "ALTER TABLE <.<.< DROP COLUMN ^",
    "ALTER TABLE <.<.< ADD COLUMN < INT",
    "ALTER TABLE <.<.< RENAME COLUMN b TO <",
    "ALTER TABLE <.<.< RENAME COLUMN ^ TO <",
    "ALTER TABLE <.<.< ALTER COLUMN ^ TYPE VARCHAR(3)",
    "ALTER TABLE <.<.< ALTER COLUMN < TYPE VARCHAR(3)",
    "ALTER TABLE <.<.< ALTER COLUMN ^ ENCODE zstd",
    "ALTER TABLE <.<.< ADD CONSTRAINT < UNIQUE (b)",
    "ALTER TABLE <.<.< DROP CONSTRAINT ^",
    "ALTER TABLE <.<.< ALTER DISTKEY ^",
    "ALTER TABLE <.<.< ALTER SORTKEY (^)",
    "ALTER TABLE <.<.< RENAME TO <",
    "ALTER TABLE <.<.< OWNER TO <",
    "CREATE TABLE <.<.child (a INT, CONSTRAINT < FOREIGN KEY (a) REFERENCES <.< (<))",
    "ALTER TABLE <.<.< DROP COLUMN <",
    "SHOW CREATE TABLE <.<.^",
    "DESCRIBE TABLE <.<.^",
    "SHOW USAGES OF TABLE <.^.<",
    // Jobs.
    "CREATE JOB < AS INSERT INTO <.<.< SELECT < FROM <.<.<",
    "CREATE JOB < AS INSERT INTO <.<.< SELECT 1",
    "CREATE JOB IF NOT EXISTS < AS INSERT INTO <.<.< SELECT 1",
    "CREATE JOB e AS INSERT INTO ^.<.< SELECT 1",
    "CREATE JOB e AS INSERT INTO c.<.< (a, <, <) SELECT 1, 2, 3",
    "CREATE JOB e AS INSERT INTO c.<.< (<) VALUES (1, 2)",
    "CREATE JOB e AS INSERT INTO c.<.< MAP_COLUMNS_BY_NAME EXCEPT <, < SELECT 1",
    "CREATE JOB e AS INSERT INTO c.<.< SELECT 1 FROM <.<.<",
    "CREATE JOB e AS INSERT INTO <.<.< SELECT 1 FROM c.<.<",
    "CREATE JOB e AS INSERT INTO <.<.< SELECT 1 FROM <.<",
    "CREATE JOB e AS INSERT INTO <.<.< SELECT 1 FROM <.<.<.<.<",
    "CREATE JOB e AS INSERT INTO <.<.< SELECT 1 FROM <.<.< AS <, <.<.<",
    "CREATE JOB e AS INSERT INTO <.<.< SELECT < FROM",
    "CREATE JOB e AS INSERT INTO <.<.< SELECT 1 FROM c.a.b WHERE $commit_time < <",
    "CREATE JOB e < = 1 AS INSERT INTO <.<.< SELECT 1",
    "CREATE JOB e AS MERGE INTO c.<.< AS < USING (SELECT 1) AS < ON (<.a = <.a) \
     WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME",
    "CREATE JOB e AS MERGE INTO c.<.< AS < USING (SELECT 1) AS s ON (<.a = <.a) \
     WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME",
    "CREATE JOB e AS MERGE INTO c.<.< AS t USING (SELECT 1) AS s ON (<.a = s.a) \
     WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME",
    "CREATE JOB e AS MERGE INTO c.<.< AS < USING (SELECT 1) AS s ON (<.a = t.a) \
     WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME",
    "CREATE JOB e AS MERGE INTO c.<.< AS t USING (SELECT 1) AS s ON (t.a = s.a) \
     WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME EXCEPT <.a",
    "CREATE JOB e AS MERGE INTO c.<.< AS t USING (SELECT 1) AS s ON (t.a = s.a) \
     WHEN NOT MATCHED THEN INSERT (<, <) VALUES (1, 2)",
    "ALTER JOB ^ SET COMMENT = 'x'",
    "ALTER JOB < RENAME TO <",
    "SHOW CREATE JOB ^",
    "DESCRIBE JOB ^",
    // Queries over the catalog.
    "SELECT * FROM <",
    "SELECT < FROM system.information_schema.tables",
    "SELECT t.< FROM system.information_schema.tables t",
    "SELECT <(1)",
    "SELECT name FROM system.<.tables",
    "SELECT 1 <",
    // Words that no statement has.
    "<",
    "SHOW <",
    "DROP <",
    "CREATE <",
    "\\tree <.<.^",
    "\\connect ^",
    "\\<",
    "\\format <",
    // An object in use, and its dependents.
    "ALTER TABLE <.<.< ALTER COLUMN b ENCODE zstd",
    "DROP JOB ^",
    "DROP JOB IF EXISTS ^",
    "DROP TABLE <.<.<",
    "DROP TABLE IF EXISTS <.<.^",
    "DROP CONNECTION <",
    "DROP CONNECTION ^",
    "DROP CONNECTION IF EXISTS ^",
    "BEGIN; DROP TABLE <.<.< CASCADE; ROLLBACK",
    "DROP CONNECTION < CASCADE",
];

#[test]
fn no_message_about_a_name_shows_a_secret_in_it() {
    for name in NAMES {
        let similar = name.replacen('Z', "Y", 1);
        let mut script = String::from(
            "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/d' \
             USER_NAME = 'u' PASSWORD = 'x';\n",
        );
        for statement in STATEMENTS {
            let text = statement.replace('<', name).replace('^', &similar);
            let end = if text.starts_with('\\') { "" } else { ";" };
            script.extend([&text, end, "\n"]);
        }
        for format in ["table", "json", "csv"] {
            let home = Home::new();
            let done = home
                .redwire(["--verbose", "--secret-store", "memory", "--on-error", "continue"])
                .args(["--format", format])
                .stdin(script.as_str())
                .run();
            for line in done.err.lines() {
                assert!(!leaks(line), "{name} {format}: {line}\n{}", done.err);
            }
        }
    }
}
