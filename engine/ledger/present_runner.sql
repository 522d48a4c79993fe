-- The runner of a job that has not ended, if any: whether its lease still runs and whether its control session is gone
-- from the server (certain only when we may see it). $1 job id
SELECT r.id, r.host, r.pid, to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       r.seen_at::text AS seen_at, r.alive_until > clock_timestamp() AS lease_runs,
       pgfill.is_session_gone(r.backend_pid, r.backend_start) AS session_gone,
       (extract(epoch FROM clock_timestamp() - r.seen_at) * 1000)::bigint AS silent_ms
FROM pgfill.runner_of($1::bigint) AS r
