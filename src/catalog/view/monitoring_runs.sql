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
        r.ended_at IS NULL,
        NULL,
        printf(
            '%02d:%02d:%02d',
            (r.ended_at - r.started_at) / 3600,
            (r.ended_at - r.started_at) / 60 % 60,
            (r.ended_at - r.started_at) % 60
        )
    ) AS took,
    datetime(r.started_at, 'unixepoch') AS started_at,
    datetime(r.ended_at, 'unixepoch') AS ended_at,
    r.started_by AS started_by,
    r.error_code AS error_code,
    r.error AS error
FROM main.job_run r
JOIN main.job j ON j.id = r.job_id
