-- Whether rows that a job has changed may fulfil its condition still. $1 job id
SELECT done_rows_meet FROM pgfill.job WHERE id = $1::bigint
