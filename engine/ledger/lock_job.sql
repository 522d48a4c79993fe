-- Makes starts of one job wait for each other until the end of the transaction. $1 job id
SELECT state FROM pgfill.job WHERE id = $1::bigint FOR NO KEY UPDATE
