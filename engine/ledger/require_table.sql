-- Raises unless the names lead where they did; see the function. $1 OID, $2 name, qualified and quoted, $3 columns and
-- $4 their numbers, $5 the table that it
-- is a partition of, or NULL
SELECT pgfill.require_table($1::oid, $2, $3::text[], $4::int2[], $5::oid)
