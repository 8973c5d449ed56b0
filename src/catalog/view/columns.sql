-- system.information_schema.columns: the columns of those tables. YES and NO are the words of the SQL standard.
SELECT
    c.name AS catalog,
    t.schema_name AS schema,
    t.name AS "table",
    o.name AS name,
    o.ordinal AS ordinal,
    o.data_type AS data_type,
    iif(o.is_nullable, 'YES', 'NO') AS is_nullable
FROM main.warehouse_column o
JOIN main.warehouse_table t ON t.id = o.warehouse_table_id
JOIN main.connection c ON c.id = t.connection_id
