-- Version 2 of the ledger, on top of ledger_schema.sql: what people want of a job, and the functions they say it with,
-- from psql or any migration tool. A runner obeys within a second and says so in pgfill.runner.
-- The desired state of a job. Its version counts the changes; a runner acknowledges the version it obeys.
CREATE TABLE IF NOT EXISTS pgfill.wish (
  job_id bigint PRIMARY KEY REFERENCES pgfill.job ON DELETE CASCADE,
  version bigint NOT NULL DEFAULT 1,
  paused boolean NOT NULL DEFAULT false,
  cancelled boolean NOT NULL DEFAULT false,
  reason text NOT NULL DEFAULT '',        -- of the pause or the cancellation
  settings jsonb NOT NULL DEFAULT '{}',   -- fields of the spec that hold instead of the spec's: {"batch.time": "5ms"}
  changed_by text NOT NULL DEFAULT session_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Whoever comes second, of several runners that start at once, must not lock the tables of the first one's job.
DO $upgrade$
BEGIN
  IF NOT EXISTS (SELECT FROM pgfill.version WHERE version = 2) THEN
    ALTER TABLE pgfill.runner ADD COLUMN obeyed_version bigint NOT NULL DEFAULT 0, ADD COLUMN obeyed_at timestamptz;
    ALTER TABLE pgfill.job ADD COLUMN table_bytes bigint; -- of the table with its indexes, when the job was registered
    ALTER TABLE pgfill.job DROP CONSTRAINT job_state_check, ADD CONSTRAINT job_state_check
      CHECK (state IN ('registered', 'running', 'stopped', 'failed', 'cancelled', 'done'));
  END IF;
END
$upgrade$;

CREATE OR REPLACE FUNCTION pgfill.job_named(job text)
RETURNS pgfill.job LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $named$
DECLARE
  known pgfill.job;
BEGIN
  SELECT * INTO known FROM pgfill.job j WHERE j.name = job;
  IF known.id IS NULL THEN
    RAISE EXCEPTION 'no job is called "%" in database "%"', job, current_database()
      USING ERRCODE = 'no_data_found', HINT = 'SELECT name, state FROM pgfill.job';
  END IF;
  RETURN known;
END
$named$;

-- Changes the wish (NULL: as it is), records it as an event, and says who is to obey.
CREATE OR REPLACE FUNCTION pgfill.change_wish(subject pgfill.job, wants_pause boolean, wants_cancel boolean, why text,
                                              setting jsonb, kind text, words text)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $change$
DECLARE
  runner text;
BEGIN
  IF subject.state = 'done' THEN
    RETURN format('%s is done: nothing is left to steer', subject.name);
  END IF;
  INSERT INTO pgfill.wish AS w (job_id, paused, cancelled, reason, settings)
  VALUES (subject.id, coalesce(wants_pause, false), coalesce(wants_cancel, false), coalesce(why, ''),
          jsonb_strip_nulls(coalesce(setting, '{}')))
  ON CONFLICT (job_id) DO UPDATE
    SET version = w.version + 1, paused = coalesce(wants_pause, w.paused), cancelled = coalesce(wants_cancel, w.cancelled),
        reason = coalesce(why, w.reason), settings = jsonb_strip_nulls(w.settings || coalesce(setting, '{}')),
        changed_by = session_user, changed_at = clock_timestamp();
  INSERT INTO pgfill.event (job_id, at, kind, message, detail)
  VALUES (subject.id, clock_timestamp(), kind, session_user || ': ' || words,
          jsonb_strip_nulls(jsonb_build_object('by', session_user, 'reason', nullif(why, ''), 'set', setting)));
  SELECT format('%s pid %s', r.host, r.pid) INTO runner
    FROM pgfill.runner r
   WHERE r.job_id = subject.id AND r.ended_at IS NULL AND r.alive_until > clock_timestamp()
   ORDER BY r.id DESC LIMIT 1;
  IF wants_cancel AND runner IS NULL THEN
    UPDATE pgfill.job SET state = 'cancelled', reason = words WHERE id = subject.id;
  ELSIF NOT wants_cancel AND subject.state = 'cancelled' THEN
    UPDATE pgfill.job SET state = 'stopped', reason = '' WHERE id = subject.id;
  END IF;
  RETURN format('%s: %s; %s', subject.name, words,
                coalesce(runner || ' obeys within a second', 'nobody runs it now, it holds for the next run'));
END
$change$;

CREATE OR REPLACE FUNCTION pgfill.pause(job text, reason text DEFAULT '')
RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $pause$
  SELECT pgfill.change_wish(pgfill.job_named(job), true, NULL, reason, NULL, 'pause',
                            'paused' || CASE WHEN reason <> '' THEN ': ' || reason ELSE '' END)
$pause$;

CREATE OR REPLACE FUNCTION pgfill.resume(job text)
RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $resume$
  SELECT pgfill.change_wish(pgfill.job_named(job), false, false, '', NULL, 'resume', 'resumed')
$resume$;

CREATE OR REPLACE FUNCTION pgfill.cancel(job text, reason text DEFAULT '')
RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $cancel$
  SELECT pgfill.change_wish(pgfill.job_named(job), NULL, true, reason, NULL, 'cancel',
                            'cancelled' || CASE WHEN reason <> '' THEN ': ' || reason ELSE '' END)
$cancel$;

CREATE OR REPLACE FUNCTION pgfill.pause_all(reason text DEFAULT '')
RETURNS SETOF text LANGUAGE sql SET search_path = pg_catalog AS $all$
  SELECT pgfill.pause(j.name, reason) FROM pgfill.job j WHERE j.state NOT IN ('done', 'cancelled') ORDER BY j.id
$all$;

CREATE OR REPLACE FUNCTION pgfill.resume_all()
RETURNS SETOF text LANGUAGE sql SET search_path = pg_catalog AS $all$
  SELECT pgfill.resume(j.name) FROM pgfill.job j JOIN pgfill.wish w ON w.job_id = j.id
   WHERE w.paused AND j.state <> 'done' ORDER BY j.id
$all$;

-- How far a job is: the share of its rows that is done, and how many rows its ranges without an upper end have met beyond
-- those that they were planned for. Such a range is believed to have as many before it as it has met in excess.
CREATE OR REPLACE FUNCTION pgfill.progress(job bigint, OUT share float8, OUT beyond bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $progress$
  SELECT coalesce(sum(CASE WHEN done THEN whole ELSE least(rows_walked, 0.99 * whole) END) / greatest(sum(whole), 1e-9), 0),
         coalesce(sum(greatest(0, rows_walked - planned)) FILTER (WHERE goes_on), 0)::bigint
    FROM (SELECT r.done, r.rows_walked, p.planned, g.goes_on,
                 CASE WHEN g.goes_on THEN greatest(p.planned, 2 * r.rows_walked - p.planned) ELSE p.planned END AS whole
            FROM pgfill.range AS r
            JOIN pgfill.job AS j ON j.id = r.job_id
            CROSS JOIN LATERAL (SELECT r.share * greatest(1, j.estimated_rows)) AS p (planned)
            CROSS JOIN LATERAL (SELECT NOT r.done AND r.upper_key IS NULL) AS g (goes_on)
           WHERE r.job_id = $1) AS ranges
$progress$;

CREATE OR REPLACE FUNCTION pgfill.status(job text, OUT state text, OUT share float8, OUT rows_changed bigint,
                                         OUT reason text, OUT runner text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $status$
  SELECT CASE WHEN j.state <> 'running' THEN j.state
              WHEN r.alive_until IS NULL OR r.alive_until <= clock_timestamp() THEN 'crashed'
              WHEN w.paused AND r.obeyed_version >= w.version THEN 'paused'
              ELSE coalesce(r.report->>'state', j.state) END,
         (SELECT p.share FROM pgfill.progress(j.id) AS p),
         (SELECT coalesce(sum(g.rows_changed), 0)::bigint FROM pgfill.range g WHERE g.job_id = j.id),
         coalesce(nullif(j.reason, ''), r.report->>'reason', ''),
         CASE WHEN r.host IS NOT NULL THEN format('%s pid %s', r.host, r.pid) END
    FROM pgfill.job_named(job) j
    LEFT JOIN pgfill.wish w ON w.job_id = j.id
    LEFT JOIN LATERAL (SELECT * FROM pgfill.runner r WHERE r.job_id = j.id AND r.ended_at IS NULL
                        ORDER BY r.id DESC LIMIT 1) r ON true
$status$;

-- A gate for migrations: raises unless the job is done.
CREATE OR REPLACE FUNCTION pgfill.assert_done(job text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $assert$
DECLARE
  subject pgfill.job := pgfill.job_named(job);
BEGIN
  IF subject.state <> 'done' THEN
    RAISE EXCEPTION 'job % is not done: %', job, (SELECT s.state || coalesce(': ' || nullif(s.reason, ''), '') FROM pgfill.status(job) s)
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'pgfill status ' || job;
  END IF;
END
$assert$;

INSERT INTO pgfill.version (version) VALUES (2) ON CONFLICT DO NOTHING;
