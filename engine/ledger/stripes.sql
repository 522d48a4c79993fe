-- Version 3 of the ledger, on top of ledger_control.sql: ranges that are gone over in several passes, each changing some
-- stripes of the rows only.
-- How many stripes the rows of a job are cut into (1: none); and the present pass of a range: its first stripe, and how
-- many it changes. A pass that is done begins the next one at the range's lower end.
DO $upgrade$
BEGIN
  IF NOT EXISTS (SELECT FROM pgfill.version WHERE version = 3) THEN
    ALTER TABLE pgfill.job ADD COLUMN stripes int NOT NULL DEFAULT 1;
    ALTER TABLE pgfill.range ADD COLUMN stripe int NOT NULL DEFAULT 0, ADD COLUMN stripes int NOT NULL DEFAULT 1;
  END IF;
END
$upgrade$;

-- As the function of version 1, for a holder that knows its pass, too. Where no batch of a job may run beside another one,
-- it waits for the batches of all ranges: the fence of a range alone lets a dead runner's last batch end beside the first
-- of its successor. The statements that follow see what that batch has committed; in one snapshot that is older, the update
-- fails (40001) and the batch is tried again.
CREATE OR REPLACE FUNCTION pgfill.fence(job bigint, range bigint, held_epoch bigint, held_cursor text[], held_stripe int)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $fence$
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

INSERT INTO pgfill.version (version) VALUES (3) ON CONFLICT DO NOTHING;
