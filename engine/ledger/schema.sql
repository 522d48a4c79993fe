-- Version 1 of the ledger: the durable truth about jobs and ranges. Run as one script; ledger_version.sql tells what is
-- there. Keys are text arrays in the server's own output format under pinned settings, one element a key column.
CREATE SCHEMA IF NOT EXISTS pgfill;
COMMENT ON SCHEMA pgfill IS 'Ledger of pgfill, the batched backfill engine. Do not change by hand while a job runs.';

CREATE TABLE IF NOT EXISTS pgfill.version (
  version int PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  installed_by name NOT NULL DEFAULT current_user
);

-- One backfill. Its spec and what its plan decided.
CREATE TABLE IF NOT EXISTS pgfill.job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  state text NOT NULL DEFAULT 'registered' CHECK (state IN ('registered', 'running', 'stopped', 'failed', 'done')),
  reason text NOT NULL DEFAULT '',
  kind text NOT NULL DEFAULT 'update' CHECK (kind IN ('update', 'delete')),
  allowance bigint,            -- rows that it may delete still; NULL: any number
  spec_yaml text NOT NULL,
  canonical text NOT NULL,     -- what decides which rows get which values
  spec_hash text NOT NULL,     -- SHA-256 of it, in hex
  table_oid oid NOT NULL,
  table_schema text NOT NULL,
  table_name text NOT NULL,
  key_columns text[] NOT NULL,
  key_types text[] NOT NULL,
  search_path text NOT NULL,
  estimated_rows bigint NOT NULL,
  last_range_id bigint NOT NULL,
  fingerprint text[] NOT NULL, -- pgfill.fingerprint(table_oid) when it was planned or adopted
  servers text[] NOT NULL,     -- identities of the servers that are this job's database
  branches text[] NOT NULL DEFAULT '{}', -- marks of the latest runners: one for each start and for each failover
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);

-- One process that executes a job. It is alive while `alive_until` lies ahead; a clean end sets `ended_at`.
CREATE TABLE IF NOT EXISTS pgfill.runner (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  host text NOT NULL,
  pid int NOT NULL,
  backend_pid int,             -- its control session; NULL behind a pooler
  backend_start timestamptz,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  alive_until timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text,
  report jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);
CREATE INDEX IF NOT EXISTS runner_job ON pgfill.runner (job_id) WHERE ended_at IS NULL;

-- One range: keys above lower_key up to and including upper_key (NULL: unbounded). cursor_key is the last key that is
-- committed as done. Only the holder of the present epoch may move it. A range is free when runner_id is NULL.
CREATE TABLE IF NOT EXISTS pgfill.range (
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  range_id bigint NOT NULL,
  lower_key text[],
  upper_key text[],
  cursor_key text[],
  done boolean NOT NULL DEFAULT false,
  epoch bigint NOT NULL DEFAULT 0,
  runner_id bigint,
  share float8 NOT NULL,       -- of the table's rows, by estimate
  rows_walked bigint NOT NULL DEFAULT 0,
  rows_changed bigint NOT NULL DEFAULT 0, -- of a job that deletes: deleted
  rows_kept bigint NOT NULL DEFAULT 0,    -- that a trigger has kept from being deleted
  batches bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (job_id, range_id)
) WITH (fillfactor = 50);

-- Rows a batch went around: deferred, because another session held them; quarantined, because they cannot take their new
-- value. A row leaves this table in the transaction that processes it, so whoever deletes it here may change it there.
CREATE TABLE IF NOT EXISTS pgfill.skipped (
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  key text[] NOT NULL,
  range_id bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('deferred', 'quarantined')),
  sqlstate text,               -- of the last failure of a quarantined row
  message text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job_id, key)
);

CREATE TABLE IF NOT EXISTS pgfill.event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  message text NOT NULL,
  detail jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS event_job ON pgfill.event (job_id, id);

-- Locks the range for a batch and proves that the caller still holds it: the first write of every batch. A holder whose
-- epoch has passed, or who has missed a committed cursor, gets PF001 and can write nothing.
CREATE OR REPLACE FUNCTION pgfill.fence(job bigint, range bigint, held_epoch bigint, held_cursor text[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $fence$
BEGIN
  PERFORM 1 FROM pgfill.range r
   WHERE r.job_id = job AND r.range_id = range AND r.epoch = held_epoch AND NOT r.done
     AND r.cursor_key IS NOT DISTINCT FROM held_cursor
     FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'range % of job % is held by another runner', range, job USING ERRCODE = 'PF001';
  END IF;
END
$fence$;

INSERT INTO pgfill.version (version) VALUES (1) ON CONFLICT DO NOTHING;
