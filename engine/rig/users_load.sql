-- $1 rows. The oracle knows these formulas again: demo_oracle_users_untouched.sql.
INSERT INTO public.users (id, user_status, email, payload, updated_at)
SELECT id, (ARRAY['active', 'inactive', 'suspended', 'pending'])[1 + id % 4],
       'user' || id || '@example.com', repeat(md5(id::text), 3), timestamptz '2025-01-01 00:00:00+00'
FROM generate_series(1, $1::bigint) AS id
