# Sourced by bench/scale/run: tables that look as large as they are said to be. measure_plan is what they are for.
bytes_per_row=170 real_rows=20000 segment=1073741824

# grow PATH BYTES: a relation's files as large as that; what is added are holes, which the server reads as empty pages.
grow() {
  local whole=$(($2 / segment)) i name=$1
  for ((i = 0; i <= whole; ++i)); do
    as_server truncate -s "$((i < whole ? segment : $2 % segment))" "data/$name"
    name=$1.$((i + 1))
  done
}

# big_table ROWS TARGET KEY: users, of which 20,000 rows exist, with the statistics of that many rows and a histogram of
# TARGET parts. KEY is "id" or "tenant, id"; the second has no statistics for its order, so it is sampled.
big_table() {
  local path pages=$(($1 * bytes_per_row / 8192))
  ask -d subject <<SQL
DROP SCHEMA IF EXISTS pgfill CASCADE;
DROP TABLE IF EXISTS users;
CREATE TABLE users (tenant int NOT NULL, id bigint NOT NULL, user_status varchar(50), account_state varchar(50),
                    PRIMARY KEY ($3)) WITH (autovacuum_enabled = off);
ALTER TABLE users ALTER id SET STATISTICS $2;
INSERT INTO users SELECT i / 100, i * ($1 / $real_rows), 'active' FROM generate_series(1, $real_rows) i;
ANALYZE users;
CHECKPOINT;
SQL
  path=$(ask -d subject -c "SELECT pg_relation_filepath('users')")
  grow "$path" $((pages * 8192))
  ask -d subject -c "UPDATE pg_class SET reltuples = $1, relpages = $pages WHERE oid = 'users'::regclass"
}

# measured COMMAND...: runs it; sets `milliseconds` and `kib`, the largest resident memory.
measured() {
  read -r milliseconds kib < <(/usr/bin/python3 - "$@" <<'PYTHON'
import os, sys, time
nowhere = [(os.POSIX_SPAWN_OPEN, out, "measured.out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for out in (1, 2)]
begin = time.monotonic()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=nowhere)
_, _, usage = os.wait4(child, 0)
print(round((time.monotonic() - begin) * 1000, 1), usage.ru_maxrss)
PYTHON
  )
}

# Registers the job and interrupts it at its first batch, as bench/throughput/first_batch does. Sets `runner_kib`, the
# largest resident memory until then.
register() {
  local line pid
  mkfifo events
  "$pgfill" run scale.yaml --yes --log events --log-level debug >client.out 2>&1 &
  pid=$!
  while read -r line; do
    case $line in *'"batch_committed"'*) break ;; esac
  done <events
  runner_kib=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status")
  kill -INT "$pid" 2>/dev/null || true
  wait "$pid" || true
  rm events
}

# The fastest of five: what others do on this machine only adds.
measure_plan() {
  local count target key i best
  ask -c "CREATE DATABASE subject" 2>/dev/null || true
  export PGDATABASE=subject
  printf 'version: 1\njob: bench\ntable: users\nset: {account_state: user_status}\n' >scale.yaml
  printf '%-12s %6s %-11s %8s %8s %8s %9s %10s %10s\n' rows target key plan_ms plan_MiB run_MiB ranges range_KiB ledger_KiB
  while read -r count target key; do
    big_table "$count" "$target" "$key"
    best=
    for i in 1 2 3 4 5; do
      measured "$pgfill" plan scale.yaml -o json
      if [ -z "$best" ] || awk -v a="$milliseconds" -v b="$best" 'BEGIN { exit !(a < b) }'; then best=$milliseconds; fi
    done
    register
    printf '%-12s %6s %-11s %8.0f %8.1f %8.1f %9s %10s %10s\n' "$count" "$target" "${key// /}" "$best" \
      "$((kib * 10 / 1024))e-1" "$((runner_kib * 10 / 1024))e-1" "$(ask -c "SELECT count(*) FROM pgfill.range")" \
      "$(ask -c "SELECT pg_total_relation_size('pgfill.range') / 1024")" \
      "$(ask -c "SELECT (sum(pg_total_relation_size(oid)) / 1024)::bigint FROM pg_class
                 WHERE relnamespace = 'pgfill'::regnamespace AND relkind = 'r'")"
  done <<'TABLES'
10000000 100 id
100000000 100 id
1000000000 100 id
10000000000 100 id
10000000000 1000 id
10000000000 10000 id
100000000 1000 id
10000000 100 tenant, id
1000000000 100 tenant, id
10000000000 100 tenant, id
TABLES
  export PGDATABASE=postgres
}

# leaves COUNT HOW: users as so many partitions by id, each of a thousand keys.
leaves() {
  local i bounds
  ask -c "DROP TABLE IF EXISTS users" -c "CREATE TABLE users (id bigint PRIMARY KEY, user_status text, account_state text)
          PARTITION BY $2 (id)"
  for ((i = 0; i < $1; ++i)); do
    bounds="FROM ($((i * 1000))) TO ($(((i + 1) * 1000)))"
    if [ "$2" = HASH ]; then bounds="WITH (MODULUS $1, REMAINDER $i)"; fi
    echo "CREATE TABLE users_$i PARTITION OF users FOR VALUES $bounds;"
  done | ask
}

# The server plans the UPDATE of a batch anew each time: what that takes, and what planning the job does.
measure_partitions() {
  local count how statement
  ask -c "CREATE DATABASE subject" 2>/dev/null || true
  export PGDATABASE=subject
  ask -c "DROP SCHEMA IF EXISTS pgfill CASCADE"
  printf 'version: 1\njob: bench\ntable: users\nset: {account_state: user_status}\n' >scale.yaml
  printf '%-9s %-6s %8s %14s\n' leaves by plan_ms batch_plan_ms
  for count in 10 100 1000; do
    for how in RANGE HASH; do
      leaves "$count" "$how"
      measured "$pgfill" plan scale.yaml -o json
      statement=$(/usr/bin/python3 -c 'import json, sys; print(json.load(open("measured.out"))["batch_sql"])')
      printf '%-9s %-6s %8.0f %14s\n' "$count" "$how" "$milliseconds" "$({
        echo "SET plan_cache_mode = force_custom_plan; SET enable_seqscan = off; PREPARE batch(text[]) AS $statement;"
        for i in 1 2 3 4 5; do echo "EXPLAIN (SUMMARY) EXECUTE batch('{1100,1900}');"; done
      } | ask | sed -n 's/^Planning Time: \(.*\) ms/\1/p' | sort -n | sed -n 1p)"
    done
  done
  ask -c "DROP TABLE users"
  export PGDATABASE=postgres
}
