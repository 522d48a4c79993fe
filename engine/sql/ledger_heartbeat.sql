-- Says that the runner lives, and how it fares. No row: it has been taken over. $1 runner id, $2 lease ms, $3 report
UPDATE pgfill.runner
SET seen_at = clock_timestamp(), alive_until = clock_timestamp() + $2::int * interval '1 ms', report = $3::jsonb
WHERE id = $1::bigint AND ended_at IS NULL
RETURNING id
