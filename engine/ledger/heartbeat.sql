-- Says that the runner lives, how it fares and which session is its control session now. No row: it has been taken over.
-- $1 runner id, $2 lease ms, $3 report, $4 pid of the control session that the client knows (differs from ours behind a pooler)
UPDATE pgfill.runner r
SET seen_at = clock_timestamp(), alive_until = clock_timestamp() + $2::int * interval '1 ms', report = $3::jsonb,
    backend_pid = a.pid, backend_start = a.backend_start
FROM (SELECT max(pid) AS pid, max(backend_start) AS backend_start
      FROM pg_stat_get_activity(pg_backend_pid()) WHERE pid = $4::int) a
WHERE r.id = $1::bigint AND r.ended_at IS NULL
RETURNING r.id
