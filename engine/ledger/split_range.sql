-- Gives the keys above a key of a held range to a new, free range, inside a fenced transaction.
-- $1 job id, $2 range id, $3 the key, $4 share the lower part keeps, $5 rows that former passes have walked in the upper part
WITH numbered AS (
  UPDATE pgfill.job SET last_range_id = last_range_id + 1 WHERE id = $1::bigint RETURNING last_range_id
), split AS (
  SELECT relation_id, upper_key, share, stripe, stripes, filenode FROM pgfill.range WHERE job_id = $1::bigint AND range_id = $2::bigint
), kept AS (
  UPDATE pgfill.range SET upper_key = $3::text[], share = least(share, $4::float8),
                          rows_walked = greatest(rows_walked - $5::bigint, 0)
  WHERE job_id = $1::bigint AND range_id = $2::bigint
)
INSERT INTO pgfill.range (job_id, range_id, relation_id, lower_key, upper_key, cursor_key, share, rows_walked, stripe, stripes,
                          filenode)
SELECT $1::bigint, last_range_id, relation_id, $3::text[], upper_key, $3::text[], greatest(share - $4::float8, 0), $5::bigint,
       stripe, stripes, filenode
FROM numbered, split
RETURNING range_id
