-- The fields that may be set while a job runs, as the field table of this program has them. $1 paths, $2 shapes
WITH gone AS (
  DELETE FROM pgfill.live_field WHERE key <> ALL ($1::text[])
)
INSERT INTO pgfill.live_field (position, key, shape)
SELECT f.position, f.key, f.shape
FROM ROWS FROM (unnest($1::text[]), unnest($2::text[])) WITH ORDINALITY AS f (key, shape, position)
ON CONFLICT (key) DO UPDATE SET position = excluded.position, shape = excluded.shape
