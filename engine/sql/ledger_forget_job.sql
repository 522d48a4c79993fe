-- Forgets a job that is to run anew; its ranges and events go with it. $1 job id
WITH changes AS (DELETE FROM pgfill.change WHERE job_id = $1::bigint)
DELETE FROM pgfill.job WHERE id = $1::bigint
