-- Every job, or the one named, newest first. $1 name or NULL
SELECT j.name, quote_ident(j.table_schema) || '.' || quote_ident(j.table_name), j.state, j.reason,
       d.share, j.estimated_rows + d.beyond,
       coalesce(p.rows_changed, 0), coalesce(p.batches, 0), coalesce(p.ranges, 0), coalesce(p.ranges_done, 0),
       coalesce(p.ranges_leased, 0), r.report,
       coalesce(r.host, ''), coalesce(r.pid, 0), coalesce((extract(epoch FROM clock_timestamp() - r.seen_at) * 1000)::bigint, 0),
       coalesce(r.alive_until > clock_timestamp(), false),
       to_char(j.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       coalesce(to_char(j.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       coalesce(to_char(j.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''), j.spec_yaml,
       (SELECT count(*) FROM pgfill.skipped s WHERE s.job_id = j.id AND s.state = 'deferred'),
       (SELECT count(*) FROM pgfill.skipped s WHERE s.job_id = j.id AND s.state = 'quarantined'),
       coalesce(w.paused, false), coalesce(r.obeyed_version >= w.version, false), coalesce(w.changed_by, ''),
       coalesce(w.reason, ''),
       coalesce((SELECT string_agg(key || '=' || value, ', ' ORDER BY key) FROM jsonb_each_text(w.settings)), ''),
       j.one_at_a_time, j.kind, coalesce(p.rows_kept, 0)
FROM pgfill.job j
LEFT JOIN pgfill.wish w ON w.job_id = j.id
LEFT JOIN LATERAL (
  SELECT count(*) AS ranges, count(*) FILTER (WHERE done) AS ranges_done,
         count(*) FILTER (WHERE NOT done AND runner_id IS NOT NULL) AS ranges_leased,
         sum(rows_changed) AS rows_changed, sum(rows_kept) AS rows_kept, sum(batches) AS batches
  FROM pgfill.range WHERE job_id = j.id) p ON true
CROSS JOIN LATERAL pgfill.progress(j.id) AS d
LEFT JOIN LATERAL (
  -- One that died when all was done is of no interest any more.
  SELECT * FROM pgfill.runner
  WHERE job_id = j.id AND ended_at IS NULL AND (j.state <> 'done' OR alive_until > clock_timestamp())
  ORDER BY id DESC LIMIT 1) r ON true
WHERE $1::text IS NULL OR j.name = $1::text
ORDER BY j.id DESC
