-- Cancels the running statements of our own sessions of these names. $1 names
SELECT count(*) FROM pg_stat_activity
WHERE CASE WHEN application_name = ANY ($1::text[]) AND usename = current_user AND datname = current_database()
           THEN pg_cancel_backend(pid) END
