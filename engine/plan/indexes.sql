-- The indexes of a table. Arrays have one element for each key column, in index order; column number 0 is an
-- expression. The last array holds every column whose change touches the index: keys, included columns, and columns
-- used by its expressions and predicate.
-- $1 table oid
SELECT c.relname, i.indisprimary, i.indisunique, i.indisvalid AND i.indisready AND i.indislive, i.indimmediate,
       i.indisreplident, am.amname, i.indpred IS NOT NULL,
       ARRAY(SELECT i.indkey[p] FROM generate_series(0, i.indnkeyatts - 1) p ORDER BY p),
       ARRAY(SELECT i.indoption[p] & 1 FROM generate_series(0, i.indnkeyatts - 1) p ORDER BY p),
       ARRAY(SELECT (SELECT o.opcdefault FROM pg_catalog.pg_opclass o WHERE o.oid = i.indclass[p])
             FROM generate_series(0, i.indnkeyatts - 1) p ORDER BY p),
       ARRAY(SELECT coalesce(i.indcollation[p] = (SELECT a.attcollation FROM pg_catalog.pg_attribute a
                                                  WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[p]), false)
             FROM generate_series(0, i.indnkeyatts - 1) p ORDER BY p),
       -- Schema of the operators that compare such keys when the search path does not find them; empty when it does.
       ARRAY(SELECT coalesce((SELECT min(n.nspname) FROM pg_catalog.pg_opclass o
                              JOIN pg_catalog.pg_amop m ON m.amopfamily = o.opcfamily AND m.amoplefttype = o.opcintype
                                                       AND m.amoprighttype = o.opcintype AND m.amoppurpose = 's'
                              JOIN pg_catalog.pg_operator r ON r.oid = m.amopopr
                              JOIN pg_catalog.pg_namespace n ON n.oid = r.oprnamespace
                              WHERE o.oid = i.indclass[p] AND NOT pg_operator_is_visible(r.oid)), '')
             FROM generate_series(0, i.indnkeyatts - 1) p ORDER BY p),
       ARRAY(SELECT k.attnum FROM unnest(i.indkey) k(attnum) WHERE k.attnum > 0
             UNION
             SELECT d.refobjsubid FROM pg_catalog.pg_depend d
             WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
               AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid > 0)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE i.indrelid = $1::oid
ORDER BY i.indisprimary DESC, c.relname
