-- Becomes the runner of a job: ends the former, frees nothing (its ranges are leased again under new epochs). No row when
-- the present runner is not the one that was seen. Run under ledger_lock_job.
-- $1 job id, $2 host, $3 pid, $4 lease in ms, $5 pid the client was told (differs from ours behind a pooler),
-- $6 id of the runner seen before, 0 for none, $7 its mark, by which it tells this server from another branch of history
WITH present AS (
  SELECT coalesce((SELECT max(id) FROM pgfill.runner WHERE job_id = $1::bigint AND ended_at IS NULL), 0) = $6::bigint AS as_seen
), former AS (
  UPDATE pgfill.runner SET ended_at = clock_timestamp(), end_reason = 'taken over by ' || $2::text || ' pid ' || $3::text
  FROM present WHERE job_id = $1::bigint AND ended_at IS NULL AND as_seen
), job AS (
  UPDATE pgfill.job SET state = 'running', reason = '', started_at = coalesce(started_at, clock_timestamp()),
         branches = branches[greatest(1, cardinality(branches) - 98):] || $7::text
  FROM present WHERE id = $1::bigint AND as_seen
)
INSERT INTO pgfill.runner (job_id, host, pid, backend_pid, backend_start, alive_until)
SELECT $1::bigint, $2::text, $3::text::int, a.pid, a.backend_start, clock_timestamp() + $4::int * interval '1 ms'
FROM present LEFT JOIN pg_stat_get_activity(pg_backend_pid()) a ON a.pid = $5::int
WHERE as_seen
RETURNING id
