-- $1 key, $2 value.
UPDATE public.subject SET a = a + $2::int, d = (a + $2::int) * 2 + 1 WHERE k = $1::bigint
