-- See the function. $1 job id, $2 runner id, $3 leaf, $4 parent, NULL: it is detached, $5 statement that counts
SELECT rows_there, failing FROM pgfill.drop_partition($1::bigint, $2::bigint, $3::oid, $4::oid, $5)
