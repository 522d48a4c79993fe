-- Which server this is: the cluster, the database in it, the timeline it writes, and its address as it knows it (NULL on
-- a Unix socket). Empty cluster: this role may not ask.
SELECT CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
            THEN (SELECT system_identifier::text FROM pg_control_system()) ELSE '' END AS cluster,
       (SELECT oid FROM pg_database WHERE datname = current_database()) AS database,
       ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline,
       host(inet_server_addr()) AS host, current_setting('port') AS port,
       (SELECT setting FROM pg_settings WHERE name = 'deadlock_timeout') AS deadlock_timeout
