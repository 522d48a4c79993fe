-- The collations that order a table's columns, each with the version recorded for it and the version of the library of
-- now; for the default collation of a database see plan_database_collation.sql. A range or a composite type orders by
-- collations inside it. $1 table oid
SELECT used.attname, format('%I.%I', n.nspname, l.collname), l.collversion, pg_collation_actual_version(l.oid)
FROM (SELECT a.attname, a.attcollation AS collation FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
      UNION
      SELECT a.attname, r.rngcollation
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_range r ON r.rngtypid = a.atttypid
      WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
      UNION
      SELECT a.attname, field.attcollation
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typtype = 'c'
      JOIN pg_catalog.pg_attribute field ON field.attrelid = t.typrelid AND field.attnum > 0
      WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped) used
JOIN pg_catalog.pg_collation l ON l.oid = used.collation
JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
ORDER BY 1, 2
