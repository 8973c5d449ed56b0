-- The row id of a connection is never given out again: sessions outlive a DROP, and their slots are kept by that id.
ALTER TABLE catalog ADD COLUMN last_connection_id INTEGER NOT NULL DEFAULT 0;

UPDATE catalog SET last_connection_id = (SELECT coalesce(max(id), 0) FROM connection);

CREATE TRIGGER connection_id_is_given_out AFTER INSERT ON connection WHEN new.id > (SELECT last_connection_id FROM catalog)
BEGIN
    UPDATE catalog SET last_connection_id = new.id;
END;
