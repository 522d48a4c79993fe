-- Every job, or the one named, newest first. $1 name or NULL
SELECT j.name, quote_ident(j.table_schema) || '.' || quote_ident(j.table_name) AS table_name, j.state,
       concat_ws('; ', nullif(j.reason, ''), 'detached, to be dropped or attached again by the next run: ' || d.names) AS reason,
       p.share, j.estimated_rows + p.beyond AS estimated_rows, p.rows_changed, p.batches, p.ranges, p.ranges_done,
       p.ranges_leased, p.deferred, p.quarantined, r.report, coalesce(r.host, '') AS host, coalesce(r.pid, 0) AS pid,
       coalesce((extract(epoch FROM clock_timestamp() - r.seen_at) * 1000)::bigint, 0) AS silent_ms,
       coalesce(r.alive_until > clock_timestamp(), false) AS alive,
       to_char(j.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
       to_char(j.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS started_at,
       to_char(j.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS finished_at, j.spec_yaml,
       coalesce(q.paused, false) AS paused, coalesce(r.acknowledged_version >= q.version, false) AS acknowledged,
       q.changed_by, q.reason AS requested_for,
       (SELECT string_agg(key || '=' || value, ', ' ORDER BY key) FROM jsonb_each_text(q.settings)) AS settings,
       j.one_at_a_time, j.kind, p.rows_kept
FROM pgfill.job j
CROSS JOIN LATERAL (SELECT string_agg(leaf::regclass::text, ', ') AS names FROM pgfill.detached WHERE job_id = j.id) AS d
LEFT JOIN pgfill.request q ON q.job_id = j.id
CROSS JOIN LATERAL pgfill.progress(j.id) AS p
-- One that died when all was done is of no interest any more.
LEFT JOIN LATERAL pgfill.runner_of(j.id) AS r ON j.state <> 'done' OR r.alive_until > clock_timestamp()
WHERE $1::text IS NULL OR j.name = $1::text
ORDER BY j.id DESC
