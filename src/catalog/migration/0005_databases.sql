-- The database of a table that a job reads, where it is another than the connection's. The catalog has no such tables.
ALTER TABLE job_reference ADD COLUMN database_name TEXT CHECK (database_name IS NULL OR warehouse_table_id IS NULL);
