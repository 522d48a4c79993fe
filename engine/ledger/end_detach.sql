-- The partition is attached still, or gone. $1 job id, $2 leaf
DELETE FROM pgfill.detached WHERE job_id = $1::bigint AND leaf = $2::oid
