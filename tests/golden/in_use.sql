-- Connections that tables and jobs use; the test has made them.
SHOW CONNECTIONS;
SHOW USAGES OF CONNECTION my_redshift;
SHOW USAGES OF CONNECTION other;
SHOW USAGES OF CONNECTION unused;
DROP CONNECTION my_redshift;
DROP CONNECTION my_redshift RESTRICT;
DROP CONNECTION unused, other;
DROP CONNECTION crowded;
\format json
DROP CONNECTION IF EXISTS other;
\format table
SELECT count(*) AS still_there FROM system.information_schema.connections;
ALTER REDSHIFT CONNECTION my_redshift RENAME TO "Renamed One";
SHOW USAGES OF CONNECTION "renamed one";
DROP CONNECTION "renamed one";
DROP CONNECTION "renamed one", other, my_other;
DROP CONNECTION "renamed one", other CASCADE;
DROP CONNECTION crowded, unused CASCADE;
SHOW CONNECTIONS;
