-- system.information_schema.jobs: the jobs, each with the table that it writes.
SELECT
    j.name AS name,
    j.kind AS kind,
    c.name AS catalog,
    coalesce(t.schema_name, u.schema_name) AS schema,
    coalesce(t.name, u.table_name) AS "table",
    j.comment AS comment,
    datetime(j.created_at, 'unixepoch') AS created_at,
    datetime(j.altered_at, 'unixepoch') AS altered_at
FROM main.job j
JOIN main.job_reference u ON u.job_id = j.id AND u.ordinal = 0
JOIN main.connection c ON c.id = u.connection_id
LEFT JOIN main.warehouse_table t ON t.id = u.warehouse_table_id
