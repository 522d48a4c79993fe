-- $1 key, $2 operation, $3 value.
INSERT INTO public.application_ledger (op, key, uid, kind, delta)
SELECT $2::bigint, k, uid, 'change', $3::int FROM public.subject WHERE k = $1::bigint
