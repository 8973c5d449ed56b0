-- What CREATE TABLE has beside columns and keys, as AWS documents it.
ALTER TABLE warehouse_table ADD COLUMN backup INTEGER; -- 1 is YES, 0 is NO
ALTER TABLE warehouse_table ADD COLUMN is_sort_auto INTEGER NOT NULL DEFAULT 0;
ALTER TABLE warehouse_table ADD COLUMN is_encode_auto INTEGER NOT NULL DEFAULT 0;

ALTER TABLE warehouse_column ADD COLUMN default_expression TEXT; -- as it was written
ALTER TABLE warehouse_column ADD COLUMN identity_seed INTEGER; -- NULL without IDENTITY
ALTER TABLE warehouse_column ADD COLUMN identity_step INTEGER;
ALTER TABLE warehouse_column ADD COLUMN is_identity_by_default INTEGER;
ALTER TABLE warehouse_column ADD COLUMN collation TEXT;
ALTER TABLE warehouse_column ADD COLUMN comment TEXT;

-- A foreign key holds the table that it references where the catalog has it, so that the drop of that table cannot
-- pass. It holds the table by its name where the catalog lacks it, or where the table references itself.
CREATE TABLE warehouse_constraint (
    id INTEGER PRIMARY KEY,
    warehouse_table_id INTEGER NOT NULL REFERENCES warehouse_table (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, -- from 1
    kind TEXT NOT NULL CHECK (kind IN ('primary key', 'unique', 'foreign key')),
    name TEXT,
    referenced_table_id INTEGER REFERENCES warehouse_table (id) ON DELETE RESTRICT,
    referenced_schema_name TEXT,
    referenced_table_name TEXT,
    UNIQUE (warehouse_table_id, ordinal),
    CHECK ((kind = 'foreign key') = (referenced_table_id IS NOT NULL OR referenced_table_name IS NOT NULL)),
    CHECK ((referenced_schema_name IS NULL) = (referenced_table_name IS NULL)),
    CHECK (referenced_table_id IS NULL OR referenced_table_name IS NULL)
) STRICT;

CREATE INDEX warehouse_constraint_by_reference ON warehouse_constraint (referenced_table_id)
WHERE referenced_table_id IS NOT NULL;

CREATE INDEX warehouse_constraint_by_name ON warehouse_constraint (referenced_table_name, referenced_schema_name)
WHERE referenced_table_name IS NOT NULL;

CREATE TABLE warehouse_constraint_column (
    constraint_id INTEGER NOT NULL REFERENCES warehouse_constraint (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, -- from 1
    name TEXT NOT NULL,
    referenced_name TEXT, -- the column of the referenced table; NULL in each row for its primary key
    PRIMARY KEY (constraint_id, ordinal)
) STRICT, WITHOUT ROWID;

INSERT INTO warehouse_constraint (warehouse_table_id, ordinal, kind)
SELECT DISTINCT warehouse_table_id, 1, 'primary key' FROM warehouse_column WHERE primary_key_ordinal IS NOT NULL;

INSERT INTO warehouse_constraint_column (constraint_id, ordinal, name)
SELECT k.id, o.primary_key_ordinal, o.name
FROM warehouse_constraint k
JOIN warehouse_column o ON o.warehouse_table_id = k.warehouse_table_id
WHERE o.primary_key_ordinal IS NOT NULL;

ALTER TABLE warehouse_column DROP COLUMN primary_key_ordinal;
