-- A job by name, as needed to run it. $1 name
SELECT id, state, canonical, spec_yaml, table_oid, table_schema, table_name, key_columns, key_types, search_path,
       estimated_rows, servers, table_bytes, settings, one_at_a_time, kind,
       allowance IS NOT NULL AS limited, by_leaf,
       (SELECT coalesce(max(r.stripes), 1) FROM pgfill.relation AS r WHERE r.job_id = job.id) AS stripes,
       EXISTS (SELECT FROM pgfill.relation AS r WHERE r.job_id = job.id AND r.by_position) AS by_position,
       (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = job.table_schema AND c.relname = job.table_name) AS present_oid,
       pgfill.table_changes(id) AS changes, pgfill.key_changes(id) AS key_changes,
       (SELECT coalesce(max((r.report ->> 'wal_used')::bigint), 0) FROM pgfill.runner r WHERE r.job_id = job.id) AS wal_used,
       EXISTS (SELECT FROM pgfill.change AS c WHERE c.job_id = job.id AND c.inserted) AS has_inserted,
       EXISTS (SELECT FROM pgfill.detached AS d WHERE d.job_id = job.id) AS has_detached
FROM pgfill.job WHERE name = $1
