-- Version 6 of the ledger, on top of ledger_live_fields.sql: jobs that go over the pages of their table instead of its key
-- (`by_position`). `filenode`: of the file that the bounds and the cursor of a range are positions in; NULL: they are keys. A
-- statement that writes the table anew (VACUUM FULL, CLUSTER) gives it another file, in which every row lies elsewhere.
DO $upgrade$
BEGIN
  IF NOT EXISTS (SELECT FROM pgfill.version WHERE version = 6) THEN
    ALTER TABLE pgfill.job ADD COLUMN by_position boolean NOT NULL DEFAULT false,
                           ADD COLUMN one_at_a_time text NOT NULL DEFAULT ''; -- why no batch may run beside another
    ALTER TABLE pgfill.range ADD COLUMN filenode oid;
  END IF;
END
$upgrade$;

-- Begins ranges anew whose positions are of a former file: what is done tells itself from what is not, and positions of any
-- file lie between their bounds. Those that the runner holds go on first, and do what they meet: they begin anew once they
-- are done. Asked with every lease; a job with such a range is not finished.
CREATE OR REPLACE FUNCTION pgfill.follow_file(job bigint, runner bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $follow$
DECLARE
  present oid := (SELECT pg_relation_filenode(j.table_oid) FROM pgfill.job AS j WHERE j.id = job AND j.by_position);
BEGIN
  IF present IS NULL OR NOT pgfill.is_present(runner) THEN
    RETURN;
  END IF;
  UPDATE pgfill.range AS r
     SET filenode = present, cursor_key = r.lower_key, done = false, epoch = r.epoch + 1, runner_id = NULL,
         rows_walked = 0, stripe = 0,
         stripes = CASE WHEN r.upper_key IS NULL THEN (SELECT j.stripes FROM pgfill.job AS j WHERE j.id = job) ELSE 1 END
   WHERE r.job_id = job AND r.range_id = ANY (ARRAY(
           SELECT l.range_id FROM pgfill.range AS l
            WHERE l.job_id = job AND l.filenode <> present AND (l.done OR l.runner_id IS DISTINCT FROM runner)
            ORDER BY l.range_id FOR NO KEY UPDATE))
     AND pgfill.is_present(runner);  -- with the ranges locked
  IF FOUND THEN
    INSERT INTO pgfill.event (job_id, at, kind, message, detail)
    VALUES (job, clock_timestamp(), 'file_replaced',
            'the table was written anew (VACUUM FULL, CLUSTER or the like), so its rows lie elsewhere: ranges begin anew, and '
            'what is done stays done', '{}');
  END IF;
END
$follow$;

INSERT INTO pgfill.version (version) VALUES (6) ON CONFLICT DO NOTHING;
