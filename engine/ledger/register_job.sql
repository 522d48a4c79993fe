-- Registers a job with its relations and ranges, all or nothing; nothing and no row when the name is taken.
-- $1 name, $2 spec yaml, $3 canonical, $4 table oid, $5 schema, $6 table, $7 key columns, $8 key types, $9 search path,
-- $10 estimated rows,
-- $11 relations as JSON: [{"oid": 1, "schema": "s", "table": "t", "rows": 1, "stripes": 1, "by_position": false}, ...],
-- $12 ranges as JSON: [{"relation": 1, "lower": [...]|null, "upper": [...]|null, "share": 0.01}, ...],
-- $13 identity of the server, $14 what its expressions mean under, $15 whether its relations are the leaf partitions of its
-- table, $16 the columns it uses, or NULL: all, $17 why no batch may run beside another, $18 its kind, $19 how many rows it
-- may delete (NULL: any number)
WITH job AS (
  INSERT INTO pgfill.job (name, spec_yaml, canonical, table_oid, table_schema, table_name, key_columns, key_types,
                          search_path, estimated_rows, last_range_id, spec_hash, fingerprint, servers,
                          table_bytes, began_at, settings, by_leaf, leaves, one_at_a_time, kind, allowance)
  VALUES ($1, $2, $3, $4::oid, $5, $6, $7::text[], $8::text[], $9, $10::bigint, jsonb_array_length($12::jsonb),
          encode(sha256(convert_to($3, 'UTF8')), 'hex'), pgfill.fingerprint($4::oid, $16::text[], $18), ARRAY[$13::text],
          (SELECT sum(pg_total_relation_size(t.oid))
           FROM (SELECT $4::oid AS oid UNION SELECT p.relid FROM pg_partition_tree($4::oid) AS p) AS t),
          -- Through a partitioned table rows of any age may come to lie behind the cursors: with a partition that is attached.
          CASE WHEN $15::bool OR (SELECT relkind FROM pg_class WHERE oid = $4::oid) <> 'p'
               THEN pg_snapshot_xmin(pg_current_snapshot()) END,
          $14::text[], $15::bool,
          -- As the plan saw them: what was attached or detached since is noticed with the first lease.
          CASE WHEN $15::bool THEN '' END, $17, $18, $19::bigint)
  ON CONFLICT (name) DO NOTHING
  RETURNING id
), relation AS MATERIALIZED (
  SELECT position AS relation_id, (r ->> 'oid')::oid AS oid, r ->> 'schema' AS schema_name, r ->> 'table' AS table_name,
         (r ->> 'rows')::bigint AS estimated_rows, (r ->> 'stripes')::int AS stripes, (r ->> 'by_position')::bool AS by_position
  FROM jsonb_array_elements($11::jsonb) WITH ORDINALITY AS a(r, position)
), relations AS (
  INSERT INTO pgfill.relation (job_id, relation_id, oid, schema_name, table_name, estimated_rows, stripes, by_position)
  SELECT job.id, relation.* FROM job, relation
), planned AS (
  SELECT position, (r ->> 'relation')::bigint AS relation_id,
         CASE jsonb_typeof(r -> 'lower') WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(r -> 'lower')) END AS lower_key,
         CASE jsonb_typeof(r -> 'upper') WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(r -> 'upper')) END AS upper_key,
         (r ->> 'share')::float8 AS share
  FROM jsonb_array_elements($12::jsonb) WITH ORDINALITY AS a(r, position)
), ranges AS (
  INSERT INTO pgfill.range (job_id, range_id, relation_id, lower_key, upper_key, cursor_key, share, stripes, filenode)
  -- The range without an upper end is gone over once.
  SELECT job.id, position, relation_id, lower_key, upper_key, lower_key, share,
         CASE WHEN upper_key IS NULL THEN relation.stripes ELSE 1 END,
         CASE WHEN relation.by_position THEN pg_relation_filenode(relation.oid) END
  FROM job, planned JOIN relation USING (relation_id)
), phase AS (
  INSERT INTO pgfill.phase (job_id, position, name) SELECT id, 1, 'backfill' FROM job
)
SELECT id FROM job
