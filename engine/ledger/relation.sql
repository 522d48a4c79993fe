-- A relation of a job under the name that it has now; no row: it is gone. $1 job id, $2 relation id
SELECT r.relation_id, r.oid::bigint AS oid, n.nspname AS schema_name, c.relname AS table_name, r.estimated_rows, r.stripes,
       r.by_position
FROM pgfill.relation AS r
JOIN pg_class AS c ON c.oid = r.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.job_id = $1::bigint AND r.relation_id = $2::bigint AND NOT r.gone
