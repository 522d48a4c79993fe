-- O5: a row the application wrote is as its last committed operation left it.
WITH last AS (
  SELECT DISTINCT ON (key) key, kind, value FROM public.application_ledger ORDER BY key, seq DESC
), compared AS (
  SELECT last.key,
         CASE WHEN last.kind = 'delete' THEN users.id IS NULL
              ELSE users.user_status IS NOT DISTINCT FROM last.value END AS kept
  FROM last LEFT JOIN public.users ON users.id = last.key
)
SELECT count(*) FILTER (WHERE NOT kept) AS violations,
       min(key) FILTER (WHERE NOT kept) AS sample,
       count(*) AS compared
FROM compared
