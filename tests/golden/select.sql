-- SELECT over the catalog.
SELECT * FROM system.information_schema.connections;
CREATE REDSHIFT CONNECTION a CONNECTION_STRING = 'jdbc:redshift://one/d' USER_NAME = 'u' PASSWORD = 'p' COMMENT = '["x", "y"]' MAX_CONCURRENT_CONNECTIONS = 2;
CREATE REDSHIFT CONNECTION b CONNECTION_STRING = 'jdbc:redshift://one/e' USER_NAME = 'v' PASSWORD = 'p' COMMENT = '["z"]' MAX_CONCURRENT_CONNECTIONS = 3;
CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://two/d' USER_NAME = 'u' PASSWORD = 'p';
SELECT * FROM system.information_schema.connections ORDER BY name;
select COUNT(*) from System . "Information_Schema" . CONNECTIONS;
SELECT host, count(*) AS connections, sum(max_concurrent_connections) AS sessions FROM system.information_schema.connections GROUP BY host HAVING count(*) > 0 ORDER BY 2 DESC;
SELECT l.name AS l, r.name AS r FROM system.information_schema.connections l JOIN system.information_schema.connections r ON r.user_name = l.user_name AND r.name > l.name;
SELECT c.name, e.value FROM system.information_schema.connections c, json_each(c.comment) e ORDER BY 1, 2;
SELECT count(*) FROM json_tree('{"a": [1, 2]}');
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT group_concat(i, '+') AS sum, sum(i) AS is_it FROM n;
WITH hosts AS (SELECT DISTINCT host FROM system.information_schema.connections) SELECT count(*) AS hosts FROM hosts;
SELECT name, row_number() OVER (ORDER BY name DESC) AS place FROM system.information_schema.connections ORDER BY name LIMIT 2;
SELECT name FROM system.information_schema.connections WHERE name IN (SELECT max(name) FROM system.information_schema.connections) UNION SELECT 'none';
SELECT NULL AS missing, 1.5 AS real, 9007199254740993 AS large, x'00ff' AS bytes, '' AS empty, 'system.information_schema.connections' AS text;
SELECT /* é /* nested */ ; */ 1 AS "Quoted Name", -- ; and another
 1 AS "Quoted Name";
SELECT /* é /* nested */ */ nme
FROM system.information_schema.connections;

-- What SELECT may not do, and what is wrong in one.
SELECT nme FROM system.information_schema.connections;
SELECT name
FROM system.information_schema.connections
WHERE name = 'é' AND nme = 1;
SELECT * FROM system.information_schema.conections;
SELECT * FROM missing;
SELECT FROM system.information_schema.connections;
SELECT (1;
SELECT 1);
SELECT missing();
SELECT abs('a', 'b');
SELECT secret_id FROM main.connection;
SELECT count(*) FROM main.connection;
SELECT count(*) FROM connection;
SELECT * FROM main.connection, system.information_schema.connections;
WITH connections AS (SELECT secret_id FROM main.connection) SELECT * FROM connections;
WITH "CONNECTIONS" AS (SELECT secret_id FROM connection) SELECT count(*) FROM "CONNECTIONS";
SELECT (SELECT secret_id FROM connection connections);
SELECT id FROM catalog;
SELECT kind FROM temp.store_in_use;
SELECT sql FROM sqlite_schema;
SELECT count(*) FROM sqlite_master;
SELECT sql FROM temp.sqlite_schema;
SELECT * FROM pragma_table_info('connection');
SELECT count(*) FROM pragma_database_list;
SELECT load_extension('./x');
SELECT writefile('x', 'y');
WITH x AS (SELECT 1) DELETE FROM connection;
WITH x AS (SELECT 1) INSERT INTO connections (name) SELECT 'x';
WITH x AS (SELECT 1) UPDATE connection SET name = 'x';
INSERT INTO system.information_schema.connections VALUES ('x');
DELETE FROM system.information_schema.connections;
UPDATE system.information_schema.connections SET name = 'x';
ATTACH DATABASE 'other.db' AS other;
PRAGMA foreign_keys = OFF;
VACUUM INTO 'copy.db';
EXPLAIN SELECT 1;
VALUES (1);
SELECT ?1, :name;
SELECT 1; DROP TABLE connection;
SELECT name FROM system.information_schema.connections;

-- One long value cannot take all memory.
SELECT zeroblob(1000000000);
SELECT fts3_tokenizer('simple');

-- A LIMIT that is no whole number.
SELECT 1 LIMIT 'x';
