# Sourced by the benchmarks after scratch.sh: ways to fill users.account_state, by name. `run_candidate NAME` replaces
# the shell by the client of that way and works on $PGDATABASE. The statement shapes of others are in bench/peers/: one
# batch a transaction, without pauses; `playbook` and `do-block` (all batches in one transaction) pause for 50 ms.
# PGFILL: another binary. FORMER: one to compare it with, the candidate `former`.
pgfill=${PGFILL:-$project/build/pgfill}
peers=$project/bench/peers
[ -x "$pgfill" ] || { echo "there is no $pgfill: run .dev/build first" >&2; exit 1; }

# spec NAME TEXT: a spec of the job with more fields.
spec() {
  printf 'version: 1\njob: bench\ntable: users\nset: {account_state: user_status}\nwhere: account_state IS NULL\n%s\n' \
    "$2" >"$1.yaml"
}
spec pgfill ""
spec plain "stripes: off"
spec striped "stripes: on"
spec by-key "order: key"
spec physical "order: physical"
spec one "workers: 1"
spec four "workers: 4"
spec careful "batch: {time: 1ms, min_rows: 20}
throttle: {wal_rate: 8MiB/s}"
spec unthrottled "throttle: {replica_lag: off, replica_backlog: off, lock_wait: off, commit_latency: off,
  archive_backlog: off, slot_retention: off, oldest_xmin: off, xid_age: off, disk_free: off, courtesy: no}"

# loop SHAPE PAUSE END: a loop in the server around the batch of bench/peers/SHAPE.sql, which begins at or after the key
# `last` and sets `done` to the next one's, or to NULL when nothing is left.
loop() {
  echo "DO \$loop\$ DECLARE last users.id%TYPE := '$least_key'; done users.id%TYPE; BEGIN LOOP
$(<"$peers/$1.sql")
EXIT WHEN done IS NULL; last := done; $3 PERFORM pg_sleep($2); END LOOP; END \$loop\$"
}

run_candidate() {
  case $1 in
    none) exec sleep "${seconds:-0}" ;;
    bulk) exec psql -Xqc "$statement" ;;
    do-block) exec psql -Xqc "$(loop playbook 0.05 "")" ;;
    playbook) exec psql -Xqc "$(loop playbook 0.05 "COMMIT;")" ;;
    do-commit) exec psql -Xqc "$(loop playbook 0 "COMMIT;")" ;;
    pgroll) exec psql -Xqc "$(loop pgroll 0 "COMMIT;")" ;;
    offset) exec psql -Xqc "$(loop offset 0 "COMMIT;")" ;;
    keyset) exec /usr/bin/python3 "$peers/keyset.py" "$least_key" ;;
    former) exec "$FORMER" run pgfill.yaml --yes ;;
    *) exec "$pgfill" run "$1.yaml" --yes ;;
  esac
}
