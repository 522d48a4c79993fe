-- Version 4 of the ledger, on top of ledger_stripes.sql: which transactions have changed rows for a job. The xmin of a row
-- then tells whether the job has done it, was there before the job, or was written by others since: only the last may
-- have been left behind.
-- `change`: of jobs with a condition, while they are not done. `began_at`: what is older was committed before the job was
-- registered; NULL: by an older pgfill, or the rows were all written anew since. `done_rows_meet`: some row that the job
-- has changed fulfilled its condition still; of jobs of an older pgfill that is not known. `settings`: what the job's
-- expressions mean under, in the order of session_settings.sql; NULL: by an older pgfill, under the settings of
-- pgfill.canonical. `inserted`: the transaction has inserted rows into the job's table, and has changed or deleted none but
-- the batch's own: of the rows that it wrote, those are done and these are no work for the job.
DO $upgrade$
DECLARE
  given record;
BEGIN
  IF NOT EXISTS (SELECT FROM pgfill.version WHERE version = 4) THEN
    CREATE TABLE pgfill.change (job_id bigint NOT NULL, xid xid NOT NULL, inserted boolean NOT NULL DEFAULT false);
    CREATE INDEX change_xid ON pgfill.change USING hash (xid);
    ALTER TABLE pgfill.job ADD COLUMN began_at xid8, ADD COLUMN done_rows_meet boolean NOT NULL DEFAULT true,
                           ADD COLUMN settings text[];
    ALTER TABLE pgfill.job ALTER COLUMN done_rows_meet SET DEFAULT false;
    -- Whoever may work with the ledger may go on.
    FOR given IN SELECT grantee, privilege_type FROM information_schema.table_privileges
                 WHERE table_schema = 'pgfill' AND table_name = 'skipped' AND grantee <> current_user LOOP
      EXECUTE format('GRANT %s ON pgfill.change TO %s', given.privilege_type,
                     CASE given.grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(given.grantee) END);
    END LOOP;
  END IF;
END
$upgrade$;

