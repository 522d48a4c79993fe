-- The tables of the ledger: the durable truth about jobs and ranges. Run once, in one transaction with functions.sql.
-- Keys are text arrays in the server's own output format under pinned settings, one element a key column.
CREATE SCHEMA IF NOT EXISTS pgfill;
COMMENT ON SCHEMA pgfill IS 'Ledger of pgfill, the batched backfill engine. Do not change by hand while a job runs.';

-- Versions of these tables. `functions`: which text the functions of the schema are of.
CREATE TABLE pgfill.version (
  version int PRIMARY KEY,
  functions text NOT NULL DEFAULT '',
  installed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  installed_by name NOT NULL DEFAULT current_user
);

-- One backfill. Its spec and what its plan decided.
CREATE TABLE pgfill.job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  state text NOT NULL DEFAULT 'registered'
    CHECK (state IN ('registered', 'running', 'stopped', 'failed', 'cancelled', 'done')),
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
  settings text[] NOT NULL DEFAULT '{}', -- what its expressions mean under, in the order of session_settings.sql
  estimated_rows bigint NOT NULL,
  table_bytes bigint,          -- of the table with its indexes, when it was registered
  last_range_id bigint NOT NULL,
  by_leaf boolean NOT NULL DEFAULT false, -- its relations are the leaf partitions of its table, else the table itself
  leaves text,                 -- pgfill.leaves_now(table_oid) when its relations were compared with the partitions last
  one_at_a_time text NOT NULL DEFAULT '', -- why no batch may run beside another one; empty: they may
  fingerprint text[] NOT NULL, -- pgfill.fingerprint(table_oid) when it was planned or adopted
  began_at xid8,               -- what is older was committed before it was registered; NULL: the rows were all written anew since
  done_rows_meet boolean NOT NULL DEFAULT false, -- some row that it has changed fulfilled its condition still
  servers text[] NOT NULL,     -- identities of the servers that are its database
  branches text[] NOT NULL DEFAULT '{}', -- marks of the latest runners: one for each start and for each failover
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);

-- What a job goes through, in the order of their positions. It is done when all of them are finished.
CREATE TABLE pgfill.phase (
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  position int NOT NULL,
  name text NOT NULL CHECK (name IN ('expand', 'backfill', 'verify', 'contract')),
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (job_id, position)
);

-- One process that executes a job. It lives while `alive_until` lies ahead; a clean end sets `ended_at`.
CREATE TABLE pgfill.runner (
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
  report jsonb NOT NULL DEFAULT '{}',
  acknowledged_version bigint NOT NULL DEFAULT 0, -- of pgfill.request: no batch that it forbids begins any more
  acknowledged_at timestamptz
) WITH (fillfactor = 50);
CREATE INDEX runner_job ON pgfill.runner (job_id) WHERE ended_at IS NULL;

-- What the ranges of a job lie in: its table, or each leaf partition of it, so that a batch touches one of them. `gone`: no
-- partition of the table any more, detached or dropped. What belongs to it is left alone until it is attached again.
-- `triggers`: of a leaf, pgfill.leaf_triggers() when its first range was leased.
CREATE TABLE pgfill.relation (
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  relation_id bigint NOT NULL,
  oid oid NOT NULL,
  schema_name text NOT NULL,   -- when it was registered or adopted; it may have been renamed
  table_name text NOT NULL,
  estimated_rows bigint NOT NULL,
  stripes int NOT NULL DEFAULT 1, -- that its rows are cut into; 1: none
  by_position boolean NOT NULL DEFAULT false, -- bounds and cursors are positions in its file instead of keys
  gone boolean NOT NULL DEFAULT false,
  triggers text[],
  PRIMARY KEY (job_id, relation_id),
  UNIQUE (job_id, oid)
);

