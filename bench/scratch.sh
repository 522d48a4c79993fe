# Sourced by the benchmarks: a scratch server with the users table, the same bytes again before each measurement.
# Expects `rows` and `fillfactor`; sets `directory` (removed at the end, with the servers), `bin` and `least_key`, and
# connects psql to the server. CACHE and TABLE: see bench/throughput/run.
bin=/usr/lib/postgresql/15/bin
statement="UPDATE users SET account_state = user_status WHERE account_state IS NULL"
least_key=0 # no key of the table is lower
if [ "${TABLE:-}" = uuid ]; then least_key=00000000-0000-0000-0000-000000000000; fi

# Servers refuse to run as root.
as_server() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --init-groups "$@"; else "$@"; fi
}

directory=$(mktemp -d -p "${TMPDIR:-/var/tmp}" pgfill-bench.XXXXXX)
chmod 755 "$directory"
if [ "$(id -u)" = 0 ]; then chown postgres: "$directory"; fi
cd "$directory"
stop_server() {
  local data
  for data in "$directory"/data "$directory"/replica; do
    as_server "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || true
  done
  rm -rf "$directory"
}
trap stop_server EXIT
trap 'exit 130' INT TERM

for name in "${!PG@}"; do
  if [ "$name" != PGFILL ]; then unset "$name"; fi
done
export PGHOST=$directory PGUSER=postgres PGDATABASE=postgres PGOPTIONS="-c client_min_messages=warning"
buffers=1GB wal_size=32GB checkpoint_every=1h
case ${CACHE:-large} in
  large) ;;
  small) buffers=64MB wal_size=1GB checkpoint_every=30s ;;
  *) echo "CACHE is large or small, not $CACHE" >&2; exit 2 ;;
esac
as_server "$bin/initdb" -D data -U postgres -A trust --no-sync >/dev/null
cat >>data/postgresql.conf <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$directory'
shared_buffers = $buffers
max_wal_size = $wal_size
checkpoint_timeout = $checkpoint_every
autovacuum = off
SETTINGS
as_server "$bin/pg_ctl" -D data -l log -w start >/dev/null

ask() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }

# The users table, made as TABLE says (bench/throughput/run).
load() {
  local id="bigint" number="i" outside="NULL"
  case ${TABLE:-users} in
    users | indexed) ;;
    uuid) id="uuid" number="md5(i::text)::uuid" ;;
    wide) outside="(SELECT string_agg(md5(i::text || k), '') FROM generate_series(1, 100) k)" ;;
    *) echo "TABLE is users, indexed, uuid or wide, not $TABLE" >&2; exit 2 ;;
  esac
  ask -c "CREATE DATABASE base"
  ask -d base <<SQL
CREATE EXTENSION pg_prewarm;
CREATE TABLE users (id $id, user_status varchar(50), email text, payload text, updated_at timestamptz,
                    account_state varchar(50), document text) WITH (fillfactor = $fillfactor);
ALTER TABLE users ALTER document SET STORAGE EXTERNAL;
INSERT INTO users SELECT $number, (ARRAY['active', 'invited', 'suspended', 'closed'])[1 + i % 4],
  'user' || i || '@example.org', repeat(md5(i::text), 3), '2024-01-01'::timestamptz + i * interval '1 second', NULL,
  $outside
FROM generate_series(1, $rows) i;
ALTER TABLE users ADD PRIMARY KEY (id);
SQL
  if [ "${TABLE:-users}" = indexed ]; then ask -d base -c "CREATE INDEX ON users (account_state)"; fi
  ask -d base -c "VACUUM (FREEZE, ANALYZE) users"
}

begin_replica() {
  as_server "$bin/pg_basebackup" -D replica -R -X stream -c fast -C -S replica --no-sync >/dev/null
  printf "port = 5433\nhot_standby = on\n" >>replica/postgresql.conf
  as_server "$bin/pg_ctl" -D replica -l replica.log -w start >/dev/null
}

# Returns when the replica has replayed what the primary has written until now.
await_replica() {
  ask -c "SET statement_timeout = '10min'" -c "DO \$wait\$ DECLARE written pg_lsn := pg_current_wal_lsn(); BEGIN
    WHILE NOT EXISTS (SELECT FROM pg_stat_get_wal_senders() WHERE replay_lsn >= written) LOOP
      PERFORM pg_sleep(0.01);
    END LOOP;
  END \$wait\$"
}

# From begin_lag to end_lag a session asks ten times a second for the bytes that the replica has received and not replayed
# yet; end_lag sets `lag` to the most of them. It asks the replica: on the primary it would be somebody to give way to.
begin_lag() {
  psql -Xqp 5433 -At >lags 2>/dev/null <<'SQL' &
SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) \watch 0.1
SQL
  lag_client=$!
}
end_lag() {
  kill "$lag_client"
  wait "$lag_client" 2>/dev/null || true
  lag=$(awk '$1 > most { most = $1 } END { printf "%.0f", most }' lags)
}

# Prints the processor time in ms that the primary has spent: its postmaster, the postmaster's children, and those that
# have ended, whose time is among the postmaster's once it has reaped them. Looks again when it reaps one meanwhile.
server_spent() {
  local postmaster spent=""
  read -r postmaster <data/postmaster.pid
  until [ -n "$spent" ]; do
    spent=$({ cat "/proc/$postmaster/stat" /proc/[0-9]*/stat "/proc/$postmaster/stat" 2>/dev/null || true; } |
      awk -v postmaster="$postmaster" -v second="$(getconf CLK_TCK)" '
        { pid = $1; sub(/.*\) /, "") }  # now the parent is 2, its own time 12 and 13, that of ended children 14 and 15
        pid == postmaster { own = $12 + $13; if (seen++ && ended != $14 + $15) changed = 1; ended = $14 + $15 }
        $2 == postmaster { children += $12 + $13 }
        END { if (!changed) print int((own + ended + children) * 1000 / second) }')
  done
  echo "$spent"
}

# With SNAPSHOT: a session that keeps every old row version alive, until release_snapshot.
hold_snapshot() {
  if [ -z "${SNAPSHOT:-}" ]; then return; fi
  psql -Xqd subject -c "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; SELECT pg_sleep(1e6)" >/dev/null 2>&1 &
  holder=$!
  until [ "$(ask -c "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; do :; done
}
release_snapshot() {
  if [ -z "${SNAPSHOT:-}" ]; then return; fi
  ask -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
  wait "$holder" || true
}

restore() {
  ask -c "DROP DATABASE IF EXISTS subject"
  ask -c "CREATE DATABASE subject TEMPLATE base STRATEGY FILE_COPY" -c "CHECKPOINT"
  ask -d subject -c "SELECT pg_prewarm('users') + pg_prewarm('users_pkey')" >/dev/null
}

# Returns when all sessions of the subject but hold_snapshot's have ended: then the statistics have what they did.
settle() {
  until [ "$(ask -c "SELECT count(*) FROM pg_stat_activity WHERE datname = 'subject' AND backend_type = 'client backend'
                     AND wait_event IS DISTINCT FROM 'PgSleep'")" = 0 ]; do :; done
}
