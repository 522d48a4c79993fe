-- Forgets a job that is to run anew; its ranges and events go with it, also where session_replication_role keeps foreign
-- keys from seeing to that. $1 job id
WITH request AS (DELETE FROM pgfill.request WHERE job_id = $1::bigint),
     phase AS (DELETE FROM pgfill.phase WHERE job_id = $1::bigint),
     runner AS (DELETE FROM pgfill.runner WHERE job_id = $1::bigint),
     range AS (DELETE FROM pgfill.range WHERE job_id = $1::bigint),
     relation AS (DELETE FROM pgfill.relation WHERE job_id = $1::bigint),
     skipped AS (DELETE FROM pgfill.skipped WHERE job_id = $1::bigint),
     event AS (DELETE FROM pgfill.event WHERE job_id = $1::bigint)
DELETE FROM pgfill.job WHERE id = $1::bigint