-- One range of a relation: keys above lower_key up to and including upper_key (NULL: unbounded). cursor_key is the last key that is
-- committed as done. Only the holder of the present epoch may move it. A range is free when it has no runner, or one that
-- is dead. The present pass over it begins at the stripe `stripe` and changes `stripes` of them; the next one begins at its
-- lower end. `filenode`: of the file that its bounds and its cursor are positions in; NULL: they are keys.
CREATE TABLE pgfill.range (
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  range_id bigint NOT NULL,
  relation_id bigint NOT NULL DEFAULT 1,
  lower_key text[],
  upper_key text[],
  cursor_key text[],
  done boolean NOT NULL DEFAULT false,
  epoch bigint NOT NULL DEFAULT 0,
  runner_id bigint,
  share float8 NOT NULL,       -- of the job's rows, by estimate
  stripe int NOT NULL DEFAULT 0,
  stripes int NOT NULL DEFAULT 1,
  filenode oid,
  rows_walked bigint NOT NULL DEFAULT 0,
  rows_changed bigint NOT NULL DEFAULT 0, -- of a job that deletes: deleted
  rows_kept bigint NOT NULL DEFAULT 0,    -- that a trigger has kept from being deleted
  batches bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (job_id, range_id)
) WITH (fillfactor = 50);
CREATE INDEX range_open ON pgfill.range (job_id, range_id) WHERE NOT done;

-- Rows a batch went around: deferred, because another session held them; quarantined, because they cannot take their new
-- value. A row leaves this table in the transaction that processes it, so the session that deletes it here may change it there.
-- Two relations may have rows of the same key.
CREATE TABLE pgfill.skipped (
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  relation_id bigint NOT NULL,
  key text[] NOT NULL,
  range_id bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('deferred', 'quarantined')),
  sqlstate text,               -- of the last failure of a quarantined row
  message text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job_id, relation_id, key)
);

-- Which transactions have changed rows for a job, of jobs with a condition, while they are not done. The xmin of a row
-- then tells whether the job has done it, was there before the job, or was written by others since: only the last may
-- have been left behind. `inserted`: the transaction has inserted rows into the job's table, and has changed or deleted
-- none but the batch's own: of the rows that it wrote, those are done and these are no work for the job.
CREATE TABLE pgfill.change (job_id bigint NOT NULL, xid xid NOT NULL, inserted boolean NOT NULL DEFAULT false);
CREATE INDEX change_xid ON pgfill.change USING hash (xid);

-- Partitions that a job has begun to detach, to drop them: until they are dropped, or attached again, which takes their
-- bounds. `checks`: their check constraints of before; detaching adds one.
CREATE TABLE pgfill.detached (
  job_id bigint NOT NULL REFERENCES pgfill.job,
  leaf oid NOT NULL,
  parent oid NOT NULL,
  bounds text NOT NULL,
  checks text[] NOT NULL,
  PRIMARY KEY (job_id, leaf)
);

-- What is asked of a job: the desired state, the sum of all requests. Its version counts them; a runner acknowledges the
-- version that it obeys.
CREATE TABLE pgfill.request (
  job_id bigint PRIMARY KEY REFERENCES pgfill.job ON DELETE CASCADE,
  version bigint NOT NULL DEFAULT 1,
  paused boolean NOT NULL DEFAULT false,
  cancelled boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '',        -- of the pause or the cancellation
  settings jsonb NOT NULL DEFAULT '{}',   -- fields of the spec that hold instead of the spec's: {"batch.time": "5ms"}
  changed_by text NOT NULL DEFAULT session_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Fields of a spec that may be set while a job runs, and how their values look (a regular expression). Filled by each
-- install from the field table of the program, like the functions.
CREATE TABLE pgfill.live_field (position bigint NOT NULL, key text PRIMARY KEY, shape text NOT NULL);

CREATE TABLE pgfill.event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id bigint NOT NULL REFERENCES pgfill.job ON DELETE CASCADE,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  message text NOT NULL,
  detail jsonb NOT NULL
);
CREATE INDEX event_job ON pgfill.event (job_id, id);
