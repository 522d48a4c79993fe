-- How many rows of a job are deferred, how many quarantined, and one of the quarantined. $1 job id
SELECT count(*) FILTER (WHERE state = 'deferred'), count(*) FILTER (WHERE state = 'quarantined'),
       (SELECT format('(%s): %s (SQLSTATE %s)', array_to_string(key, ', '), message, sqlstate) FROM pgfill.skipped
        WHERE job_id = $1::bigint AND state = 'quarantined' ORDER BY at LIMIT 1)
FROM pgfill.skipped WHERE job_id = $1::bigint
