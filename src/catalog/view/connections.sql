-- system.information_schema.connections, for the kind of secret store in use, and for this process: a password that
-- lies in another store is missing, and so is one that another process had in its memory.
SELECT
    name,
    'redshift' AS kind,
    host,
    port,
    database_name AS database,
    user_name,
    max_concurrent_connections,
    CASE
        WHEN secret_store = :kind AND (secret_store <> 'memory' OR substr(secret_id, 1, 16) = :process)
        THEN 'stored'
        ELSE 'missing'
    END AS password,
    (SELECT count(*) FROM main.warehouse_table WHERE connection_id = connection.id)
        + (SELECT count(DISTINCT job_id) FROM main.job_reference WHERE connection_id = connection.id) AS usages,
    comment,
    datetime(created_at, 'unixepoch') AS created_at,
    datetime(altered_at, 'unixepoch') AS altered_at
FROM main.connection
