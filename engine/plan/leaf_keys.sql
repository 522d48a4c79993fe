-- What a unique index of each leaf partition is over, by the numbers of the table's columns, in the order of the index: of
-- those indexes that can carry a cursor, as choose_key.h says.
-- $1 table oid
WITH RECURSIVE member(oid, relkind) AS (
  SELECT c.oid, c.relkind FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
  UNION ALL
  SELECT c.oid, c.relkind
  FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE m.relkind = 'p'
), leaf AS MATERIALIZED (
  SELECT oid FROM member WHERE relkind <> 'p' AND oid <> $1::oid
), key AS (
  SELECT i.indexrelid, i.indrelid, array_agg(own.attnum ORDER BY p.place) AS columns
  FROM leaf l JOIN pg_catalog.pg_index i ON i.indrelid = l.oid
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'btree'
  CROSS JOIN generate_series(0, i.indnkeyatts - 1) AS p(place)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place]
  JOIN pg_catalog.pg_attribute own ON own.attrelid = $1::oid AND own.attname = a.attname
  JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[p.place]
  WHERE i.indisunique AND i.indisvalid AND i.indisready AND i.indislive AND i.indpred IS NULL AND i.indexprs IS NULL
  GROUP BY i.indexrelid, i.indrelid
  HAVING bool_and(a.attnotnull AND o.opcdefault AND i.indcollation[p.place] = a.attcollation
                  AND (i.indoption[p.place] & 1) = (i.indoption[0] & 1))
)
SELECT k.columns FROM key k
GROUP BY k.columns HAVING count(DISTINCT k.indrelid) = (SELECT count(*) FROM leaf)
ORDER BY cardinality(k.columns), k.columns
