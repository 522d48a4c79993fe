-- Version 5 of the ledger, on top of ledger_changes.sql: which fields of a spec may be set while a job runs, the number of
-- workers by the word auto as well.

-- Fields of a spec that may be set while a job runs, and how their values begin: enough to catch what somebody mistyped.
-- The runner holds them against the whole rule.
CREATE OR REPLACE FUNCTION pgfill.live_fields(OUT key text, OUT shape text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $fields$
  VALUES ('workers', '^([0-9]+|auto)$'), ('batch.time', '^[0-9]+ *(ms|s)$'), ('batch.min_rows', '^[0-9]+$'),
         ('batch.max_rows', '^[0-9]+$')
  UNION ALL
  SELECT 'throttle.' || name, '^([0-9.]+ *[a-zA-Z/%]*|off)$'
    FROM unnest('{replica_lag,replica_backlog,lock_wait,commit_latency,active_sessions,wal_rate,wal_budget,checkpoints,'
                'archive_backlog,slot_retention,oldest_xmin,xid_age,growth,disk_free,server_load}'::text[]) AS name
  UNION ALL
  SELECT 'throttle.' || name, '^(yes|no|true|false|on|off)$' FROM unnest('{courtesy,autovacuum}'::text[]) AS name
  UNION ALL
  SELECT 'throttle.' || name, '^[[{].*[]}]$' FROM unnest('{replicas,ignore,signals,http}'::text[]) AS name
$fields$;

-- A setting holds until it is set to NULL: the spec's own value holds again then.
CREATE OR REPLACE FUNCTION pgfill.set(job text, key text, value text)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $set$
DECLARE
  wanted text := (SELECT f.shape FROM pgfill.live_fields() AS f WHERE f.key = set.key);
BEGIN
  IF wanted IS NULL THEN
    RAISE EXCEPTION '% cannot be set while a job runs', key
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'what can: ' || (SELECT string_agg(f.key, ', ') FROM pgfill.live_fields() AS f);
  END IF;
  IF value !~ wanted THEN
    RAISE EXCEPTION '%=% is no value for this field', key, value
      USING ERRCODE = 'invalid_parameter_value', HINT = 'what it takes: pgfill explain ' || key;
  END IF;
  RETURN pgfill.change_wish(pgfill.job_named(job), NULL, NULL, NULL, jsonb_build_object(key, value), 'set',
                            'set ' || key || CASE WHEN value IS NULL THEN ' back to the spec' ELSE '=' || value END);
END
$set$;

INSERT INTO pgfill.version (version) VALUES (5) ON CONFLICT DO NOTHING;
