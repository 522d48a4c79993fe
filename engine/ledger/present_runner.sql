-- The runner of a job that has not ended, if any: whether its lease still runs and whether its control session is gone
-- from the server (certain only when we may see it). $1 job id
SELECT r.id, r.host, r.pid, to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), r.seen_at::text,
       r.alive_until > clock_timestamp() AS lease_runs,
       r.backend_pid IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM pg_stat_get_activity(r.backend_pid) a
         WHERE a.backend_start IS NULL OR a.backend_start = r.backend_start) AS session_gone,
       (extract(epoch FROM clock_timestamp() - r.seen_at) * 1000)::bigint AS silent_ms
FROM pgfill.runner r
WHERE r.job_id = $1::bigint AND r.ended_at IS NULL
ORDER BY r.id DESC LIMIT 1
