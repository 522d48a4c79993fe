-- Notices partitions that were attached, detached or dropped; see the function. $1 job id, $2 runner id
SELECT pgfill.follow_leaves($1::bigint, $2::bigint)
