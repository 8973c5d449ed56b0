-- Jobs run. The key is the job's name in the ledgers of its targets: the name that it was made with, which a RENAME
-- leaves alone.
ALTER TABLE job ADD COLUMN is_sync INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN run_key TEXT NOT NULL DEFAULT '';

UPDATE job SET run_key = name;

CREATE INDEX job_by_run_key ON job (run_key);

-- Each try at a window of a job. An id is never given out again: a run may end after its job was dropped.
CREATE TABLE job_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    run_id TEXT NOT NULL,
    window_start INTEGER, -- microseconds since 1970, UTC; NULL is the beginning
    window_end INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'skipped', 'rewound')),
    staged INTEGER, -- rows
    inserted INTEGER,
    deleted INTEGER,
    started_at INTEGER NOT NULL, -- seconds since 1970, UTC
    ended_at INTEGER,
    started_by TEXT NOT NULL, -- host and process
    error_code TEXT, -- the SQLSTATE
    error TEXT
) STRICT;

CREATE INDEX job_run_by_job ON job_run (job_id, id);
CREATE INDEX job_run_done ON job_run (job_id, id) WHERE state = 'done';
