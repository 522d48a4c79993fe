-- O9. $1: operations whose commit the application has seen, as bigint[]. Empty count = none is missing.
SELECT count(*) FILTER (WHERE l.op IS NULL) AS violations,
       min(a.op) FILTER (WHERE l.op IS NULL) AS sample,
       count(*) AS compared
FROM unnest($1::bigint[]) AS a (op)
LEFT JOIN public.application_ledger AS l USING (op)
