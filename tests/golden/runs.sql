-- The state of jobs, and their runs: none has run here.
CREATE REDSHIFT CONNECTION c CONNECTION_STRING = 'jdbc:redshift://h/dev' USER_NAME = 'u' PASSWORD = 'p';
CREATE TABLE c.s.totals ();
CREATE JOB load RUN_INTERVAL = 1 HOUR AS INSERT INTO c.s.totals SELECT 1 AS id;
CREATE SYNC JOB "Merge It" AS INSERT INTO c.s.totals SELECT 1 AS id;
SHOW RUNS;
PAUSE JOB load;
PAUSE JOB load;
pause job load, "merge it", load;
SHOW JOBS;
DESCRIBE JOB load;
\tree
-- A pause is no part of the definition.
SHOW CREATE JOB load;
SHOW CREATE JOB "merge it";
ALTER JOB load SET COMMENT = 'still paused' RENAME TO load_totals;
SELECT name, state FROM system.monitoring.jobs ORDER BY name;
RESUME JOB load_totals, "merge it";
RESUME JOB load_totals;
SELECT m.state, j.kind FROM System."monitoring"."jobs" m JOIN system.information_schema.jobs j ON j.name = m.name;
SELECT count(*) FROM system.monitoring.runs;
SELECT jobs.name, runs.job FROM system.monitoring.jobs LEFT JOIN system.monitoring.runs ON runs.job = jobs.name ORDER BY jobs.name;
SHOW RUNS OF JOB load_totals LIMIT 5;
show runs limit 1;
BEGIN;
PAUSE JOB load_totals;
ROLLBACK;
SHOW JOBS LIKE 'load%';
-- Errors.
PAUSE JOB laod_totals;
PAUSE JOB load_totals, nobody;
SELECT state FROM system.monitoring.jobs WHERE name = 'load_totals';
PAUSE load_totals;
PAUSE JOB;
PAUSE TABLE c.s.totals;
RESUME JOB load_totals merge_it;
SHOW RUNS OF load_totals;
SHOW RUNS OF JOB nobody;
SHOW RUNS LIMIT 0;
SHOW RUNS LIMIT -1;
SHOW RUNS LIMIT 5000000000;
SHOW RUNS LIMIT all;
SELECT * FROM system.monitoring.job;
SELECT * FROM system.monitoring.connections;
SELECT stat FROM system.monitoring.jobs;
SELECT * FROM main.job_run;
