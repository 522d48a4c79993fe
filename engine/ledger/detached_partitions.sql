-- The partitions that a job has begun to detach, and how far that has come. $1 job id
SELECT d.leaf AS oid, d.leaf::regclass::text AS name, d.parent::regclass::text AS parent,
       CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = d.leaf) THEN 'gone'
            WHEN i.inhrelid IS NULL THEN 'detached'
            -- Servers before 14 know no such state.
            WHEN pg_catalog.to_jsonb(i) ->> 'inhdetachpending' = 'true' THEN 'pending'
            ELSE 'attached' END AS standing
FROM pgfill.detached d LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = d.leaf AND i.inhparent = d.parent
WHERE d.job_id = $1::bigint
ORDER BY d.leaf
