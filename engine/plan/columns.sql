-- The columns of a table and what this role may do with them. A domain is spelled as the type below it, with the length
-- and precision given there: a cursor must not be held to the domain's constraints, which rows may break (NOT VALID).
-- $1 table oid
WITH RECURSIVE spelled(attnum, type, modifier, domain) AS (
  SELECT a.attnum, a.atttypid, a.atttypmod, t.typtype = 'd'
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT s.attnum, d.typbasetype, d.typtypmod, t.typtype = 'd'
  FROM spelled s JOIN pg_catalog.pg_type d ON d.oid = s.type JOIN pg_catalog.pg_type t ON t.oid = d.typbasetype
  WHERE s.domain
)
SELECT a.attnum, a.attname, format_type(s.type, s.modifier), a.attlen,
       -- From PostgreSQL 18 on a column with NOT NULL NOT VALID counts as not null, and old rows may be NULL there.
       a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                                    WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND NOT k.convalidated
                                      AND k.conkey = ARRAY[a.attnum]),
       a.attgenerated, a.attidentity,
       has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
       has_column_privilege(a.attrelid, a.attnum, 'UPDATE'),
       CASE WHEN l.oid IS NOT NULL THEN format('%I.%I', ln.nspname, l.collname) END,
       -- Written by the name of what it stands for, which may change under way.
       s.type IN (SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typname LIKE 'reg%'
                                                           AND t.typnamespace = 'pg_catalog'::regnamespace),
       -- What a generated column is computed from; up to PostgreSQL 14 the column itself depends, later its default.
       ARRAY(SELECT DISTINCT d.refobjsubid FROM pg_catalog.pg_depend d
             WHERE a.attgenerated <> '' AND d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid
               AND d.refobjsubid NOT IN (0, a.attnum)
               AND ((d.classid = 'pg_class'::regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum)
                 OR (d.classid = 'pg_attrdef'::regclass AND d.objid =
                     (SELECT f.oid FROM pg_catalog.pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum)))),
       st.correlation, st.attname IS NOT NULL,
       (SELECT t.typtype = 'c' FROM pg_catalog.pg_type t WHERE t.oid = s.type),
       -- As the rows hold it: of a value kept outside (TOAST) the 18 bytes that point there.
       coalesce(st.avg_width * (1 - st.null_frac), 0)::int
FROM pg_catalog.pg_attribute a
JOIN spelled s ON s.attnum = a.attnum AND NOT s.domain
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stats st
  ON st.schemaname = n.nspname AND st.tablename = c.relname AND st.attname = a.attname AND NOT st.inherited
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
