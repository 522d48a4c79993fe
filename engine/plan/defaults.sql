-- What DEFAULT stands for in columns of a table, as an expression; NULL: nothing. As in an UPDATE the default of a domain
-- counts where the column has none, and an identity column takes the next number of its sequence.
-- $1 table oid, $2 names of the columns (text[])
SELECT a.attname,
       CASE WHEN a.attgenerated <> '' THEN NULL
            WHEN a.attidentity <> '' THEN format('nextval(%L::regclass)', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname))
            ELSE coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(t.typdefaultbin, 0),
                          quote_literal(t.typdefault) || '::' || format_type(t.oid, NULL)) END
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY ($2::text[])
ORDER BY a.attnum
