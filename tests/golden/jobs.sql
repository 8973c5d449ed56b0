-- Jobs: made, altered, shown and dropped.
CREATE REDSHIFT CONNECTION my_redshift CONNECTION_STRING = 'jdbc:redshift://h/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE TABLE my_redshift.public.orders (id BIGINT, total DECIMAL(10, 2));
CREATE JOB load_orders
    RUN_INTERVAL = 5 MINUTES
    START_FROM = TIMESTAMP '2026-01-31'
    COMMENT = 'orders of the day'
    COMPUTE_CLUSTER = "Default Compute"
    SKIP_VALIDATIONS = ('ALLOW_CARTESIAN_PRODUCT')
AS INSERT INTO my_redshift.public.orders MAP_COLUMNS_BY_NAME
SELECT r.id, r.total FROM my_redshift.staging.raw_orders r JOIN my_redshift.staging.days d ON d.day = r.day;
CREATE SYNC JOB "Merge It" AGGREGATION_PARALLELISM = 2 AS MERGE INTO my_redshift.public.orders AS t
    USING (SELECT id, total FROM my_redshift.staging.changes) AS s ON t.id = s.id
    WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME;
SHOW JOBS;
SHOW JOBS LIKE 'LOAD%';
DESCRIBE JOB load_orders;
SHOW CREATE JOB load_orders;
SHOW CREATE JOB "merge it";
-- A name that is taken.
CREATE JOB load_orders AS INSERT INTO my_redshift.public.other SELECT 1 AS id;
CREATE JOB IF NOT EXISTS LOAD_ORDERS AS INSERT INTO my_redshift.public.other SELECT 1 AS id;
CREATE JOB IF NOT EXISTS plain AS INSERT INTO my_redshift.public.other SELECT 1 AS id;
-- Connections that are missing.
CREATE JOB elsewhere AS INSERT INTO my_redshit.public.orders SELECT 1 AS id;
-- All actions of an ALTER or none.
ALTER JOB load_orders SET RUN_INTERVAL = 1 HOUR, RUN_PARALLELISM = 4 RESET COMMENT RESET COMPUTE_CLUSTER RENAME TO load_sales;
ALTER JOB load_sales SET COMPUTE_CLUSTER = 'other', END_AT = NOW;
SHOW CREATE JOB load_sales;
ALTER JOB load_sales RESET RUN_INTERVAL RENAME TO plain;
ALTER JOB load_sales SET START_FROM = NOW;
ALTER JOB load_orders SET COMMENT = 'x';
ALTER JOB laod_sales SET COMMENT = 'x';
DESCRIBE JOB load_sale;
SHOW CREATE JOB nothing_like_it;
SELECT name, kind, catalog, schema, "table", comment FROM system.information_schema.jobs ORDER BY name;
-- Nothing depends on a job.
DROP JOB plain, nobody;
DROP JOB IF EXISTS nobody;
DROP JOB IF EXISTS plain, nobody, plain CASCADE;
DROP JOB load_sales RESTRICT;
\format json
DESCRIBE JOB "merge it";
SHOW JOBS;
-- A default that is written is as one that is not.
CREATE JOB usual START_FROM = BEGINNING END_AT = NEVER RUN_PARALLELISM = 1 CREATE_TABLE_IF_MISSING = TRUE ADD_MISSING_COLUMNS = TRUE
AS INSERT INTO my_redshift.public.other SELECT 1 AS id;
ALTER JOB usual SET RUN_PARALLELISM = 4;
ALTER JOB usual SET RUN_PARALLELISM = 1;
SHOW CREATE JOB usual;
