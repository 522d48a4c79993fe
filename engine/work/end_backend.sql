-- Ends the backend of a session this worker has lost, if it is still there: it may hold locks in a transaction whose
-- COMMIT never arrives, and no timeout of the server ends that. Sessions of others are never touched: it must bear our
-- name. $1 its process id
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = $1::int AND pid <> pg_backend_pid() AND usename = current_user AND datname = current_database()
  AND application_name = current_setting('application_name')
