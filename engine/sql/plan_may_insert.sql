-- Whether an update of these columns may insert rows into the table itself: an enabled trigger of people fires, of the
-- table or a partition, or the statement calls a function that does not come with PostgreSQL. Functions in C and triggers
-- that come with PostgreSQL insert nothing. False for a role that may not see who has written a row.
-- $1 OID of the table, $2 columns set, $3 names of functions called
WITH member AS MATERIALIZED (
  SELECT $1::oid AS oid UNION SELECT t.relid FROM pg_partition_tree($1::oid) AS t
)
SELECT (EXISTS (SELECT FROM member AS m
                JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = m.oid
                JOIN pg_catalog.pg_proc AS f ON f.oid = t.tgfoid
                JOIN pg_catalog.pg_language AS l ON l.oid = f.prolang
                WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND (t.tgtype & 16) <> 0 AND l.lanname <> 'internal'
                  AND (cardinality(t.tgattr::int2[]) = 0
                       OR EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                                  WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)
                                    AND (a.attname = ANY ($2::text[]) OR a.attgenerated <> ''))))
        OR EXISTS (SELECT FROM pg_catalog.pg_proc AS f JOIN pg_catalog.pg_language AS l ON l.oid = f.prolang
                   WHERE f.proname = ANY ($3::text[]) AND f.oid >= 16384 AND f.provolatile <> 'i'
                     AND l.lanname NOT IN ('internal', 'c')))
       AND coalesce((SELECT has_column_privilege(a.attrelid, a.attnum, 'SELECT') FROM pg_catalog.pg_attribute AS a
                     WHERE a.attrelid = $1::oid AND a.attname = 'xmin'), false)
