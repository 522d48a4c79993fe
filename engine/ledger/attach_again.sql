-- See the function. $1 job id, $2 leaf
SELECT pgfill.attach_again($1::bigint, $2::oid)
