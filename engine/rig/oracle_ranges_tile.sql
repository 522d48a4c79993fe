-- O4: the ranges of the only job are all done and cover every key once. The key is one bigint.
WITH ordered AS (
  SELECT range_id, lower_key[1]::bigint AS lower, upper_key[1]::bigint AS upper, done,
         lag(upper_key[1]::bigint) OVER w AS before,
         row_number() OVER w AS position, count(*) OVER () AS ranges
  FROM pgfill.range WINDOW w AS (ORDER BY lower_key[1]::bigint NULLS FIRST)
), judged AS (
  SELECT 'range ' || range_id AS range,
         done AND lower IS NOT DISTINCT FROM before
         AND (position < ranges) = (upper IS NOT NULL) AND (position = 1) = (lower IS NULL) AS "right"
  FROM ordered
)
SELECT count(*) FILTER (WHERE NOT "right") AS violations,
       min(range) FILTER (WHERE NOT "right") AS sample,
       count(*) AS compared
FROM judged
