-- Becomes the runner of a job: ends the one that it takes over from and those that are dead, and frees nothing (their ranges
-- are leased again under new epochs). No row when the present runner is not the one that was seen. Run under
-- ledger_lock_job.
-- $1 job id, $2 host, $3 pid, $4 lease in ms, $5 pid of the control session that the client knows (differs from ours behind a
-- pooler), $6 id of the runner seen before, 0 for none, $7 its mark, by which it tells this server from another branch of
-- history
WITH present AS (
  SELECT coalesce((SELECT max(r.id) FROM pgfill.runner_of($1::bigint) AS r), 0) = $6::bigint AS as_seen
), former AS (
  UPDATE pgfill.runner SET ended_at = clock_timestamp(), end_reason = 'taken over by ' || $2::text || ' pid ' || $3::text
  FROM present
  WHERE job_id = $1::bigint AND ended_at IS NULL AND as_seen AND (id = $6::bigint OR pgfill.is_dead(id))
), phase AS (
  UPDATE pgfill.phase SET started_at = clock_timestamp()
  FROM present
  WHERE job_id = $1::bigint AND as_seen AND started_at IS NULL
    AND position = (SELECT min(p.position) FROM pgfill.phase AS p WHERE p.job_id = $1::bigint AND p.finished_at IS NULL)
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
