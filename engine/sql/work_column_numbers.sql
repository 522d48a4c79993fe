-- The numbers of columns, in the order of their names; 0 for one that is not there. $1 OID of the table, $2 names (text[])
SELECT ARRAY(SELECT coalesce(a.attnum, 0)
               FROM unnest($2::text[]) WITH ORDINALITY AS n (name, place)
               LEFT JOIN pg_attribute AS a ON a.attrelid = $1::oid AND a.attname = n.name AND a.attnum > 0
              ORDER BY n.place)
