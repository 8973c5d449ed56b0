-- What the catalog is: one row.
CREATE TABLE catalog (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL
) STRICT;

-- A connection is known by its row id; its name may change. The password lies in the secret store under secret_id.
-- host, port and database_name are what connection_string says, taken apart when it was checked.
CREATE TABLE connection (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    connection_string TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    database_name TEXT NOT NULL,
    user_name TEXT NOT NULL,
    secret_store TEXT NOT NULL,
    secret_id TEXT NOT NULL,
    max_concurrent_connections INTEGER,
    comment TEXT,
    created_at INTEGER NOT NULL, -- seconds since 1970, UTC
    altered_at INTEGER NOT NULL
) STRICT;

-- What may depend on a connection. A row here is a foreign key that a drop cannot pass.
CREATE TABLE warehouse_table (
    id INTEGER PRIMARY KEY,
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE RESTRICT,
    schema_name TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (connection_id, schema_name, name)
) STRICT;

CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A job uses the connection of its target and of every source: one row for each tie.
CREATE TABLE job_connection (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE RESTRICT,
    tie TEXT NOT NULL CHECK (tie IN ('target', 'source')),
    PRIMARY KEY (job_id, connection_id, tie)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_connection_by_connection ON job_connection (connection_id);

-- A job uses the tables that the catalog has, its target and its sources.
CREATE TABLE job_table (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    warehouse_table_id INTEGER NOT NULL REFERENCES warehouse_table (id) ON DELETE RESTRICT,
    tie TEXT NOT NULL CHECK (tie IN ('target', 'source')),
    PRIMARY KEY (job_id, warehouse_table_id, tie)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_table_by_table ON job_table (warehouse_table_id);
