-- Sums over the ranges of a job. $1 job id
SELECT count(*), count(*) FILTER (WHERE done), coalesce(sum(rows_changed), 0), coalesce(sum(batches), 0),
       coalesce(sum(CASE WHEN done THEN share
                         ELSE share * least(0.99, rows_walked / greatest(1, share * (SELECT estimated_rows FROM pgfill.job WHERE id = $1::bigint)))
                    END), 0) / greatest(coalesce(sum(share), 0), 1e-9),
       (SELECT count(*) FROM pgfill.skipped WHERE job_id = $1::bigint AND state = 'deferred'),
       (SELECT count(*) FROM pgfill.skipped WHERE job_id = $1::bigint AND state = 'quarantined')
FROM pgfill.range WHERE job_id = $1::bigint
