-- The functions of the ledger, for the engine and for people (psql, any migration tool). Replaced at every install, and when
-- a run finds those of another build. None depends on the search path of its caller: each pins its own, with pg_temp last, so
-- that no temporary table stands for one of the catalogue.

-- What a job relies on in its table, one fact a line: kind, columns, children by inheritance, the triggers and
-- rules that its changes fire; where it deletes also the foreign keys that refer to the table. `columns`: those that the
-- job uses; NULL: all. What a trigger does with the others is its own. `job_kind`: as pgfill.job has it.
CREATE OR REPLACE FUNCTION pgfill.fingerprint(subject oid, columns text[], job_kind text)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $fingerprint$
BEGIN
  RETURN (SELECT coalesce(array_agg(fact ORDER BY fact), '{}') FROM (
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
  ) facts(fact));
END
$fingerprint$;

-- The column that a fact of the fingerprint is about; NULL: it is about something else.
CREATE OR REPLACE FUNCTION pgfill.column_of(fact text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $column$
  SELECT (parse_ident(substring(fact FROM '^column ("([^"]|"")+"|[^ ]+) ')))[1]
$column$;

-- What has changed in a job's table since it was planned, in words; empty: nothing that matters. A new column does not,
-- but one that took the place of another does: nothing in it is done.
CREATE OR REPLACE FUNCTION pgfill.table_changes(job bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $changes$
  WITH known AS (
    SELECT j.fingerprint AS before, pgfill.fingerprint(j.table_oid, NULL, j.kind) AS now
      FROM pgfill.job j WHERE j.id = job
  ), lines AS (
    SELECT 'gone: ' || line FROM known, unnest(before) line WHERE line <> ALL (now)
    UNION ALL
    SELECT 'new: ' || line FROM known, unnest(now) line
     WHERE line <> ALL (before)
       AND (line NOT LIKE 'column %' OR pgfill.column_of(line) IN (SELECT pgfill.column_of(b) FROM unnest(before) b))
  )
  -- UPDATE ONLY does not mean the rows of children: they may come and go.
  SELECT coalesce(array_agg(line), '{}') FROM lines l(line)
   WHERE line NOT SIMILAR TO '(gone|new): child %' OR NOT EXISTS (
           SELECT FROM pgfill.job j WHERE j.id = job AND j.canonical::jsonb -> 'only' = 'true')
$changes$;

-- Whether a unique index still finds the rows of a relation by a job's key, as a change in words; NULL: one does, or the job
-- names rows by their position (ctid), which no column can be called.
CREATE OR REPLACE FUNCTION pgfill.key_change(subject oid, key_columns text[], leaf boolean)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $key$
BEGIN
  RETURN (SELECT format('gone: the unique index over (%s)%s, without which no batch finds its rows; create it again',
                array_to_string(key_columns, ', '), CASE WHEN leaf THEN ' of partition ' || subject::regclass END)
   WHERE key_columns <> '{ctid}' AND NOT EXISTS (
     SELECT FROM pg_index AS i
      WHERE i.indrelid = subject AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND key_columns = ARRAY(SELECT a.attname::text
                                  FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
                                  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
                                 WHERE k.place <= i.indnkeyatts ORDER BY k.place)));
END
$key$;

-- The leaf partitions of a table. Nothing is locked.
CREATE OR REPLACE FUNCTION pgfill.leaves(subject oid)
RETURNS SETOF oid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $leaves$
  WITH RECURSIVE parent(oid) AS (
    SELECT subject
    UNION ALL
    SELECT i.inhrelid FROM parent AS p JOIN pg_inherits AS i ON i.inhparent = p.oid
      JOIN pg_partitioned_table AS t ON t.partrelid = i.inhrelid
  )
  SELECT i.inhrelid FROM parent AS p JOIN pg_inherits AS i ON i.inhparent = p.oid
   WHERE NOT EXISTS (SELECT FROM pg_partitioned_table AS t WHERE t.partrelid = i.inhrelid)
$leaves$;

-- The same of all relations that a job has. Which of them are leaves still is asked only where one has lost its index.
CREATE OR REPLACE FUNCTION pgfill.key_changes(job bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $keys$
  WITH looked_at AS MATERIALIZED (
    SELECT r.oid, j.table_oid, j.by_leaf, pgfill.key_change(r.oid, j.key_columns, j.by_leaf) AS change
      FROM pgfill.job AS j JOIN pgfill.relation AS r ON r.job_id = j.id WHERE j.id = job
  ), changed AS MATERIALIZED (
    SELECT * FROM looked_at WHERE change IS NOT NULL
  )
  SELECT coalesce(array_agg(c.change), '{}') FROM changed AS c
   WHERE NOT c.by_leaf OR c.oid IN (SELECT l.oid FROM pgfill.leaves(c.table_oid) AS l (oid))
$keys$;

-- A text that is another one when partitions were attached or detached. Asked with every lease, so it is cheap.
CREATE OR REPLACE FUNCTION pgfill.leaves_now(subject oid)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $now$
BEGIN
  RETURN (WITH RECURSIVE parent(oid) AS (
            SELECT subject
            UNION ALL
            SELECT i.inhrelid FROM parent AS p JOIN pg_inherits AS i ON i.inhparent = p.oid
              JOIN pg_partitioned_table AS t ON t.partrelid = i.inhrelid
          )
          SELECT format('%s:%s:%s', count(*), sum(i.inhrelid::bigint), sum(i.inhrelid::bigint * (i.inhrelid::bigint % 8191)))
            FROM parent AS p JOIN pg_inherits AS i ON i.inhparent = p.oid);
END
$now$;

-- The triggers that changes of a leaf fire, and the foreign keys that its deletions meet, as facts.
CREATE OR REPLACE FUNCTION pgfill.leaf_triggers(subject oid, job_kind text)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $triggers$
DECLARE
  -- It may be renamed.
  called text := (SELECT format('%I.%I', n.nspname, c.relname)
                    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = subject);
BEGIN
  RETURN ARRAY(
    SELECT format('trigger %s enabled %s: %s', quote_ident(t.tgname), t.tgenabled, replace(pg_get_triggerdef(t.oid), called, '…'))
      FROM pg_trigger AS t WHERE t.tgrelid = subject AND NOT t.tgisinternal AND t.tgenabled <> 'D'
        AND (t.tgtype & CASE job_kind WHEN 'delete' THEN 8 ELSE 16 END) <> 0
    UNION ALL
    SELECT format('foreign key %s of %s: %s', quote_ident(k.conname), k.conrelid::regclass,
                  replace(pg_get_constraintdef(k.oid), called, '…'))
      FROM pg_constraint AS k WHERE k.confrelid = subject AND k.contype = 'f' AND k.conparentid = 0 AND job_kind = 'delete');
END
$triggers$;

-- Why a job cannot go over a leaf by itself as it would over the table; NULL: it can.
CREATE OR REPLACE FUNCTION pgfill.unfit_leaf(subject oid, key_columns text[], job_kind text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $unfit$
BEGIN
  RETURN (SELECT CASE WHEN c.relkind <> 'r' THEN 'its rows lie elsewhere, or it is no table'
              WHEN c.relpersistence <> 'p' THEN 'it is unlogged: a crash empties it'
              WHEN row_security_active(c.oid) THEN 'it has row security of its own'
              WHEN EXISTS (SELECT FROM pg_rewrite AS r WHERE r.ev_class = c.oid AND r.ev_enabled <> 'D'
                              AND r.ev_type = CASE job_kind WHEN 'delete' THEN '4' ELSE '2' END)
              THEN 'it has a rewrite rule of its own'
              WHEN EXISTS (SELECT FROM pg_trigger AS t
                            WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND (t.tgtype & 1) = 0
                              AND (t.tgtype & CASE job_kind WHEN 'delete' THEN 8 ELSE 16 END) <> 0)
              THEN 'it has a trigger for statements of its own'
              WHEN EXISTS (SELECT FROM pg_attribute AS a
                            WHERE a.attrelid = c.oid AND a.attname = ANY (key_columns) AND a.attnum > 0 AND NOT a.attnotnull)
              THEN 'a column of the key may be NULL in it'
              END
    FROM pg_class AS c WHERE c.oid = subject);
END
$unfit$;

-- What has changed in a relation of a job since it was leased first, in words; empty: nothing that matters. Of a table
-- itself table_changes() tells.
CREATE OR REPLACE FUNCTION pgfill.relation_changes(job bigint, relation bigint)
RETURNS text[] LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $relation$
DECLARE
  owner pgfill.job;
  leaf pgfill.relation;
  triggers_now text[];
  reason text;
BEGIN
  SELECT j.* INTO owner FROM pgfill.job AS j WHERE j.id = job;
  IF NOT owner.by_leaf THEN
    RETURN '{}';
  END IF;
  SELECT r.* INTO leaf FROM pgfill.relation AS r WHERE r.job_id = job AND r.relation_id = relation;
  reason := pgfill.unfit_leaf(leaf.oid, owner.key_columns, owner.kind);
  IF reason IS NOT NULL THEN
    RETURN ARRAY[format('partition %s cannot be gone over by itself: %s', leaf.oid::regclass, reason)];
  END IF;
  triggers_now := pgfill.leaf_triggers(leaf.oid, owner.kind);
  IF leaf.triggers IS NULL THEN
    UPDATE pgfill.relation AS r SET triggers = triggers_now WHERE r.job_id = job AND r.relation_id = relation;
    RETURN '{}';
  END IF;
  RETURN ARRAY(SELECT format('gone: %s of partition %s', line, leaf.oid::regclass)
                 FROM unnest(leaf.triggers) AS a (line) WHERE line <> ALL (triggers_now))
      || ARRAY(SELECT format('new: %s of partition %s', line, leaf.oid::regclass)
                 FROM unnest(triggers_now) AS b (line) WHERE line <> ALL (leaf.triggers));
END
$relation$;

-- What has become of the key of a relation of a job, in words; empty: an index finds its rows. Of a table itself key_changes()
-- tells.
CREATE OR REPLACE FUNCTION pgfill.relation_key_changes(job bigint, relation bigint)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $relation$
BEGIN
  RETURN ARRAY(SELECT c.change
                 FROM pgfill.job AS j JOIN pgfill.relation AS r ON r.job_id = j.id
                 CROSS JOIN LATERAL pgfill.key_change(r.oid, j.key_columns, true) AS c (change)
                WHERE j.id = job AND j.by_leaf AND r.relation_id = relation AND c.change IS NOT NULL);
END
$relation$;

-- A value as keys are written in the ledger, whatever the settings of the transaction are.
CREATE OR REPLACE FUNCTION pgfill.canonical(value anyelement)
RETURNS text LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres'
SET bytea_output = 'hex' SET lc_monetary = 'C' SET extra_float_digits = 3 AS $canonical$
BEGIN
  RETURN value::text;
END
$canonical$;

-- Whether a runner is dead: it has ended, its lease has expired, or the server has no session like its control session any
-- more (certain only when we may see it). As of now and not as of the statement that asks.
CREATE OR REPLACE FUNCTION pgfill.is_dead(runner bigint)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $dead$
BEGIN
  RETURN NOT EXISTS (SELECT FROM pgfill.runner AS r
                      WHERE r.id = runner AND r.ended_at IS NULL AND r.alive_until > clock_timestamp()
                        AND NOT pgfill.is_session_gone(r.backend_pid, r.backend_start));
END
$dead$;

CREATE OR REPLACE FUNCTION pgfill.is_session_gone(backend int, began timestamptz)
RETURNS boolean LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $gone$
  SELECT backend IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_stat_get_activity(backend) AS a WHERE a.backend_start IS NULL OR a.backend_start = began)
$gone$;

-- Whether a runner has not ended, as of now and not as of the statement that asks.
CREATE OR REPLACE FUNCTION pgfill.is_present(runner bigint)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $present$
BEGIN
  RETURN EXISTS (SELECT FROM pgfill.runner AS r WHERE r.id = runner AND r.ended_at IS NULL);
END
$present$;

-- Whether a range that `holder` leases (NULL: nobody) is free for another runner, as of now.
CREATE OR REPLACE FUNCTION pgfill.is_free(holder bigint, runner bigint)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $free$
BEGIN
  RETURN holder IS NULL OR (holder <> runner AND pgfill.is_dead(holder));
END
$free$;

-- The next range that a runner may lease, locked; NULL: there is none. In the order of an index of open ranges, up to the first:
-- for sorting them all, which the server would choose without statistics, thousands would be read with each lease.
CREATE OR REPLACE FUNCTION pgfill.next_range(job bigint, runner bigint)
RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
SET enable_sort = off SET enable_bitmapscan = off SET enable_seqscan = off AS $next$
BEGIN
  RETURN (SELECT r.range_id FROM pgfill.range AS r
           WHERE r.job_id = job AND NOT r.done AND (r.runner_id IS NULL OR pgfill.is_free(r.runner_id, runner))
             AND NOT (SELECT l.gone FROM pgfill.relation AS l WHERE l.job_id = r.job_id AND l.relation_id = r.relation_id)
             AND EXISTS (SELECT FROM pgfill.runner AS w WHERE w.id = runner AND w.ended_at IS NULL)
           ORDER BY r.range_id LIMIT 1 FOR NO KEY UPDATE OF r);
END
$next$;

-- Locks the range for a batch and proves that the caller still holds it: the first write of every batch. A holder whose
-- epoch has passed, or who has missed a committed cursor or pass, gets PF001 and can write nothing.
-- Where no batch of a job may run beside another one, it waits for the batches of all ranges: the fence of a range alone lets
-- a dead runner's last batch end beside the first of its successor. The statements that follow see what that batch has
-- committed; in one snapshot that is older, the update fails (40001) and the batch is tried again.
CREATE OR REPLACE FUNCTION pgfill.fence(job bigint, range bigint, held_epoch bigint, held_cursor text[], held_stripe int)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fence$
BEGIN
  UPDATE pgfill.job j SET one_at_a_time = j.one_at_a_time WHERE j.id = job AND j.one_at_a_time <> '';
  PERFORM 1 FROM pgfill.range r
   WHERE r.job_id = job AND r.range_id = range AND r.epoch = held_epoch AND NOT r.done
     AND r.cursor_key IS NOT DISTINCT FROM held_cursor AND r.stripe = held_stripe
     FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'range % of job % is held by another runner', range, job USING ERRCODE = 'PF001';
  END IF;
END
$fence$;

-- Raises unless the names of the job's table and of its columns lead where they did: others may rename them, and give
-- the names to others, between two transactions. Asked when a statement has used them, so that the table is locked, and
-- in the same transaction. `columns` with their `numbers`: what the job reads and writes. `leaf_of`: the table that it must
-- be a partition of; NULL: none.
CREATE OR REPLACE FUNCTION pgfill.require_table(subject oid, name text, columns text[], numbers int2[], leaf_of oid)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $require$
DECLARE
  missing text;
BEGIN
  IF to_regclass(name)::oid IS DISTINCT FROM subject THEN
    RAISE EXCEPTION 'the name % leads to another table now', name USING ERRCODE = 'PF004';
  END IF;
  -- Asked by a function that looks past the snapshot.
  IF leaf_of IS NOT NULL AND NOT EXISTS (SELECT FROM pg_partition_ancestors(subject) AS p WHERE p.relid = leaf_of) THEN
    RAISE EXCEPTION '% is no partition of the job''s table any more', name USING ERRCODE = 'PF004';
  END IF;
  SELECT string_agg(c.called, ', ') INTO missing
    FROM ROWS FROM (unnest(columns), unnest(numbers)) AS c (called, place)
   WHERE NOT EXISTS (SELECT FROM pg_attribute AS a
                      WHERE a.attrelid = subject AND a.attnum = c.place AND a.attname = c.called);
  -- In one snapshot pg_attribute shows names of before; these come from the cache, which is always up to date. A statement of
  -- its own: in one with an OR the server reads all of pg_attribute, which takes ten times as long.
  IF missing IS NULL AND current_setting('transaction_isolation') <> 'read committed' THEN
    SELECT string_agg(c.called, ', ') INTO missing
      FROM ROWS FROM (unnest(columns), unnest(numbers)) AS c (called, place)
     WHERE right((pg_identify_object('pg_class'::regclass, subject, c.place)).identity, length(quote_ident(c.called)) + 1)
           IS DISTINCT FROM '.' || quote_ident(c.called);
  END IF;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'a column of % was renamed or replaced: %', name, missing USING ERRCODE = 'PF004';
  END IF;
END
$require$;

-- Rows of a table that the session has inserted, updated and deleted of late, in its partitions, too, by any of its
-- statements, functions and triggers: only the difference between two calls in one transaction says something.
CREATE OR REPLACE FUNCTION pgfill.rows_written(subject oid)
RETURNS bigint[] LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $written$
BEGIN
  RETURN (SELECT ARRAY[sum(pg_stat_get_xact_tuples_inserted(m.relid)), sum(pg_stat_get_xact_tuples_updated(m.relid)),
                       sum(pg_stat_get_xact_tuples_deleted(m.relid))]::bigint[]
            FROM (SELECT subject AS relid UNION SELECT t.relid FROM pg_partition_tree(subject) AS t) AS m);
END
$written$;

-- How many rows were inserted since `before`, an answer of rows_written(); `alone`: that is all that was written but for
-- the update, or deletion, of `changed` rows. A row that moves to another partition is deleted here and inserted there.
CREATE OR REPLACE FUNCTION pgfill.rows_inserted(subject oid, before bigint[], changed bigint,
                                                OUT inserted bigint, OUT alone bool)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $inserted$
DECLARE
  now bigint[];
BEGIN
  now := pgfill.rows_written(subject);
  inserted := now[1] - before[1];
  alone := inserted > 0 AND ((now[2] - before[2] = changed AND now[3] = before[3])
                             OR (now[3] - before[3] = changed AND now[2] = before[2]));
END
$inserted$;

-- Takes rows that are deleted from what a job may delete; all of a transaction's work is taken back when that is less.
-- The last write of a batch: another batch that deletes waits for the job's row until it has committed.
CREATE OR REPLACE FUNCTION pgfill.take_allowance(job bigint, rows bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $allowance$
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

-- Drops a leaf partition none of whose rows is to stay, and counts its rows as changed. `parent`: it is detached first;
-- NULL: it has been, by this job. `counting` answers how many rows there are, and how many fail the condition, when
-- nobody else can write any. Where some fail, the leaf stays as it was.
CREATE OR REPLACE FUNCTION pgfill.drop_partition(job bigint, runner bigint, leaf oid, parent oid, counting text,
                                                 OUT rows_there bigint, OUT failing bigint)
LANGUAGE plpgsql AS $drop$
DECLARE
  path text := pg_catalog.current_setting('search_path');
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  IF NOT pgfill.is_present(runner) THEN
    RAISE EXCEPTION 'another runner has taken job % over', job USING ERRCODE = 'PF001';
  END IF;
  IF parent IS NULL THEN
    PERFORM 1 FROM pgfill.detached AS d WHERE d.job_id = job AND d.leaf = drop_partition.leaf FOR UPDATE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'partition % is none that job % has detached', leaf::regclass, job USING ERRCODE = 'PF001';
    END IF;
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', leaf::regclass);
  END IF;
  BEGIN
    IF parent IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent::regclass, leaf::regclass);
    END IF;
    PERFORM set_config('search_path', path, true);
    EXECUTE counting INTO rows_there, failing;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    IF failing > 0 THEN
      RAISE EXCEPTION 'it stays' USING ERRCODE = 'PF013';
    END IF;
    EXECUTE format('DROP TABLE %s', leaf::regclass);
    UPDATE pgfill.range AS r SET rows_changed = r.rows_changed + rows_there
     WHERE r.job_id = job AND r.range_id = (SELECT min(s.range_id) FROM pgfill.range AS s WHERE s.job_id = job);
    DELETE FROM pgfill.detached AS d WHERE d.job_id = job AND d.leaf = drop_partition.leaf;
    PERFORM pgfill.take_allowance(job, rows_there);
  EXCEPTION WHEN SQLSTATE 'PF013' THEN
    NULL;  -- detached no more
  END;
  PERFORM pg_catalog.set_config('search_path', path, true);
END
$drop$;

-- Attaches a partition again that a job has detached, without the constraint that detaching has added.
CREATE OR REPLACE FUNCTION pgfill.attach_again(job bigint, leaf oid)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $attach$
DECLARE
  noted pgfill.detached;
  added text;
BEGIN
  SELECT * INTO noted FROM pgfill.detached AS d WHERE d.job_id = job AND d.leaf = attach_again.leaf FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s %s', noted.parent::regclass, leaf::regclass, noted.bounds);
  FOR added IN SELECT k.conname FROM pg_constraint AS k
                WHERE k.conrelid = noted.leaf AND k.contype = 'c' AND k.conislocal AND k.conname <> ALL (noted.checks) LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', leaf::regclass, added);
  END LOOP;
  DELETE FROM pgfill.detached AS d WHERE d.job_id = job AND d.leaf = attach_again.leaf;
END
$attach$;

-- A batch but for its walk and its COMMIT: the fence, the change of the rows (a statement over the values of `keys`), and
-- where the range stands then. Counts exactly the rows that the statement changed, and those of them that stayed on their
-- page. `walked`: NULL: as many as were changed. `subject`: the table, with what require_table() asks. `noted`: the
-- transaction is noted as one that has changed rows. `may_insert`: triggers or functions may insert rows into the table;
-- what was put off to the commit is then done first, so that it is counted. `asks_again`: `change` answers how many rows it
-- has changed, and whether one of them fulfils the job's condition still. `counting`: a statement before it that locks the
-- rows it is about to change and counts them; those of them that it leaves were `kept`, by a trigger. NULL: none can be.
-- `limited`: take_allowance() is asked. `change` and `counting` run under the search path of the caller, which is the job's;
-- everything else here under that of the other functions.
CREATE OR REPLACE FUNCTION pgfill.run_batch(job bigint, range bigint, held_epoch bigint, held_cursor text[], held_stripe int,
                                            next_cursor text[], next_stripe int, next_stripes int, is_done bool,
                                            walked bigint, subject oid, name text, columns text[],
                                            numbers int2[], leaf_of oid, noted bool, may_insert bool, asks_again bool,
                                            keys text[], change text, counting text, limited bool,
                                            OUT changed bigint, OUT on_page bigint, OUT inserted bigint, OUT kept bigint)
LANGUAGE plpgsql AS $batch$
DECLARE
  path text := pg_catalog.current_setting('search_path');
  on_page_before bigint;
  inserted_before bigint;
  written_before bigint[];
  alone bool;
  again bool;
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  on_page_before := pg_stat_get_xact_tuples_hot_updated(subject);
  inserted_before := pg_stat_get_xact_tuples_inserted(subject);
  written_before := CASE WHEN may_insert THEN pgfill.rows_written(subject) END;
  PERFORM pgfill.fence(job, range, held_epoch, held_cursor, held_stripe);
  kept := 0;
  PERFORM set_config('search_path', path, true);
  IF counting IS NOT NULL THEN
    EXECUTE counting INTO kept USING keys;
  END IF;
  IF asks_again THEN
    EXECUTE change INTO changed, again USING keys;
  ELSE
    EXECUTE change USING keys;
    GET DIAGNOSTICS changed = ROW_COUNT;
  END IF;
  on_page := pg_catalog.pg_stat_get_xact_tuples_hot_updated(subject);
  IF may_insert THEN
    SET CONSTRAINTS ALL IMMEDIATE;
  END IF;
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  on_page := on_page - on_page_before;
  kept := greatest(kept - changed, 0);
  PERFORM pgfill.require_table(subject, name, columns, numbers, leaf_of);
  IF may_insert THEN
    SELECT i.inserted, i.alone INTO inserted, alone FROM pgfill.rows_inserted(subject, written_before, changed) AS i;
  ELSE
    inserted := pg_stat_get_xact_tuples_inserted(subject) - inserted_before;
  END IF;
  UPDATE pgfill.range AS r
     SET cursor_key = next_cursor, stripe = next_stripe, stripes = next_stripes, done = is_done,
         rows_walked = r.rows_walked + coalesce(walked, changed), rows_changed = r.rows_changed + changed,
         rows_kept = r.rows_kept + kept, batches = r.batches + 1
   WHERE r.job_id = job AND r.range_id = range;
  IF noted AND (changed > 0 OR kept > 0 OR alone) THEN
    INSERT INTO pgfill.change (job_id, xid, inserted)
    VALUES (job, pg_current_xact_id()::xid, coalesce(alone, false));
  END IF;
  IF again THEN
    UPDATE pgfill.job AS j SET done_rows_meet = true WHERE j.id = job AND NOT j.done_rows_meet;
  END IF;
  IF limited THEN
    PERFORM pgfill.take_allowance(job, changed);
  END IF;
  PERFORM set_config('search_path', path, true);
END
$batch$;

-- The change of listed rows (the statement of revisit_skipped) of a job whose triggers or functions may insert rows into
-- the table, noted as by run_batch(), and as there under the search path of the caller. $1 to $4 of the statement: job,
-- above, most, listed.
CREATE OR REPLACE FUNCTION pgfill.run_revisit(job bigint, above text[], most bigint, listed text, subject oid, change text,
                                              OUT seen bigint, OUT changed bigint, OUT held bigint, OUT last_key text[],
                                              OUT kept bigint)
LANGUAGE plpgsql AS $revisit$
DECLARE
  path text := pg_catalog.current_setting('search_path');
  written_before bigint[] := pgfill.rows_written(subject);
  alone bool;
BEGIN
  EXECUTE change INTO seen, changed, held, last_key, kept USING job, above, most, listed;
  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  SELECT i.alone INTO alone FROM pgfill.rows_inserted(subject, written_before, changed) AS i;
  IF alone THEN
    INSERT INTO pgfill.change (job_id, xid, inserted) VALUES (job, pg_current_xact_id()::xid, true);
  END IF;
  PERFORM set_config('search_path', path, true);
END
$revisit$;

-- Begins ranges anew whose positions are of a former file: what is done tells itself from what is not, and positions of any
-- file lie between their bounds. Those that a live runner holds go on first, and do what they meet: they begin anew once
-- they are done. Asked with every lease; a job with such a range is not finished.
CREATE OR REPLACE FUNCTION pgfill.follow_file(job bigint, runner bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $follow$
BEGIN
  IF NOT EXISTS (SELECT FROM pgfill.relation AS l WHERE l.job_id = job AND l.by_position AND NOT l.gone)
     OR NOT pgfill.is_present(runner) THEN
    RETURN;
  END IF;
  UPDATE pgfill.range AS r
     SET filenode = pg_relation_filenode(m.oid), cursor_key = r.lower_key, done = false, epoch = r.epoch + 1,
         runner_id = NULL, rows_walked = 0, stripe = 0, stripes = CASE WHEN r.upper_key IS NULL THEN m.stripes ELSE 1 END
    FROM pgfill.relation AS m
   WHERE r.job_id = job AND m.job_id = job AND m.relation_id = r.relation_id AND r.range_id = ANY (ARRAY(
           SELECT l.range_id FROM pgfill.range AS l
             JOIN pgfill.relation AS o ON o.job_id = l.job_id AND o.relation_id = l.relation_id
            WHERE l.job_id = job AND o.by_position AND NOT o.gone AND l.filenode <> pg_relation_filenode(o.oid)
              AND (l.done OR pgfill.is_free(l.runner_id, runner))
            ORDER BY l.range_id FOR NO KEY UPDATE OF l))
     AND pgfill.is_present(runner);  -- with the ranges locked
  IF FOUND THEN
    INSERT INTO pgfill.event (job_id, at, kind, message, detail)
    VALUES (job, clock_timestamp(), 'file_replaced',
            'the table was written anew (VACUUM FULL, CLUSTER or the like), so its rows lie elsewhere: ranges begin anew, and '
            'what is done stays done', '{}');
  END IF;
END
$follow$;

-- Of a job that goes over the leaf partitions of its table: notices which were attached, detached or dropped. A new one gets
-- a relation and one range in key order, which idle workers split; one that is gone is left alone with what belongs to it,
-- and goes on where it was when it is attached again. Asked with leases, five times a second, and at the end.
CREATE OR REPLACE FUNCTION pgfill.follow_leaves(job bigint, runner bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $follow$
DECLARE
  owner pgfill.job;
  present text;
  next_relation bigint;
  leaf oid;
  reason text;
  came text[] := '{}';
  went text[];
  back text[];
BEGIN
  SELECT j.* INTO owner FROM pgfill.job AS j WHERE j.id = job;
  IF NOT owner.by_leaf OR pgfill.leaves_now(owner.table_oid) = owner.leaves OR NOT pgfill.is_present(runner) THEN
    RETURN;
  END IF;
  -- One after the other; what the former has done is seen by the statements that follow.
  SELECT j.* INTO owner FROM pgfill.job AS j WHERE j.id = job FOR NO KEY UPDATE;
  present := pgfill.leaves_now(owner.table_oid);
  WITH lost AS (
    UPDATE pgfill.relation AS r SET gone = true
     WHERE r.job_id = job AND NOT r.gone AND r.oid NOT IN (SELECT l.oid FROM pgfill.leaves(owner.table_oid) AS l (oid))
    RETURNING format('%I.%I', r.schema_name, r.table_name) AS called)
  SELECT array_agg(l.called) INTO went FROM lost AS l;
  WITH found AS (
    UPDATE pgfill.relation AS r SET gone = false, triggers = NULL
     WHERE r.job_id = job AND r.gone AND r.oid IN (SELECT l.oid FROM pgfill.leaves(owner.table_oid) AS l (oid))
    RETURNING format('%I.%I', r.schema_name, r.table_name) AS called)
  SELECT array_agg(f.called) INTO back FROM found AS f;
  SELECT coalesce(max(r.relation_id), 0) INTO next_relation FROM pgfill.relation AS r WHERE r.job_id = job;
  FOR leaf IN SELECT l.oid FROM pgfill.leaves(owner.table_oid) AS l (oid)
               WHERE l.oid NOT IN (SELECT r.oid FROM pgfill.relation AS r WHERE r.job_id = job) ORDER BY l.oid
  LOOP
    reason := coalesce(pgfill.unfit_leaf(leaf, owner.key_columns, owner.kind), pgfill.key_change(leaf, owner.key_columns, true));
    IF reason IS NOT NULL THEN
      RAISE EXCEPTION 'partition % was attached, and the job cannot go over it by itself: %', leaf::regclass, reason
        USING ERRCODE = 'PF004', HINT = 'detach it or see to that, then run the job again; or plan it anew with --again';
    END IF;
    next_relation := next_relation + 1;
    came := came || leaf::regclass::text;
    PERFORM pgfill.add_leaf(owner, leaf, next_relation);
  END LOOP;
  UPDATE pgfill.job AS j SET leaves = present WHERE j.id = job;
  INSERT INTO pgfill.event (job_id, at, kind, message, detail)
  SELECT job, clock_timestamp(), e.kind, e.sentence || array_to_string(e.leaves[1:8], ', ')
         || CASE WHEN cardinality(e.leaves) > 8 THEN format(' and %s more', cardinality(e.leaves) - 8) ELSE '' END, '{}'
    FROM (VALUES ('partition_gone', 'detached or dropped, so the job leaves it alone: ', went),
                 ('partition_back', 'attached again, the job goes on there: ', back),
                 ('partition_new', 'attached meanwhile, the job goes over it too: ', came)) AS e (kind, sentence, leaves)
   WHERE cardinality(e.leaves) > 0;
END
$follow$;

-- A leaf that was attached while its job ran. Its range ends where those of the others do.
CREATE OR REPLACE FUNCTION pgfill.add_leaf(owner pgfill.job, leaf oid, relation bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $add$
DECLARE
  bound text[];
  pages bigint := pg_relation_size(leaf) / current_setting('block_size')::bigint;
  rows bigint := (SELECT CASE WHEN c.relpages > 0 AND c.reltuples >= 0 THEN c.reltuples / c.relpages ELSE 60 END * pages
                    FROM pg_class AS c WHERE c.oid = leaf);
  number bigint;
BEGIN
  INSERT INTO pgfill.relation (job_id, relation_id, oid, schema_name, table_name, estimated_rows)
  SELECT owner.id, relation, c.oid, n.nspname, c.relname, rows
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = leaf;
  IF owner.canonical::jsonb ->> 'bound' = 'at_start' THEN
    bound := pgfill.job_bound(owner.id);
    IF bound IS NULL THEN
      RETURN;  -- the table was empty when the job was registered: no row is the job's
    END IF;
  END IF;
  UPDATE pgfill.job AS j SET last_range_id = j.last_range_id + 1 WHERE j.id = owner.id RETURNING j.last_range_id INTO number;
  INSERT INTO pgfill.range (job_id, range_id, relation_id, upper_key, share)
  VALUES (owner.id, number, relation, bound, rows / greatest(1, owner.estimated_rows)::float8);
END
$add$;

-- The upper end of a job's keys, the same in all of its relations: the upper bound that no other range goes on from. NULL:
-- unbounded.
CREATE OR REPLACE FUNCTION pgfill.job_bound(job bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $bound$
  SELECT r.upper_key FROM pgfill.range AS r
   WHERE r.job_id = job AND NOT EXISTS (
     SELECT FROM pgfill.range AS s
      WHERE s.job_id = r.job_id AND s.relation_id = r.relation_id AND s.lower_key = r.upper_key)
   ORDER BY r.upper_key IS NULL DESC LIMIT 1
$bound$;

CREATE OR REPLACE FUNCTION pgfill.job_named(job text)
RETURNS pgfill.job LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $named$
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

-- Changes what is asked of a job (NULL: as it is), records it as an event, and says who is to obey.
CREATE OR REPLACE FUNCTION pgfill.change_request(subject pgfill.job, wants_pause boolean, wants_cancel boolean, why text,
                                              setting jsonb, kind text, sentence text)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $change$
DECLARE
  runner text;
BEGIN
  IF subject.state = 'done' THEN
    RETURN format('%s is done: nothing is left to steer', subject.name);
  END IF;
  INSERT INTO pgfill.request AS q (job_id, paused, cancelled, reason, settings)
  VALUES (subject.id, coalesce(wants_pause, false), coalesce(wants_cancel, false), coalesce(why, ''),
          jsonb_strip_nulls(coalesce(setting, '{}')))
  ON CONFLICT (job_id) DO UPDATE
    SET version = q.version + 1, paused = coalesce(wants_pause, q.paused), cancelled = coalesce(wants_cancel, q.cancelled),
        reason = coalesce(why, q.reason), settings = jsonb_strip_nulls(q.settings || coalesce(setting, '{}')),
        changed_by = session_user, changed_at = clock_timestamp();
  INSERT INTO pgfill.event (job_id, at, kind, message, detail)
  VALUES (subject.id, clock_timestamp(), kind, session_user || ': ' || sentence,
          jsonb_strip_nulls(jsonb_build_object('by', session_user, 'reason', nullif(why, ''), 'set', setting)));
  SELECT format('%s pid %s', r.host, r.pid) INTO runner
    FROM pgfill.runner r
   WHERE r.job_id = subject.id AND r.ended_at IS NULL AND r.alive_until > clock_timestamp()
   ORDER BY r.id DESC LIMIT 1;
  IF wants_cancel AND runner IS NULL THEN
    UPDATE pgfill.job SET state = 'cancelled', reason = sentence WHERE id = subject.id;
  ELSIF NOT wants_cancel AND subject.state = 'cancelled' THEN
    UPDATE pgfill.job SET state = 'stopped', reason = '' WHERE id = subject.id;
  END IF;
  RETURN format('%s: %s; %s', subject.name, sentence,
                coalesce(runner || ' obeys within a second', 'nobody runs it now, it holds for the next run'));
END
$change$;

CREATE OR REPLACE FUNCTION pgfill.pause(job text, reason text DEFAULT '')
RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $pause$
  SELECT pgfill.change_request(pgfill.job_named(job), true, NULL, reason, NULL, 'pause',
                            'paused' || CASE WHEN reason <> '' THEN ': ' || reason ELSE '' END)
$pause$;

CREATE OR REPLACE FUNCTION pgfill.resume(job text)
RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $resume$
  SELECT pgfill.change_request(pgfill.job_named(job), false, false, '', NULL, 'resume', 'resumed')
$resume$;

CREATE OR REPLACE FUNCTION pgfill.cancel(job text, reason text DEFAULT '')
RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $cancel$
  SELECT pgfill.change_request(pgfill.job_named(job), NULL, true, reason, NULL, 'cancel',
                            'cancelled' || CASE WHEN reason <> '' THEN ': ' || reason ELSE '' END)
$cancel$;

CREATE OR REPLACE FUNCTION pgfill.pause_all(reason text DEFAULT '')
RETURNS SETOF text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $all$
  SELECT pgfill.pause(j.name, reason) FROM pgfill.job j WHERE j.state NOT IN ('done', 'cancelled') ORDER BY j.id
$all$;

CREATE OR REPLACE FUNCTION pgfill.resume_all()
RETURNS SETOF text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $all$
  SELECT pgfill.resume(j.name) FROM pgfill.job j JOIN pgfill.request q ON q.job_id = j.id
   WHERE q.paused AND j.state <> 'done' ORDER BY j.id
$all$;

-- Fields of a spec that may be set while a job runs, and how their values look: enough to catch what somebody mistyped.
-- The runner holds them against the whole rule.
CREATE OR REPLACE FUNCTION pgfill.live_fields(OUT key text, OUT shape text)
RETURNS SETOF record LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $fields$
  SELECT f.key, f.shape FROM pgfill.live_field AS f ORDER BY f.position
$fields$;

-- Several settings at once, which the runner judges together: {"batch.min_rows": "1", "batch.max_rows": "10"}. A setting
-- holds until it is set to null: the spec's own value holds again then.
CREATE OR REPLACE FUNCTION pgfill.set(job text, settings jsonb)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $set$
DECLARE
  setting record;
  wanted text;
  sentence text := '';
BEGIN
  FOR setting IN SELECT s.key, s.value FROM jsonb_each_text(settings) AS s LOOP
    wanted := (SELECT f.shape FROM pgfill.live_fields() AS f WHERE f.key = setting.key);
    IF wanted IS NULL THEN
      RAISE EXCEPTION '% cannot be set while a job runs', setting.key
        USING ERRCODE = 'invalid_parameter_value',
              HINT = 'what can: ' || (SELECT string_agg(f.key, ', ') FROM pgfill.live_fields() AS f);
    END IF;
    IF setting.value !~ wanted THEN
      RAISE EXCEPTION '%=% is no value for this field', setting.key, setting.value
        USING ERRCODE = 'invalid_parameter_value', HINT = 'what it takes: pgfill explain ' || setting.key;
    END IF;
    sentence := sentence || CASE WHEN sentence = '' THEN 'set ' ELSE ', ' END || setting.key ||
                CASE WHEN setting.value IS NULL THEN ' back to the spec' ELSE '=' || setting.value END;
  END LOOP;
  IF sentence = '' THEN
    RAISE EXCEPTION 'no field is named' USING ERRCODE = 'invalid_parameter_value',
      HINT = 'as in pgfill.set(job, ''{"workers": 2}'')';
  END IF;
  RETURN pgfill.change_request(pgfill.job_named(job), NULL, NULL, NULL, settings, 'set', sentence);
END
$set$;

CREATE OR REPLACE FUNCTION pgfill.set(job text, key text, value text)
RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $set$
  SELECT pgfill.set(job, jsonb_build_object(key, value))
$set$;

-- The rows that a job's batches went around, of relations that it has still.
CREATE OR REPLACE FUNCTION pgfill.listed_rows(job bigint)
RETURNS SETOF pgfill.skipped LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $listed$
  SELECT s.* FROM pgfill.skipped AS s
   WHERE s.job_id = job AND NOT EXISTS (
     SELECT FROM pgfill.relation AS l WHERE l.job_id = s.job_id AND l.relation_id = s.relation_id AND l.gone)
$listed$;

-- The ranges of a job that are not done, of relations that it has still.
CREATE OR REPLACE FUNCTION pgfill.open_ranges(job bigint)
RETURNS SETOF pgfill.range LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $open$
  SELECT r.* FROM pgfill.range AS r
    JOIN pgfill.relation AS l ON l.job_id = r.job_id AND l.relation_id = r.relation_id
   WHERE r.job_id = job AND NOT l.gone AND (NOT r.done OR r.filenode <> pg_relation_filenode(l.oid))
$open$;

-- How far a job is, in sums over its ranges; what is left to do in relations that are gone does not count. `share`: of its rows
-- that are done. `beyond`: how many rows its ranges without an
-- upper end have met beyond those that they were planned for; such a range is believed to have as many before it as it has
-- met in excess.
CREATE OR REPLACE FUNCTION pgfill.progress(job bigint, OUT ranges bigint, OUT ranges_done bigint, OUT ranges_leased bigint,
                                           OUT rows_changed bigint, OUT rows_kept bigint, OUT batches bigint,
                                           OUT share float8, OUT beyond bigint, OUT deferred bigint, OUT quarantined bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $progress$
  SELECT count(*) FILTER (WHERE NOT l.gone), count(*) FILTER (WHERE r.done AND NOT l.gone),
         count(*) FILTER (WHERE NOT r.done AND r.runner_id IS NOT NULL AND NOT l.gone),
         coalesce(sum(r.rows_changed), 0)::bigint, coalesce(sum(r.rows_kept), 0)::bigint,
         coalesce(sum(r.batches), 0)::bigint,
         coalesce(sum(CASE WHEN r.done THEN w.whole ELSE least(r.rows_walked, 0.99 * w.whole) END) FILTER (WHERE NOT l.gone)
                  / greatest(sum(w.whole) FILTER (WHERE NOT l.gone), 1e-9), 0),
         coalesce(sum(greatest(0, r.rows_walked - p.planned)) FILTER (WHERE g.goes_on), 0)::bigint,
         (SELECT count(*) FROM pgfill.listed_rows($1) AS s WHERE s.state = 'deferred'),
         (SELECT count(*) FROM pgfill.listed_rows($1) AS s WHERE s.state = 'quarantined')
    FROM pgfill.range AS r
    JOIN pgfill.job AS j ON j.id = r.job_id
    -- Once for each range: without statistics a join compares each range with each relation.
    CROSS JOIN LATERAL (SELECT (SELECT m.gone FROM pgfill.relation AS m
                                 WHERE m.job_id = r.job_id AND m.relation_id = r.relation_id) OFFSET 0) AS l (gone)
    CROSS JOIN LATERAL (SELECT r.share * greatest(1, j.estimated_rows)) AS p (planned)
    CROSS JOIN LATERAL (SELECT NOT r.done AND NOT l.gone AND r.upper_key IS NULL) AS g (goes_on)
    CROSS JOIN LATERAL (
      SELECT CASE WHEN g.goes_on THEN greatest(p.planned, 2 * r.rows_walked - p.planned) ELSE p.planned END) AS w (whole)
   WHERE r.job_id = $1
$progress$;

-- The runner of a job that has not ended, if any; of several one that lives, and of these the latest.
CREATE OR REPLACE FUNCTION pgfill.runner_of(job bigint)
RETURNS SETOF pgfill.runner LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $runner$
  SELECT r.* FROM pgfill.runner AS r WHERE r.job_id = $1 AND r.ended_at IS NULL
   ORDER BY r.alive_until > clock_timestamp() DESC, r.id DESC LIMIT 1
$runner$;

CREATE OR REPLACE FUNCTION pgfill.status(job text, OUT state text, OUT share float8, OUT rows_changed bigint,
                                         OUT reason text, OUT runner text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $status$
  SELECT CASE WHEN j.state <> 'running' THEN j.state
              WHEN r.alive_until IS NULL OR r.alive_until <= clock_timestamp() THEN 'crashed'
              WHEN q.paused AND r.acknowledged_version >= q.version THEN 'paused'
              ELSE coalesce(r.report->>'state', j.state) END,
         p.share, p.rows_changed, coalesce(nullif(j.reason, ''), r.report->>'reason', ''),
         CASE WHEN r.host IS NOT NULL THEN format('%s pid %s', r.host, r.pid) END
    FROM pgfill.job_named(job) AS j
    CROSS JOIN LATERAL pgfill.progress(j.id) AS p
    LEFT JOIN pgfill.request AS q ON q.job_id = j.id
    LEFT JOIN LATERAL pgfill.runner_of(j.id) AS r ON true
$status$;

-- A gate for migrations: raises unless the job is done.
CREATE OR REPLACE FUNCTION pgfill.assert_done(job text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $assert$
DECLARE
  subject pgfill.job := pgfill.job_named(job);
BEGIN
  IF subject.state <> 'done' THEN
    RAISE EXCEPTION 'job % is not done: %', job, (SELECT s.state || coalesce(': ' || nullif(s.reason, ''), '') FROM pgfill.status(job) s)
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'pgfill status ' || job;
  END IF;
END
$assert$;
