-- First statement of every change, as in demo_users_lock.sql.
SELECT k FROM public.subject WHERE k = $1::bigint FOR UPDATE
