-- First statement of every change: what is logged next is then in the order in which the row is changed.
SELECT id FROM public.users WHERE id = $1::bigint FOR UPDATE
