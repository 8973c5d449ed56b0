-- Everything that CREATE takes, and what it says.
CREATE REDSHIFT CONNECTION plain
    CONNECTION_STRING = 'jdbc:redshift://plain.example.com/dev'
    USER_NAME = 'etl'
    PASSWORD = 'a literal';
create redshift connection "All Options"
    comment = 'it''s; all = "of" them -- here', max_concurrent_connections = 2000,
    password = 'it''s', user_name = 'Ü ser', connection_string = 'jdbc:redshift://[::1]:5440/my%20db?loginTimeout=5';
CREATE /* a comment */ REDSHIFT -- and another
    CONNECTION smallest
    CONNECTION_STRING='jdbc:redshift://h/d'USER_NAME='u'PASSWORD='p'MAX_CONCURRENT_CONNECTIONS=1;
SHOW CONNECTIONS;

-- What the user should know of the URL.
CREATE REDSHIFT CONNECTION noted
    CONNECTION_STRING = 'jdbc:redshift://h/d?ssl=false&autosave=never&reWriteBatchedInserts=true&loginTimout=5'
    USER_NAME = 'u' PASSWORD = 'p';

-- A name that is taken, in whatever letters.
CREATE REDSHIFT CONNECTION "PLAIN" CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION IF NOT EXISTS Plain CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
CREATE OR REPLACE REDSHIFT CONNECTION plain CONNECTION_STRING = 'jdbc:redshift://new/d' USER_NAME = 'v' PASSWORD = 'q';
CREATE OR REPLACE REDSHIFT CONNECTION IF NOT EXISTS plain CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
CREATE OR REPLACE REDSHIFT CONNECTION fresh CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION IF NOT EXISTS fresher CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = 'p';
SHOW CONNECTIONS LIKE '%L%';

-- A script has nobody to ask for a password that is left out.
CREATE REDSHIFT CONNECTION silent CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u';
CREATE REDSHIFT CONNECTION asking CONNECTION_STRING = 'jdbc:redshift://h/d' USER_NAME = 'u' PASSWORD = PROMPT;

-- URLs that are refused.
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'jdbc:redshift://h' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'jdbc:postgresql://h/d' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'jdbc:redshift://<host_name>:5439/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'jdbc:redshift://h/d?PWD=hidden' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'postgresql://etl:hidden@h:5439/dev?sslmode=require' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'redshift+redshift_connector://h/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'h:5439/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'host=h port=5439 dbname=dev user=etl password=hidden' USER_NAME = 'u' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = 'jdbc:redshift://h:99999/d' USER_NAME = 'it''s' PASSWORD = 'p';
CREATE REDSHIFT CONNECTION bad CONNECTION_STRING = '' USER_NAME = 'u' PASSWORD = 'p';
SELECT count(*) AS bad_ones FROM system.information_schema.connections WHERE name IN ('bad', 'silent', 'asking');
