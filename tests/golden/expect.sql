-- \expect: the failure that is meant, another one, none.
\expect 42704
DROP CONNECTION nobody;
\expect 42704
SHOW CONNECTIONS;
\expect 42710
DROP CONNECTION nobody;
\expect 42601
SHWO CONNECTIONS;
\expect 42601
SELECT );
\expect 0a000
CREATE SNOWFLAKE CONNECTION c;
\expect 42704
-- A comment and a backslash command may stand in between.
\format csv
DROP CONNECTION nobody;
\format table
\expect 25P01
COMMIT;
\expect 54321
\expect
\expect 42601
\expect 42704
DROP CONNECTION nobody;
BEGIN;
\expect 42704
DROP CONNECTION nobody;
\expect 25P02
SELECT 1;
ROLLBACK;
\expect 42601
