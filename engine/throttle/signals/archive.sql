-- Is WAL archived, the bytes of a segment, the number of the segment being written, of the last one archived (NULL: none
-- since the statistics began), the segment whose archiving failed last if none has succeeded since, and may this role
-- list what waits.
SELECT current_setting('archive_mode') <> 'off', s.bytes, div(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'), s.bytes),
       CASE WHEN a.last_archived_wal ~ '^[0-9A-F]{24}$'
            THEN ('x' || substr(a.last_archived_wal, 9, 8))::bit(32)::bigint * (4294967296 / s.bytes)
                 + ('x' || substr(a.last_archived_wal, 17, 8))::bit(32)::bigint END,
       CASE WHEN a.last_failed_time > coalesce(a.last_archived_time, '-infinity') THEN a.last_failed_wal END,
       has_function_privilege('pg_ls_archive_statusdir()', 'EXECUTE')
FROM pg_stat_archiver AS a, (SELECT pg_size_bytes(current_setting('wal_segment_size')) AS bytes) AS s
