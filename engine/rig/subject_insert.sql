-- $1 key, $2 operation, $3 value. The key may be taken: then nothing is inserted and nothing logged.
WITH made AS (
  INSERT INTO public.subject (k, a, d) VALUES ($1::bigint, $3::int, $3::int * 2 + 1)
  ON CONFLICT DO NOTHING
  RETURNING k, uid, a
)
INSERT INTO public.application_ledger (op, key, uid, kind, delta)
SELECT $2::bigint, k, uid, 'insert', a FROM made
