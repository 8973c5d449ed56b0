-- Makes a database look like one of Redshift's: its views, and what of PostgreSQL's is not there.
SET allow_system_table_mods = on;

ALTER FUNCTION pg_catalog.version() RENAME TO postgresql_version;
CREATE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.122914'::text
$$;

-- The start of the statement, in whole seconds, and the start of the transaction.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$
  SELECT date_trunc('second', statement_timestamp())::timestamp
$$;
CREATE FUNCTION pg_catalog.sysdate() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT localtimestamp $$;

-- There are no advisory locks.
DO $$
DECLARE it regprocedure;
BEGIN
  FOR it IN SELECT oid FROM pg_proc WHERE proname ~ '^pg_(try_)?advisory' LOOP
    EXECUTE format('ALTER FUNCTION %s RENAME TO %I', it, 'hidden_' || (SELECT proname FROM pg_proc WHERE oid = it));
  END LOOP;
END
$$;

-- Keys are kept and not enforced. Only while a table is made or changed are they what a foreign key can refer to.
CREATE FUNCTION pg_catalog.redshift_keys() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE pg_catalog.pg_index SET indisunique = (tg_event = 'ddl_command_start')
  WHERE indexrelid IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u'));
  IF tg_event = 'ddl_command_end' THEN
    WITH disabled AS (
      UPDATE pg_catalog.pg_trigger SET tgenabled = 'D' WHERE tgisinternal AND tgenabled <> 'D' RETURNING tgrelid)
    UPDATE pg_catalog.pg_class SET relhastriggers = true WHERE oid IN (SELECT tgrelid FROM disabled);
  END IF;
END
$$;
CREATE EVENT TRIGGER redshift_keys_begin ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
  EXECUTE FUNCTION pg_catalog.redshift_keys();
CREATE EVENT TRIGGER redshift_keys_end ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
  EXECUTE FUNCTION pg_catalog.redshift_keys();

-- Nobody writes to a view.
CREATE FUNCTION pg_catalog.redshift_view_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE feature_not_supported USING MESSAGE = format(
    'cannot %s a view', CASE TG_OP WHEN 'INSERT' THEN 'insert into' WHEN 'DELETE' THEN 'delete from' ELSE 'update' END);
END
$$;
CREATE FUNCTION pg_catalog.redshift_views() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE view regclass;
BEGIN
  FOR view IN SELECT objid FROM pg_event_trigger_ddl_commands() WHERE object_type = 'view' LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER redshift_view INSTEAD OF INSERT OR UPDATE OR DELETE ON %s
      FOR EACH ROW EXECUTE FUNCTION pg_catalog.redshift_view_refuses()', view);
  END LOOP;
END
$$;

-- DISTSTYLE, DISTKEY, SORTKEY and ENCODE of each table, from the constraint that stands for them.
CREATE VIEW pg_catalog.redshift_attribute AS
SELECT conrelid AS table_id, (regexp_match(pg_get_expr(conbin, conrelid), '[{].*[}]'))[1]::jsonb AS attribute
FROM pg_constraint WHERE conname = 'redshift_attributes';

CREATE VIEW pg_catalog.redshift_column AS
SELECT
  c.oid AS table_id, n.nspname AS schema_name, c.relname AS table_name, c.relkind,
  a.attname AS column_name, a.attnum::int AS ordinal_position, a.attrelid, a.atttypid, a.atttypmod, a.attnotnull,
  format_type(a.atttypid, a.atttypmod) AS type,
  coalesce(k.attribute ->> 'distkey' = a.attname, false) AS distkey,
  coalesce(s.sign * s.place, 0)::int AS sortkey,
  coalesce(
    k.attribute -> 'encode' ->> a.attname::text,
    CASE
      WHEN c.relkind <> 'r' OR s.place IS NOT NULL THEN 'none'
      WHEN t.typname IN ('bool', 'float4', 'float8') THEN 'none'
      WHEN t.typname IN ('varchar', 'bpchar', 'text', 'bytea') THEN 'lzo'
      ELSE 'az64'
    END) AS encoding,
  coalesce(
    CASE a.attidentity WHEN 'a' THEN '"identity"' WHEN 'd' THEN 'default_identity' END || (
      SELECT format('(%s, 0, ''%s,%s''::text)', c.oid, s.seqstart, s.seqincrement)
      FROM pg_depend e
      JOIN pg_sequence s ON s.seqrelid = e.objid
      WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid = c.oid AND e.refobjsubid = a.attnum
        AND e.deptype = 'i'),
    pg_get_expr(d.adbin, d.adrelid)) AS column_default,
  col_description(c.oid, a.attnum) AS remarks
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.redshift_attribute k ON k.table_id = c.oid
LEFT JOIN LATERAL (
  SELECT p.place, CASE WHEN k.attribute ->> 'sortstyle' = 'interleaved' AND p.place % 2 = 0 THEN -1 ELSE 1 END AS sign
  FROM jsonb_array_elements_text(k.attribute -> 'sortkey') WITH ORDINALITY p (name, place)
  WHERE p.name = a.attname) s ON true
