-- Marks a range as done, inside a fenced transaction that has found no key beyond its cursor. $1 job id, $2 range id
UPDATE pgfill.range SET done = true WHERE job_id = $1::bigint AND range_id = $2::bigint
