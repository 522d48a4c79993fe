-- Whether this database has a ledger, and whether all of its tables are there.
SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'pgfill') AS present,
       bool_and(to_regclass('pgfill.' || t) IS NOT NULL) AS whole
FROM unnest(ARRAY['version', 'job', 'phase', 'runner', 'range', 'skipped', 'change', 'request', 'live_field', 'event']) AS t
