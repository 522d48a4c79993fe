-- Events of a job after one, oldest first. $1 name, $2 id, $3 limit
SELECT e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, e.kind, e.message, e.detail
FROM pgfill.event e JOIN pgfill.job j ON j.id = e.job_id
WHERE j.name = $1 AND e.id > $2::bigint ORDER BY e.id LIMIT $3::int
