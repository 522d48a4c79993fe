-- Sets a row aside that cannot take its new value, and moves the cursor past it; inside a fenced transaction. The cursor
-- stays when the row came from the list of skipped rows (done is NULL then).
-- $1 job id, $2 range id, $3 key, $4 SQLSTATE, $5 message, $6 cursor, $7 stripe, $8 stripes and $9 done then
WITH aside AS (
  INSERT INTO pgfill.skipped (job_id, relation_id, range_id, key, state, sqlstate, message)
  SELECT r.job_id, r.relation_id, r.range_id, $3::text[], 'quarantined', $4, $5
  FROM pgfill.range AS r WHERE r.job_id = $1::bigint AND r.range_id = $2::bigint
  ON CONFLICT (job_id, relation_id, key) DO UPDATE
  SET state = 'quarantined', sqlstate = excluded.sqlstate, message = excluded.message, at = pg_catalog.clock_timestamp()
)
UPDATE pgfill.range SET cursor_key = CASE WHEN $9::bool IS NULL THEN cursor_key ELSE $6::text[] END,
                        stripe = coalesce($7::int, stripe), stripes = coalesce($8::int, stripes),
                        done = coalesce($9::bool, done), batches = batches + 1
WHERE job_id = $1::bigint AND range_id = $2::bigint
RETURNING (SELECT count(*) FROM pgfill.listed_rows($1::bigint) AS s
           WHERE s.state = 'quarantined' AND (s.relation_id, s.key) <> (range.relation_id, $3::text[])) + 1 AS quarantined
