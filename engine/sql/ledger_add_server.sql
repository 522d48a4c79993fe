-- The database of a running job has moved to another server: a failover that its runner lived through.
-- $1 job id, $2 identity of the server
UPDATE pgfill.job SET servers = servers || $2::text WHERE id = $1::bigint AND NOT $2::text = ANY (servers)
