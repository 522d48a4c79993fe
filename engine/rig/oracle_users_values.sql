-- O1 and O6: every row has the value the job is to give it.
SELECT count(*) FILTER (WHERE account_state IS DISTINCT FROM user_status) AS violations,
       min(id) FILTER (WHERE account_state IS DISTINCT FROM user_status) AS sample,
       count(*) AS compared
FROM public.users
