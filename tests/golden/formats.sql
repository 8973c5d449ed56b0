-- The same answers, tags, notices, warnings and errors in each format.
CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'it''s, "u" | \' PASSWORD = 'p' COMMENT = 'tab	and
line';
CREATE REDSHIFT CONNECTION b CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p' MAX_CONCURRENT_CONNECTIONS = 5 COMMENT = '';

\format table
SHOW CONNECTIONS;
SHOW CONNECTIONS LIKE 'none';
SHOW CREATE CONNECTION a;
SELECT 1.5 AS "real", 9007199254740993 AS large, NULL AS missing;
ALTER REDSHIFT CONNECTION b SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=never', PASSWORD = FILE 'open.txt';
DROP CONNECTION nobody;

\format vertical
SHOW CONNECTIONS;
SHOW CONNECTIONS LIKE 'none';
SHOW CREATE CONNECTION a;
SELECT 1.5 AS "real", 9007199254740993 AS large, NULL AS missing;
ALTER REDSHIFT CONNECTION b SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=never', PASSWORD = FILE 'open.txt';
DROP CONNECTION nobody;

\format markdown
SHOW CONNECTIONS;
SHOW CONNECTIONS LIKE 'none';
SHOW CREATE CONNECTION a;
SELECT 1.5 AS "real", 9007199254740993 AS large, NULL AS missing;
ALTER REDSHIFT CONNECTION b SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=never', PASSWORD = FILE 'open.txt';
DROP CONNECTION nobody;

\format csv
SHOW CONNECTIONS;
SHOW CONNECTIONS LIKE 'none';
SHOW CREATE CONNECTION a;
SELECT 1.5 AS "real", 9007199254740993 AS large, NULL AS missing;
ALTER REDSHIFT CONNECTION b SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=never', PASSWORD = FILE 'open.txt';
DROP CONNECTION nobody;

\format tsv
SHOW CONNECTIONS;
SHOW CONNECTIONS LIKE 'none';
SHOW CREATE CONNECTION a;
SELECT 1.5 AS "real", 9007199254740993 AS large, NULL AS missing;
ALTER REDSHIFT CONNECTION b SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=never', PASSWORD = FILE 'open.txt';
DROP CONNECTION nobody;

\format json
SHOW CONNECTIONS;
SHOW CONNECTIONS LIKE 'none';
SHOW CREATE CONNECTION a;
SELECT 1.5 AS "real", 9007199254740993 AS large, NULL AS missing;
ALTER REDSHIFT CONNECTION b SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=never', PASSWORD = FILE 'open.txt';
DROP CONNECTION nobody;

\format jsonl
SHOW CONNECTIONS;
SHOW CONNECTIONS LIKE 'none';
SHOW CREATE CONNECTION a;
SELECT 1.5 AS "real", 9007199254740993 AS large, NULL AS missing;
ALTER REDSHIFT CONNECTION b SET CONNECTION_STRING = 'jdbc:redshift://h/d?autosave=never', PASSWORD = FILE 'open.txt';
DROP CONNECTION nobody;

\format table
\x
SELECT 1 AS one;
\x
SELECT 1 AS one;
\x on
\x off
\x auto
\format
\timing off
\h DROP CONNECTION
\h ALTER
