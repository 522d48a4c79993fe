-- The first write of a batch; see the function. $1 job id, $2 range id, $3 epoch, $4 cursor, $5 stripe
SELECT pgfill.fence($1::bigint, $2::bigint, $3::bigint, $4::text[], $5::int)