-- What a job relies on in its table, one fact a line: kind, columns, children by inheritance, the triggers and
-- rules that its changes fire; where it deletes also the foreign keys that refer to the table. `columns`: those that the
-- job uses; NULL: all. What a trigger does with the others is its own. `job_kind`: as pgfill.job has it.
CREATE OR REPLACE FUNCTION pgfill.fingerprint(subject oid, columns text[], job_kind text)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $fingerprint$
  SELECT coalesce(array_agg(fact ORDER BY fact), '{}') FROM (
    SELECT format('table %s.%s, oid %s, kind %s, persistence %s, row security %s', quote_ident(n.nspname),
                  quote_ident(c.relname), c.oid, c.relkind, c.relpersistence, c.relrowsecurity)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = subject
    UNION ALL
    SELECT format('column %s %s%s%s%s, number %s', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                  CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation
                       THEN ' collate ' || a.attcollation::regcollation END,
                  CASE WHEN a.attnotnull THEN ' not null' END,
                  CASE WHEN a.attgenerated <> '' THEN ' generated' END, a.attnum)
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = subject AND a.attnum > 0 AND NOT a.attisdropped AND (columns IS NULL OR a.attname = ANY (columns))
    UNION ALL
    SELECT format('child %s, oid %s', i.inhrelid::regclass, i.inhrelid)
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE i.inhparent = subject AND c.relkind <> 'p'
    UNION ALL
    SELECT format('trigger %s enabled %s: %s', quote_ident(tgname), tgenabled, pg_get_triggerdef(oid))
      FROM pg_trigger WHERE tgrelid = subject AND NOT tgisinternal AND tgenabled <> 'D'
        AND (tgtype & CASE job_kind WHEN 'delete' THEN 8 ELSE 16 END) <> 0
    UNION ALL
    SELECT format('foreign key %s of %s: %s', quote_ident(conname), conrelid::regclass, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE confrelid = subject AND contype = 'f' AND conparentid = 0 AND job_kind = 'delete'
    UNION ALL
    SELECT format('rule %s: %s', quote_ident(rulename), pg_get_ruledef(oid))
      FROM pg_rewrite WHERE ev_class = subject AND ev_enabled <> 'D'
        AND ev_type = CASE job_kind WHEN 'delete' THEN '4' ELSE '2' END
  ) facts(fact)
$fingerprint$;

-- The column that a fact of the fingerprint is about; NULL: it is about something else.
CREATE OR REPLACE FUNCTION pgfill.column_of(fact text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $column$
  SELECT (parse_ident(substring(fact FROM '^column ("([^"]|"")+"|[^ ]+) ')))[1]
$column$;

-- What has changed in a job's table since it was planned, in words; empty: nothing that matters. A new column does not,
-- but one that took the place of another does: nothing in it is done. Jobs of former versions know no numbers of columns.
CREATE OR REPLACE FUNCTION pgfill.table_changes(job bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $changes$
  WITH known AS (
    SELECT j.fingerprint AS before,
           CASE WHEN EXISTS (SELECT FROM unnest(j.fingerprint) AS f WHERE f ~ ', number [0-9]+$') THEN pgfill.fingerprint(j.table_oid, NULL, j.kind)
                ELSE ARRAY(SELECT regexp_replace(fact, ', number [0-9]+$', '')
                             FROM unnest(pgfill.fingerprint(j.table_oid, NULL, j.kind)) AS f(fact)) END AS now
      FROM pgfill.job j WHERE j.id = job
  ), lines AS (
    SELECT 'gone: ' || line FROM known, unnest(before) line WHERE line <> ALL (now)
    UNION ALL
    SELECT 'new: ' || line FROM known, unnest(now) line
     WHERE line <> ALL (before)
       AND (line NOT LIKE 'column %' OR pgfill.column_of(line) IN (SELECT pgfill.column_of(b) FROM unnest(before) b))
  )
  -- UPDATE ONLY does not mean the rows of children, whoever comes and goes.
  SELECT coalesce(array_agg(line), '{}') FROM lines l(line)
   WHERE line NOT SIMILAR TO '(gone|new): child %' OR NOT EXISTS (
           SELECT FROM pgfill.job j WHERE j.id = job AND j.canonical::jsonb -> 'only' = 'true')
$changes$;

-- Whether a unique index still finds the rows of a job by its key, as a change in words; empty: one does, or the job names
-- rows by their position (ctid), which no column can be called.
CREATE OR REPLACE FUNCTION pgfill.key_changes(job bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $key$
  SELECT coalesce(array_agg(format('gone: the unique index over (%s), without which no batch finds its rows; create it again',
                                   array_to_string(j.key_columns, ', '))), '{}')
    FROM pgfill.job AS j
   WHERE j.id = job AND j.key_columns <> '{ctid}' AND NOT EXISTS (
     SELECT FROM pg_index AS i
      WHERE i.indrelid = j.table_oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND j.key_columns = ARRAY(SELECT a.attname::text
                                    FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
                                    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
                                   WHERE k.place <= i.indnkeyatts ORDER BY k.place))
$key$;

-- A value as keys are written in the ledger, whatever the settings of the transaction are.
CREATE OR REPLACE FUNCTION pgfill.canonical(value anyelement)
RETURNS text LANGUAGE plpgsql STABLE STRICT
SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres' SET bytea_output = 'hex'
SET lc_monetary = 'C' SET extra_float_digits = 3 AS $canonical$
BEGIN
  RETURN value::text;
END
$canonical$;

-- Whether the runner is still that of its job, as of now and not as of the statement that asks.
CREATE OR REPLACE FUNCTION pgfill.is_present(runner bigint)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $present$
BEGIN
  RETURN EXISTS (SELECT FROM pgfill.runner AS r WHERE r.id = runner AND r.ended_at IS NULL);
END
$present$;

-- Raises unless the names of the job's table and of its columns lead where they did: others may rename them, and give
-- the names to others, between two transactions. Asked when a statement has used them, so that the table is locked, and
-- in the same transaction. `columns` with their `numbers`: what the job reads and writes.
CREATE OR REPLACE FUNCTION pgfill.require_table(subject oid, name text, columns text[], numbers int2[])
RETURNS void LANGUAGE plpgsql AS $require$
DECLARE
  missing text;
BEGIN
  IF pg_catalog.to_regclass(name)::pg_catalog.oid IS DISTINCT FROM subject THEN
    RAISE EXCEPTION 'the name % leads to another table now', name USING ERRCODE = 'PF004';
  END IF;
  SELECT pg_catalog.string_agg(c.called, ', ') INTO missing
    FROM ROWS FROM (pg_catalog.unnest(columns), pg_catalog.unnest(numbers)) AS c (called, place)
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                      WHERE a.attrelid = subject AND a.attnum = c.place AND a.attname = c.called)
      -- In one snapshot pg_attribute shows names of before; these come from the cache, which is always up to date.
      OR (pg_catalog.current_setting('transaction_isolation') <> 'read committed'
          AND pg_catalog.right((pg_catalog.pg_identify_object('pg_catalog.pg_class'::pg_catalog.regclass, subject, c.place)).identity,
                               pg_catalog.length(pg_catalog.quote_ident(c.called)) + 1)
              IS DISTINCT FROM '.' || pg_catalog.quote_ident(c.called));
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'a column of % was renamed or replaced: %', name, missing USING ERRCODE = 'PF004';
  END IF;
END
$require$;

-- Rows of a table that the session has inserted, updated and deleted of late, in its partitions, too, and whoever of its
-- statements, functions and triggers did: only the difference between two calls in one transaction says something.
CREATE OR REPLACE FUNCTION pgfill.rows_written(subject oid)
RETURNS bigint[] LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $written$
BEGIN
  RETURN (SELECT ARRAY[sum(pg_stat_get_xact_tuples_inserted(m.relid)), sum(pg_stat_get_xact_tuples_updated(m.relid)),
                       sum(pg_stat_get_xact_tuples_deleted(m.relid))]::bigint[]
            FROM (SELECT subject AS relid UNION SELECT t.relid FROM pg_partition_tree(subject) AS t) AS m);
END
$written$;

-- How many rows were inserted since `before`, an answer of rows_written(); `alone`: that is all that was written but for
-- the update, or deletion, of `changed` rows. A row that moves to another partition is deleted here and inserted there.
-- What was put off to the commit is done first, so that it is counted.
CREATE OR REPLACE FUNCTION pgfill.rows_inserted(subject oid, before bigint[], changed bigint,
                                                OUT inserted bigint, OUT alone bool)
LANGUAGE plpgsql VOLATILE AS $inserted$
DECLARE
  now bigint[];
BEGIN
  SET CONSTRAINTS ALL IMMEDIATE;
  now := pgfill.rows_written(subject);
  inserted := now[1] - before[1];
  alone := inserted > 0 AND ((now[2] - before[2] = changed AND now[3] = before[3])
                             OR (now[3] - before[3] = changed AND now[2] = before[2]));
END
$inserted$;

-- Takes rows that are deleted from what a job may delete; all of a transaction's work is taken back when that is less.
-- The last write of a batch: whoever else deletes waits for the job's row until it has committed.
CREATE OR REPLACE FUNCTION pgfill.take_allowance(job bigint, rows bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $allowance$
DECLARE
  remaining bigint;
BEGIN
  UPDATE pgfill.job AS j SET allowance = j.allowance - rows
   WHERE j.id = job AND j.allowance IS NOT NULL AND rows > 0 RETURNING j.allowance INTO remaining;
  IF remaining < 0 THEN
    RAISE EXCEPTION 'a batch would delete % rows, % more than at_most allows', rows, -remaining USING ERRCODE = 'PF011';
  END IF;
END
$allowance$;

-- A batch but for its walk and its COMMIT: the fence, the change of the rows (a statement over the values of `keys`), and
-- where the range stands then. Counts exactly the rows that the statement changed, and those of them that stayed on their
-- page. `walked`: NULL: as many as were changed. `subject`: the table, with what require_table() asks. `noted`: the
-- transaction is noted as one that has changed rows. `may_insert`: triggers or functions may insert rows into the table.
-- `asks_again`: `change` answers how many rows it has changed, and whether one of them fulfils the job's condition
-- still. `counting`: a statement before it that locks the rows it is about to change and counts them; those of them that it
-- leaves were `kept`, by a trigger. NULL: none can be. `limited`: take_allowance() is asked. Runs under the search path of
-- the job.
CREATE OR REPLACE FUNCTION pgfill.run_batch(job bigint, range bigint, held_epoch bigint, held_cursor text[], held_stripe int,
                                            next_cursor text[], next_stripe int, next_stripes int, is_done bool,
                                            walked bigint, subject oid, name text, columns text[],
                                            numbers int2[], noted bool, may_insert bool, asks_again bool, keys text[],
                                            change text, counting text, limited bool,
                                            OUT changed bigint, OUT on_page bigint, OUT inserted bigint, OUT kept bigint)
LANGUAGE plpgsql AS $batch$
DECLARE
  before bigint := pg_catalog.pg_stat_get_xact_tuples_hot_updated(subject);
  inserted_before bigint := pg_catalog.pg_stat_get_xact_tuples_inserted(subject);
  written_before bigint[] := CASE WHEN may_insert THEN pgfill.rows_written(subject) END;
  alone bool := false;
  again bool := false;
BEGIN
  PERFORM pgfill.fence(job, range, held_epoch, held_cursor, held_stripe);
  kept := 0;
  IF counting IS NOT NULL THEN
    EXECUTE counting INTO kept USING keys;
  END IF;
  IF asks_again THEN
    EXECUTE change INTO changed, again USING keys;
  ELSE
    EXECUTE change USING keys;
    GET DIAGNOSTICS changed = ROW_COUNT;
  END IF;
  kept := greatest(kept - changed, 0);
  PERFORM pgfill.require_table(subject, name, columns, numbers);
  on_page := pg_catalog.pg_stat_get_xact_tuples_hot_updated(subject) - before;
  IF may_insert THEN
    SELECT i.inserted, i.alone INTO inserted, alone FROM pgfill.rows_inserted(subject, written_before, changed) AS i;
  ELSE
    inserted := pg_catalog.pg_stat_get_xact_tuples_inserted(subject) - inserted_before;
  END IF;
  UPDATE pgfill.range AS r
     SET cursor_key = next_cursor, stripe = next_stripe, stripes = next_stripes, done = is_done,
         rows_walked = r.rows_walked + coalesce(walked, changed), rows_changed = r.rows_changed + changed,
         rows_kept = r.rows_kept + kept, batches = r.batches + 1
   WHERE r.job_id = job AND r.range_id = range;
  IF noted AND (changed > 0 OR kept > 0 OR alone) THEN
    INSERT INTO pgfill.change (job_id, xid, inserted)
    VALUES (job, pg_catalog.pg_current_xact_id()::pg_catalog.xid, alone);
  END IF;
  IF again THEN
    UPDATE pgfill.job AS j SET done_rows_meet = true WHERE j.id = job AND NOT j.done_rows_meet;
  END IF;
  IF limited THEN
    PERFORM pgfill.take_allowance(job, changed);
  END IF;
END
$batch$;

-- The change of listed rows (the statement of revisit_skipped) of a job whose triggers or functions may insert rows into
-- the table, noted as by run_batch(). $1 to $4 of the statement: job, above, most, listed.
CREATE OR REPLACE FUNCTION pgfill.run_revisit(job bigint, above text[], most bigint, listed text, subject oid, change text,
                                              OUT seen bigint, OUT changed bigint, OUT held bigint, OUT last_key text[],
                                              OUT kept bigint)
LANGUAGE plpgsql AS $revisit$
DECLARE
  written_before bigint[] := pgfill.rows_written(subject);
  alone bool;
BEGIN
  EXECUTE change INTO seen, changed, held, last_key, kept USING job, above, most, listed;
  SELECT i.alone INTO alone FROM pgfill.rows_inserted(subject, written_before, changed) AS i;
  IF alone THEN
    INSERT INTO pgfill.change (job_id, xid, inserted)
    VALUES (job, pg_catalog.pg_current_xact_id()::pg_catalog.xid, true);
  END IF;
END
$revisit$;

INSERT INTO pgfill.version (version) VALUES (4) ON CONFLICT DO NOTHING;
