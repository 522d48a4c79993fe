-- Which of these names the database has of its own as well, wherever, so that an expression may mean one of them: functions,
-- operators of PostgreSQL's types or domains, types. And whether it has casts of its own between such types. What comes
-- with PostgreSQL has lower OIDs than all that is made later. $1 names
WITH common AS (SELECT t.oid FROM pg_catalog.pg_type t
                WHERE t.typtype = 'd' OR t.typnamespace = 'pg_catalog'::regnamespace)
SELECT ARRAY(SELECT p.proname FROM pg_catalog.pg_proc p WHERE p.proname = ANY ($1::text[]) AND p.oid >= 16384
             UNION
             SELECT t.typname FROM pg_catalog.pg_type t WHERE t.typname = ANY ($1::text[]) AND t.oid >= 16384
             UNION
             SELECT o.oprname FROM pg_catalog.pg_operator o
             WHERE o.oprname = ANY ($1::text[]) AND o.oid >= 16384
               AND (o.oprleft = 0 OR o.oprleft IN (SELECT oid FROM common)) AND o.oprright IN (SELECT oid FROM common)),
       EXISTS (SELECT FROM pg_catalog.pg_cast c
               WHERE c.oid >= 16384 AND c.castmethod = 'f' AND c.castsource IN (SELECT oid FROM common)
                 AND c.casttarget IN (SELECT oid FROM common))
