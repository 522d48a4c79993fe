-- Whether nothing is left of the job: it is marked as done, or only quarantined rows keep it from that. $1 job id
SELECT state = 'done'
       OR (NOT EXISTS (SELECT FROM pgfill.range WHERE job_id = $1::bigint AND NOT done)
           AND NOT EXISTS (SELECT FROM pgfill.skipped WHERE job_id = $1::bigint AND state <> 'quarantined')
           AND EXISTS (SELECT FROM pgfill.skipped WHERE job_id = $1::bigint)) AS all_done
FROM pgfill.job WHERE id = $1::bigint
