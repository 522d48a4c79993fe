-- Which of these names other functions have as well as PostgreSQL's own, so that an expression may mean another one.
-- $1 names
SELECT DISTINCT p.proname FROM pg_catalog.pg_proc p
WHERE p.proname = ANY ($1::text[]) AND p.pronamespace <> 'pg_catalog'::regnamespace
