-- Logical subscriptions that fill the table or a partition of it, by the view that every role may read. $1 table oid
SELECT DISTINCT s.subname
FROM (SELECT $1::oid UNION SELECT relid::oid FROM pg_catalog.pg_partition_tree($1::oid::regclass)) AS member(oid)
JOIN pg_catalog.pg_subscription_rel r ON r.srrelid = member.oid
JOIN pg_catalog.pg_stat_subscription s ON s.subid = r.srsubid
ORDER BY 1
