-- The columns of a table and what this role may do with them.
-- $1 table oid
SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attlen,
       a.attnotnull, a.attgenerated, a.attidentity,
       has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
       has_column_privilege(a.attrelid, a.attnum, 'UPDATE'),
       CASE WHEN l.oid IS NOT NULL THEN format('%I.%I', ln.nspname, l.collname) END,
       coalesce(l.collisdeterministic, true),
       -- What a generated column is computed from; up to PostgreSQL 14 the column itself depends, later its default.
       ARRAY(SELECT DISTINCT d.refobjsubid FROM pg_catalog.pg_depend d
             WHERE a.attgenerated <> '' AND d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid
               AND d.refobjsubid NOT IN (0, a.attnum)
               AND ((d.classid = 'pg_class'::regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum)
                 OR (d.classid = 'pg_attrdef'::regclass AND d.objid =
                     (SELECT f.oid FROM pg_catalog.pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum))))
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
