-- O5: $1 rows were loaded; those the application never wrote still have the values of demo_users_load.sql.
WITH compared AS (
  SELECT loaded.id,
         users.user_status IS NOT DISTINCT FROM (ARRAY['active', 'inactive', 'suspended', 'pending'])[1 + loaded.id % 4]
         AND users.email IS NOT DISTINCT FROM 'user' || loaded.id || '@example.com'
         AND users.payload IS NOT DISTINCT FROM repeat(md5(loaded.id::text), 3)
         AND users.updated_at IS NOT DISTINCT FROM timestamptz '2025-01-01 00:00:00+00' AS kept
  FROM generate_series(1, $1::bigint) AS loaded (id)
  LEFT JOIN public.users ON users.id = loaded.id
  WHERE NOT EXISTS (SELECT FROM public.application_ledger AS l WHERE l.key = loaded.id)
)
SELECT count(*) FILTER (WHERE NOT kept) AS violations,
       min(id) FILTER (WHERE NOT kept) AS sample,
       count(*) AS compared
FROM compared
