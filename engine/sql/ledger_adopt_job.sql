-- Accepts the present table and the present server as the job's own. Answers what it was and what it is; no row when
-- the name or the table is gone. $1 job name, $2 identity of the server
WITH before AS (
  SELECT id, pgfill.table_changes(id) AS changes, servers FROM pgfill.job
  WHERE name = $1 AND EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = table_oid)
  FOR UPDATE
)
UPDATE pgfill.job j SET fingerprint = pgfill.fingerprint(j.table_oid),
       -- In another cluster, restored from a dump, every row was written anew, and the transactions noted mean nothing.
       began_at = CASE WHEN split_part($2::text, ',', 1) IN (SELECT split_part(s, ',', 1) FROM unnest(j.servers) AS s)
                       THEN j.began_at ELSE pg_snapshot_xmin(pg_current_snapshot()) END,
       servers = CASE WHEN $2::text = ANY (j.servers) THEN j.servers ELSE j.servers || $2::text END
FROM before WHERE j.id = before.id
RETURNING before.changes, NOT $2::text = ANY (before.servers)
