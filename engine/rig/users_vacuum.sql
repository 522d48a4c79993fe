-- As a table that has been in production for a while.
VACUUM (ANALYZE, FREEZE) public.users
