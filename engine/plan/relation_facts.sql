-- What reading or writing relations may lead to: the relations and functions of a view, the functions that a change calls
-- (checks, defaults, generated columns, indexes, domains), triggers, and where foreign keys carry a change on to. Triggers
-- of partitions count as the table's. What comes with PostgreSQL is left out.
-- $1 OIDs, $2 the table of the job
WITH RECURSIVE asked(oid) AS (
  SELECT unnest($1::oid[])
), above(oid, up) AS (
  SELECT oid, oid FROM (SELECT oid FROM asked UNION SELECT $2::oid) AS a(oid)
  UNION
  SELECT a.oid, i.inhparent FROM above a JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.up
), below(oid, down) AS (
  SELECT oid, oid FROM asked
  UNION
  SELECT b.oid, i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.down
), evaluated(oid, classid, objid) AS MATERIALIZED (
  SELECT b.oid, 'pg_constraint'::regclass, k.oid
  FROM below b JOIN pg_catalog.pg_constraint k ON k.conrelid = b.down AND k.contype = 'c'
  UNION ALL
  SELECT b.oid, 'pg_constraint'::regclass, k.oid
  FROM below b JOIN pg_catalog.pg_attribute a ON a.attrelid = b.down AND a.attnum > 0
  JOIN pg_catalog.pg_constraint k ON k.contypid = a.atttypid
  UNION ALL
  SELECT b.oid, 'pg_attrdef'::regclass, f.oid
  FROM below b JOIN pg_catalog.pg_attrdef f ON f.adrelid = b.down
  JOIN pg_catalog.pg_attribute a ON a.attrelid = b.down AND a.attnum = f.adnum
  WHERE b.oid <> $2::oid OR a.attgenerated <> ''
  UNION ALL
  SELECT b.oid, 'pg_class'::regclass, i.indexrelid FROM below b JOIN pg_catalog.pg_index i ON i.indrelid = b.down
), called(oid, function) AS (
  SELECT DISTINCT e.oid, d.refobjid
  FROM evaluated e JOIN pg_catalog.pg_depend d ON d.classid = e.classid AND d.objid = e.objid
  WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384
), rule(oid, rewrite) AS (
  SELECT a.oid, r.oid FROM asked a JOIN pg_catalog.pg_rewrite r ON r.ev_class = a.oid AND r.rulename = '_RETURN'
)
SELECT c.oid, s.nspname, c.relname, c.relkind,
       EXISTS (SELECT FROM above a WHERE (a.oid = $2::oid AND a.up = c.oid) OR (a.oid = c.oid AND a.up = $2::oid)),
       (SELECT min(a.up) FROM above a
        WHERE a.oid = c.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = a.up)),
       ARRAY(SELECT DISTINCT d.refobjid FROM rule r JOIN pg_catalog.pg_depend d
               ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.rewrite AND d.refclassid = 'pg_class'::regclass
             WHERE r.oid = c.oid AND d.refobjid <> c.oid AND d.refobjid >= 16384),
       ARRAY(SELECT DISTINCT d.refobjid FROM rule r JOIN pg_catalog.pg_depend d
               ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.rewrite AND d.refclassid = 'pg_proc'::regclass
             WHERE r.oid = c.oid AND d.refobjid >= 16384),
       ARRAY(SELECT f.function FROM called f WHERE f.oid = c.oid),
       EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN' AND r.ev_enabled <> 'D'),
       coalesce((
         SELECT jsonb_agg(jsonb_build_object(
                  'name', t.tgname, 'insert', (t.tgtype & 4) <> 0, 'delete', (t.tgtype & 40) <> 0,
                  'update', (t.tgtype & 16) <> 0,
                  'columns', ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a
                                   WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)),
                  'tables', array_remove(ARRAY[t.tgoldtable, t.tgnewtable]::text[], NULL),
                  'functions', ARRAY(SELECT DISTINCT d.refobjid::bigint FROM pg_catalog.pg_depend d
                                     WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid
                                       AND d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384)))
         FROM below b JOIN pg_catalog.pg_trigger t ON t.tgrelid = b.down
         WHERE b.oid = c.oid AND t.tgenabled IN ('O', 'A')
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.oid = t.tgconstraint AND k.contype = 'f')
           AND (b.down = c.oid OR (t.tgparentid = 0 AND (t.tgtype & 1) <> 0))), '[]'),
       coalesce((
         SELECT jsonb_agg(jsonb_build_object(
                  'relation', k.conrelid::bigint, 'update', k.confupdtype IN ('c', 'n', 'd'),
                  'delete', k.confdeltype IN ('c', 'n', 'd'), 'deletes', k.confdeltype = 'c',
                  'columns', ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a
                                   WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey))))
         FROM pg_catalog.pg_constraint k
         WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0), '[]')
FROM asked JOIN pg_catalog.pg_class c ON c.oid = asked.oid JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
