-- $1 key, $2 value. The application writes both columns, as it must while a backfill runs.
UPDATE public.users
SET user_status = 'changed ' || $2::int, account_state = 'changed ' || $2::int, updated_at = now()
WHERE id = $1::bigint