WHERE c.relkind IN ('r', 'v', 'm');

CREATE VIEW pg_catalog.pg_table_def AS
SELECT schema_name AS schemaname, table_name AS tablename, column_name AS "column", type,
  encoding::character(32) AS encoding, distkey, sortkey, attnotnull AS "notnull"
FROM pg_catalog.redshift_column
WHERE relkind = 'r' AND pg_table_is_visible(table_id);

CREATE VIEW pg_catalog.svv_tables AS
SELECT t.table_catalog::text, t.table_schema::text, t.table_name::text, t.table_type::text,
  obj_description(c.oid, 'pg_class') AS remarks
FROM information_schema.tables t
JOIN pg_namespace n ON n.nspname = t.table_schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.table_name;

CREATE VIEW pg_catalog.svv_columns AS
SELECT i.table_catalog::text, i.table_schema::text, i.table_name::text, i.column_name::text, i.ordinal_position::int,
  i.column_default::text, i.is_nullable::text, i.data_type::text, i.character_maximum_length::int,
  i.numeric_precision::int, i.numeric_precision_radix::int, i.numeric_scale::int, i.datetime_precision::int,
  i.interval_type::text, i.interval_precision::text, i.character_set_catalog::text, i.character_set_schema::text,
  i.character_set_name::text, i.collation_catalog::text, i.collation_schema::text, i.collation_name::text,
  i.domain_name::text, col_description(c.oid, i.ordinal_position::int) AS remarks
FROM information_schema.columns i
JOIN pg_namespace n ON n.nspname = i.table_schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = i.table_name;

CREATE VIEW pg_catalog.svv_redshift_databases AS
SELECT datname::varchar(128) AS database_name, datdba::int AS database_owner, 'local'::varchar(32) AS database_type,
  array_to_string(datacl, '~')::varchar(128) AS database_acl, NULL::varchar(128) AS database_options,
  'Serializable'::varchar(128) AS database_isolation_level
FROM pg_database WHERE datallowconn;

CREATE VIEW pg_catalog.svv_redshift_schemas AS
SELECT current_database()::varchar(128) AS database_name, nspname::varchar(128) AS schema_name,
  nspowner::int AS schema_owner, 'local'::varchar(16) AS schema_type,
  array_to_string(nspacl, '~')::varchar(128) AS schema_acl, NULL::varchar(128) AS schema_option
FROM pg_namespace WHERE nspname <> 'pg_toast' AND nspname !~ '^pg_(toast_)?temp_';

CREATE VIEW pg_catalog.svv_all_schemas AS
SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, NULL::varchar(128) AS source_database,
  schema_option
FROM pg_catalog.svv_redshift_schemas;

CREATE VIEW pg_catalog.svv_redshift_tables AS
SELECT current_database()::varchar(128) AS database_name, n.nspname::varchar(128) AS schema_name,
  c.relname::varchar(128) AS table_name, (CASE c.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END)::varchar(128) AS table_type,
  array_to_string(c.relacl, '~')::varchar(128) AS table_acl,
  obj_description(c.oid, 'pg_class')::varchar(128) AS remarks, pg_get_userbyid(c.relowner)::varchar(128) AS table_owner
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE');

CREATE VIEW pg_catalog.svv_all_tables AS
SELECT database_name, schema_name, table_name, table_acl, table_type, remarks FROM pg_catalog.svv_redshift_tables;

CREATE VIEW pg_catalog.svv_redshift_columns AS
SELECT current_database()::varchar(128) AS database_name, schema_name::varchar(128), table_name::varchar(128),
  column_name::varchar(128), ordinal_position, type::varchar(32) AS data_type, column_default::varchar(4000),
  (CASE WHEN attnotnull THEN 'NO' ELSE 'YES' END)::varchar(3) AS is_nullable, encoding::varchar(128), distkey, sortkey,
  NULL::varchar(128) AS column_acl, remarks::varchar(256)
FROM pg_catalog.redshift_column
WHERE schema_name !~ '^pg_' AND schema_name <> 'information_schema'
  AND has_table_privilege(table_id, 'SELECT, INSERT, UPDATE, DELETE');

CREATE VIEW pg_catalog.svv_all_columns AS
SELECT s.table_catalog::varchar(128) AS database_name, s.table_schema::varchar(128) AS schema_name,
  s.table_name::varchar(128), s.column_name::varchar(128), s.ordinal_position, s.column_default::varchar(4000),
  s.is_nullable::varchar(3), s.data_type::varchar(128), s.character_maximum_length, s.numeric_precision, s.numeric_scale,
  s.remarks::varchar(256)
FROM pg_catalog.svv_columns s;

CREATE VIEW pg_catalog.svv_external_schemas AS
SELECT NULL::oid AS esoid, NULL::smallint AS eskind, NULL::text AS schemaname, NULL::int AS esowner,
  NULL::text AS databasename, NULL::text AS esoptions WHERE false;

