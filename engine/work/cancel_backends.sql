-- Cancels the running statements of our own sessions, and only those: behind a pooler, or when a session has ended, a
-- process may serve somebody else by now. $1 pids, $2 how our sessions' names begin
SELECT count(*) FROM pg_stat_activity
WHERE pid = ANY ($1::int[])
  AND CASE WHEN starts_with(application_name, $2) AND usename = current_user THEN pg_cancel_backend(pid) END
