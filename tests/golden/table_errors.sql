-- One mistake a statement: each has its own message, place, hint and SQLSTATE, and none changes anything.

-- Names.
CREATE TABLE sale.public.t (a int);
CREATE TABLE nobody.public.t (a int);
CREATE TABLE public.t (a int);
CREATE TABLE t (a int);
CREATE TABLE was.public.select (a int);
CREATE TABLE system.public.t (a int);
CREATE TABLE was.public.orders (a int);
CREATE TABLE was.public.t (a int, "A" int);
CREATE TABLE was.public.t (Order_ID int, b int, order_id int);
CREATE TABLE was.public.t ("" int);
CREATE TABLE was.public.t (select int);

-- Types.
CREATE TABLE was.public.t (a json);
CREATE TABLE was.public.t (a int, b jsonb);
CREATE TABLE was.public.t (a uuid);
CREATE TABLE was.public.t (a serial);
CREATE TABLE was.public.t (a bigserial);
CREATE TABLE was.public.t (a bytea);
CREATE TABLE was.public.t (a money);
CREATE TABLE was.public.t (a inet);
CREATE TABLE was.public.t (a xml);
CREATE TABLE was.public.t (a bit(3));
CREATE TABLE was.public.t (a enum('x', 'y'));
CREATE TABLE was.public.t (a int4range);
CREATE TABLE was.public.t (a datetime2);
CREATE TABLE was.public.t (a tinyint);
CREATE TABLE was.public.t (a string);
CREATE TABLE was.public.t (a number(5));
CREATE TABLE was.public.t (a clob);
CREATE TABLE was.public.t (a blob);
CREATE TABLE was.public.t (a struct<b int>);
CREATE TABLE was.public.t (a map<int, int>);
CREATE TABLE was.public.t (a int[]);
CREATE TABLE was.public.t (a varchar(3) ARRAY[4]);
CREATE TABLE was.public.t (a varcahr(10));
CREATE TABLE was.public.t (a xyzzy);
CREATE TABLE was.public.t (a);
CREATE TABLE was.public.t (a NOT NULL);
CREATE TABLE was.public.t (a 'int');
CREATE TABLE was.public.t (a double);
CREATE TABLE was.public.t (a interval);
CREATE TABLE was.public.t (a varchar(70000));
CREATE TABLE was.public.t (a varchar(0));
CREATE TABLE was.public.t (a varchar());
CREATE TABLE was.public.t (a varchar(ten));
CREATE TABLE was.public.t (a char(5000));
CREATE TABLE was.public.t (a decimal(39, 0));
CREATE TABLE was.public.t (a decimal(5, 6));
CREATE TABLE was.public.t (a decimal(5, 2, 1));
CREATE TABLE was.public.t (a varbyte(16777217));
CREATE TABLE was.public.t (a float(54));
CREATE TABLE was.public.t (a int(11));
CREATE TABLE was.public.t (a timestamp(7));

-- Attributes of columns.
CREATE TABLE was.public.t (a int NOT NULL NULL);
CREATE TABLE was.public.t (a int NOT NULL NOT NULL);
CREATE TABLE was.public.t (a int ENCODE);
CREATE TABLE was.public.t (a int ENCODE ztsd);
CREATE TABLE was.public.t (a int ENCODE raw ENCODE lzo);
CREATE TABLE was.public.t (a int UNSIGNED);
CREATE TABLE was.public.t (a int DEFAULT 5 DEFAULT 6);
CREATE TABLE was.public.t (a int IDENTITY(1, 0));
CREATE TABLE was.public.t (a int IDENTITY);
CREATE TABLE was.public.t (a int GENERATED ALWAYS AS IDENTITY);
CREATE TABLE was.public.t (a int UNIQUE ENCODE);
CREATE TABLE was.public.t (a int REFERENCES b(a, c));
CREATE TABLE was.public.t (a int CHECK (a > 0));
CREATE TABLE was.public.t (a text COLLATE german);
CREATE TABLE was.public.t (a int NULL PRIMARY KEY);

