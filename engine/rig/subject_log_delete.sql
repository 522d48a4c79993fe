-- $1 key, $2 operation.
INSERT INTO public.application_ledger (op, key, uid, kind, delta)
SELECT $2::bigint, k, uid, 'delete', 0 FROM public.subject WHERE k = $1::bigint
