-- O5: what the application did adds up, and no row is missing that it did not delete.
WITH expected AS (
  SELECT uid, sum(delta) AS a, bool_or(kind = 'delete') AS deleted
  FROM (SELECT uid, a AS delta, 'start' AS kind FROM public.subject_start
        UNION ALL
        SELECT uid, delta, kind FROM public.application_ledger) AS history
  GROUP BY uid
), compared AS (
  SELECT uid, CASE WHEN expected.deleted OR expected.uid IS NULL THEN NOT (expected.uid IS NULL OR s.uid IS NOT NULL)
                   ELSE s.a IS NOT DISTINCT FROM expected.a END AS kept
  FROM expected FULL JOIN public.subject AS s USING (uid)
)
SELECT count(*) FILTER (WHERE NOT kept) AS violations,
       min('uid=' || uid) FILTER (WHERE NOT kept) AS sample,
       count(*) AS compared
FROM compared
