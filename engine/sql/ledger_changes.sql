-- Version 4 of the ledger, on top of ledger_stripes.sql: which transactions have changed rows for a job. The xmin of a row
-- then tells whether the job has done it, was there before the job, or was written by others since: only the last may
-- have been left behind.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('pgfill ledger'));

-- Of jobs with a condition, while they are not done.
CREATE TABLE IF NOT EXISTS pgfill.change (job_id bigint NOT NULL, xid xid NOT NULL);

-- What is older than this was committed before the job was registered. NULL: by an older pgfill.
ALTER TABLE pgfill.job ADD COLUMN IF NOT EXISTS began_at xid8;

-- Whether a unique index still finds the rows of a job by its key, as a change in words; empty: one does.
CREATE OR REPLACE FUNCTION pgfill.key_changes(job bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $key$
  SELECT coalesce(array_agg(format('gone: the unique index over (%s), without which no batch finds its rows; create it again',
                                   array_to_string(j.key_columns, ', '))), '{}')
    FROM pgfill.job AS j
   WHERE j.id = job AND NOT EXISTS (
     SELECT FROM pg_index AS i
      WHERE i.indrelid = j.table_oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND j.key_columns = ARRAY(SELECT a.attname::text
                                    FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
                                    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
                                   WHERE k.place <= i.indnkeyatts ORDER BY k.place))
$key$;

DROP FUNCTION IF EXISTS pgfill.run_batch(bigint, bigint, bigint, text[], int, text[], int, int, bool, bigint, oid, text[], text);
-- A batch but for its walk and its COMMIT: the fence, the change of the rows (an UPDATE over the values of `keys`), and
-- where the range stands then. Counts exactly the rows that the UPDATE changed, and those of them that stayed on their
-- page. `noted`: the transaction is noted as one that has changed rows. Runs under the search path of the job.
CREATE OR REPLACE FUNCTION pgfill.run_batch(job bigint, range bigint, held_epoch bigint, held_cursor text[], held_stripe int,
                                            next_cursor text[], next_stripe int, next_stripes int, is_done bool,
                                            walked bigint, subject oid, noted bool, keys text[], change text,
                                            OUT changed bigint, OUT on_page bigint)
LANGUAGE plpgsql AS $batch$
DECLARE
  before bigint := pg_catalog.pg_stat_get_xact_tuples_hot_updated(subject);
BEGIN
  PERFORM pgfill.fence(job, range, held_epoch, held_cursor, held_stripe);
  EXECUTE change USING keys;
  GET DIAGNOSTICS changed = ROW_COUNT;
  on_page := pg_catalog.pg_stat_get_xact_tuples_hot_updated(subject) - before;
  UPDATE pgfill.range AS r
     SET cursor_key = next_cursor, stripe = next_stripe, stripes = next_stripes, done = is_done,
         rows_walked = r.rows_walked + walked, rows_changed = r.rows_changed + changed, batches = r.batches + 1
   WHERE r.job_id = job AND r.range_id = range;
  IF noted AND changed > 0 THEN
    INSERT INTO pgfill.change (job_id, xid) VALUES (job, pg_catalog.pg_current_xact_id()::pg_catalog.xid);
  END IF;
END
$batch$;

INSERT INTO pgfill.version (version) VALUES (4) ON CONFLICT DO NOTHING;
COMMIT;
