-- $1 key, $2 operation.
INSERT INTO public.application_ledger (op, key, kind, needed_job)
SELECT $2::bigint, id, 'delete', account_state IS NULL FROM public.users WHERE id = $1::bigint
