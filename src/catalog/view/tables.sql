-- system.information_schema.tables: the definitions of tables in the warehouses.
SELECT
    c.name AS catalog,
    t.schema_name AS schema,
    t.name AS name,
    t.comment AS comment,
    datetime(t.created_at, 'unixepoch') AS created_at,
    datetime(t.altered_at, 'unixepoch') AS altered_at
FROM main.warehouse_table t
JOIN main.connection c ON c.id = t.connection_id
