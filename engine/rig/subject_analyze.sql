VACUUM (ANALYZE) public.subject
