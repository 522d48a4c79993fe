-- Sums over the ranges of a job; see the function. $1 job id
SELECT ranges, ranges_done, rows_changed, rows_kept, batches, share, beyond, deferred, quarantined
FROM pgfill.progress($1::bigint)
