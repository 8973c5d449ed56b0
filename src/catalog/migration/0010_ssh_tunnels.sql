-- The host through which ssh reaches the warehouse: [user@]host[:port].
ALTER TABLE connection ADD COLUMN ssh_tunnel TEXT;
