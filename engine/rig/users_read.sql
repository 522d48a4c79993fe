SELECT user_status, email, account_state FROM public.users WHERE id = $1::bigint
