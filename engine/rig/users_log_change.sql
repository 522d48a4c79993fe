-- $1 key, $2 operation, $3 value. The row is locked, so `needed_job` is what the change takes away from the job.
INSERT INTO public.application_ledger (op, key, kind, value, needed_job)
SELECT $2::bigint, id, 'change', 'changed ' || $3::int, account_state IS NULL FROM public.users WHERE id = $1::bigint
