-- What tables keep up, and what is shown of it.
CREATE REDSHIFT CONNECTION my_redshift CONNECTION_STRING = 'jdbc:redshift://h/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION other CONNECTION_STRING = 'jdbc:redshift://h/other' USER_NAME = 'u' PASSWORD = 'p';
CREATE TABLE my_redshift.public.orders ();
CREATE TABLE my_redshift.public.items ();
CREATE TABLE my_redshift.public.unused ();
CREATE JOB load_orders AS INSERT INTO my_redshift.public.orders SELECT * FROM my_redshift.public.items;
CREATE JOB "Copy Orders" AS INSERT INTO my_redshift.public.later
    SELECT o.id FROM my_redshift.public.orders o JOIN my_redshift.public.orders p ON p.id = o.parent;
CREATE JOB elsewhere AS INSERT INTO other.public.orders SELECT 1 AS id;
SHOW USAGES OF TABLE my_redshift.public.orders;
SHOW USAGES OF TABLE my_redshift.public.unused;
SHOW USAGES OF TABLE my_redshift.public.later;
SHOW USAGES OF TABLE my_redshift.public.order_s;
SHOW USAGES OF CONNECTION my_redshift;
-- A table that is made is used by the jobs that name it already.
CREATE TABLE my_redshift.public.later ();
SHOW USAGES OF TABLE my_redshift.public.later;
SELECT * FROM system.information_schema.usages ORDER BY used_kind, used, usage DESC, name;
-- Nothing that is used can be dropped.
DROP TABLE my_redshift.public.orders;
DROP TABLE my_redshift.public.items RESTRICT;
DROP TABLE my_redshift.public.unused, my_redshift.public.orders, my_redshift.public.items;
DROP CONNECTION my_redshift, other;
\format json
DROP TABLE IF EXISTS my_redshift.public.orders, my_redshift.public.missing;
\format table
DROP TABLE my_redshift.public.ordres;
DROP TABLE IF EXISTS my_redshift.public.missing;
-- What is used only by a job that goes with it.
DROP JOB "Copy Orders";
DROP TABLE my_redshift.public.later, my_redshift.public.unused, my_redshift.public.later;
DROP TABLE my_redshift.public.orders, my_redshift.public.items CASCADE;
DROP TABLE my_redshift.public.orders CASCADE;
CREATE TABLE my_redshift.public.orders ();
CREATE JOB load_orders AS INSERT INTO my_redshift.public.orders SELECT 1 AS id;
DROP CONNECTION my_redshift, other CASCADE;
SELECT count(*) AS usages FROM system.information_schema.usages;
SHOW JOBS;
