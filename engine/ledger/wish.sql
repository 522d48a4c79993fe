-- What people want of a job; no row: nobody has said anything. $1 job id
SELECT version, paused, cancelled, reason, changed_by, settings FROM pgfill.wish WHERE job_id = $1::bigint
