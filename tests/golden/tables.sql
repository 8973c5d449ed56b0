-- Tables: made, altered, shown, described, and printed back.
CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION "My Other" CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
SHOW TABLES;

CREATE TABLE sales.public.orders (
    ID int8 NOT NULL ENCODE AZ64 PRIMARY KEY,
    customer character varying(100) NULL DISTKEY,
    amount numeric(10, 2),
    created timestamp with time zone SORTKEY,
    "Payload" super ENCODE zstd
) DISTSTYLE KEY COMMENT = 'one row
an order';
SHOW CREATE TABLE sales.public.orders;
DESCRIBE TABLE sales.public.orders;

-- Every type, under each of its names.
CREATE TABLE sales.public.numbers (
    a smallint, b int2, c integer, d int, e int4, f bigint, g int8, h decimal, i decimal(5), j decimal(38, 37),
    k numeric(19, 0), l real, m float4, n double precision, o float8, p float, q float(24), r float(53), s bool,
    t boolean);
CREATE TABLE sales.public.texts (
    a char, b char(4096), c character(10), d nchar(3), e bpchar, f varchar, g varchar(65535), h varchar(MAX),
    i character varying(9), j nvarchar(9), k text, l varbyte, m varbyte(16777216), n varbinary(10),
    o binary varying(10));
CREATE TABLE sales.public.moments (
    a date, b time, c time without time zone, d timetz, e time with time zone, f timestamp,
    g timestamp without time zone, h timestamptz, i timestamp with time zone, j interval year to month,
    k interval day to second, l interval day to second (3));
CREATE TABLE sales.public.others (a super, b hllsketch, c geometry, d geography);
SHOW CREATE TABLE sales.public.numbers;
SHOW CREATE TABLE sales.public.texts;
SHOW CREATE TABLE sales.public.moments;
SHOW CREATE TABLE sales.public.others;

-- Clauses in any order; keys of several columns; names that need quotes.
CREATE TABLE "my other"."Odd Schema"."select" ("Two Words" int, PRIMARY KEY (b, "two words"), b int, "a""b" date)
    COMMENT = 'it''s' INTERLEAVED SORTKEY ("a""b", B) DISTKEY (b);
SHOW CREATE TABLE "my other"."odd schema"."select";
DESCRIBE TABLE "my other"."odd schema"."select";
CREATE TABLE "my other".public.spread (a int, b int) compound sortkey (b, a) diststyle even;
SHOW CREATE TABLE "my other".public.spread;

-- Columns that a job will bring.
CREATE TABLE sales.staging.orders () COMMENT = 'from the lake';
SHOW CREATE TABLE sales.staging.orders;
DESCRIBE TABLE sales.staging.orders;

-- A name that is taken.
CREATE TABLE SALES.Public.ORDERS (a int);
CREATE TABLE IF NOT EXISTS sales.public.orders (a int);
CREATE TABLE IF NOT EXISTS sales.public.fresh (a int);

-- ALTER.
ALTER TABLE sales.public.fresh SET COMMENT = 'new';
ALTER TABLE sales.public.fresh RENAME TO "Fresher";
ALTER TABLE sales.public.fresher SET COMMENT = 'newest' RENAME TO freshest;
SHOW CREATE TABLE sales.public.freshest;
ALTER TABLE sales.public.freshest RESET COMMENT;
SHOW CREATE TABLE sales.public.freshest;

-- What there is.
SHOW TABLES;
SHOW TABLES IN sales;
SHOW TABLES IN sales.staging;
SHOW TABLES IN sales.nothing;
SHOW TABLES LIKE '%ERS';
SHOW TABLES IN "My Other" LIKE 'S%';
SHOW TABLES IN sales.public LIKE 'public';

-- A table comes and goes with its transaction.
BEGIN;
CREATE TABLE sales.public.gone (a int);
ALTER TABLE sales.public.gone RENAME TO away;
ALTER TABLE sales.public.orders SET COMMENT = 'never';
ROLLBACK;
SHOW TABLES IN sales LIKE '%o%e%';

-- A name that is nearly there.
DESCRIBE TABLE sales.public.textes;
DESCRIBE TABLE sales.pub.texts;
DESCRIBE TABLE sale.public.texts;
DESCRIBE TABLE sales.lake.moments;
SHOW TABLES IN salse;
