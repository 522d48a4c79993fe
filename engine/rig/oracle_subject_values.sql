-- O6: the value the job derives fits the value it was derived from, also where the application wrote meanwhile.
SELECT count(*) FILTER (WHERE d IS DISTINCT FROM a * 2 + 1) AS violations,
       min('uid=' || uid) FILTER (WHERE d IS DISTINCT FROM a * 2 + 1) AS sample,
       count(*) AS compared
FROM public.subject
