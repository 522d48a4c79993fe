-- Whether this database has a ledger, and whether it is whole: (schema exists, every table of version 1 exists, those of
-- the later ones too).
SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'pgfill'),
       bool_and(to_regclass('pgfill.' || t) IS NOT NULL),
       to_regclass('pgfill.wish') IS NOT NULL AND to_regclass('pgfill.change') IS NOT NULL
FROM unnest(ARRAY['version', 'job', 'runner', 'range', 'skipped', 'event']) AS t
