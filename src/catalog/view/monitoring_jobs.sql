-- system.monitoring.jobs: the jobs with their states, as far as the catalog knows.
SELECT
    j.name AS name,
    CASE
        WHEN j.is_paused THEN 'paused'
        WHEN l.state IN ('running', 'failed') THEN l.state
        WHEN d.window_end >= 1000000 * iif(o.value = 'NOW', j.altered_at, unixepoch(substr(o.value, 12, 19)))
            THEN 'ended'
        ELSE 'idle'
    END AS state,
    moment(d.window_end) AS loaded_until,
    datetime(l.started_at, 'unixepoch') AS last_started_at,
    datetime(l.ended_at, 'unixepoch') AS last_ended_at,
    l.error AS last_error
FROM main.job j
LEFT JOIN main.job_run l ON l.id = (SELECT max(id) FROM main.job_run WHERE job_id = j.id)
LEFT JOIN main.job_run d ON d.id = (SELECT max(id) FROM main.job_run WHERE job_id = j.id AND state = 'done')
LEFT JOIN main.job_option o ON o.job_id = j.id AND o.name = 'END_AT'
