-- system.information_schema.usages: what depends on what, as SHOW USAGES lists it; names stand as SQL. A common table
-- expression in here would hide from the guard of SELECT that it is this view that reads.
SELECT
    'connection' AS used_kind,
    sql_name(c.name) AS used,
    'table' AS usage,
    sql_name(c.name) || '.' || sql_name(t.schema_name) || '.' || sql_name(t.name) AS name,
    'connection' AS via
FROM main.warehouse_table t
JOIN main.connection c ON c.id = t.connection_id
UNION ALL
SELECT
    'connection',
    sql_name(c.name),
    'job',
    sql_name(j.name),
    group_concat(tied.tie, ', ' ORDER BY tied.place, tied.tie)
FROM (
    SELECT DISTINCT connection_id, job_id, tie = 'source' AS place, tie
    FROM main.job_reference
    UNION ALL
    SELECT DISTINCT
        u.connection_id,
        u.job_id,
        2,
        'table ' || sql_name(tc.name) || '.' || sql_name(t.schema_name) || '.' || sql_name(t.name)
    FROM main.job_reference u
    JOIN main.warehouse_table t ON t.id = u.warehouse_table_id
    JOIN main.connection tc ON tc.id = t.connection_id
) AS tied
JOIN main.connection c ON c.id = tied.connection_id
JOIN main.job j ON j.id = tied.job_id
GROUP BY tied.connection_id, tied.job_id
UNION ALL
SELECT
    'table',
    sql_name(c.name) || '.' || sql_name(t.schema_name) || '.' || sql_name(t.name),
    'job',
    sql_name(j.name),
    group_concat(tied.tie, ', ' ORDER BY tied.place)
FROM (
    SELECT DISTINCT warehouse_table_id, job_id, tie = 'source' AS place, tie
    FROM main.job_reference
    WHERE warehouse_table_id IS NOT NULL
) AS tied
JOIN main.warehouse_table t ON t.id = tied.warehouse_table_id
JOIN main.connection c ON c.id = t.connection_id
JOIN main.job j ON j.id = tied.job_id
GROUP BY tied.warehouse_table_id, tied.job_id
UNION ALL
SELECT DISTINCT
    'table',
    sql_name(c.name) || '.' || sql_name(r.schema_name) || '.' || sql_name(r.name),
    'table',
    sql_name(c.name) || '.' || sql_name(t.schema_name) || '.' || sql_name(t.name),
    'foreign key'
FROM main.warehouse_constraint k
JOIN main.warehouse_table r ON r.id = k.referenced_table_id
JOIN main.warehouse_table t ON t.id = k.warehouse_table_id
JOIN main.connection c ON c.id = t.connection_id
