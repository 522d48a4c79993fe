-- What is asked of a job; no row: nothing was. $1 job id
SELECT version, paused, cancelled, reason, changed_by, settings FROM pgfill.request WHERE job_id = $1::bigint
