-- Triggers of people (not of foreign keys) that an UPDATE by an ordinary session fires.
-- $1 table oid
SELECT t.tgname, (t.tgtype & 1) <> 0 AS each_row,
       CASE WHEN (t.tgtype & 2) <> 0 THEN 'BEFORE' ELSE 'AFTER' END,
       t.tgfoid::regprocedure::text,
       ARRAY(SELECT k.attnum FROM unnest(t.tgattr) k(attnum)) AS only_for_columns
FROM pg_catalog.pg_trigger t
WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND (t.tgtype & 16) <> 0
ORDER BY t.tgname
