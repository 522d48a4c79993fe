-- Relations that names lead to under the present search path; a name that leads nowhere has no row.
-- $1 schemas (empty: by the search path), $2 names
SELECT n.place, found.oid
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n(schema, name, place)
CROSS JOIN LATERAL (
  SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
  WHERE c.relname = n.name
    AND CASE WHEN n.schema <> '' THEN s.nspname = n.schema ELSE s.nspname = ANY (current_schemas(true)) END
  ORDER BY array_position(current_schemas(true), s.nspname) LIMIT 1
) AS found
