-- The database of a running job has moved to another server: a failover that its runner lived through. The mark tells
-- this server from another that was promoted to the same timeline.
-- $1 job id, $2 identity of the server, $3 the mark
UPDATE pgfill.job
   SET servers = CASE WHEN $2::text = ANY (servers) THEN servers ELSE servers || $2::text END,
       branches = branches[greatest(1, cardinality(branches) - 98):] || $3::text
 WHERE id = $1::bigint
