-- The runner acknowledges a version of the wish: no batch that it forbids begins any more. $1 runner id, $2 version
UPDATE pgfill.runner SET obeyed_version = $2::bigint, obeyed_at = clock_timestamp() WHERE id = $1::bigint
