-- What has changed in the job's table since it was planned, in words; empty: nothing that matters. Of partitions their leases
-- tell. $1 job id
SELECT pgfill.table_changes(j.id) || CASE WHEN NOT j.by_leaf THEN pgfill.key_changes(j.id) END AS changes
FROM pgfill.job AS j WHERE j.id = $1::bigint
