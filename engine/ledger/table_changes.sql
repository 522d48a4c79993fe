-- What has changed in the job's table since it was planned, in words; empty: nothing that matters. $1 job id
SELECT pgfill.table_changes($1::bigint) AS changes, pgfill.key_changes($1::bigint) AS key_changes
