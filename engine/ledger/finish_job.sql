-- Marks the job as done, if every range is, by positions of the present file where it has any, and no row is skipped. $1 job id
UPDATE pgfill.job SET state = 'done', reason = '', finished_at = clock_timestamp()
WHERE id = $1::bigint
  AND NOT EXISTS (SELECT 1 FROM pgfill.range AS r WHERE r.job_id = $1::bigint
                  AND (NOT r.done OR r.filenode <> pg_relation_filenode(job.table_oid)))
  AND NOT EXISTS (SELECT 1 FROM pgfill.skipped WHERE job_id = $1::bigint)
RETURNING (extract(epoch FROM finished_at - started_at) * 1000)::bigint
