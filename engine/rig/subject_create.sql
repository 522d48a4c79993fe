-- The subject that jobs are killed on. The job adds 1 to `n`, so that a row done twice shows, and sets d = 2a + 1; the
-- application owns `a` and keeps `d` right in the rows it writes. The trigger records every change of `n`.
CREATE TABLE public.subject (
  k bigint PRIMARY KEY,
  uid uuid NOT NULL DEFAULT gen_random_uuid(),
  a int NOT NULL,
  d int,
  n int NOT NULL DEFAULT 0
);
CREATE TABLE public.subject_start (k bigint PRIMARY KEY, uid uuid NOT NULL, a int NOT NULL);
CREATE TABLE public.application_ledger (
  seq bigserial PRIMARY KEY,
  op bigint NOT NULL UNIQUE,
  key bigint NOT NULL,
  uid uuid NOT NULL,
  kind text NOT NULL,
  delta int NOT NULL,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE TABLE public.audit (
  uid uuid NOT NULL,
  old_n int NOT NULL,
  new_n int NOT NULL,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  application text NOT NULL DEFAULT current_setting('application_name'),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE FUNCTION public.audit_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.audit (uid, old_n, new_n) VALUES (new.uid, old.n, new.n);
  RETURN NULL;
END
$$;
CREATE TRIGGER audit AFTER UPDATE OF n ON public.subject FOR EACH ROW EXECUTE FUNCTION public.audit_subject();
