DELETE FROM public.users WHERE id = $1::bigint