-- Keys.
CREATE TABLE was.public.t (a int, FOREIGN KEY (a) REFERENCES other.public.b(a));
CREATE TABLE was.public.t (a int, UNIQUE (b));
CREATE TABLE was.public.t (a int, CONSTRAINT k UNIQUE (a), CONSTRAINT k PRIMARY KEY (a));
CREATE TABLE was.public.t (a int, PRIMARY KEY (b));
CREATE TABLE was.public.t (customer int, PRIMARY KEY (custmer));
CREATE TABLE was.public.t (a int, PRIMARY KEY (a, A));
CREATE TABLE was.public.t (a int PRIMARY KEY, PRIMARY KEY (a));
CREATE TABLE was.public.t (a int PRIMARY KEY, b int PRIMARY KEY);
CREATE TABLE was.public.t (a int) DISTSTYLE KEY;
CREATE TABLE was.public.t (a int DISTKEY) DISTSTYLE EVEN;
CREATE TABLE was.public.t (a int) DISTSTYLE ALL DISTKEY (a);
CREATE TABLE was.public.t (a int DISTKEY, b int DISTKEY);
CREATE TABLE was.public.t (a int, b int) DISTKEY (a, b);
CREATE TABLE was.public.t (a int, b int) DISTKEY (a) DISTKEY (b);
CREATE TABLE was.public.t (a int, b int) SORTKEY (a) SORTKEY (b);
CREATE TABLE was.public.t (a int) SORTKEY (c);
CREATE TABLE was.public.t (a super) SORTKEY (a);
CREATE TABLE was.public.t (a geometry DISTKEY);
CREATE TABLE was.public.t (a int, b int, c int, d int, e int, f int, g int, h int, i int)
    INTERLEAVED SORTKEY (a, b, c, d, e, f, g, h, i);
CREATE TABLE was.public.t () SORTKEY (a);
CREATE TABLE was.public.t () DISTSTYLE KEY DISTKEY (a);

-- Clauses.
CREATE TABLE was.public.t (a int) DISTSTYLE SOME;
CREATE TABLE was.public.t (a int) DISTSTYLE EVEN DISTSTYLE EVEN;
CREATE TABLE was.public.t (a int) DISTYLE EVEN;
CREATE TABLE was.public.t (a int) COMMENT 'c';
CREATE TABLE was.public.t (a int) COMMENT = 5;
CREATE TABLE was.public.t (a int) COMMENT = 'c' COMMENT = 'd';
CREATE TABLE was.public.t (a int) RETENTION = 'long';
CREATE TABLE was.public.t (a int) COMPOUND (a);
CREATE TABLE was.public.t (a int) SORTKEY AUTO SORTKEY (a);
CREATE TABLE was.public.t (a int) ENCODE zstd;
CREATE TABLE was.public.t (a int) BACKUP maybe;
CREATE TABLE was.public.t AS SELECT 1;
CREATE TABLE was.public.t (LIKE was.public.nowhere);
CREATE TEMP TABLE t (a int);
CREATE OR REPLACE TABLE was.public.t (a int);

-- Parentheses and commas.
CREATE TABLE was.public.t;
CREATE TABLE was.public.t (a int;
CREATE TABLE was.public.t (a int,);
CREATE TABLE was.public.t (, a int);
CREATE TABLE was.public.t (a int b int);
CREATE TABLE was.public.t (a int));
CREATE TABLE was.public.t a int);
CREATE TABLE was.public.t (a varchar(5);

-- ALTER, SHOW and DESCRIBE.
ALTER TABLE was.public.order SET COMMENT = 'c';
ALTER TABLE was.public.ordres SET COMMENT = 'c';
ALTER TABLE was.pubic.orders SET COMMENT = 'c';
ALTER TABLE waz.public.orders SET COMMENT = 'c';
ALTER TABLE was.public.xyzzy RENAME TO t;
ALTER TABLE was.public.orders RENAME TO copy;
ALTER TABLE was.public.orders RENAME TO Orders;
ALTER TABLE was.public.orders RENAME TO was.public.t;
ALTER TABLE was.public.orders RENAME TO other.t;
ALTER TABLE was.public.orders ADD COLUMN a int;
ALTER TABLE was.public.orders RENAME COLUMN b TO c;
ALTER TABLE was.public.orders ALTER COLUMN a TYPE bigint;
ALTER TABLE was.public.orders DROP CONSTRAINT orders_pkey;
ALTER TABLE was.public.orders ADD COLUMN z inte, DROP COLUMN;
ALTER TABLE was.public.orders DROP COLUMN x, ALTER COLUMN y ENCODE raw;
ALTER TABLE was.public.orders OWNER TO me;
ALTER TABLE was.public.orders SET DISTSTYLE = 'ALL';
ALTER TABLE was.public.orders;
SHOW TABLES IN waz;
SHOW TABLES IN was.public.orders;
SHOW TABLES LIKE orders;
DESCRIBE TABLE was.public.order_s;
DESCRIBE TABLE orders;
SHOW CREATE TABLE was.public.nothing;
SHOW TABLES;
