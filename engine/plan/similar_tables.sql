-- Tables a mistyped name may have meant: the same name elsewhere, or one that differs in few letters.
-- $1 the name as it was given, unquoted, without schema
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND n.nspname NOT LIKE 'pg\_temp%'
  AND (lower(c.relname) = lower($1) OR lower(c.relname) = lower($1) || 's' OR lower(c.relname) || 's' = lower($1))
ORDER BY 1
LIMIT 3
