-- Forgets a job that is to run anew; its ranges and events go with it. $1 job id
DELETE FROM pgfill.job WHERE id = $1::bigint
