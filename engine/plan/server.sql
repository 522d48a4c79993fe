-- What decides how much WAL a job writes, and how long its batches may hold locks: full-page images (none; compressed),
-- bytes and seconds between checkpoints, milliseconds until a waiting session looks for deadlocks.
SELECT current_setting('full_page_writes')::bool, current_setting('wal_compression') <> 'off',
       pg_size_bytes(current_setting('max_wal_size')),
       extract(epoch FROM current_setting('checkpoint_timeout')::interval)::bigint,
       (extract(epoch FROM current_setting('deadlock_timeout')::interval) * 1000)::bigint
