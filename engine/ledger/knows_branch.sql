-- Whether this server has what the runner wrote when it came to the present timeline. True without the job: it was
-- dropped, which the heartbeat finds.
-- $1 job id, $2 the mark
SELECT coalesce((SELECT $2::text = ANY (branches) FROM pgfill.job WHERE id = $1::bigint), true) AS known
