-- What of the database's own the names in a text of SQL may lead to, under the present search path: functions (kind
-- 'function', every one of the name that can be seen), the functions of operators ('operator'), of casts to a type or of a
-- domain's checks ('type'), and functions of a row ('attribute'). What comes with PostgreSQL has lower OIDs and is known.
-- $1 kinds, $2 schemas (empty: by the search path), $3 names
SELECT DISTINCT f.oid
FROM unnest($1::text[], $2::text[], $3::text[]) AS n(kind, schema, name)
CROSS JOIN LATERAL (
  SELECT p.oid FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace
  WHERE n.kind = 'function' AND p.proname = n.name
    AND CASE WHEN n.schema <> '' THEN s.nspname = n.schema ELSE s.nspname = ANY (current_schemas(true)) END
  UNION ALL
  SELECT p.oid FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_type t ON t.oid = p.proargtypes[0]
  WHERE n.kind = 'attribute' AND p.proname = n.name AND p.pronargs - p.pronargdefaults <= 1 AND p.pronargs >= 1
    AND (t.typtype = 'c' OR t.typname IN ('record', 'anyelement'))
  UNION ALL
  SELECT o.oprcode::oid FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace s ON s.oid = o.oprnamespace
  WHERE n.kind = 'operator' AND o.oprname = n.name
    AND CASE WHEN n.schema <> '' THEN s.nspname = n.schema ELSE s.nspname = ANY (current_schemas(true)) END
  UNION ALL
  SELECT c.castfunc FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
  WHERE n.kind = 'type' AND t.typname = n.name
  UNION ALL
  SELECT d.refobjid FROM pg_catalog.pg_type t JOIN pg_catalog.pg_constraint k ON k.contypid = t.oid
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
                             AND d.refclassid = 'pg_proc'::regclass
  WHERE n.kind = 'type' AND t.typname = n.name
) AS f(oid)
WHERE f.oid >= 16384
