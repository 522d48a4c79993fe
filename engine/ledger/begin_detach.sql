-- Notes that a partition is about to be detached by a job, with what attaching it again takes. $1 job id, $2 leaf, $3 runner id
INSERT INTO pgfill.detached (job_id, leaf, parent, bounds, checks)
SELECT $1::bigint, c.oid, i.inhparent, pg_catalog.pg_get_expr(c.relpartbound, c.oid),
       ARRAY(SELECT k.conname::text FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
WHERE c.oid = $2::oid AND pgfill.is_present($3::bigint)
ON CONFLICT (job_id, leaf) DO NOTHING
