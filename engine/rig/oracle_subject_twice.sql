-- O2: no row is in the audit twice, whatever became of it.
SELECT count(*) FILTER (WHERE times > 1) AS violations,
       min('uid=' || uid || ' times=' || times) FILTER (WHERE times > 1) AS sample,
       count(*) AS compared
FROM (SELECT uid, count(*) AS times FROM public.audit GROUP BY uid) AS audited
