-- What could leave something behind although the transaction is rolled back: anything volatile that is called, but for
-- functions of PostgreSQL's own known to do nothing. Names are compared, so a function that is not meant may be listed.
-- $1 names of functions (text[]), $2 the expressions, $3 OIDs of the table and its partitions (oid[])
SELECT 'function ' || p.oid::regprocedure::text
FROM pg_catalog.pg_proc p
WHERE p.proname = ANY ($1::text[]) AND p.provolatile = 'v'
  AND NOT (p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384
           AND p.proname IN ('random', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'uuidv4', 'uuidv7',
                             'pg_column_size', 'random_normal'))
UNION ALL
SELECT 'operator ' || o.oid::regoperator::text
FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_proc p ON p.oid = o.oprcode
WHERE o.oid >= 16384 AND p.provolatile = 'v' AND strpos($2, o.oprname) > 0
UNION ALL
SELECT 'a cast to ' || format_type(c.casttarget, NULL)
FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
WHERE c.oid >= 16384 AND p.provolatile = 'v'
UNION ALL
SELECT 'constraint ' || quote_ident(k.conname)
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
JOIN pg_catalog.pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
WHERE k.contype = 'c' AND p.provolatile = 'v' AND (k.conrelid = ANY ($3::oid[]) OR k.contypid <> 0)
LIMIT 1
