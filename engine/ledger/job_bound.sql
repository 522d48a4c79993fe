-- The upper end of the job's key space; see the function. NULL: unbounded. $1 job id
SELECT pgfill.job_bound($1::bigint) AS upper_key
