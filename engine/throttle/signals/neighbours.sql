-- Sessions of others, pgfill's own left out: at work now or within the last second; not to be seen by this role.
SELECT count(*) FILTER (WHERE a.state = 'active' OR a.state_change > clock_timestamp() - interval '1 s'),
       count(*) FILTER (WHERE a.backend_type IS NULL)
FROM pg_stat_activity AS a
WHERE a.datid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
  AND a.pid <> pg_backend_pid() AND NOT starts_with(a.application_name, 'pgfill')
