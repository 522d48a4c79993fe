-- Which of these names functions have that are not PostgreSQL's own, or operators of its types, so that an expression may
-- mean one of them; and whether there are casts between its types that are not its own. $1 names
SELECT ARRAY(SELECT p.proname FROM pg_catalog.pg_proc p
             WHERE p.proname = ANY ($1::text[]) AND p.pronamespace <> 'pg_catalog'::regnamespace
             UNION
             SELECT o.oprname FROM pg_catalog.pg_operator o
             LEFT JOIN pg_catalog.pg_type l ON l.oid = o.oprleft
             JOIN pg_catalog.pg_type r ON r.oid = o.oprright
             WHERE o.oprname = ANY ($1::text[]) AND o.oprnamespace <> 'pg_catalog'::regnamespace
               AND coalesce(l.typnamespace, 'pg_catalog'::regnamespace) = 'pg_catalog'::regnamespace
               AND r.typnamespace = 'pg_catalog'::regnamespace),
       EXISTS (SELECT FROM pg_catalog.pg_cast c
               JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc AND p.pronamespace <> 'pg_catalog'::regnamespace
               JOIN pg_catalog.pg_type s ON s.oid = c.castsource AND s.typnamespace = 'pg_catalog'::regnamespace
               JOIN pg_catalog.pg_type t ON t.oid = c.casttarget AND t.typnamespace = 'pg_catalog'::regnamespace)
