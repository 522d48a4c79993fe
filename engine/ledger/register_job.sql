-- Registers a job with its ranges, all or nothing; nothing and no row when the name is taken. Ranges come as parallel JSON arrays of key arrays.
-- $1 name, $2 spec yaml, $3 canonical, $4 table oid, $5 schema, $6 table, $7 key columns, $8 key types, $9 search path,
-- $10 estimated rows, $11 ranges as JSON: [{"lower": [...]|null, "upper": [...]|null, "share": 0.01}, ...],
-- $12 identity of the server, $13 stripes: the range without an upper end is gone over once,
-- $14 what its expressions mean under, $15 whether it goes in physical order, $16 the columns it uses, or NULL: all,
-- $17 why no batch may run beside another, $18 its kind, $19 how many rows it may delete (NULL: any number)
WITH job AS (
  INSERT INTO pgfill.job (name, spec_yaml, canonical, table_oid, table_schema, table_name, key_columns, key_types,
                          search_path, estimated_rows, last_range_id, spec_hash, fingerprint, servers,
                          table_bytes, stripes, began_at, settings, by_position, one_at_a_time, kind, allowance)
  VALUES ($1, $2, $3, $4::oid, $5, $6, $7::text[], $8::text[], $9, $10::bigint, jsonb_array_length($11::jsonb),
          encode(sha256(convert_to($3, 'UTF8')), 'hex'), pgfill.fingerprint($4::oid, $16::text[], $18), ARRAY[$12::text],
          (SELECT sum(pg_total_relation_size(t.oid))
           FROM (SELECT $4::oid AS oid UNION SELECT p.relid FROM pg_partition_tree($4::oid) AS p) AS t), $13::int,
          -- Of a partitioned table rows of any age may come to lie behind the cursors: with a partition that is attached.
          CASE WHEN (SELECT relkind FROM pg_class WHERE oid = $4::oid) <> 'p' THEN pg_snapshot_xmin(pg_current_snapshot()) END,
          $14::text[], $15::bool, $17, $18, $19::bigint)
  ON CONFLICT (name) DO NOTHING
  RETURNING id
), planned AS (
  SELECT position, CASE jsonb_typeof(r -> 'lower') WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(r -> 'lower')) END AS lower_key,
         CASE jsonb_typeof(r -> 'upper') WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(r -> 'upper')) END AS upper_key,
         (r ->> 'share')::float8 AS share
  FROM jsonb_array_elements($11::jsonb) WITH ORDINALITY AS a(r, position)
), ranges AS (
  INSERT INTO pgfill.range (job_id, range_id, lower_key, upper_key, cursor_key, share, stripes, filenode)
  SELECT job.id, position, lower_key, upper_key, lower_key, share, CASE WHEN upper_key IS NULL THEN $13::int ELSE 1 END,
         CASE WHEN $15::bool THEN pg_relation_filenode($4::oid) END
  FROM job, planned
), phase AS (
  INSERT INTO pgfill.phase (job_id, position, name) SELECT id, 1, 'backfill' FROM job
)
SELECT id FROM job
