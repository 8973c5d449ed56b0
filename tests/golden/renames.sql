-- Names change; what depends on them prints the new ones, and nothing is replaced by its looks.
CREATE REDSHIFT CONNECTION my_redshift CONNECTION_STRING = 'jdbc:redshift://h/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE TABLE my_redshift.public.orders ();
CREATE JOB load_orders COMMENT = 'my_redshift.public.orders' AS INSERT INTO my_redshift.public.orders MAP_COLUMNS_BY_NAME
SELECT 'my_redshift.public.orders' AS source, 'é' AS "my_redshift.public.orders", o.id
FROM"MY_REDSHIFT".public."Orders"o -- my_redshift.public.orders
JOIN My_Redshift.Public.Items AS my_redshift ON my_redshift.public = o.id;
ALTER REDSHIFT CONNECTION my_redshift RENAME TO "Sales, new";
SHOW CREATE JOB load_orders;
ALTER TABLE "sales, new".public.orders RENAME TO bookings;
SHOW CREATE JOB load_orders;
SHOW USAGES OF TABLE "sales, new".public.bookings;
-- A table that takes the old name is another one, one that gets a name takes up who names it.
CREATE TABLE "sales, new".public.orders ();
SHOW USAGES OF TABLE "sales, new".public.orders;
ALTER TABLE "sales, new".public.orders RENAME TO items;
SHOW USAGES OF TABLE "sales, new".public.items;
DROP TABLE "sales, new".public.items;
ALTER JOB load_orders RENAME TO "Load";
ALTER REDSHIFT CONNECTION "sales, new" RENAME TO s;
SHOW USAGES OF CONNECTION s;
DESCRIBE JOB "load";
SHOW CREATE JOB load;
SHOW JOBS;
SELECT used, name, via FROM system.information_schema.usages ORDER BY used, name;
-- Another target: what depends on the connection writes there.
ALTER REDSHIFT CONNECTION s SET CONNECTION_STRING = 'jdbc:redshift://new-host:5439/analytics';
ALTER REDSHIFT CONNECTION s SET CONNECTION_STRING = 'jdbc:redshift://new-host/analytics' COMMENT = 'the same place';
CREATE OR REPLACE REDSHIFT CONNECTION s CONNECTION_STRING = 'jdbc:redshift://[::1]:5440/analytics' USER_NAME = 'u' PASSWORD = 'p';
DROP TABLE s.public.items, s.public.bookings CASCADE;
ALTER REDSHIFT CONNECTION s SET CONNECTION_STRING = 'jdbc:redshift://h/dev';
CREATE JOB j AS INSERT INTO s.public.t SELECT 1 AS id;
ALTER REDSHIFT CONNECTION s SET CONNECTION_STRING = 'jdbc:redshift://h/other';
-- A query that uses a table's name as its alias keeps that alias.
CREATE TABLE s.public.days ();
CREATE JOB by_day AS INSERT INTO s.public.t SELECT days.day, o.id FROM s.public.days JOIN s.public.open_orders o ON o.day = days.day;
ALTER TABLE s.public.days RENAME TO calendar;
SHOW CREATE JOB by_day;
-- A new name that is an alias in a job would make a table of it.
CREATE JOB aliased AS INSERT INTO s.public.t SELECT g.a FROM s.public.a g, s.public.calendar;
ALTER REDSHIFT CONNECTION s RENAME TO g;
ALTER REDSHIFT CONNECTION s RENAME TO default_glue_catalog;
ALTER TABLE s.public.calendar RENAME TO s;
ALTER REDSHIFT CONNECTION s RENAME TO h;
SHOW CREATE JOB aliased;
-- A part that stays is printed as it was written. A table of another database has four parts, and is no table of the catalog.
CREATE TABLE h.db.events ();
CREATE JOB lake AS INSERT INTO h.public.t SELECT h.AwsDataCatalog."DB".events.id FROM H."AwsDataCatalog"."DB".Events JOIN h."Public"."MyStream" m ON true;
SHOW CREATE JOB lake;
SHOW USAGES OF TABLE h.db.events;
ALTER REDSHIFT CONNECTION h RENAME TO "New S";
SHOW CREATE JOB lake;
SHOW USAGES OF CONNECTION "New S";
DESCRIBE JOB lake;
\tree
DROP CONNECTION "new s";
-- Redshift's own MERGE.
CREATE TABLE "new s".public.kept ();
CREATE JOB own AS MERGE INTO "new s".public.kept USING "new s".public."Rows" r ON kept.id = r.id WHEN MATCHED THEN UPDATE SET a = r.a WHEN NOT MATCHED THEN INSERT VALUES (r.id, r.a);
SHOW CREATE JOB own;
ALTER TABLE "new s".public.kept RENAME TO changed;
SHOW CREATE JOB own;
SHOW USAGES OF TABLE "new s".public.changed;
