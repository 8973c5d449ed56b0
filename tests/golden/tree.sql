-- What hangs on what: of everything, of a connection, of a table.
\tree
CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://sales.example.com/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION "my web" CONNECTION_STRING = 'jdbc:redshift://web.example.com/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE TABLE sales.public.orders (id BIGINT);
CREATE TABLE sales.public.totals ();
CREATE TABLE "my web".public."two words" ();
CREATE JOB load_totals AS INSERT INTO sales.public.totals SELECT o.id, c.name FROM sales.public.orders o JOIN sales.crm.customers c ON c.id = o.id;
CREATE JOB mend AS INSERT INTO sales.public.orders SELECT * FROM sales.public.orders a JOIN sales.public.orders b ON a.id = b.id + 1;
CREATE JOB "far away" AS INSERT INTO "my web".a.b SELECT * FROM "my web".c.d;
\tree
\tree sales
\tree "My Web"
\tree SALES.public.orders;
-- It is text in every format.
\format json
\tree "my web"
\format table
ALTER REDSHIFT CONNECTION sales RENAME TO shop;
\tree shop.public.totals
-- What fails.
\tree sale
\tree shp
\tree shop.public.ordrs
\tree shop.public.order
\tree shop.public
\tree shop.public.orders x
\tree load_totals
\tree 'shop'
