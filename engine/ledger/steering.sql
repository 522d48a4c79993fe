-- Who has obeyed the wish for a job, and where the job stands. $1 job name
SELECT coalesce(w.version, 0), coalesce(w.paused, false), coalesce(w.cancelled, false), coalesce(w.changed_by, ''),
       coalesce(r.obeyed_version, 0), coalesce(r.host, ''), coalesce(r.pid, 0),
       coalesce((extract(epoch FROM clock_timestamp() - r.seen_at) * 1000)::bigint, 0),
       coalesce(r.alive_until > clock_timestamp(), false), j.state,
       (SELECT coalesce(sum(batches), 0) FROM pgfill.range g WHERE g.job_id = j.id)
FROM pgfill.job j
LEFT JOIN pgfill.wish w ON w.job_id = j.id
LEFT JOIN LATERAL (SELECT * FROM pgfill.runner WHERE job_id = j.id AND ended_at IS NULL ORDER BY id DESC LIMIT 1) r ON true
WHERE j.name = $1
