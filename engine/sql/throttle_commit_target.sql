-- Whether a commit would wait for a synchronous standby, is one connected (this role may not know: true), and what the
-- server demands. Its round trip is the part of the canary's time that is not the commit.
SELECT current_setting('synchronous_standby_names') <> ''
         AND current_setting('synchronous_commit') NOT IN ('off', 'local'),
       EXISTS (SELECT FROM pg_stat_replication AS r WHERE r.state IS NULL OR r.sync_state IN ('sync', 'quorum')),
       current_setting('synchronous_standby_names')
