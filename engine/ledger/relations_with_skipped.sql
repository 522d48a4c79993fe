-- Relations that a job has still, with rows that batches went around. $1 job id, $2 state of the rows
SELECT r.relation_id, r.oid::bigint AS oid, n.nspname AS schema_name, c.relname AS table_name, r.estimated_rows, r.stripes,
       r.by_position
FROM pgfill.relation AS r
JOIN pg_class AS c ON c.oid = r.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.job_id = $1::bigint AND NOT r.gone
  AND EXISTS (SELECT FROM pgfill.skipped AS s
              WHERE s.job_id = r.job_id AND s.relation_id = r.relation_id AND s.state = $2)
ORDER BY r.relation_id
