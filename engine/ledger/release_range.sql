-- Gives a range back before its end. $1 job id, $2 range id, $3 epoch
UPDATE pgfill.range SET runner_id = NULL
WHERE job_id = $1::bigint AND range_id = $2::bigint AND epoch = $3::bigint AND NOT done
