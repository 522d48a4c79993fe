-- Accepts the present server as the job's own, and the present table: the one that has the job's table's name now. Answers
-- what it was and what it is; no row when there is none of that name. $1 job name, $2 identity of the server
WITH before AS MATERIALIZED (
  SELECT j.id, pgfill.table_changes(j.id) AS changes, j.servers, j.table_oid, c.oid AS present,
         split_part($2::text, ',', 1) NOT IN (SELECT split_part(s, ',', 1) FROM unnest(j.servers) AS s) AS other_cluster
  FROM pgfill.job AS j
  JOIN pg_catalog.pg_namespace AS n ON n.nspname = j.table_schema
  JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = j.table_name
  WHERE j.name = $1
  FOR UPDATE OF j
), renewed AS (
  -- After a restore every relation has another number.
  UPDATE pgfill.relation AS r SET oid = coalesce(c.oid, r.oid), triggers = NULL
  FROM before, pgfill.relation AS o
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = o.schema_name
  LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = o.table_name
  WHERE r.job_id = before.id AND o.job_id = r.job_id AND o.relation_id = r.relation_id
), forgotten AS (
  DELETE FROM pgfill.change USING before
  WHERE job_id = before.id
    AND (before.present <> before.table_oid OR before.other_cluster
         -- In a column that took the place of another nothing is done, no matter who has written the row.
         OR EXISTS (SELECT FROM unnest(before.changes) AS c WHERE c LIKE 'new: column %'))
)
UPDATE pgfill.job j SET table_oid = before.present,
       fingerprint = pgfill.fingerprint(before.present, ARRAY(SELECT pgfill.column_of(f) FROM unnest(j.fingerprint) AS f), j.kind),
       -- In another table, or a database restored from a dump, every row was written anew: when, says nothing.
       began_at = CASE WHEN before.present = before.table_oid AND NOT before.other_cluster THEN j.began_at END,
       servers = CASE WHEN $2::text = ANY (j.servers) THEN j.servers ELSE j.servers || $2::text END
FROM before WHERE j.id = before.id
RETURNING CASE WHEN before.present = before.table_oid THEN before.changes
               ELSE ARRAY[format('another table of the same name (oid %s instead of %s)', before.present, before.table_oid)] END AS changes,
          NOT $2::text = ANY (before.servers) AS server_is_new
