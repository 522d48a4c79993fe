-- What functions are, to judge what they do: their bodies and, of aggregates and the like, the functions they are made of.
-- $1 OIDs
SELECT p.oid, p.oid::regprocedure::text, s.nspname, p.proname, l.lanname, p.provolatile, p.proparallel,
       coalesce((SELECT substr(c, 13) FROM unnest(p.proconfig) AS c WHERE c LIKE 'search\_path=%'), ''),
       CASE WHEN p.prokind <> 'a' AND l.lanname IN ('sql', 'plpgsql') THEN pg_catalog.pg_get_functiondef(p.oid) ELSE '' END,
       CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN p.prosrc ELSE '' END,
       p.prokind = 'a',
       ARRAY(SELECT f FROM pg_catalog.pg_aggregate a,
                           unnest(ARRAY[a.aggtransfn::oid, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn]) AS f
             WHERE a.aggfnoid = p.oid AND f >= 16384)
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid = ANY ($1::oid[])
