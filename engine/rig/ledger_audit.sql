-- Records every step of a range of the ledger, with its transaction: what the oracle proves O3 and O4 by. Run after the
-- ledger was installed and before the job.
CREATE TABLE public.range_audit (
  seq bigserial PRIMARY KEY,
  job_id bigint NOT NULL,
  range_id bigint NOT NULL,
  epoch bigint NOT NULL,
  old_epoch bigint,
  old_cursor text[],
  new_cursor text[],
  old_stripe int NOT NULL,
  new_stripe int NOT NULL,
  rows bigint NOT NULL,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  seen pg_snapshot NOT NULL DEFAULT pg_current_snapshot(),
  application text NOT NULL DEFAULT current_setting('application_name')
);
CREATE FUNCTION public.audit_range() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.range_audit (job_id, range_id, epoch, old_epoch, old_cursor, new_cursor, old_stripe, new_stripe, rows)
  VALUES (new.job_id, new.range_id, new.epoch, old.epoch, old.cursor_key, new.cursor_key, old.stripe, new.stripe,
          new.rows_changed - old.rows_changed);
  RETURN NULL;
END
$$;
CREATE TRIGGER audit AFTER UPDATE ON pgfill.range FOR EACH ROW EXECUTE FUNCTION public.audit_range();
