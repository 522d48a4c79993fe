-- Sessions of others that wait for a lock one of ours holds, and ours that wait themselves: seconds waited, is it ours,
-- our processes in its way. The lock table is looked at only when somebody waits, or may be waiting unseen: without
-- pg_read_all_stats the sessions of other roles do not show it.
-- $1 how our sessions' names begin
WITH activity AS MATERIALIZED (
  SELECT a.pid, starts_with(a.application_name, $1) AS ours, a.wait_event_type = 'Lock' AS waits,
         a.datid IS NOT NULL AND a.backend_type IS NULL AS hidden
  FROM pg_stat_activity AS a
  WHERE a.pid <> pg_backend_pid()),
waiting AS MATERIALIZED (
  SELECT l.pid, max(extract(epoch FROM clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz)) AS seconds
  FROM pg_locks AS l
  WHERE NOT l.granted AND EXISTS (SELECT FROM activity AS a WHERE a.waits OR a.hidden)
  GROUP BY l.pid),
seen AS (
  SELECT greatest(coalesce(w.seconds, 0), 0) AS seconds, coalesce(a.ours, false) AS ours,
         CASE WHEN a.ours THEN '{}'
              ELSE ARRAY(SELECT b.pid FROM unnest(pg_blocking_pids(w.pid)) AS b (pid) JOIN activity AS o USING (pid)
                         WHERE o.ours) END AS by
  FROM waiting AS w LEFT JOIN activity AS a USING (pid))
SELECT s.seconds, s.ours, s.by FROM seen AS s WHERE s.ours OR s.by <> '{}'
