-- The runner acknowledges a version of the request: no batch that it forbids begins any more. $1 runner id, $2 version
UPDATE pgfill.runner SET acknowledged_version = $2::bigint, acknowledged_at = clock_timestamp() WHERE id = $1::bigint
