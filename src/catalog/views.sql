-- The catalog as SELECT sees it: system.information_schema. TEMP views, since they may read the main database.
-- Those that read it end in a number drawn for this handle ({nonce}), see query.rs.
CREATE TEMP TABLE store_in_use (kind TEXT NOT NULL, process TEXT NOT NULL);

CREATE TEMP VIEW "connections_{nonce}" AS
SELECT
    name,
    'redshift' AS kind,
    host,
    port,
    database_name AS database,
    user_name,
    max_concurrent_connections,
    CASE
        WHEN secret_store = (SELECT kind FROM temp.store_in_use)
            AND (secret_store <> 'memory' OR substr(secret_id, 1, 16) = (SELECT process FROM temp.store_in_use))
        THEN 'stored'
        ELSE 'missing'
    END AS password,
    (SELECT count(*) FROM main.warehouse_table WHERE connection_id = connection.id)
        + (SELECT count(DISTINCT job_id) FROM main.job_connection WHERE connection_id = connection.id) AS usages,
    comment,
    datetime(created_at, 'unixepoch') AS created_at,
    datetime(altered_at, 'unixepoch') AS altered_at
FROM main.connection;

CREATE TEMP VIEW connections AS SELECT * FROM temp."connections_{nonce}";
