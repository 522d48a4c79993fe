-- $1 key, $2 operation, $3 value.
WITH made AS (
  INSERT INTO public.users (id, user_status, email, payload, updated_at, account_state)
  VALUES ($1::bigint, 'inserted ' || $3::int, 'new', 'new', now(), 'inserted ' || $3::int)
  ON CONFLICT DO NOTHING
  RETURNING id, user_status
)
INSERT INTO public.application_ledger (op, key, kind, value, needed_job)
SELECT $2::bigint, id, 'insert', user_status, false FROM made
