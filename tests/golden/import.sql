-- An import that cannot begin.
IMPORT;
IMPORT TABLES;
IMPORT TABLE sales.public.orders;
IMPORT TABLES FROM;
IMPORT TABLES sales;
IMPORT TABLES FROM sales.public.orders;
IMPORT TABLES FROM sales LIKE orders;
IMPROT TABLES FROM sales;
IMPORT TABLES FROM sales;

CREATE REDSHIFT CONNECTION sales
    CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:1/dev?ssl=false' USER_NAME = 'etl' PASSWORD = 's3cret';
IMPORT TABLES FROM salse;
