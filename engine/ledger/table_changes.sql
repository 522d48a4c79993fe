-- What has changed in the job's table since it was planned, in words; empty: nothing that matters. Of partitions their leases
-- tell. $1 job id
SELECT pgfill.table_changes(j.id) AS changes,
       CASE WHEN j.by_leaf THEN '{}'::text[] ELSE pgfill.key_changes(j.id) END AS key_changes
FROM pgfill.job AS j WHERE j.id = $1::bigint
