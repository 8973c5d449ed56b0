-- The main job from CREATE to DROP, refusals included.
-- Run it with: redwire --ephemeral -f docs/quickstart.sql
-- It needs no keyring, no server and no set-up, and leaves nothing behind.

-- A connection: its definition goes to the catalog, its password to the secret store.
CREATE REDSHIFT CONNECTION sales
    CONNECTION_STRING = 'jdbc:redshift://sales.example.com:5439/dev'
    USER_NAME = 'etl'
    PASSWORD = 'only for this tour; write PROMPT, ENV or FILE for a real one'
    MAX_CONCURRENT_CONNECTIONS = 5
    COMMENT = 'sales marts';

-- A name can be taken once. \expect says that this refusal is meant.
\expect 42710
CREATE REDSHIFT CONNECTION SALES
    CONNECTION_STRING = 'jdbc:redshift://other.example.com/dev'
    USER_NAME = 'etl'
    PASSWORD = 'x';

-- A secret never stands in the URL; the refusal does not repeat it.
\expect 22023
CREATE REDSHIFT CONNECTION leaky
    CONNECTION_STRING = 'jdbc:redshift://leaky.example.com/dev?PWD=x'
    USER_NAME = 'etl'
    PASSWORD = 'x';

SHOW CONNECTIONS;

-- Several changes in one step, all of them or none.
ALTER REDSHIFT CONNECTION sales
    SET USER_NAME = 'loader', COMMENT = 'sales marts, loaded nightly'
    RESET MAX_CONCURRENT_CONNECTIONS
    RENAME TO marts;

DESCRIBE CONNECTION marts;
SHOW CREATE CONNECTION marts;
SHOW USAGES OF CONNECTION marts;

-- A transaction makes several statements one change, passwords included.
BEGIN;
CREATE REDSHIFT CONNECTION trial
    CONNECTION_STRING = 'jdbc:redshift://trial.example.com/dev'
    USER_NAME = 'etl'
    PASSWORD = 'x';
ROLLBACK;

-- The catalog answers questions in SQL.
SELECT name, host, port, password FROM system.information_schema.connections;

DROP CONNECTION marts;

\expect 42704
DROP CONNECTION marts;
