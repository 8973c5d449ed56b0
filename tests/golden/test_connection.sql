-- A test of nothing, and of what is not there.
TEST;
TEST TABLE t;
TEST CONNECTION;
TEST CONNECTION sales, ;
TEST CONNECTION sales marts;
TEST CONNECTION sales;
TEST CONNECTIONS;
TEST CONNECTIONS LIKE 'sal%';
TEST CONNECTIONS LIKE sal;
TSET CONNECTION sales;

-- WITH TEST stands at the end. The password of a text that is no statement is not shown.
CREATE REDSHIFT CONNECTION sales
    CONNECTION_STRING = 'jdbc:redshift://sales.example.com/dev' USER_NAME = 'etl' PASSWORD = 's3cret' WITH;
CREATE REDSHIFT CONNECTION sales WITH TEST
    CONNECTION_STRING = 'jdbc:redshift://sales.example.com/dev' USER_NAME = 'etl' PASSWORD = 's3cret';
CREATE REDSHIFT CONNECTION sales
    CONNECTION_STRING = 'jdbc:redshift://sales.example.com/dev' PASSWORD = 's3cret' WITH TEST;
ALTER REDSHIFT CONNECTION sales WITH TEST;
ALTER REDSHIFT CONNECTION sales SET PASSWORD = 's3cret', WITH TEST;
ALTER REDSHIFT CONNECTION sales SET PASSWORD = 's3cret' WITH TEST RENAME TO marts;
ALTER REDSHIFT CONNECTION IF EXISTS sales SET PASSWORD = 's3cret' WITH TEST;

-- What is there is not tested where nothing changes.
CREATE REDSHIFT CONNECTION sales
    CONNECTION_STRING = 'jdbc:redshift://sales.example.com/dev' USER_NAME = 'etl' PASSWORD = 's3cret';
CREATE REDSHIFT CONNECTION IF NOT EXISTS sales
    CONNECTION_STRING = 'jdbc:redshift://sales.example.com/dev' USER_NAME = 'etl' PASSWORD = 's3cret' WITH TEST;
TEST CONNECTION sales, salse;

-- The URL is checked before anything is opened.
ALTER REDSHIFT CONNECTION sales SET CONNECTION_STRING = 'jdbc:redshift://<host>/dev' WITH TEST;

-- Sessions.
SHOW SESSIONS;
SHOW SESSIONS OF CONNECTION sales;
SHOW SESSIONS OF CONNECTION salse;
SHOW SESSIONS OF sales;
SHOW SESSION;
