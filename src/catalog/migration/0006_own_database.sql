-- A name of four parts may have the connection's own database: the catalog may have that table.
-- A constraint of a column goes with the column alone.
ALTER TABLE job_reference RENAME COLUMN database_name TO old_database_name;
ALTER TABLE job_reference ADD COLUMN database_name TEXT; -- of a name of four parts
UPDATE job_reference SET database_name = old_database_name;
ALTER TABLE job_reference DROP COLUMN old_database_name;

UPDATE job_reference
SET warehouse_table_id = t.id, schema_name = NULL, table_name = NULL
FROM warehouse_table t
JOIN connection c ON c.id = t.connection_id
WHERE job_reference.warehouse_table_id IS NULL AND t.connection_id = job_reference.connection_id
AND t.schema_name = job_reference.schema_name AND t.name = job_reference.table_name
AND job_reference.database_name = lower(c.database_name);
