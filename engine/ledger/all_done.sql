-- Whether nothing is left of the job: it is marked as done, or only quarantined rows keep it from that. $1 job id
SELECT state = 'done'
       OR (NOT EXISTS (SELECT FROM pgfill.open_ranges($1::bigint))
           AND NOT EXISTS (SELECT FROM pgfill.listed_rows($1::bigint) WHERE state <> 'quarantined')
           AND EXISTS (SELECT FROM pgfill.listed_rows($1::bigint))) AS all_done
FROM pgfill.job WHERE id = $1::bigint
