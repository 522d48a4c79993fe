-- O1: rows alive throughout are done exactly once.
SELECT count(*) FILTER (WHERE s.n <> 1) AS violations,
       min('uid=' || uid || ' n=' || s.n) FILTER (WHERE s.n <> 1) AS sample,
       count(*) AS compared
FROM public.subject AS s
JOIN public.subject_start USING (uid)
