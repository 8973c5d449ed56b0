-- One mistake a statement: each has its own message, place, hint and SQLSTATE, and none changes anything.

-- What a job is.
CREATE JOB j AS SELECT 1;
CREATE JOB j AS COPY FROM was.raw.o;
CREATE JOB j RUN_INTERVAL = 5 SECONDS AS INSERT INTO was.public.t SELECT 1;
CREATE JOB j RUN_INTERVALL = 5 MINUTES AS INSERT INTO was.public.t SELECT 1;
CREATE JOB j AS INSERT INTO SNOWFLAKE was.public.t SELECT 1;
CREATE JOB j AS INSERT INTO default_glue_catalog.public.t SELECT 1;
CREATE JOB j AS INSERT INTO was.t SELECT 1;
CREATE JOB j AS INSERT INTO was.public.redwire_ledger SELECT 1;
CREATE JOB j AS INSERT INTO was.public.t (a, b, A) SELECT 1, 2, 3;
CREATE JOB j AS INSERT INTO was.public.t MAP_COLUMNS_BY_NAME EXCEPT a, a SELECT 1 AS a;
CREATE JOB j AS INSERT INTO was.public.t VALUES (1);
CREATE JOB j AS INSERT INTO was.public.t UPDATE was.raw.o SET a = 1;

-- Queries that do not parse.
CREATE JOB j AS INSERT INTO was.public.t
  SELECT o.id,
         o.total + FROM was.raw.o o;
CREATE JOB j AS INSERT INTO was.public.t SELECT a FROM was.raw.o WHERE;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM (SELECT a FROM was.raw.o GROUP x) y;
CREATE JOB j AS INSERT INTO was.public.t SELECT CASE WHEN a THEN 1 FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT (1 + (2 * 3) FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT 1) FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT APPROXIMATE SUM(DISTINCT a) FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT DISTINCT TOP 5 a FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT count(*) FILTER (WHERE a > 1) FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT a FROM was.raw.o WHERE a BETWEEN SYMMETRIC 2 AND b;
CREATE JOB j AS INSERT INTO was.public.t SELECT a FROM was.raw.o o, UNPIVOT o.items v AT a;

-- What a query names.
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM o;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM was.raw.o.items.subs;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM was.raw.o JOIN other.raw.o p ON true;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM default_glue_catalog.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM was.raw.was, was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM was.raw.o WHERE $event_time > run_start_time();
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM was.raw.o WHERE o."$commit_time" > 1;
CREATE JOB j AS INSERT INTO was.public.t SELECT * FROM was.raw.o WHERE a = $1;
CREATE JOB j SKIP_ALL_VALIDATIONS = TRUE AS INSERT INTO was.public.t SELECT APPROXIMATE x FROM other.raw.o;

-- Strings that end here in one place and in Redshift in another.
CREATE JOB j AS INSERT INTO was.public.t SELECT 'a\' FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT E'a' FROM was.raw.o;
CREATE JOB j AS INSERT INTO was.public.t SELECT $$a$$ FROM was.raw.o;

-- MERGE.
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) s ON k = s.k WHEN MATCHED THEN REPLACE;
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) s ON t.k = t.j WHEN MATCHED THEN REPLACE;
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) s ON t.k = x.k WHEN MATCHED THEN REPLACE;
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) ON t.k = k WHEN MATCHED THEN REPLACE;
CREATE JOB j AS MERGE INTO was.public.t USING was.raw.o s ON t.k = s.k WHEN MATCHED THEN REPLACE;
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) s ON t.k = s.k WHEN MATCHED THEN REPLACE;
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) s ON t.k = s.k WHEN MATCHED THEN UPDATE SET k = 1;
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) s ON t.k = s.k
  WHEN NOT MATCHED THEN INSERT (k, n) VALUES (1, 2) WHEN MATCHED THEN REPLACE;
CREATE JOB j AS MERGE INTO was.public.t USING (SELECT 1 AS k) s ON t.k = s.k
  WHEN MATCHED THEN REPLACE WHEN NOT MATCHED THEN INSERT (k, n) VALUES (s.k);

-- ALTER.
ALTER JOB j SET START_FROM = NOW;
ALTER JOB j RESET SKIP_ALL_VALIDATIONS;
