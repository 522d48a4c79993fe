-- How many rows some relations have by their statistics and present size (NULL: not known), and the columns that their
-- indexes begin with. $1 schemas, $2 names (text[], as many)
SELECT CASE WHEN c.reltuples >= 0 AND c.relpages > 0
            THEN round(c.reltuples / c.relpages * (pg_relation_size(c.oid) / current_setting('block_size')::bigint))
       END,
       ARRAY(SELECT DISTINCT a.attname::text
             FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
             JOIN pg_catalog.pg_am am ON am.oid = x.relam
             JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND am.amname IN ('btree', 'hash'))
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(schema, name, place)
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = asked.schema
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = asked.name
ORDER BY asked.place