CREATE VIEW pg_catalog.svv_external_tables AS
SELECT NULL::text AS redshift_database_name, NULL::text AS schemaname, NULL::text AS tablename, NULL::text AS tabletype,
  NULL::text AS location WHERE false;

-- A superuser sees all locks, others those of their own sessions.
CREATE VIEW pg_catalog.svv_transactions AS
SELECT a.usename::text AS txn_owner, a.datname::text AS txn_db, a.backend_xid::text::bigint AS xid, l.pid,
  a.xact_start::timestamp AS txn_start, l.mode AS lock_mode,
  CASE l.locktype WHEN 'relation' THEN 'relation' ELSE 'transactionid' END AS lockable_object_type,
  l.relation::bigint::int AS relation, l.granted
FROM pg_locks l
JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype IN ('relation', 'virtualxid')
  AND (a.usename = current_user OR (SELECT u.usesuper FROM pg_user u WHERE u.usename = current_user));

-- The columns of pg_class that PostgreSQL 8.0 had as well, and two more. A user sees what is their own, or may read.
CREATE VIEW pg_catalog.pg_class_info AS
SELECT c.oid AS reloid, c.relname, c.relnamespace, c.reltype, c.relowner, c.relam, c.relfilenode, c.reltablespace,
  c.relpages, c.reltuples, c.reltoastrelid, c.relhasindex, c.relisshared, c.relkind, c.relnatts, c.relchecks,
  c.relhasrules, c.relacl, s.style::smallint AS reldiststyle,
  (CASE WHEN c.relkind = 'r' THEN CASE s.style WHEN 9 THEN 10 ELSE s.style END END)::int AS releffectivediststyle,
  NULL::timestamp AS relcreationtime
FROM pg_class c
LEFT JOIN pg_catalog.redshift_attribute k ON k.table_id = c.oid
CROSS JOIN LATERAL (SELECT CASE upper(k.attribute ->> 'diststyle')
    WHEN 'EVEN' THEN 0 WHEN 'KEY' THEN 1 WHEN 'ALL' THEN 8 ELSE 9
  END) s (style)
WHERE has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE');

CREATE FUNCTION pg_catalog.redshift_row_count(id oid) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
DECLARE number numeric;
BEGIN
  EXECUTE format('SELECT count(*) FROM %s', id::regclass) INTO number;
  RETURN number;
END
$$;

-- A table without rows is not in it, and only superusers may read it.
CREATE VIEW pg_catalog.svv_table_info AS
SELECT t.*, 0::numeric(19, 2) AS skew_sortkey1, NULL::numeric(19, 2) AS skew_rows,
  t.tbl_rows AS estimated_visible_rows, NULL::text AS risk_event, NULL::numeric(12, 2) AS vacuum_sort_benefit,
  NULL::timestamp AS create_time
FROM (
  SELECT current_database()::text AS database, n.nspname::text AS schema, c.oid AS table_id, c.relname::text AS "table",
    'Y'::text AS encoded,
    CASE upper(k.attribute ->> 'diststyle')
      WHEN 'EVEN' THEN 'EVEN' WHEN 'ALL' THEN 'ALL' WHEN 'KEY' THEN 'KEY(' || (k.attribute ->> 'distkey') || ')'
      ELSE 'AUTO(ALL)'
    END AS diststyle,
    coalesce(k.attribute -> 'sortkey' ->> 0, 'AUTO(SORTKEY)') AS sortkey1,
    (SELECT max(a.atttypmod - 4) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.atttypid = 'varchar'::regtype) AS max_varchar,
    'none'::character(32) AS sortkey1_enc, coalesce(jsonb_array_length(k.attribute -> 'sortkey'), 0) AS sortkey_num,
    1::bigint AS size, 0::numeric(10, 4) AS pct_used, 0::bigint AS empty, 0::numeric(5, 2) AS unsorted,
    100::numeric(5, 2) AS stats_off, pg_catalog.redshift_row_count(c.oid)::numeric(38, 0) AS tbl_rows
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.redshift_attribute k ON k.table_id = c.oid
  WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  -- Rows are counted of these tables only.
  OFFSET 0) t
WHERE t.tbl_rows > 0;

DO $$
DECLARE it regclass;
BEGIN
  FOR it IN SELECT oid FROM pg_class WHERE relkind = 'v' AND relname ~ '^(svv_|pg_table_def|pg_class_info|redshift_)' LOOP
    EXECUTE format('GRANT SELECT ON %s TO PUBLIC', it);
  END LOOP;
  REVOKE SELECT ON pg_catalog.svv_table_info FROM PUBLIC;
END
$$;

CREATE EVENT TRIGGER redshift_views ON ddl_command_end WHEN TAG IN ('CREATE VIEW')
  EXECUTE FUNCTION pg_catalog.redshift_views();
