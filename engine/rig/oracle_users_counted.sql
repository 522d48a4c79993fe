-- O3: of $1 rows that needed the job, those it says it changed and those the application took from it make the whole:
-- a row that was counted twice, or changed without being counted, shows.
WITH counted AS (
  SELECT (SELECT coalesce(sum(rows_changed), 0) FROM pgfill.range) AS job,
         (SELECT count(*) FROM public.application_ledger WHERE needed_job) AS application
)
SELECT abs($1::bigint - job - application) AS violations,
       'job ' || job || ' + application ' || application || ' of ' || $1::bigint AS sample,
       job AS compared
FROM counted
