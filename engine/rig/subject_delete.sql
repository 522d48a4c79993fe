DELETE FROM public.subject WHERE k = $1::bigint
