-- Accepts the present table and the present server as the job's own. Answers what it was and what it is; no row when
-- the name or the table is gone. $1 job name, $2 identity of the server
WITH before AS (
  SELECT id, pgfill.table_changes(id) AS changes, servers FROM pgfill.job
  WHERE name = $1 AND EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = table_oid)
  FOR UPDATE
)
UPDATE pgfill.job j SET fingerprint = pgfill.fingerprint(j.table_oid),
       servers = CASE WHEN $2::text = ANY (j.servers) THEN j.servers ELSE j.servers || $2::text END
FROM before WHERE j.id = before.id
RETURNING before.changes, NOT $2::text = ANY (before.servers)
