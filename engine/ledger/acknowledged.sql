-- Who has acknowledged the request for a job, and where the job stands. $1 job name
SELECT coalesce(q.version, 0) AS version, coalesce(q.paused, false) AS paused, coalesce(q.cancelled, false) AS cancelled,
       coalesce(q.changed_by, '') AS changed_by, coalesce(r.acknowledged_version, 0) AS acknowledged_version,
       coalesce(r.host, '') AS host, coalesce(r.pid, 0) AS pid,
       coalesce((extract(epoch FROM clock_timestamp() - r.seen_at) * 1000)::bigint, 0) AS silent_ms,
       coalesce(r.alive_until > clock_timestamp(), false) AS alive, j.state,
       (SELECT coalesce(sum(batches), 0) FROM pgfill.range g WHERE g.job_id = j.id) AS batches
FROM pgfill.job j
LEFT JOIN pgfill.request q ON q.job_id = j.id
LEFT JOIN LATERAL pgfill.runner_of(j.id) AS r ON true
WHERE j.name = $1
