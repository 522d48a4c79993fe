-- Cancels the running statements of our own sessions, and only those. $1 pids
SELECT count(*) FROM unnest($1::int[]) AS pid WHERE pg_cancel_backend(pid)
