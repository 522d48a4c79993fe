# Sourced by bench/scale/run: runners that die, and runners that wait.

# A table that keeps a job busy for a while, and the job.
make_work() {
  ask -d postgres -c "DROP DATABASE IF EXISTS work WITH (FORCE)" -c "CREATE DATABASE work"
  export PGDATABASE=work
  ask -c "CREATE TABLE users (id bigint PRIMARY KEY, user_status varchar(50), account_state varchar(50))" \
    -c "INSERT INTO users SELECT i, 'active' FROM generate_series(1, 300000) i" -c "VACUUM (FREEZE, ANALYZE) users"
  printf 'version: 1\njob: bench\ntable: users\nset: {account_state: user_status}\nbatch: {max_rows: 50}\n' >work.yaml
}

# begin_runner: starts one; sets `runner`, and `begun` when its first batch is in the log.
begin_runner() {
  local line
  mkfifo events
  "$pgfill" run work.yaml --yes --log events --log-level debug >client.out 2>&1 &
  runner=$!
  exec {log}<events
  rm events
  while read -r line <&"$log"; do
    case $line in *'"batch_committed"'*) break ;; esac
  done
  begun=$EPOCHREALTIME
  cat <&"$log" >/dev/null &
  exec {log}<&-
}

end_runner() {
  kill -CONT "$runner" 2>/dev/null || true
  kill -KILL "$runner" 2>/dev/null || true
  wait "$runner" 2>/dev/null || true
}

seconds_since() {
  awk -v a="$1" -v b="$begun" 'BEGIN { printf "%.2f s", b - a }'
}

# The next runner begins at once. A stopped process is what a lost host looks like: its sessions are there and say nothing.
measure_takeover() {
  local how former killed
  exec 3>&2 2>/dev/null  # where the shell tells of killed processes
  for how in KILL STOP; do
    make_work
    begin_runner
    former=$runner
    killed=$EPOCHREALTIME
    kill "-$how" "$former"
    begin_runner
    echo "SIG$how to the first batch of the next runner: $(seconds_since "$killed")"
    end_runner
    runner=$former
    end_runner
  done
  exec 2>&3 3>&-
  export PGDATABASE=postgres
}

# ticks PID: hundredths of a second of processor time.
ticks() {
  local stat
  stat=$(cat "/proc/$1/stat")
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  echo $((${12} + ${13}))
}

backends() {
  ask -c "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pgfill:%'"
}

# Starts a runner in each of the databases work1 to workN and pauses its job; collects `runners`.
begin_paused() {
  local i
  runners=()
  for ((i = 1; i <= $1; ++i)); do
    ask -d postgres -c "DROP DATABASE IF EXISTS work$i WITH (FORCE)" -c "CREATE DATABASE work$i TEMPLATE work"
    PGDATABASE=work$i "$pgfill" run work.yaml --yes >"client$i.out" 2>&1 &
    runners+=("$!")
    until [ "$(ask -d "work$i" -c "SELECT to_regclass('pgfill.request') IS NOT NULL AND to_regclass('pgfill.job') IS NOT NULL")" = t ]; do :; done
    until [ "$(ask -d "work$i" -c "SELECT count(*) FROM pgfill.runner")" = 1 ]; do :; done
    ask -d "work$i" -c "SELECT pgfill.pause('bench')" >/dev/null
    until [ "$(ask -d "work$i" -c "SELECT sum(acknowledged_version) FROM pgfill.runner")" = 1 ]; do :; done
  done
}

# Sets `spent` to the hundredths of a second of these processes.
spent_by() {
  local pid
  spent=0
  for pid in "$@"; do spent=$((spent + $(ticks "$pid"))); done
}

memory_of() {
  local pid
  for pid in "$@"; do awk '$1 == "RssAnon:" { print $2 }' "/proc/$pid/status"; done | awk '{ s += $1 } END { print s }'
}

# Of jobs that a person has paused, each in a database of its own on one server.
measure_idle() {
  local seconds=20 count sessions client server commits lsn
  make_work
  export PGDATABASE=postgres
  printf '%-5s %9s %9s %10s %10s %11s %11s %10s\n' jobs sessions client_% sessions_% client_MiB server_MiB transact/s WAL_B/s
  for count in 1 10 30; do
    begin_paused "$count"
    read -r -t 2 -u "$never" || true
    mapfile -t sessions < <(backends)
    commits=$(ask -c "SELECT sum(xact_commit) FROM pg_stat_database WHERE datname LIKE 'work_%'")
    lsn=$(ask -c "SELECT pg_current_wal_insert_lsn()")
    spent_by "${runners[@]}"; client=$spent
    spent_by "${sessions[@]}"; server=$spent
    read -r -t "$seconds" -u "$never" || true
    spent_by "${runners[@]}"; client=$((spent - client))
    spent_by "${sessions[@]}"; server=$((spent - server))
    awk -v n="$count" -v w="$seconds" -v b="${#sessions[@]}" -v c="$client" -v s="$server" -v cm="$(memory_of "${runners[@]}")" \
      -v sm="$(memory_of "${sessions[@]}")" -v l="$(ask -c "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '$lsn')")" \
      -v x="$(ask -c "SELECT sum(xact_commit) - $commits FROM pg_stat_database WHERE datname LIKE 'work_%'")" 'BEGIN {
        printf "%-5d %9d %9.2f %10.2f %10.1f %11.1f %11.0f %10.0f\n", n, b, c / w, s / w, cm / 1024, sm / 1024, x / w, l / w }'
    kill -KILL "${runners[@]}"
    wait "${runners[@]}" 2>/dev/null || true
  done
  measure_small_job
}

# A job of one row from its start to its end, and the room of its ledger.
measure_small_job() {
  export PGDATABASE=work
  ask -c "DROP SCHEMA IF EXISTS pgfill CASCADE" -c "TRUNCATE users" -c "INSERT INTO users VALUES (1, 'active')"
  measured "$pgfill" run work.yaml --yes
  echo "a job of one row that installs its ledger: $milliseconds ms, client $((kib / 1024)) MiB, ledger $(ask -c "
    SELECT (sum(pg_total_relation_size(oid)) / 1024)::bigint FROM pg_class
    WHERE relnamespace = 'pgfill'::regnamespace AND relkind = 'r'") KiB"
  export PGDATABASE=postgres
}
