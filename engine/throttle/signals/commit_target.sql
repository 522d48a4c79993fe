-- Whether a commit would wait for a synchronous standby, is one connected (this role may not know: true), what the
-- server demands, and for how many seconds a canary of a former connection has not come back (0: there is none). Its
-- round trip is the part of the canary's time that is not the commit.
SELECT current_setting('synchronous_standby_names') <> ''
         AND current_setting('synchronous_commit') NOT IN ('off', 'local'),
       EXISTS (SELECT FROM pg_stat_replication AS r WHERE r.state IS NULL OR r.sync_state IN ('sync', 'quorum')),
       current_setting('synchronous_standby_names'),
       (SELECT coalesce(max(ceil(extract(epoch FROM clock_timestamp() - a.query_start))), 0)::int
        FROM pg_stat_activity AS a
        WHERE a.application_name = current_setting('application_name') AND a.datname = current_database()
          AND a.usename = current_user AND a.state = 'active' AND a.pid <> pg_backend_pid())
