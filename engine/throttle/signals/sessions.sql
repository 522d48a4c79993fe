-- Sessions of others that are busy now, and sessions that this role may not look at.
-- $1 how our sessions' names begin
SELECT count(*) FILTER (WHERE a.state = 'active'), count(*) FILTER (WHERE a.backend_type IS NULL)
FROM pg_stat_activity AS a
WHERE a.datid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
  AND a.pid <> pg_backend_pid() AND NOT starts_with(a.application_name, $1)
