# Sourced by the benchmarks after scratch.sh: ways to fill users.account_state, by name. `run_candidate NAME` replaces the
# shell by the client of that way and works on $PGDATABASE. The statement shapes of others are theirs as published, one
# batch a transaction, without their pauses.
# PGFILL: another binary. FORMER: one to compare it with, the candidate `former`.
pgfill=${PGFILL:-$project/build/pgfill}
[ -x "$pgfill" ] || { echo "there is no $pgfill: run .dev/build first" >&2; exit 1; }

# spec NAME TEXT: a spec of the job with more fields.
spec() {
  printf 'version: 1\njob: bench\ntable: users\nset: {account_state: user_status}\nwhere: account_state IS NULL\n%s\n' \
    "$2" >"$1.yaml"
}
spec pgfill ""
spec plain "stripes: off"
spec striped "stripes: on"
spec one "workers: 1"
spec four "workers: 4"
spec careful "batch: {time: 1ms, min_rows: 20}
throttle: {wal_rate: 8MiB/s}"
spec unthrottled "throttle: {replica_lag: off, replica_backlog: off, lock_wait: off, commit_latency: off,
  archive_backlog: off, slot_retention: off, oldest_xmin: off, disk_free: off, courtesy: no}"

# loop UPDATE PAUSE END: a keyset loop in the server; UPDATE sets `done` to the last key, or NULL when nothing is left.
loop() {
  echo "DO \$loop\$ DECLARE last bigint := 0; done bigint; BEGIN LOOP $1 EXIT WHEN done IS NULL; last := done; $3
        PERFORM pg_sleep($2); END LOOP; END \$loop\$"
}
playbook="WITH b AS (SELECT id FROM users WHERE id > last ORDER BY id LIMIT 5000), u AS (UPDATE users SET account_state =
  user_status WHERE id IN (SELECT id FROM b) AND account_state IS NULL) SELECT max(id) INTO done FROM b;"
pgroll="WITH b AS (SELECT id FROM users WHERE id > last AND account_state IS NULL ORDER BY id LIMIT 1000 FOR NO KEY
  UPDATE), u AS (UPDATE users SET account_state = users.user_status FROM b WHERE users.id = b.id
  RETURNING users.id) SELECT max(id) INTO done FROM u;"
# Sub-batches found by OFFSET, as GitLab's and online_migrations' do.
offset="SELECT id INTO done FROM users WHERE id > last ORDER BY id OFFSET 999 LIMIT 1;
  UPDATE users SET account_state = user_status
  WHERE id > last AND (done IS NULL OR id <= done) AND account_state IS NULL;"

# Needs python3-psycopg2: .dev/setup bench
keyset_client() {
  exec /usr/bin/python3 - <<'PYTHON'
import os, psycopg2
connection = psycopg2.connect(host=os.environ["PGHOST"], user="postgres", dbname=os.environ["PGDATABASE"])
cursor = connection.cursor()
last = 0
while True:
    cursor.execute("WITH b AS (SELECT id FROM users WHERE id > %s ORDER BY id LIMIT 5000), u AS (UPDATE users SET "
                   "account_state = user_status WHERE id IN (SELECT id FROM b) AND account_state IS NULL) "
                   "SELECT max(id) FROM b", (last,))
    found = cursor.fetchone()[0]
    connection.commit()
    if found is None:
        break
    last = found
PYTHON
}

run_candidate() {
  case $1 in
    none) exec sleep "${seconds:-0}" ;;
    bulk) exec psql -Xqc "$statement" ;;
    do-block) exec psql -Xqc "$(loop "$playbook" 0.05 "")" ;;
    playbook) exec psql -Xqc "$(loop "$playbook" 0.05 "COMMIT;")" ;;
    do-commit) exec psql -Xqc "$(loop "$playbook" 0 "COMMIT;")" ;;
    pgroll) exec psql -Xqc "$(loop "$pgroll" 0 "COMMIT;")" ;;
    offset) exec psql -Xqc "$(loop "$offset" 0 "COMMIT;")" ;;
    keyset) keyset_client ;;
    former) exec "$FORMER" run pgfill.yaml --yes ;;
    *) exec "$pgfill" run "$1.yaml" --yes ;;
  esac
}
