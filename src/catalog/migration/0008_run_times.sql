-- A run takes milliseconds more often than seconds. Of a run whose process was killed nobody knows.
ALTER TABLE job_run ADD COLUMN milliseconds INTEGER;

UPDATE job_run SET milliseconds = 1000 * (ended_at - started_at)
WHERE state <> 'running' AND (state <> 'failed' OR error IS NOT NULL);
