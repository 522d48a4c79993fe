SELECT a, d, n FROM public.subject WHERE k = $1::bigint
