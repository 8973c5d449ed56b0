-- The main job from CREATE to DROP, refusals included.
-- Run it with: redwire --ephemeral --echo -f docs/quickstart.sql
-- It needs no keyring, no server and no set-up, and leaves nothing behind.

-- A connection: its definition goes to the catalog, what logs it in to the keyring. A literal is
-- shown as PROMPT, nowhere as it is.
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

-- What logs in never stands in the URL; the refusal does not repeat it.
\expect 22023
CREATE REDSHIFT CONNECTION leaky
    CONNECTION_STRING = 'jdbc:redshift://leaky.example.com/dev?PWD=x'
    USER_NAME = 'etl'
    PASSWORD = 'x';

-- Definitions of tables in the warehouse: checked and recorded here, the warehouse is not touched.
CREATE TABLE sales.public.orders (
    order_id BIGINT NOT NULL,
    customer VARCHAR(64),
    placed_at TIMESTAMP,
    items SUPER,
    PRIMARY KEY (order_id)
) DISTKEY (order_id) SORTKEY (placed_at) COMMENT = 'one row an order';

CREATE TABLE sales.public.daily_orders ();

-- A job writes what a query finds into a table. Redwire finds the tables in it by itself.
CREATE JOB load_daily_orders
    RUN_INTERVAL = 1 DAY
    COMMENT = 'orders by day'
AS INSERT INTO sales.public.daily_orders MAP_COLUMNS_BY_NAME
   SELECT date_trunc('day', o.placed_at) AS day, count(*) AS orders
   FROM sales.public.orders o
   GROUP BY 1;

SHOW CONNECTIONS;
SHOW TABLES;
SHOW JOBS;

-- What hangs on what.
\tree

-- Names change freely; what depends on them follows.
ALTER REDSHIFT CONNECTION sales RENAME TO marts;
SHOW CREATE JOB load_daily_orders;

-- What is still in use cannot be dropped. The refusal shows by what, and a script that would work.
\expect 2BP01
DROP CONNECTION marts;

\expect 2BP01
DROP TABLE marts.public.orders;

-- A transaction makes several statements one change.
BEGIN;
DROP CONNECTION marts CASCADE;
ROLLBACK;

-- The catalog answers questions in SQL.
SELECT used, usage, name, via FROM system.information_schema.usages;

-- The script of the refusal's hint, step by step.
DROP JOB load_daily_orders;
DROP TABLE marts.public.daily_orders, marts.public.orders;
DROP CONNECTION marts;

\expect 42704
DROP CONNECTION marts;
