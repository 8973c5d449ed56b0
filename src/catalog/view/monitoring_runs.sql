-- system.monitoring.runs: the last runs of each job.
SELECT
    j.name AS job,
    r.run_id AS run_id,
    moment(r.window_start) AS window_start,
    moment(r.window_end) AS window_end,
    r.state AS state,
    r.staged AS staged,
    r.inserted AS inserted,
    r.deleted AS deleted,
    iif(
        r.milliseconds IS NULL,
        NULL,
        printf('%d.%03d s', r.milliseconds / 1000, r.milliseconds % 1000)
    ) AS took,
    datetime(r.started_at, 'unixepoch') AS started_at,
    datetime(r.ended_at, 'unixepoch') AS ended_at,
    r.started_by AS started_by,
    r.error_code AS error_code,
    r.error AS error
FROM main.job_run r
JOIN main.job j ON j.id = r.job_id
