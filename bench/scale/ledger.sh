# Sourced by bench/scale/run: the ledger by itself, without a runner.

# A ledger in a database of its own, with one job that one runner holds, and so many ranges, all done but the last.
fill_ledger() {
  ask -c "DROP DATABASE IF EXISTS ledger" -c "CREATE DATABASE ledger"
  PGDATABASE=ledger "$pgfill" install >/dev/null
  ask -d ledger <<SQL
CREATE TABLE subject (id bigint PRIMARY KEY, done bool);
INSERT INTO pgfill.job (name, state, spec_yaml, canonical, spec_hash, table_oid, table_schema, table_name, key_columns,
                        key_types, search_path, estimated_rows, last_range_id, fingerprint, servers)
VALUES ('scale', 'running', '', '', '', 'subject'::regclass, 'public', 'subject', '{id}', '{bigint}', 'public',
        50000 * $1::bigint, $1, pgfill.fingerprint('subject'::regclass, NULL, 'update'), '{}');
INSERT INTO pgfill.relation (job_id, relation_id, oid, schema_name, table_name, estimated_rows)
VALUES (1, 1, 'subject'::regclass, 'public', 'subject', 50000 * $1::bigint);
INSERT INTO pgfill.runner (job_id, host, pid, alive_until) VALUES (1, 'here', 1, now() + interval '1 hour');
INSERT INTO pgfill.range (job_id, range_id, lower_key, upper_key, cursor_key, done, epoch, runner_id, share, rows_walked)
SELECT 1, i, ARRAY[(i * 50000)::text], ARRAY[((i + 1) * 50000)::text], ARRAY[((i + 1) * 50000)::text], i < $1, 1, 2,
       1.0 / $1, 50000 FROM generate_series(1, $1::bigint) i;
SQL
}

# question FILE ARGUMENTS: the statement as the engine sends it; prints the milliseconds of the fastest of five.
question() {
  local text
  text=$(sed '/^--/d' "$project/engine/ledger/$1.sql")
  {
    echo "SET enable_seqscan = off; SET jit = off; SET max_parallel_workers_per_gather = 0;"
    echo "PREPARE question AS $text;"
    for i in 1 2 3 4 5; do echo "BEGIN; EXPLAIN (ANALYZE, TIMING OFF) EXECUTE question($2); ROLLBACK;"; done
  } | ask -d ledger | sed -n 's/^Execution Time: \(.*\) ms/\1/p' | sort -n | sed -n 1p
}

measure_questions() {
  local count
  printf '%-9s %9s %11s %11s %11s %11s\n' ranges KiB lease_ms sums_ms bound_ms end_ms
  for count in 100 1000 10000 100000; do
    fill_ledger "$count"
    printf '%-9s %9s %11s %11s %11s %11s\n' "$count" "$(ask -d ledger -c "SELECT pg_total_relation_size('pgfill.range') / 1024")" \
      "$(question lease_next "'1', '1'")" "$(question progress "'1'")" "$(question job_bound "'1'")" \
      "$(question finish_job "'1'")"
  done
}

# checkpoints FROM TO: as many batches that change no row, each committed; only the cursor moves.
checkpoints() {
  ask -d ledger <<SQL
SET synchronous_commit = off;
DO \$loop\$ BEGIN FOR i IN $1..$2 LOOP
  PERFORM pgfill.run_batch(1, 1, 1, ARRAY[i::text], 0, ARRAY[(i + 1)::text], 0, 1, false, 1000, 'subject'::regclass,
                           'public.subject', '{}', '{}', NULL, false, false, false, '{}',
                           'UPDATE subject SET done = true WHERE id = 0 AND \$1 IS NOT NULL', NULL, false);
  COMMIT;
END LOOP; END \$loop\$;
SQL
}

# Prints milliseconds and bytes of WAL of one of the checkpoints FROM to TO.
cost_of_checkpoint() {
  local lsn begin
  lsn=$(ask -c "SELECT pg_current_wal_insert_lsn()")
  begin=$EPOCHREALTIME
  checkpoints "$1" "$2"
  awk -v n=$(($2 - $1 + 1)) -v a="$begin" -v b="$EPOCHREALTIME" \
    -v wal="$(ask -c "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '$lsn')")" \
    'BEGIN { printf "%9.3f ms, %5.0f bytes of WAL", (b - a) * 1e3 / n, wal / n }'
}

measure_cursor() {
  fill_ledger 1
  ask -d ledger -c "UPDATE pgfill.range SET done = false, cursor_key = '{1}'"
  checkpoints 1 1000
  echo "a checkpoint:                                 $(cost_of_checkpoint 1001 6000)"
  psql -Xqd ledger -c "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM subject; SELECT pg_sleep(1e6)" >/dev/null 2>&1 &
  holder=$!
  until [ "$(ask -c "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; do :; done
  for ((from = 6001; from <= 56001; from += 10000)); do
    if ((from > 6001)); then checkpoints "$((from - 9000))" "$((from - 1))"; fi
    printf 'after %6d beside an old snapshot:           %s, range table of %s\n' "$((from - 6001))" \
      "$(cost_of_checkpoint "$from" "$((from + 999))")" \
      "$(ask -d ledger -c "SELECT pg_size_pretty(pg_total_relation_size('pgfill.range'))")"
  done
  SNAPSHOT=1 release_snapshot
  checkpoints 57001 58000
  echo "when it has gone:                             $(cost_of_checkpoint 58001 59000)"
}
