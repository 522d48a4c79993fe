-- Sums over the ranges of a job. $1 job id
SELECT count(*), count(*) FILTER (WHERE done), coalesce(sum(rows_changed), 0), coalesce(sum(batches), 0),
       (SELECT p.share FROM pgfill.progress($1::bigint) AS p),
       (SELECT count(*) FROM pgfill.skipped WHERE job_id = $1::bigint AND state = 'deferred'),
       (SELECT count(*) FROM pgfill.skipped WHERE job_id = $1::bigint AND state = 'quarantined'),
       (SELECT p.beyond FROM pgfill.progress($1::bigint) AS p), coalesce(sum(rows_kept), 0)
FROM pgfill.range WHERE job_id = $1::bigint
