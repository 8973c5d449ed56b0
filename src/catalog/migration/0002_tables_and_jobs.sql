-- Tables and jobs. The first version had places for them and no statement that filled those, so they are made anew.
DROP TABLE job_table;
DROP TABLE job_connection;
DROP TABLE job;
DROP TABLE warehouse_table;

-- The definition of a table in a warehouse. A row here is a foreign key that the drop of a connection cannot pass.
CREATE TABLE warehouse_table (
    id INTEGER PRIMARY KEY,
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE RESTRICT,
    schema_name TEXT NOT NULL,
    name TEXT NOT NULL,
    dist_style TEXT CHECK (dist_style IN ('AUTO', 'EVEN', 'KEY', 'ALL')),
    sort_style TEXT CHECK (sort_style IN ('COMPOUND', 'INTERLEAVED')),
    comment TEXT,
    created_at INTEGER NOT NULL, -- seconds since 1970, UTC
    altered_at INTEGER NOT NULL,
    UNIQUE (connection_id, schema_name, name)
) STRICT;

CREATE TABLE warehouse_column (
    warehouse_table_id INTEGER NOT NULL REFERENCES warehouse_table (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, -- from 1
    name TEXT NOT NULL,
    data_type TEXT NOT NULL, -- as redwire prints it
    is_nullable INTEGER NOT NULL,
    encoding TEXT,
    is_dist_key INTEGER NOT NULL,
    sort_ordinal INTEGER, -- its place in the sort key, from 1
    primary_key_ordinal INTEGER, -- its place in the primary key, from 1
    PRIMARY KEY (warehouse_table_id, ordinal)
) STRICT, WITHOUT ROWID;

-- body is what stands behind AS; the names of tables in it are those of the day on which it was written: the places
-- and the current names are in job_reference.
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('insert', 'merge')),
    body TEXT NOT NULL,
    comment TEXT,
    created_at INTEGER NOT NULL, -- seconds since 1970, UTC
    altered_at INTEGER NOT NULL
) STRICT;

-- The options that are not at their defaults, but for COMMENT; the value as SQL.
CREATE TABLE job_option (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (job_id, name)
) STRICT, WITHOUT ROWID;

-- Each place in a job's body that names a table: the one that it writes (ordinal 0) and those that it reads. It holds
-- the connection, and the table where the catalog has it; a table that it lacks is there by its name.
CREATE TABLE job_reference (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    tie TEXT NOT NULL CHECK (tie IN ('target', 'source')),
    span_start INTEGER NOT NULL, -- bytes of the body
    span_end INTEGER NOT NULL,
    connection_id INTEGER NOT NULL REFERENCES connection (id) ON DELETE RESTRICT,
    warehouse_table_id INTEGER REFERENCES warehouse_table (id) ON DELETE RESTRICT,
    schema_name TEXT,
    table_name TEXT,
    alias TEXT, -- the table's own name, where the query uses it as an alias
    PRIMARY KEY (job_id, ordinal),
    CHECK ((ordinal = 0) = (tie = 'target')),
    CHECK ((warehouse_table_id IS NULL) = (schema_name IS NOT NULL AND table_name IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX job_reference_by_connection ON job_reference (connection_id);
CREATE INDEX job_reference_by_table ON job_reference (warehouse_table_id) WHERE warehouse_table_id IS NOT NULL;
-- Names that a table may take up when it is made or renamed.
CREATE INDEX job_reference_by_name ON job_reference (connection_id, schema_name, table_name)
    WHERE warehouse_table_id IS NULL;
