-- Puts the quarantined rows of a job back among the deferred ones. Answers their number. $1 job name
WITH back AS (
  UPDATE pgfill.skipped s SET state = 'deferred', at = clock_timestamp() FROM pgfill.job j
  WHERE j.name = $1 AND s.job_id = j.id AND s.state = 'quarantined' RETURNING 1
)
SELECT count(*) AS retried FROM back
